"""Brings the checked rows into PostgreSQL by COPY, a chunk a transaction: progress shows, restarts are safe."""

import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db import connection

from accounts.models import ImportProblem, RosterImport, StagedRow, TitleRole
from accounts.roster.check import checked
from accounts.roster.read import Table
from accounts.roster.rows import AccountRow, Kind, PersonRow, Problem, RosterRow, Widths
from kam.lib.sql import unhurried

Progress = Callable[[str, int, int], None]
CHUNK = 5_000
# Imports in these states need their staged rows no more; the file itself is kept.
FINISHED = [
    RosterImport.State.APPLIED,
    RosterImport.State.UNCHANGED,
    RosterImport.State.DISCARDED,
    RosterImport.State.FAILED,
    RosterImport.State.UNDONE,
]
COLUMNS: dict[Kind, dict[str, str]] = {  # column of the staging table: attribute of the row
    Kind.ROSTER: {name: name for name in RosterRow.__dataclass_fields__},
    Kind.PEOPLE: {name: name for name in PersonRow.__dataclass_fields__},
    Kind.ACCOUNTS: {name: name for name in AccountRow.__dataclass_fields__}
    | {"valid_from": "contract_from", "valid_to": "contract_to"},
}
for _name in ("contract_from", "contract_to"):
    del COLUMNS[Kind.ACCOUNTS][_name]


def widths() -> Widths:
    """Return how wide the billing system's numbers are, by the settings."""
    return Widths(
        site=settings.SITE_NUMBER_WIDTH,
        customer=settings.CUSTOMER_NUMBER_WIDTH,
        employee=settings.EMPLOYEE_NUMBER_WIDTH,
    )


def stage(roster_import: RosterImport, table: Table, progress: Progress) -> None:
    """Read, check and stage every row of `table`; what an earlier try left is removed first."""
    titles = dict(TitleRole.objects.values_list("title", "role"))
    with unhurried():
        # By the keys of the imports: by their state, it joins the rows to themselves, minutes long on old statistics.
        StagedRow.objects.filter(roster_import__in=RosterImport.objects.filter(state__in=FINISHED)).delete()
        StagedRow.objects.filter(roster_import=roster_import).delete()
        ImportProblem.objects.filter(roster_import=roster_import).delete()
        _count(roster_import, rows_read=0, rows_good=0, rows_bad=0)
    good = bad = read = 0
    last_bad = None
    for chunk in _chunks(checked(table, widths=widths(), titles=titles)):
        rows = [item for item in chunk if not isinstance(item, Problem)]
        problems = [item for item in chunk if isinstance(item, Problem)]
        good += len(rows)
        for problem in problems:
            if problem.severity == "error" and problem.row != last_bad:
                bad, last_bad = bad + 1, problem.row
        read = good + bad
        with unhurried():
            _copy_rows(roster_import, table.kind, rows)
            _copy_problems(roster_import, problems)
            _count(roster_import, rows_read=read, rows_good=good, rows_bad=bad)
        progress("reading", read, max(read, table.total_estimate))
    with unhurried():
        _count(roster_import, rows_total=read)


def _chunks(items: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(items)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk


def _count(roster_import: RosterImport, **counts: int) -> None:
    RosterImport.objects.filter(pk=roster_import.pk).update(**counts)
    for name, value in counts.items():
        setattr(roster_import, name, value)


def _copy_rows(roster_import: RosterImport, kind: Kind, rows: list[Any]) -> None:
    columns = COLUMNS[kind]
    values = attrgetter(*columns.values())
    names = ", ".join(["roster_import_id", *columns])
    with connection.cursor() as cursor, cursor.copy(f"COPY accounts_stagedrow ({names}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row((roster_import.pk, *values(row)))


def _copy_problems(roster_import: RosterImport, problems: list[Problem]) -> None:
    if not problems:
        return
    names = 'roster_import_id, row, "column", value, code, severity, site_number, params'
    with connection.cursor() as cursor, cursor.copy(f"COPY accounts_importproblem ({names}) FROM STDIN") as copy:
        for p in problems:
            copy.write_row(
                (roster_import.pk, p.row, p.column[:200], p.value[:200], p.code, p.severity, p.site_number[:20],
                 json.dumps(dict(p.params)))
            )  # fmt: skip
