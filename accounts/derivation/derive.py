"""The story of a derivation: base grants, barriers, substitutes, barriers again, then the difference is written."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import DataVersion, Person, RosterImport
from kam.lib.dates import ALWAYS, UNTIL_FURTHER_NOTICE
from kam.lib.sql import for_bulk_work, run_script

# Everything that changes what access derives from takes this lock to the end of its transaction, so that no two
# derivations interleave and an import's forecast can tell whether the data still stands.
ACCESS_LOCK = 7_301_001


@dataclass(frozen=True)
class Derived:
    """How many grants differ from before; the rows are in the temp table `grant_changes` until the transaction ends."""

    changed: int


def derive_access(
    *,
    actor: Person | None = None,
    roster_import: RosterImport | None = None,
    people: Collection[int] | None = None,
    now: dt.datetime | None = None,
) -> Derived:
    """Bring all access grants in line with the data and write what changed to the ledger; safe to repeat.

    `people` narrows the work to those person ids (and whoever stands in for them): enough after a change to them
    alone. None derives everybody: after an import, a change of titles, superiors or barriers.
    The rules are those of access.md; docs/access.md says how its open points are read.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ACCESS_LOCK])
        for_bulk_work(cursor)
        affected, needed = ([], []) if people is None else _neighbours(cursor, people)
        values = {
            "everyone": people is None,
            "people": needed,
            "affected": affected,
            "always": ALWAYS,
            "until_further_notice": UNTIL_FURTHER_NOTICE,
            "now": now or timezone.now(),
            "actor": actor and actor.pk,
            "roster_import": roster_import and roster_import.pk,
        }
        _run(cursor, "1_base", values)
        _run(cursor, "2_barriers", {}, rows="base", blocks="base_blocks")
        _run(cursor, "3_substitutes", {})
        _run(cursor, "2_barriers", {}, rows="rows_all", blocks="all_blocks")
        _run(cursor, "4_grants", {})
        _run(cursor, "5_write", values)
        cursor.execute("SELECT count(*) FROM grant_changes")
        (changed,) = cursor.fetchone()
        bump_data_version()
    return Derived(changed)


def bump_data_version() -> None:
    """Tell forecasts made so far that what they were made from has changed."""
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {DataVersion._meta.db_table} SET number = number + 1")  # noqa: S608  a constant


def _neighbours(cursor: Any, people: Collection[int]) -> tuple[list[int], list[int]]:
    """Return (affected, needed): whose grants may change with those of `people`, and whose must be known for that.

    Grants of a substitute mirror the absent person's, and are blocked with them; so two steps each way.
    """
    cursor.execute("SELECT absent_id, substitute_id FROM accounts_substitution WHERE NOT isempty(period)")
    pairs = cursor.fetchall()
    affected = set(people)
    for _step in range(2):
        affected |= {substitute for absent, substitute in pairs if absent in affected}
    needed = set(affected)
    for _step in range(2):
        needed |= {absent for absent, substitute in pairs if substitute in needed}
    return sorted(affected), sorted(needed)


def _run(cursor: Any, name: str, values: dict[str, Any], **tables: str) -> None:
    run_script(cursor, Path(__file__).parent / f"{name}.sql", values, **tables)
