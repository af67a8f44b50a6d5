"""The table in which rate limits are counted over all processes when there is no Redis (CACHES in the settings).

Unlogged: the counts are worth nothing after a crash, and cost no write-ahead log. The shape is Django's own.
"""

from django.db import migrations

MAKE = """
CREATE UNLOGGED TABLE IF NOT EXISTS shared_counts (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS shared_counts_expires ON shared_counts (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_ledger_guard")]
    operations = [migrations.RunSQL(MAKE, "DROP TABLE IF EXISTS shared_counts")]
