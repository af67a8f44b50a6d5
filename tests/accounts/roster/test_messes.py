"""Every mess of real exports, as a real file, with the one right outcome: its rows, its problems or its refusal."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from accounts.roster.check import checked
from accounts.roster.problems import problem_text
from accounts.roster.read import open_table
from accounts.roster.rows import Kind, Problem, Unreadable, Widths
from tests.accounts.roster.files import (
    ACCOUNTS_HEADER,
    ACCOUNTS_ROW,
    DAY,
    PEOPLE_HEADER,
    PEOPLE_ROW,
    ROSTER_HEADER,
    ROSTER_ROW,
    Write,
    accounts_row,
    add_sheet,
    altered,
    csv_text,
    cut,
    lying,
    people_row,
    raw,
    roster,
    roster_row,
    text,
    workbook,
    zipped,
)

WIDTHS = Widths(site=5, customer=6, employee=7)
TITLES = {"esimies": "supervisor", "ohjaaja": "instructor", "aluejohtaja": "area_director"}
SHEET = "xl/worksheets/sheet1.xml"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass
class Refused:
    """The whole file is refused with this code, and at least these parameters."""

    code: str
    params: dict[str, str]


@dataclass
class Gives:
    """These rows, each with at least these values, and exactly these problems."""

    rows: list[dict[str, Any]]
    problems: list[tuple[Any, ...]]


def refused(code: str, **params: str) -> Refused:
    return Refused(code, params)


def row(number: int = 2, **values: Any) -> dict[str, Any]:
    return {"row": number, **values}


def gives(*rows: dict[str, Any], problems: list[tuple[Any, ...]] | None = None) -> Gives:
    """`problems`: (row, column, shown value, code, severity, frozen site)."""
    return Gives(list(rows), problems or [])


def error(column: str, value: str, code: str, site: str = "00417", number: int = 2) -> Gives:
    return gives(problems=[(number, column, value, code, "error", site)])


def warned(column: str, value: str, code: str, **values: Any) -> Gives:
    return gives(row(**values), problems=[(2, column, value, code, "warning", "00417")])


FULL = row(
    customer_number="030100",
    customer_name="Sinivuokko Pankki Oyj",
    site_number="00417",
    site_name="Sinivuokko Muurame",
    street_address="Maneesibulevardi 62",
    postal_code="40950",
    city="Muurame",
    area_code="60",
    area_name="Keski-Suomi",
    employee_number="0103182",
    last_name="Väänänen",
    first_name="Alexandra",
    email="alexandra.vaananen@yritysx.example",
    phone="+358 40 768 7471",
    role="supervisor",
    superior_number="0103147",
    valid_from=date(2026, 3, 1),
    valid_to=None,
)
NAMED = row(last_name="Väänänen", site_number="00417")
ENGLISH = [
    "Customer number", "Customer name", "Site no", "Site name", "Street address", "Postal code", "City", "Area code",
    "Area name", "Employee number", "Person name", "E-mail", "Phone", "Role", "Superior number", "Valid from",
    "Valid to", "Billing",
]  # fmt: skip
FIELDS = [
    "customer_number", "customer_name", "site_number", "site_name", "street_address", "postal_code", "city",
    "area_code", "area_name", "employee_number", "person_name", "email", "phone", "role", "superior_number",
    "valid_from", "valid_to", "extra",
]  # fmt: skip
EXCEL_ROW = roster_row(kohdenro=417, asiakasnro=30100, hlönro=103182, esihenkilönro=103147.0, alkaa=DAY, päättyy=None)
ONE_CELL = "x" * 10 * 1024 * 1024
PLAIN_BOOK = workbook(ROSTER_HEADER, ROSTER_ROW)


def _merged_titles(book: Any) -> None:
    sheet = book["Kohdevastuut"]
    sheet.insert_rows(1, 2)
    sheet["A1"] = "Laskutusjärjestelmä – kohteiden vastuuhenkilöt"
    sheet["A2"] = "Ajettu 16.11.2026"
    sheet.merge_cells("A1:F1")
    sheet.column_dimensions["C"].hidden = True


def _far_cell(book: Any) -> None:
    book["Kohdevastuut"]["XFD1048576"] = "x"


def _formulas(sheet: bytes) -> bytes:
    """A formula with its cached value for the site's number, one never calculated for the end."""
    known = b'<c r="C2" t="str"><f>"00"&amp;417</f><v>00417</v></c>'
    return sheet.replace(b'<c r="C2" t="n"><v>1</v></c>', known).replace(
        b'<c r="Q2" t="n"><v>1</v></c>', b'<c r="Q2"><f>P2+30</f><v></v></c>'
    )


