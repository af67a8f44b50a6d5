"""Carries an import out in one transaction; a forecast is the same, undone at the end.

That is why the forecast is what apply will do, to the row: it is what apply did, read before it was rolled back.
"""

import datetime as dt
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.derivation import ACCESS_LOCK, derive_access
from accounts.models import DataVersion, Person, RosterImport, RosterSource
from kam.lib.sql import for_bulk_work, run_script

SQL = Path(__file__).parent / "sql"
SCRIPTS: dict[str, list[str]] = {
    "roster": ["1_scope", "said_roster", "2_people", "3_sites", "4_assignments", "4_new_assignments", "5_placements"],
    "people": ["said_people", "2_people", "people"],
    "accounts": ["accounts"],
}
REPORTS: dict[str, list[str]] = {
    "roster": ["6_report_people", "6_report", "7_report_roster"],
    "people": ["6_report_people", "6_report", "7_report_people"],
    "accounts": ["6_report", "7_report_accounts"],
}
# The temp tables whose rows are changes to the data; with no row in any, the file changes nothing.
CHANGES: dict[str, list[str]] = {
    "roster": ["new_accounts", "changed_areas", "people_new", "people_changed", "losers", "conflicts_new",
               "sites_changed", "assignment_plan", "placement_plan"],
    "people": ["changed_areas", "people_new", "people_changed", "losers", "conflicts_new", "people_gone",
               "management_added", "management_removed"],
    "accounts": ["accounts_new", "accounts_changed", "contracts_new", "contracts_changed", "directors_changed",
                 "directors_new", "barriers_changed"],
}  # fmt: skip
# The guard (roster-import.md, "The stages", 5): shares beyond which a confirmation alone is not enough.
MANY_ASSIGNMENTS, MANY_SITES, MANY_PEOPLE = 0.20, 0.10, 0.20
MANY_ROWS = 1_000
MANY_NEW_ROWS = 20_000
# The scripts that may bring many new rows, and the table that they bring them to.
CHECKED_ONCE = {"4_new_assignments": "accounts_assignment", "5_placements": "accounts_placement"}
# The lines in words that stand by themselves, ordered for reading: the rows they are about may be rolled back.
TOLD = (SQL / "told.sql").read_text(encoding="utf-8")
LINE_COLUMNS = (
    "section, position, account_number, account_name, employee_number, person_name, site_number, site_name, day, "
    '"row", data'
)


@dataclass(frozen=True)
class Work:
    """What an import did or would do: `figures` by section, the guard's reasons, and whether it changes anything."""

    figures: dict[str, int]
    guard: list[str]
    changes: bool
    data_version: int
    losers: list[int] = field(default_factory=list)


def carry_out(
    roster_import: RosterImport,
    *,
    actor: Person | None,
    keep: Callable[[Work], bool],
    after: Callable[[Work], None],
) -> Work:
    """Do all that the import says; keep it when `keep` says so, else leave no trace but its forecast.

    `after` runs last, inside the transaction of what was kept, or in one of its own with the forecast stored.
    """
    with tempfile.TemporaryFile() as lines:
        with transaction.atomic():
            take_lock()
            work = _do(roster_import, actor)
            kept = keep(work)
            if kept:
                _store_lines(roster_import, TOLD)
                after(work)
            else:
                _dump_lines(lines)
                transaction.set_rollback(True)
        if not kept:
            with transaction.atomic():
                _load_lines(roster_import, lines)
                after(work)
    return work


def take_lock() -> None:
    """Wait until no other import and no derivation runs; held to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ACCESS_LOCK])


def data_version() -> int:
    """Return the number that grows with every change to what access derives from."""
    return DataVersion.objects.get().number


def _do(roster_import: RosterImport, actor: Person | None) -> Work:
    kind = roster_import.kind
    values = {
        "import": roster_import.pk,
        "date": roster_import.exported_on,
        "create_accounts": roster_import.create_accounts,
        "company": roster_import.source is None or roster_import.source.scope == RosterSource.Scope.COMPANY,
        "people_file": kind == RosterImport.Kind.PEOPLE,
        "now": timezone.now(),
        # daterange(..., date.max, '[]') ends, half open, on this day, which Python can't say
        "never": "10000-01-01",
    }
    version = data_version()
    with connection.cursor() as cursor:
        for_bulk_work(cursor)
        run_script(cursor, SQL / "0_before.sql", values)
        for name in SCRIPTS[kind]:
            with _checked_once(cursor, CHECKED_ONCE[name]) if name in CHECKED_ONCE else nullcontext():
                run_script(cursor, SQL / f"{name}.sql", values)
        changes = _any_rows(cursor, CHANGES[kind])
        if changes:
            _refresh_statistics(cursor, kind)
            derive_access(actor=actor, roster_import=roster_import)
        for name in ["6_lines", *REPORTS[kind]]:
            run_script(cursor, SQL / f"{name}.sql", values)
        figures = _figures(cursor)
        guard = _guard(cursor, roster_import, figures)
        losers = _column(cursor, "SELECT id FROM losers") if kind != RosterImport.Kind.ACCOUNTS else []
    return Work(figures, guard, changes, version, losers)


@contextmanager
def _checked_once(cursor: Any, table: str) -> Iterator[None]:
    """When the system is taken into use, check what keeps the rows of `table` true once for all rows that come.

    Row by row the exclusion constraints and foreign keys cost a third of such an import. They are back, and hold for
    every row, before the block ends; nobody else gets at the table before the transaction ends.
    """
    cursor.execute("SELECT (SELECT count(*) FROM assignment_plan WHERE id IS NULL), (SELECT count(*) FROM standing)")
    coming, standing = cursor.fetchone()
    if coming < MANY_NEW_ROWS or coming < standing:
        yield
        return
    # PostgreSQL changes no table that has checks waiting for the transaction's end.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE conrelid = %s::regclass AND contype IN ('f', 'x') ORDER BY conname",
        [table],
    )
    constraints = cursor.fetchall()
    for name, _definition in constraints:
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
    yield
    for name, definition in constraints:
        cursor.execute(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def _refresh_statistics(cursor: Any, kind: str) -> None:
    """After a large change, let the planner know: the derivation's joins over what it takes for a small table crawl."""
    if kind == RosterImport.Kind.ROSTER:
        cursor.execute("SELECT count(*) FROM assignment_plan")
        if cursor.fetchone()[0] > MANY_ROWS:
            cursor.execute("SET LOCAL default_statistics_target = 100")
            cursor.execute("ANALYZE accounts_assignment, accounts_placement, accounts_site")


