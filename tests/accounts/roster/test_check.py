"""Rows as a whole: what one row becomes doesn't depend on the rows around it, and nothing falls silently."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.roster.check import checked
from accounts.roster.columns import map_columns
from accounts.roster.read import Table
from accounts.roster.rows import Kind, Problem, Widths
from tests.accounts.roster.files import (
    ACCOUNTS_HEADER,
    PEOPLE_HEADER,
    ROSTER_HEADER,
    ROSTER_ROW,
    accounts_row,
    people_row,
    roster_row,
)

WIDTHS = Widths(site=5, customer=6, employee=7)
TITLES = {"esimies": "supervisor"}
HEADERS = {Kind.ROSTER: ROSTER_HEADER, Kind.PEOPLE: PEOPLE_HEADER, Kind.ACCOUNTS: ACCOUNTS_HEADER}
CELL = st.sampled_from(
    ["", " ", "00417", "417", 417.0, "1,2E+05", "1.3.2026", "31.2.2026", "28.2.2026", "esimies", "=x", "Ojala Marja",
     "a\0b", "x\u202ey", "#N/A", "marja@yritysx.example", "60", "Keski-Suomi", None]
)  # fmt: skip


def _table(kind: Kind, rows: list[list[Any]]) -> Table:
    header = HEADERS[kind]
    mapped = map_columns(kind, header)
    return Table(kind, header, mapped.columns, [], [], len(rows), _rows=lambda: iter([*enumerate(map(list, rows), 2)]))


def _checked(kind: Kind, rows: list[list[Any]]) -> list[Any]:
    return list(checked(_table(kind, rows), widths=WIDTHS, titles=TITLES))


@pytest.mark.parametrize(
    ("kind", "sound"), [(Kind.ROSTER, roster_row), (Kind.PEOPLE, people_row), (Kind.ACCOUNTS, accounts_row)]
)
@given(data=st.data())
def test_row_becomes_one_row_or_says_why_not(kind: Kind, sound: Callable[[], list[Any]], data: st.DataObject) -> None:
    rows = []
    for _ in range(data.draw(st.integers(1, 5))):
        row = sound()
        for index, cell in data.draw(st.dictionaries(st.integers(0, len(row)), CELL, max_size=4)).items():
            row[index : index + 1] = [cell]
        rows.append(row)

    together = _checked(kind, rows)

    for number, row in enumerate(rows, 2):
        outcome = [item for item in together if item.row == number]
        typed = [item for item in outcome if not isinstance(item, Problem)]
        errors = [item for item in outcome if isinstance(item, Problem) and item.severity == "error"]
        assert len(typed) == (0 if errors or not any(str(cell or "").strip() for cell in row) else 1)
        if kind != Kind.ROSTER or _areas_tell(rows) == _areas_tell([row]):
            assert outcome == _checked(kind, [*([[""]] * (number - 2)), row])


def _areas_tell(rows: list[list[Any]]) -> bool:
    """Which of the two area columns holds the codes is judged by the file, so that single rows may differ."""
    return all((row[7], row[8]) == (ROSTER_ROW[7], ROSTER_ROW[8]) for row in rows)


def test_warning_comes_before_its_row() -> None:
    problem, row = _checked(Kind.ROSTER, [roster_row(sähköposti="ei ole")])
    assert (problem.code, problem.row, row.row, row.email) == ("email_bad", 2, 2, "")


def test_more_values_than_are_remembered_stay_right() -> None:
    rows = [roster_row(kohdenro=str(number % 20_500), kohde=f"Kohde {number % 20_500}") for number in range(22_000)]
    checked_rows = _checked(Kind.ROSTER, rows)
    assert len(checked_rows) == 22_000
    assert all(row.site_name == f"Kohde {int(row.site_number)}" for row in checked_rows)
