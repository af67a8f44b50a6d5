"""The format floor: what a file is, its text, its records; and spoilt bytes end in a refusal, never in a crash."""

import csv
import io
import random
import zipfile
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kam.lib.spreadsheets import (
    ERROR_CELL,
    Format,
    Unreadable,
    guess_delimiter,
    open_workbook,
    records,
    sniff,
    text_shape,
    workbook,
)

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"))


def _written(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "file"
    path.write_bytes(content)
    return path


def _book(*rows: list[object]) -> bytes:
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def _known(record: list[str]) -> int:
    return len({"Kohde", "Nimi"} & set(record))


def test_sniff_goes_by_content(tmp_path: Path) -> None:
    assert sniff(_written(tmp_path, _book(["a"]))) == Format.XLSX
    assert sniff(_written(tmp_path, b"a;b\r\n")) == Format.CSV


def test_sniff_refuses_more_than_it_can_hold(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("wb") as file:
        file.truncate(300 * 1024 * 1024)
    with pytest.raises(Unreadable) as refusal:
        sniff(path)
    assert (refusal.value.code, refusal.value.params) == ("too_large", {"megabytes": "256"})


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("päättyy\n".encode(), "utf-8"),
        ("päättyy\n".encode("utf-8-sig"), "utf-8-sig"),
        ("päättyy\n".encode("utf-16"), "utf-16"),
        ("päättyy, alkaa\n".encode("utf-16-be"), "utf-16-be"),
        ("päättyy\n".encode("cp1252"), "cp1252"),
        ("5 € – hinta\n".encode("cp1252"), "cp1252"),
        (b"plain\n", "utf-8"),
    ],
)
def test_text_shape_finds_the_encoding(content: bytes, encoding: str, tmp_path: Path) -> None:
    shape = text_shape(_written(tmp_path, content))
    assert (shape.encoding, shape.lines) == (encoding, 1)


def test_text_shape_looks_at_the_last_byte_too(tmp_path: Path) -> None:
    assert text_shape(_written(tmp_path, b"x\n" * 3_000_000 + b"\xe4")).encoding == "cp1252"


@pytest.mark.parametrize(
    ("content", "delimiter"),
    [
        ("Kohde;Nimi\n", ";"),
        ("Kohde,Nimi\n", ","),
        ("Kohde\tNimi\n", "\t"),
        ("Kohde|Nimi\n", "|"),
        ("sep=,\nKohde;x,Nimi\n", ","),
        ("otsikko, pitkä, selitys\nKohde;Nimi\n", ";"),
        ("ei mitään tuttua\n", ";"),
    ],
)
def test_guess_delimiter_scores_whole_records(content: str, delimiter: str, tmp_path: Path) -> None:
    path = _written(tmp_path, content.encode())
    assert guess_delimiter(path, "utf-8", _known, depth=20) == delimiter


def test_records_are_numbered_as_excel_shows_them(tmp_path: Path) -> None:
    path = _written(tmp_path, b'sep=;\r\na;"b\r\nb"\r\n\r\nc;d')
    assert list(records(path, "utf-8", ";")) == [(1, ["a", "b\r\nb"]), (2, []), (3, ["c", "d"])]


def test_records_refuse_a_quotation_without_end(tmp_path: Path) -> None:
    path = _written(tmp_path, b'a;b\nc;"d\ne;f\n')
    with pytest.raises(Unreadable) as refusal:
        list(records(path, "utf-8", ";"))
    assert (refusal.value.code, refusal.value.params) == ("quote_unbalanced", {"row": "2"})


