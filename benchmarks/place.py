"""The database that benchmarks work in: made for them beside the configured one, emptied between measurements."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

from django.apps import apps
from django.db import connection


@contextmanager
def own_database() -> Iterator[None]:
    """Make a database for the measurements and remove it afterwards."""
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(before, verbosity=0)


def empty_database() -> None:
    """Empty every table of ours and put back the rows that migrations made."""
    tables = [model._meta.db_table for model in apps.get_app_config("accounts").get_models()]
    tables += [model.sites.through._meta.db_table for model in [apps.get_model("accounts", "Contract")]]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE accounts_ledgerentry DISABLE TRIGGER USER")
        cursor.execute(f"TRUNCATE {', '.join(tables)} RESTART IDENTITY CASCADE")
        cursor.execute("ALTER TABLE accounts_ledgerentry ENABLE TRIGGER USER")
    importlib.import_module("accounts.migrations.0002_ledger_guard").fill(apps, None)
    # What hangs on accounts was emptied with them.
    importlib.import_module("channels_app.migrations.0002_limits_and_contents").fill(apps, None)


def database_url() -> str:
    """Return the address of the database in use, for another process."""
    given = connection.settings_dict
    host = given["HOST"] or given.get("OPTIONS", {}).get("host", "")
    password = f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else ""
    if host.startswith("/"):
        return f"postgresql://{given['USER']}{password}@/{given['NAME']}?host={host}"
    return f"postgresql://{given['USER']}{password}@{host}:{given['PORT'] or 5432}/{given['NAME']}"
