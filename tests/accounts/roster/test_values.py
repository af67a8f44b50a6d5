"""Single cells: what each kind of field makes of the forms seen in real exports, and of any cell at all."""

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.roster import values
from accounts.roster.values import Notes, plain, shown, split_name

TITLES = {"esimies": "supervisor"}
NOON = datetime(2026, 3, 1, 12)  # noqa: DTZ001  a cell of a workbook knows no time zone
ANY_CELL = (
    st.none()
    | st.text()
    | st.text("0123456789.,-:/eE+ T#=@()x\u00a0\u200f", max_size=25)
    | st.floats()
    | st.integers()
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.times()
    | st.timedeltas()
)


def codes(notes: Notes) -> list[str]:
    return [code for code, _severity, _params in notes.found]


@pytest.mark.parametrize(
    "cell",
    [
        "1.3.2026", "01.03.2026", "1. 3. 2026", "2026-03-01", "2026-3-1", "2026/03/01", "2026.03.01", "20260301",
        "2026-03-01 00:00:00", "2026-03-01T00:00:00", "2026-03-01T00:00:00.000Z", "2026-03-01 00:00:00+02:00",
        "1.3.2026 0:00", "1.3.2026 klo 12.30", "1.3.2026 12.30.00", "46082", "46082.0", "46082,5", 46082, 46082.0,
        date(2026, 3, 1), NOON, "\u00a01.3.2026 ", "\u200e1.3.2026",
    ],
)  # fmt: skip
def test_date_is_read_in_every_form(cell: object) -> None:
    notes = Notes()
    assert values.start(cell, notes) == date(2026, 3, 1)
    assert notes.found == []


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "value_missing"),
        ("eilen", "date_unreadable"),
        ("1.3.", "date_unreadable"),
        ("1.3.2026 asti", "date_unreadable"),
        ("1.3.202", "date_unreadable"),
        ("1,5", "date_unreadable"),
        (time(12, 30), "date_unreadable"),
        (timedelta(days=3), "date_unreadable"),
        (True, "date_unreadable"),
        ("1.3.26", "date_short_year"),
        ("1/3/2026", "date_ambiguous"),
        ("1-3-2026", "date_ambiguous"),
        ("30.2.2026", "date_impossible"),
        ("29.2.2025", "date_impossible"),
        ("2026-13-01", "date_impossible"),
        ("1.3.1949", "year_out_of_range"),
        ("1.1.2101", "year_out_of_range"),
        ("99999", "year_out_of_range"),
        (date(1899, 12, 31), "year_out_of_range"),
    ],
)
def test_date_that_is_none_says_why(cell: object, code: str) -> None:
    notes = Notes()
    assert values.start(cell, notes) is None
    assert codes(notes) == [code]


@pytest.mark.parametrize("cell", ["", None, "  ", "\u00a0", "\ufeff"])
def test_empty_end_is_until_further_notice(cell: object) -> None:
    notes = Notes()
    assert values.end(cell, notes) is None
    assert notes.found == []


@pytest.mark.parametrize(
    ("cell", "number", "code"),
    [
        ("00417", "00417", None),
        (417, "00417", None),
        (417.0, "00417", None),
        ("417", "00417", None),
        ("417,0", "00417", None),
        (" 4 17\u00a0", "00417", None),
        ('="00417"', "00417", None),
        ("4,17E+02", "00417", "number_scientific"),
        ("4.17e2", "00417", "number_scientific"),
        ("4,175E+02", "", "number_scientific_broken"),
        ("1E+99", "", "number_scientific_broken"),
        (417.5, "", "number_not_digits"),
        (-417, "", "number_not_digits"),
        (float("nan"), "", "number_not_digits"),
        (float("inf"), "", "number_not_digits"),
        (1e300, "", "number_not_digits"),
        ("1.417", "", "number_not_digits"),
        ("²³", "", "number_not_digits"),
        ("=417", "", "number_not_digits"),
        ("123456", "123456", "number_too_long"),
        ("000417", "000417", "number_too_long"),
    ],
)
def test_number_gets_its_zeros_back_or_says_why_not(cell: object, number: str, code: str | None) -> None:
    notes = Notes()
    assert values.number(cell, notes, width=5) == number
    assert codes(notes) == ([code] if code else [])


@pytest.mark.parametrize(
    ("name", "surname", "first"),
    [
        ("Ojala Marja", "Ojala", "Marja"),
        ("Ojala Marja Liisa", "Ojala", "Marja Liisa"),
        ("Ojala-Niemi Marja", "Ojala-Niemi", "Marja"),
        ("Ojala", "Ojala", ""),
        ("", "", ""),
        ("Ojala, Marja Liisa", "Ojala", "Marja Liisa"),
        ("von Hertzen Anna", "von Hertzen", "Anna"),
        ("Von Wright Maria", "Von Wright", "Maria"),
        ("af Ursin Leena", "af Ursin", "Leena"),
        ("van der Berg Jan", "van der Berg", "Jan"),
        ("de la Cruz Maria José", "de la Cruz", "Maria José"),
        ("di Stefano Luca", "di Stefano", "Luca"),
        ("da Silva Ana", "da Silva", "Ana"),
        ("Le Minh", "Le", "Minh"),
        ("Du Wei Ming", "Du", "Wei Ming"),
        ("von Anna", "von", "Anna"),
    ],
)
def test_name_is_split_into_surname_and_first_names(name: str, surname: str, first: str) -> None:
    assert split_name(name) == (surname, first)


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        ("Marja.Ojala@YritysX.example", "marja.ojala@yritysx.example"),
        ("mailto:marja@yritysx.example", "marja@yritysx.example"),
        ("m+a_b%c'd@a-b.c.example", "m+a_b%c'd@a-b.c.example"),
        ("marja@yritysx", None),
        ("marja ojala@yritysx.example", None),
        ("marja@@yritysx.example", None),
        ("@yritysx.example", None),
        ("marja@.example", None),
        ("ma..rja@yritysx.example", None),
        ("Marja <marja@yritysx.example>", None),
        ("=cmd@yritysx.example", None),
        (f"{'x' * 250}@yritysx.example", None),
    ],
)
def test_email_is_an_address_or_left_out(cell: str, address: str | None) -> None:
    notes = Notes()
    assert values.email(cell, notes) == (address or "")
    assert codes(notes) == ([] if address else ["email_bad"])


