"""The samples as one table whatever their make, and what a table tells about itself."""

import tracemalloc
from collections import Counter
from dataclasses import astuple
from pathlib import Path
from typing import Any

import pytest

from accounts.roster.check import checked
from accounts.roster.read import open_table
from accounts.roster.rows import AccountRow, Kind, PersonRow, Problem, RosterRow, Widths
from tests.accounts.roster.files import (
    PEOPLE_HEADER,
    PEOPLE_ROW,
    ROSTER_HEADER,
    ROSTER_ROW,
    add_sheet,
    roster,
    workbook,
)

DEMO = Path(__file__).resolve().parents[3] / "demo"
WIDTHS = Widths(site=5, customer=6, employee=7)
TITLES = {"esimies": "supervisor", "ohjaaja": "instructor"}


def _all(path: Path, kind: Kind) -> list[Any]:
    return list(checked(open_table(path, kind), widths=WIDTHS, titles=TITLES))


def test_october_roster_is_read_without_a_problem() -> None:
    rows = _all(DEMO / "kohdevastuut-2026-10.csv", Kind.ROSTER)
    assert Counter(map(type, rows)) == {RosterRow: 5197}
    assert len({row.site_number for row in rows}) == 3350
    assert {row.role for row in rows} == {"supervisor", "instructor"}
    assert "Väänänen" in {row.last_name for row in rows}


def test_workbook_says_the_same_as_the_csv_of_its_day() -> None:
    """But for the row numbers: the workbook has two title rows. Its site numbers lost zeros, its dates are dates."""
    from_csv = _all(DEMO / "kohdevastuut-2026-11.csv", Kind.ROSTER)
    from_xlsx = _all(DEMO / "kohdevastuut-2026-11.xlsx", Kind.ROSTER)
    assert Counter(map(type, from_csv)) == {RosterRow: 5446}
    assert [astuple(row)[1:] for row in from_csv] == [astuple(row)[1:] for row in from_xlsx]
    assert [row.row for row in from_csv] == list(range(2, 5448))
    assert [row.row for row in from_xlsx] == list(range(4, 5450))


def test_people_are_read_from_their_file_and_from_their_sheet() -> None:
    from_csv = [item for item in _all(DEMO / "henkilot-2026-10.csv", Kind.PEOPLE) if isinstance(item, PersonRow)]
    from_sheet = [item for item in _all(DEMO / "kohdevastuut-2026-11.xlsx", Kind.PEOPLE) if isinstance(item, PersonRow)]
    assert (len(from_csv), len(from_sheet)) == (646, 722)
    assert sum(person.management for person in from_csv) == 8


def test_accounts_are_read_with_their_contracts() -> None:
    rows = _all(DEMO / "asiakkuudet.csv", Kind.ACCOUNTS)
    assert Counter(map(type, rows)) == {AccountRow: 90}
    assert {(row.barrier, row.side) for row in rows if row.barrier} == {
        ("Elinkaarihankkeet", "Pohjoinen"),
        ("Elinkaarihankkeet", "Eteläinen"),
    }


def test_table_tells_how_it_was_read() -> None:
    table = open_table(DEMO / "kohdevastuut-2026-10.csv", Kind.ROSTER)
    assert (table.encoding, table.delimiter, table.sheet) == ("cp1252", ";", "")
    assert table.mapping["person_name"] == "Esimies"
    assert (table.unknown, table.missing, table.total_estimate) == (["Laskutustapa"], [], 5197)
    book = open_table(DEMO / "kohdevastuut-2026-11.xlsx", Kind.ROSTER)
    assert (book.sheet, book.other_sheets) == ("Kohdevastuut", {Kind.PEOPLE: "Henkilöt"})
    assert book.total_estimate == 5446


def test_sheet_is_chosen_by_its_columns_before_its_place(tmp_path: Path) -> None:
    path = tmp_path / "file"
    workbook(["Lue minut"], change=add_sheet("Vastuulista", ROSTER_HEADER, ROSTER_ROW))(path)
    assert open_table(path, Kind.ROSTER).sheet == "Vastuulista"


def test_sheet_named_after_the_kind_comes_first(tmp_path: Path) -> None:
    path = tmp_path / "file"
    workbook(PEOPLE_HEADER, PEOPLE_ROW, change=add_sheet("HENKILÖT", PEOPLE_HEADER, PEOPLE_ROW))(path)
    assert open_table(path, Kind.PEOPLE).sheet == "HENKILÖT"


def test_remembered_mapping_finds_a_header_nobody_knows(tmp_path: Path) -> None:
    path = tmp_path / "file"
    remembered = {name: f"Sarake {index}" for index, name in enumerate(
        ["customer_number", "customer_name", "site_number", "site_name", "street_address", "postal_code", "city",
         "area_code", "area_name", "employee_number", "person_name", "email", "phone", "role", "superior_number",
         "valid_from", "valid_to"]
    )}  # fmt: skip
    roster(header=[*remembered.values(), "Muu"])(path)
    table = open_table(path, Kind.ROSTER, remembered=remembered)
    assert table.mapping == remembered
    [row] = checked(table, widths=WIDTHS, titles=TITLES)
    assert isinstance(row, RosterRow)
    assert row.site_number == "00417"


def test_table_can_be_read_again(tmp_path: Path) -> None:
    for write in (roster(), workbook(ROSTER_HEADER, ROSTER_ROW)):
        path = tmp_path / "file"
        write(path)
        table = open_table(path, Kind.ROSTER)
        assert list(table.rows()) == list(table.rows())


def test_missing_file_is_no_matter_of_its_content(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        open_table(tmp_path / "none", Kind.ROSTER)


def test_reading_streams(tmp_path: Path) -> None:
    """5,000 rows with a fault in each pass through in a few MB: neither rows nor problems are gathered."""
    path = tmp_path / "file"
    roster(*[[*ROSTER_ROW[:9], f"x{number}", *ROSTER_ROW[10:]] for number in range(5_000)])(path)
    table = open_table(path, Kind.ROSTER)
    tracemalloc.start()
    count = sum(isinstance(item, Problem) for item in checked(table, widths=WIDTHS, titles=TITLES))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 5_000
    assert peak < 2 * 1024 * 1024