def _any_rows(cursor: Any, tables: list[str]) -> bool:
    cursor.execute(" UNION ALL ".join(f"(SELECT 1 FROM {table} LIMIT 1)" for table in tables))  # noqa: S608  ours
    return cursor.fetchone() is not None


def _column(cursor: Any, query: str) -> list[int]:
    cursor.execute(query)
    return [value for (value,) in cursor.fetchall()]


def _figures(cursor: Any) -> dict[str, int]:
    cursor.execute("SELECT section, count(*), count(DISTINCT person_id) FROM lines GROUP BY section")
    figures = {
        section: people if section in ("access_gained", "access_lost") else count
        for section, count, people in cursor.fetchall()
    }
    cursor.execute("""
        SELECT (SELECT count(*) FROM accounts_account),
               (SELECT count(DISTINCT account_id) FROM lines WHERE section LIKE 'access%')
    """)
    figures["accounts_total"], figures["accounts_touched"] = cursor.fetchone()
    return figures


def _guard(cursor: Any, roster_import: RosterImport, figures: dict[str, int]) -> list[str]:
    cursor.execute("SELECT assignments, sites, people FROM counts_before")
    assignments, sites, people = cursor.fetchone()
    reasons = []
    if roster_import.kind == RosterImport.Kind.ROSTER:
        if _stopped(cursor, roster_import.exported_on) > assignments * MANY_ASSIGNMENTS:
            reasons.append("ends_many")
        if figures.get("sites_closed", 0) > sites * MANY_SITES:
            reasons.append("closes_many")
    if roster_import.kind == RosterImport.Kind.PEOPLE and figures.get("people_gone", 0) > people * MANY_PEOPLE:
        reasons.append("ends_many")
    latest = latest_applied(roster_import.kind)
    if latest and roster_import.exported_on < latest.exported_on:
        reasons.append("older")
    return reasons


def _stopped(cursor: Any, date: dt.date) -> int:
    """Count the assignments that ran on the file's date and, by the file, do not."""
    cursor.execute("SELECT count(*) FROM assignment_plan WHERE before @> %s AND NOT after @> %s", [date, date])
    (count,) = cursor.fetchone()
    return int(count)


def latest_applied(kind: str) -> RosterImport | None:
    """Return the import of this kind that was applied last and still stands."""
    applied = RosterImport.objects.filter(kind=kind, state=RosterImport.State.APPLIED)
    return applied.order_by("-applied_at", "-id").first()


def _dump_lines(lines: IO[bytes]) -> None:
    """Copy the lines out before what they tell of is rolled back."""
    with connection.cursor() as cursor, cursor.copy(f"COPY ({TOLD}) TO STDOUT") as copy:
        for block in copy:
            lines.write(block)


def _load_lines(roster_import: RosterImport, lines: IO[bytes]) -> None:
    lines.seek(0)
    with connection.cursor() as cursor:
        run_script(cursor, SQL / "8_told_again.sql")
        with cursor.copy("COPY told_again FROM STDIN") as copy:
            while block := lines.read(1 << 16):
                copy.write(block)
    _store_lines(roster_import, "SELECT * FROM told_again")


def _store_lines(roster_import: RosterImport, lines: str) -> None:
    """Store the forecast's lines, the rows of the query `lines`, in place of those of an earlier forecast."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM accounts_forecastline WHERE roster_import_id = %s", [roster_import.pk])
        cursor.execute(
            f"INSERT INTO accounts_forecastline (roster_import_id, {LINE_COLUMNS}) SELECT %s, l.* FROM ({lines}) l",  # noqa: S608  ours
            [roster_import.pk],
        )