@given(
    rows=st.lists(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0")), min_size=2), min_size=1)
)
def test_records_give_back_what_was_written(rows: list[list[str]], tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("csv") / "file"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL).writerows(rows)
    assert [record for _row, record in records(path, "utf-8", ";")] == rows


def test_sheet_keeps_row_numbers_and_width(tmp_path: Path) -> None:
    book = open_workbook(_written(tmp_path, _book([], [None, "a"], [], [None, "b", 1.5])))
    sheet = book.sheet(book.sheets[0])
    assert sheet.last_row == 4
    assert list(sheet.rows()) == [(1, ["", ""]), (2, ["a", ""]), (3, ["", ""]), (4, ["b", 1.5])]


def test_sheet_shows_what_has_no_value(tmp_path: Path) -> None:
    """calamine shows both an error and a formula never calculated as empty, which an end date must not be."""
    book = open_workbook(_written(tmp_path, _book(["a", "=1+1", "#REF!", ""], ["b", "c", "d", "e"])))
    assert [cells for _row, cells in book.sheet(book.sheets[0]).rows()] == [
        ["a", ERROR_CELL, ERROR_CELL, ""],
        ["b", "c", "d", "e"],
    ]


@pytest.mark.parametrize("size", [7, 40, 1000])
def test_cell_broken_between_two_pieces_is_seen(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_PIECE", size), ("_PACKED", size), ("_SEAM", 120)):
        monkeypatch.setattr(workbook, name, value)
    rows: list[list[object]] = [["#REF!", f"=A{number}+1", number] for number in range(1, 60)]
    book = open_workbook(_written(tmp_path, _book(*rows)))
    cells = [cells for _row, cells in book.sheet(book.sheets[0]).rows()]
    assert cells == [[ERROR_CELL, ERROR_CELL, number] for number in range(1, 60)]


def test_hidden_sheets_come_last_and_charts_never(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "Piilossa"
    book.create_sheet("Esillä")
    book.create_chartsheet("Kaavio")
    book["Piilossa"].sheet_state = "hidden"
    book.save(tmp_path / "file")
    assert open_workbook(tmp_path / "file").sheets == ["Esillä", "Piilossa"]


@pytest.mark.parametrize("reference", ["XFD1048576", "A99999999999", "ZZZZZ3", "a4000000000"])
def test_far_cell_is_refused_before_memory_is_taken(reference: str, tmp_path: Path) -> None:
    source = _book(["a"])
    path = tmp_path / "file"
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if "sheet1" in name:
                part = part.replace(b"</row>", f'</row><row><c r="{reference}"><v>1</v></c></row>'.encode())
            new.writestr(name, part)
    with pytest.raises(Unreadable) as refusal:
        open_workbook(path)
    assert refusal.value.code == "sheet_too_large"


def test_wide_sheet_of_sane_size_is_read(tmp_path: Path) -> None:
    row: list[object] = [f"c{index}" for index in range(200)]
    book = open_workbook(_written(tmp_path, _book(row, row)))
    assert [cells for _row, cells in book.sheet(book.sheets[0]).rows()] == [row, row]


@pytest.mark.parametrize("seed", range(40))
def test_spoilt_workbook_is_read_or_refused(seed: int, tmp_path: Path) -> None:
    """Bytes changed at random: in the archive itself, or in one part of it before it is packed again."""
    chance = random.Random(seed)
    content = bytearray(_book(["Kohde", "Nimi"], ["00417", "Ojala"], [417, 1.5]))
    if seed % 2:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {name: bytearray(archive.read(name)) for name in archive.namelist()}
        part = parts[chance.choice(sorted(parts))]
        start = chance.randrange(len(part))
        part[start : start + chance.randrange(20)] = chance.choice([b"", b"<", b'"', b"9999999999", b"XFD", b"&#0;"])
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, changed in parts.items():
                archive.writestr(name, bytes(changed))
        content = bytearray(out.getvalue())
    else:
        for _ in range(chance.choice((1, 5, 30))):
            content[chance.randrange(4, len(content))] = chance.randrange(256)
    outcome = "read"
    try:
        book = open_workbook(_written(tmp_path, bytes(content)))
        for name in book.sheets:
            list(book.sheet(name).rows())
    except Unreadable as refusal:
        outcome = refusal.code
    assert outcome in {"read", "damaged", "encrypted", "not_a_workbook", "sheet_too_large", "zip_bomb"}