@pytest.mark.parametrize("cell", ["+358 (0)40 123 4567", "040-1234567", "358401234567", 358401234567.0, "040 1, 050 2"])
def test_telephone_number_stays_as_written(cell: object) -> None:
    notes = Notes()
    assert values.phone(cell, notes) == plain(cell)
    assert notes.found == []


@pytest.mark.parametrize("text", ["=1", "@x", "+SUM(A1)", "-HYPERLINK(x)", "-1+cmd|' /C calc'!A0", " \t=1", "\u200b=1"])
def test_text_that_would_run_is_an_error(text: str) -> None:
    notes = Notes()
    values.free_text(text, notes)
    assert codes(notes)[-1] == "formula"


@pytest.mark.parametrize("text", ["-1 kerros (halli)", "+ talo", "A=B", "a@b", "1+1", "(ent. Halli)", "#1 Liikkumo"])
def test_text_that_only_looks_odd_is_kept(text: str) -> None:
    notes = Notes()
    assert values.free_text(text, notes) == text
    assert notes.found == []


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "#DIV/0!", "#NAME?", "#ARVO!", "#VIITTAUS!", "########", "#ERROR!"])
def test_error_of_a_spreadsheet_is_an_error(text: str) -> None:
    notes = Notes()
    values.free_text(text, notes)
    assert codes(notes) == ["cell_error"]


@pytest.mark.parametrize(
    ("cell", "postal_code"),
    [("02700", "02700"), (2700.0, "02700"), ("2700", "02700"), ("AX-22100", "AX-22100"), ("", "")],
)
def test_postal_code_gets_its_zeros_back(cell: object, postal_code: str) -> None:
    assert values.postal_code(cell, Notes()) == postal_code


@pytest.mark.parametrize(("cell", "marked"), [("x", True), ("X ", True), ("Kyllä", True), (1.0, True), (True, True),
                                              ("", False), ("ei", False), (0.0, False), (False, False)])  # fmt: skip
def test_mark_is_a_tick(cell: object, marked: bool) -> None:
    notes = Notes()
    assert values.mark(cell, notes) is marked
    assert notes.found == []


@given(ANY_CELL)
def test_any_cell_becomes_one_clean_line(cell: object) -> None:
    text = plain(cell)
    assert text == text.strip()
    assert not set(text) & set("\r\n\t\u00a0\u200b\u202e")
    assert plain(text) == text


@given(ANY_CELL)
def test_any_cell_is_shown_short_and_visible(cell: object) -> None:
    text = shown(cell)
    assert len(text) <= 80
    assert not set(text) & set("\r\n\t\0\u200b\u202e\u2066")


@given(ANY_CELL)
def test_no_cell_breaks_a_converter(cell: object) -> None:
    for value in (
        values.required_text(cell, Notes()),
        values.name(cell, Notes()),
        values.required_number(cell, Notes(), width=7),
        values.postal_code(cell, Notes()),
        values.area_code(cell, Notes()),
        values.area_name(cell, Notes()),
        values.last_name_of(cell, Notes()),
        values.first_name_of(cell, Notes()),
        values.email(cell, Notes()),
        values.phone(cell, Notes()),
        values.role(cell, Notes(), titles=TITLES),
        values.title(cell, Notes(), titles=TITLES),
    ):
        assert isinstance(value, str)
        assert "\0" not in value  # PostgreSQL takes none
    assert isinstance(values.mark(cell, Notes()), bool)


@given(ANY_CELL)
def test_date_is_one_or_complained_of(cell: object) -> None:
    notes = Notes()
    day = values.start(cell, notes)
    assert (day is None) == notes.failed
    assert day is None or 1950 <= day.year <= 2100


@given(ANY_CELL)
def test_end_is_open_only_where_nothing_stands(cell: object) -> None:
    """An end that can't be read must never pass for "until further notice": it would keep access open."""
    notes = Notes()
    day = values.end(cell, notes)
    assert day or notes.failed or plain(cell) == ""


@pytest.mark.parametrize(
    ("cell", "failed"), [("1.3\u202e.2026", False), ("x\u202ey", True), ("\ufffd", True), ("1.3.2026\ufffd", True)]
)
def test_warning_about_a_date_does_not_hide_that_it_is_none(cell: str, failed: bool) -> None:
    for convert in (values.start, values.end):
        notes = Notes()
        assert (convert(cell, notes) is None) == notes.failed == failed


@given(ANY_CELL | st.text("0123456789eE,.+ \u202e\ufffd", max_size=12))
def test_number_without_an_error_has_its_width(cell: object) -> None:
    notes = Notes()
    number = values.required_number(cell, notes, width=7)
    assert notes.failed or (len(number) == 7 and number.isdigit())