def _huge_site(sheet: bytes) -> bytes:
    cell = f'<c r="D2" t="inlineStr"><is><t>{ONE_CELL}</t></is></c>'
    return sheet.replace(b'<c r="D2" t="n"><v>1</v></c>', cell.encode())


def _error_end(sheet: bytes) -> bytes:
    return sheet.replace(b'<c r="Q2" t="n"><v>1</v></c>', b'<c r="Q2" t="e"><v>#N/A</v></c>')


MESSES: dict[str, tuple[Write, Gives | Refused]] = {
    # --- encodings, delimiters, line ends
    "utf-8": (roster(), gives(FULL)),
    "utf-8 with mark": (roster(encoding="utf-8-sig"), gives(FULL)),
    "utf-16 little-endian": (raw(b"\xff\xfe" + csv_text([ROSTER_HEADER, ROSTER_ROW]).encode("utf-16-le")), gives(FULL)),
    "utf-16 big-endian": (raw(b"\xfe\xff" + csv_text([ROSTER_HEADER, ROSTER_ROW]).encode("utf-16-be")), gives(FULL)),
    "utf-16 without mark": (roster(encoding="utf-16-le"), gives(FULL)),
    "utf-16 broken off": (cut(roster(encoding="utf-16"), 0.999), refused("encoding_broken", encoding="utf-16")),
    "windows-1252": (roster(encoding="cp1252"), gives(FULL)),
    "utf-8 with foreign bytes": (
        raw(csv_text([ROSTER_HEADER, ROSTER_ROW]).encode() + csv_text([roster_row(asiakas="Ä")]).encode("cp1252")[:20]),
        refused("encoding_broken", encoding="utf-8", line="3"),
    ),
    "comma": (roster(delimiter=","), gives(FULL)),
    "tab": (roster(delimiter="\t"), gives(FULL)),
    "comma with commas in values": (
        roster(roster_row(katuosoite="Kuja 1, A; B"), delimiter=","),
        gives(row(street_address="Kuja 1, A; B")),
    ),
    "sep line": (text("sep=,\r\n" + csv_text([ROSTER_HEADER, ROSTER_ROW], ",")), gives(FULL)),
    "line feeds": (roster(newline="\n"), gives(FULL)),
    "carriage returns": (roster(newline="\r"), gives(FULL)),
    "line break in a quoted field": (
        roster(roster_row(katuosoite="Kuja 1\r\nA-rappu"), ROSTER_ROW),
        gives(row(street_address="Kuja 1 A-rappu"), row(3)),
    ),
    "no line end at the end": (text(csv_text([ROSTER_HEADER, ROSTER_ROW]).rstrip()), gives(FULL)),
    "empty lines between": (
        text(csv_text([ROSTER_HEADER]) + "\r\n;;;;\r\n" + csv_text([ROSTER_ROW])),
        gives(row(4, site_number="00417")),
    ),
    "quotation mark never closed": (
        text(csv_text([ROSTER_HEADER, ROSTER_ROW]) + '030100;"Sinivuokko;00418;' + csv_text([ROSTER_ROW] * 3)),
        refused("quote_unbalanced", row="3"),
    ),
    "quotation mark closed far below": (
        text(csv_text([ROSTER_HEADER]) + '1;"a;' + csv_text([ROSTER_ROW] * 400) + '1;"a;' + csv_text([ROSTER_ROW])),
        refused("quote_unbalanced", row="2"),
    ),
    # --- not a table
    "empty": (raw(b""), refused("empty")),
    "only a byte order mark": (raw(b"\xef\xbb\xbf\r\n"), refused("empty")),
    "header only": (roster(header=ROSTER_HEADER, *[[""] * 18]), refused("no_rows")),  # noqa: B026
    "header only in a workbook": (workbook(ROSTER_HEADER), refused("no_rows")),
    "old excel": (raw(OLE + b"\0" * 600), refused("old_excel")),
    "workbook with a password": (
        raw(OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 99),
        refused("encrypted"),
    ),
    "pdf": (raw(b"%PDF-1.7\n1 0 obj"), refused("not_a_table")),
    "html under a table's name": (raw(b"<html><table><tr><td>Kohdenro"), refused("web_page")),
    "other binary": (raw(bytes(range(1, 32)) * 40), refused("not_a_table")),
    "mostly zero bytes": (raw(b"a;b\r\n" + b"\0" * 5000), refused("not_a_table")),
    "bytes of no encoding": (raw(b"Kohdenro;Nimi\r\n1;\x81\x8d\xff\xfe\r\n"), refused("encoding_unknown")),
    "plain text": (
        text("Hei!\r\nTässä ei ole taulukkoa.\r\n"),
        refused("header_not_found", rows="20", columns="Asiakasnro, Kohdenro, Hlönro, Rooli, Alkaa, Päättyy"),
    ),
    # --- columns
    "english headers": (roster(header=ENGLISH), gives(FULL)),
    "field names as headers": (roster(header=FIELDS), gives(FULL)),
    "headers in capitals with spaces": (roster(header=[f" {name.upper()} " for name in ROSTER_HEADER]), gives(FULL)),
    "headers without dots on letters": (
        roster(header=[name.replace("ö", "o").replace("ä", "a") for name in ROSTER_HEADER]),
        gives(FULL),
    ),
    "columns in another order": (roster(ROSTER_ROW[::-1], header=ROSTER_HEADER[::-1]), gives(FULL)),
    "two title rows": (
        text(csv_text([["Laskutus"], ["Ajettu 16.11.2026"], ROSTER_HEADER, ROSTER_ROW])),
        gives({**FULL, "row": 4}),
    ),
    "columns missing": (
        roster(ROSTER_ROW[:15], header=ROSTER_HEADER[:15]),
        refused(
            "columns_missing",
            columns="Alkaa (Alkupvm, Alkupäivä, Voimassa alkaen, Valid from, Start date, "
            "Starts, From); Päättyy (Loppupvm, Loppupäivä, Päättymispvm, Voimassa asti, Valid to, Valid until, "
            "End date, Ends, To, Until)",
        ),
    ),
    "header twice": (
        roster(header=[*ROSTER_HEADER[:17], "Kohdenro"]),
        refused("columns_twice", field="Kohdenro", first="Kohdenro (C)", second="Kohdenro (R)"),
    ),
    "two headers of one meaning": (
        roster(header=[*ROSTER_HEADER[:17], "Kustannuspaikka"]),
        refused("columns_twice", field="Kohdenro", first="Kohdenro (C)", second="Kustannuspaikka (R)"),
    ),
    "people instead of a roster": (text(csv_text([PEOPLE_HEADER, PEOPLE_ROW])), refused("other_kind", other="people")),
    "accounts instead of a roster": (
        text(csv_text([ACCOUNTS_HEADER, ACCOUNTS_ROW])),
        refused("other_kind", other="accounts"),
    ),
    "area as a name only": (
        roster(roster_row(alue="Keski-Suomi"), header=[*ROSTER_HEADER[:8], "Muu", *ROSTER_HEADER[9:]]),
        gives(row(area_code="", area_name="Keski-Suomi")),
    ),
    "area as a code only": (
        roster(roster_row(toiminta_alue="60"), header=[*ROSTER_HEADER[:7], "Muu", *ROSTER_HEADER[8:]]),
        gives(row(area_code="60", area_name="")),
    ),
    "area's code and name the other way round": (
        roster(roster_row(alue="Keski-Suomi", toiminta_alue="60")),
        gives(row(area_code="60", area_name="Keski-Suomi")),
    ),
    "headers again in the middle": (
        roster(ROSTER_ROW, ROSTER_HEADER, ROSTER_ROW),
        gives(row(2), row(4), problems=[(3, "", "", "header_repeated", "warning", "")]),
    ),
    # --- rows
    "row too short": (roster(ROSTER_ROW[:16]), gives(FULL)),
    "row too short for what it needs": (roster(ROSTER_ROW[:15]), error("Alkaa", "", "value_missing")),
    "row too long": (roster([*ROSTER_ROW, "x", ""]), error("", "x", "too_many_cells")),
    "row too long by empty cells": (roster([*ROSTER_ROW, "", " "]), gives(FULL)),
    "total under the table": (
        roster(ROSTER_ROW, ["", "Yhteensä", "", "1 kpl"]),
        gives(row(2), problems=[(3, "", "Yhteensä 1 kpl", "row_without_keys", "error", "")]),
    ),
    "the same row twice": (roster(ROSTER_ROW, ROSTER_ROW), gives(FULL, {**FULL, "row": 3})),
    "two faults in one row": (
        roster(roster_row(hlönro="", alkaa="eilen")),
        gives(
            problems=[
                (2, "Hlönro", "", "value_missing", "error", "00417"),
                (2, "Alkaa", "eilen", "date_unreadable", "error", "00417"),
            ]
        ),
    ),
    "the same fault in two rows": (
        roster(roster_row(alkaa="eilen"), roster_row(alkaa="eilen", kohdenro="418")),
        gives(
            problems=[
                (2, "Alkaa", "eilen", "date_unreadable", "error", "00417"),
                (3, "Alkaa", "eilen", "date_unreadable", "error", "00418"),
            ]
        ),
    ),
    # --- numbers
    "zeros lost": (
        roster(roster_row(kohdenro="417", asiakasnro="30100", hlönro="103182")),
        gives(row(site_number="00417", customer_number="030100", employee_number="0103182")),
    ),
    "number as decimal": (roster(roster_row(kohdenro="417.0", asiakasnro="30100,00")), gives(FULL)),
    "number kept as text by a formula": (roster(roster_row(kohdenro='="00417"', asiakasnro="'030100")), gives(FULL)),
    "number in powers of ten": (
        roster(roster_row(asiakasnro="1,2E+05")),
        warned("Asiakasnro", "1,2E+05", "number_scientific", customer_number="120000"),
    ),
    "number in powers of ten with a point": (
        roster(roster_row(asiakasnro="1.2E+05")),
        warned("Asiakasnro", "1.2E+05", "number_scientific", customer_number="120000"),
    ),
    "number in powers of ten, not whole": (
        roster(roster_row(hlönro="1,234E+02")),
        error("Hlönro", "1,234E+02", "number_scientific_broken"),
    ),
    "number in powers of ten, too long": (
        roster(roster_row(kohdenro="1,2E+05")),
        gives(
            problems=[
                (2, "Kohdenro", "1,2E+05", "number_scientific", "warning", ""),
                (2, "Kohdenro", "1,2E+05", "number_too_long", "error", ""),
            ]
        ),
    ),
    "site's number too long": (
        roster(roster_row(kohdenro="004171")),
        error("Kohdenro", "004171", "number_too_long", ""),
    ),
    "site's number missing": (roster(roster_row(kohdenro=" ")), error("Kohdenro", " ", "value_missing", "")),
    "letters in a number": (roster(roster_row(hlönro="O103182")), error("Hlönro", "O103182", "number_not_digits")),
    "number in other digits": (roster(roster_row(hlönro="٠١٠٣١٨٢")), error("Hlönro", "٠١٠٣١٨٢", "number_not_digits")),
    # --- texts
    "spaces and no-break spaces around": (
        roster([f" \u00a0{value}\u202f " for value in ROSTER_ROW]),
        gives(FULL),
    ),
    "zero-width and direction marks around": (
        roster(roster_row(kohdenro="\u200e00417\u200f", asiakas="\ufeffSinivuokko Pankki Oyj\u200b")),
        gives(FULL),
    ),
    "right-to-left mark inside a name": (
        roster(roster_row(esimies="Väänänen\u202e Alexandra")),
        warned("Esimies", "Väänänen<U+202E> Alexandra", "invisible_character", last_name="Väänänen"),
    ),
    "letters decomposed": (roster(roster_row(esimies="Va\u0308a\u0308na\u0308nen Alexandra")), gives(FULL)),
    "zero byte": (
        raw(csv_text([ROSTER_HEADER, roster_row(kohde="Muu\0rame")]).encode()),
        error("Kohde", "Muu␀rame", "control_character"),
    ),
    "control character": (roster(roster_row(kohde="Muu\x1brame")), error("Kohde", "Muu␛rame", "control_character")),
    "letter lost before": (
        roster(roster_row(kohde="P\ufffd\ufffdkonttori")),
        warned("Kohde", "P\ufffd\ufffdkonttori", "lost_character"),
    ),
    "one cell of 10 MB": (
        roster(roster_row(kohde=ONE_CELL), ROSTER_ROW),
        gives(row(3), problems=[(2, "Kohde", "x" * 79 + "…", "cell_too_long", "error", "00417")]),
    ),
    "one cell of 10 MB in a workbook": (
        altered(workbook(ROSTER_HEADER, roster_row(kohde=1), ROSTER_ROW), SHEET, _huge_site),
        gives(row(3), problems=[(2, "Kohde", "x" * 79 + "…", "cell_too_long", "error", "00417")]),
    ),
    "one cell beyond any size": (
        lambda path: path.write_text(csv_text([ROSTER_HEADER, roster_row(kohde=ONE_CELL * 4)])) and None,
        refused("cell_huge", row="2"),
    ),
    "formula as a name": (
        roster(roster_row(esimies='=HYPERLINK("http://x.example")')),
        error("Esimies", '=HYPERLINK("http://x.example")', "formula"),
    ),
    "formula as a site": (roster(roster_row(kohde="@SUM(A1)")), error("Kohde", "@SUM(A1)", "formula")),
    "formula behind a tab": (roster(roster_row(kohde="\t=1+1")), error("Kohde", " =1+1", "formula")),
    "formula after a plus": (
        roster(roster_row(kohde="+cmd|' /C calc'!A0")),
        error("Kohde", "+cmd|' /C calc'!A0", "formula"),
    ),
    "name that starts with a minus": (
        roster(roster_row(kohde="-1 kerros (halli)")),
        gives(row(site_name="-1 kerros (halli)")),
    ),
    "name with a particle": (roster(roster_row(esimies="von Hertzen Anna")), gives(row(last_name="von Hertzen"))),
    "name with a comma": (roster(roster_row(esimies="de la Cruz, Ana")), gives(row(last_name="de la Cruz"))),
    "name missing": (roster(roster_row(esimies="")), warned("Esimies", "", "name_missing", last_name="")),
    "e-mail in capitals": (
        roster(roster_row(sähköposti="ALEXANDRA.VAANANEN@YRITYSX.EXAMPLE ")),
        gives(FULL),
    ),
    "e-mail that is none": (
        roster(roster_row(sähköposti="alexandra(at)yritysx")),
        warned("Sähköposti", "alexandra(at)yritysx", "email_bad", email=""),
    ),
    "telephone that is none": (
        roster(roster_row(puhelin="3,58E+11")),
        warned("Puhelin", "3,58E+11", "phone_bad", phone=""),
    ),
    "unknown role": (roster(roster_row(rooli="keisari")), error("Rooli", "keisari", "role_unknown")),
    "role in capitals": (roster(roster_row(rooli="ESIMIES")), gives(FULL)),
    "error of a spreadsheet": (roster(roster_row(päättyy="#PUUTTUU!")), error("Päättyy", "#PUUTTUU!", "cell_error")),
    "column too narrow for its dates": (roster(roster_row(alkaa="########")), error("Alkaa", "########", "cell_error")),
    # --- dates
    "date with zeros": (roster(roster_row(alkaa="01.03.2026")), gives(FULL)),
    "date year first": (roster(roster_row(alkaa="2026-03-01")), gives(FULL)),
    "date with a time": (roster(roster_row(alkaa="2026-03-01 00:00:00")), gives(FULL)),
    "date as excel counts": (roster(roster_row(alkaa="46082")), gives(FULL)),
    "date with a short year": (roster(roster_row(alkaa="1.3.26")), error("Alkaa", "1.3.26", "date_short_year")),
    "date with slashes": (roster(roster_row(alkaa="03/01/2026")), error("Alkaa", "03/01/2026", "date_ambiguous")),
    "date not in the calendar": (roster(roster_row(alkaa="31.2.2026")), error("Alkaa", "31.2.2026", "date_impossible")),
    "date too far ahead": (
        roster(roster_row(päättyy="31.12.9999")),
        error("Päättyy", "31.12.9999", "year_out_of_range"),
    ),
    "end before start": (roster(roster_row(päättyy="28.2.2026")), error("Päättyy", "28.2.2026", "period_reversed")),
    "end on the start": (roster(roster_row(päättyy="1.3.2026")), gives(row(valid_to=date(2026, 3, 1)))),
    # --- workbooks
    "workbook": (workbook(ROSTER_HEADER, EXCEL_ROW), gives(FULL)),
    "workbook with merged titles and a hidden column": (
        workbook(ROSTER_HEADER, EXCEL_ROW, change=_merged_titles),
        gives({**FULL, "row": 4}),
    ),
    "workbook whose table starts far in": (
        workbook([], [], ["", ""] + ROSTER_HEADER, ["", ""] + EXCEL_ROW),
        gives({**FULL, "row": 4}),
    ),
    "workbook with an empty row between": (
        workbook(ROSTER_HEADER, EXCEL_ROW, [], EXCEL_ROW),
        gives(FULL, {**FULL, "row": 4}),
    ),
    "roster on the second sheet": (
        workbook(["Ohje"], change=add_sheet("Data", ROSTER_HEADER, EXCEL_ROW)),
        gives(FULL),
    ),
    "wrong sheets only": (
        workbook(["Mittari", "Arvo"], ["a", 1], change=add_sheet("Henkilöt", PEOPLE_HEADER, PEOPLE_ROW)),
        refused("other_kind", other="people", sheet="Henkilöt"),
    ),
    "sheet without the columns": (
        workbook(["Mittari", "Arvo"], ["a", 1]),
        refused("header_not_found", sheet="Kohdevastuut"),
    ),
    "formula with its value": (
        altered(workbook(ROSTER_HEADER, roster_row(kohdenro=1)), SHEET, _formulas),
        gives(FULL),
    ),
    "formula never calculated": (
        altered(workbook(ROSTER_HEADER, roster_row(päättyy=1)), SHEET, _formulas),
        error("Päättyy", "#ERROR!", "cell_error"),
    ),
    "error in a cell": (
        altered(workbook(ROSTER_HEADER, roster_row(päättyy=1)), SHEET, _error_end),
        error("Päättyy", "#ERROR!", "cell_error"),
    ),
    "workbook broken off": (cut(PLAIN_BOOK, 0.6), refused("damaged")),
    "workbook with a spoilt part": (
        altered(PLAIN_BOOK, SHEET, lambda part: part[: len(part) // 2]),
        refused("damaged"),
    ),
    "part longer than declared": (lying(PLAIN_BOOK, SHEET, 100), refused("damaged")),
    "zip bomb": (altered(PLAIN_BOOK, SHEET, lambda part: part + b" " * 40_000_000), refused("zip_bomb")),
    "zip bomb by its whole": (
        lying(PLAIN_BOOK, SHEET, 500_000_000),
        refused("zip_bomb"),
    ),
    "archive that is no workbook": (zipped({"lue-minut.txt": b"hei"}), refused("not_a_workbook")),
    "opendocument": (
        zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}),
        refused("not_a_workbook"),
    ),
    "empty archive": (zipped({}), refused("not_a_table")),
    "cell at the end of the world": (
        workbook(ROSTER_HEADER, ROSTER_ROW, change=_far_cell),
        refused("sheet_too_large", rows="1048576", columns="16384"),
    ),
}
PEOPLE_MESSES: dict[str, tuple[Write, Gives | Refused]] = {
    "people": (
        text(csv_text([PEOPLE_HEADER, PEOPLE_ROW])),
        gives(row(employee_number="0100200", last_name="Ojala", first_name="Marja", title="esimies", management=True)),
    ),
    "people with the name in one column": (
        text(csv_text([["Hlönro", "Nimi"], ["100200", "Ojala Marja"]])),
        gives(row(employee_number="0100200", last_name="Ojala", first_name="Marja", management=False, email="")),
    ),
    "unknown title": (
        text(csv_text([PEOPLE_HEADER, people_row(nimike="keisari")])),
        gives(row(title="keisari"), problems=[(2, "Nimike", "keisari", "title_unknown", "warning", "")]),
    ),
    "mark that is neither": (
        text(csv_text([PEOPLE_HEADER, people_row(johtoryhmä="ehkä"), people_row(johtoryhmä="Kyllä")])),
        gives(
            row(2, management=False),
            row(3, management=True),
            problems=[(2, "Johtoryhmä", "ehkä", "mark_unknown", "warning", "")],
        ),
    ),
    "mark as a tick box": (
        workbook(PEOPLE_HEADER, people_row(johtoryhmä=True), people_row(johtoryhmä=False)),
        gives(row(2, management=True), row(3, management=False)),
    ),
    "people beside a roster": (
        workbook(ROSTER_HEADER, EXCEL_ROW, change=add_sheet("Henkilöt", PEOPLE_HEADER, PEOPLE_ROW)),
        gives(row(last_name="Ojala")),
    ),
    "roster instead of people": (roster(), refused("other_kind", other="roster")),
    "roster with surnames instead of people": (
        roster(header=[*ROSTER_HEADER[:10], "Sukunimi", *ROSTER_HEADER[11:]]),
        refused("other_kind", other="roster"),
    ),
}
ACCOUNT_MESSES: dict[str, tuple[Write, Gives | Refused]] = {
    "accounts": (
        text(csv_text([ACCOUNTS_HEADER, ACCOUNTS_ROW])),
        gives(
            row(
                customer_number="030100",
                director_number="0100256",
                contract_number="S-2016-001",
                contract_from=date(2016, 1, 1),
                contract_to=date(2027, 12, 31),
                barrier="",
            )
        ),
    ),
    "contract without start": (
        text(csv_text([ACCOUNTS_HEADER, accounts_row(sopimus_alkaa="")])),
        error("Sopimus alkaa", "", "value_missing", ""),
    ),
    "contract that ends before it starts": (
        text(csv_text([ACCOUNTS_HEADER, accounts_row(sopimus_päättyy="31.12.2015")])),
        error("Sopimus päättyy", "31.12.2015", "period_reversed", ""),
    ),
    "barrier without side": (
        text(csv_text([ACCOUNTS_HEADER, accounts_row(tietomuuri="Elinkaari")])),
        error("Puoli", "", "side_missing", ""),
    ),
    "side without barrier": (
        text(csv_text([ACCOUNTS_HEADER, accounts_row(puoli="Pohjoinen")])),
        error("Tietomuuri", "", "barrier_missing", ""),
    ),
    "roster instead of accounts": (roster(), refused("other_kind", other="roster")),
}
ALL = [
    pytest.param(kind, write, expected, id=name)
    for kind, messes in ((Kind.ROSTER, MESSES), (Kind.PEOPLE, PEOPLE_MESSES), (Kind.ACCOUNTS, ACCOUNT_MESSES))
    for name, (write, expected) in messes.items()
]


@pytest.mark.parametrize(("kind", "write", "expected"), ALL)
def test_file_gives_its_exact_outcome(kind: Kind, write: Write, expected: Gives | Refused, tmp_path: Path) -> None:
    path = tmp_path / "file"  # no ending: the content has to tell
    write(path)

    outcome = _outcome(path, kind)

    if isinstance(expected, Refused):
        assert isinstance(outcome, Unreadable), outcome
        assert outcome.code == expected.code
        assert expected.params.items() <= outcome.params.items()
        assert "%(" not in problem_text(outcome.code, outcome.params)
        return
    assert isinstance(outcome, list), outcome
    problems = [item for item in outcome if isinstance(item, Problem)]
    rows = [item for item in outcome if not isinstance(item, Problem)]
    assert [(p.row, p.column, p.value, p.code, p.severity, p.site_number) for p in problems] == expected.problems
    assert [
        {name: getattr(found, name) for name in wanted} for found, wanted in zip(rows, expected.rows, strict=True)
    ] == expected.rows


def _outcome(path: Path, kind: Kind) -> list[Any] | Unreadable:
    try:
        return list(checked(open_table(path, kind), widths=WIDTHS, titles=TITLES))
    except Unreadable as refusal:
        return refusal
