"""Makes roster, people and account files as real files on disk, sound ones to spoil in one place."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl

Write = Callable[[Path], None]

ROSTER_HEADER = [
    "Asiakasnro", "Asiakas", "Kohdenro", "Kohde", "Katuosoite", "Postinro", "Postitoimipaikka", "Alue", "Toiminta-alue",
    "Hlönro", "Esimies", "Sähköposti", "Puhelin", "Rooli", "Esihenkilönro", "Alkaa", "Päättyy", "Laskutustapa",
]  # fmt: skip
ROSTER_ROW = [
    "030100", "Sinivuokko Pankki Oyj", "00417", "Sinivuokko Muurame", "Maneesibulevardi 62", "40950", "Muurame", "60",
    "Keski-Suomi", "0103182", "Väänänen Alexandra", "alexandra.vaananen@yritysx.example", "+358 40 768 7471", "esimies",
    "0103147", "1.3.2026", "", "KK",
]  # fmt: skip
PEOPLE_HEADER = [
    "Hlönro", "Sukunimi", "Etunimi", "Sähköposti", "Puhelin", "Nimike", "Alue", "Esihenkilönro", "Johtoryhmä",
]  # fmt: skip
PEOPLE_ROW = ["0100200", "Ojala", "Marja", "marja.ojala@yritysx.example", "+358 44 791 1056", "esimies", "60", "", "x"]
ACCOUNTS_HEADER = [
    "Asiakasnro", "Asiakas", "Toimiala", "Asiakkuusjohtaja hlönro", "Varahenkilö hlönro", "Sopimusnro", "Sopimus alkaa",
    "Sopimus päättyy", "Tietomuuri", "Puoli",
]  # fmt: skip
ACCOUNTS_ROW = [
    "030100", "Sinivuokko Pankki Oyj", "Pankki", "0100256", "0100291", "S-2016-001", "1.1.2016", "31.12.2027", "", "",
]  # fmt: skip


def roster_row(**changes: Any) -> list[Any]:
    """The sound row with some cells changed, named by the header in lower case, `-` as `_`: `kohdenro="x"`."""
    return _changed(ROSTER_HEADER, ROSTER_ROW, changes)


def people_row(**changes: Any) -> list[Any]:
    return _changed(PEOPLE_HEADER, PEOPLE_ROW, changes)


def accounts_row(**changes: Any) -> list[Any]:
    return _changed(ACCOUNTS_HEADER, ACCOUNTS_ROW, changes)


def _changed(header: Sequence[str], row: Sequence[Any], changes: dict[str, Any]) -> list[Any]:
    places = {re.sub(r"\W", "_", text.lower()): index for index, text in enumerate(header)}
    changed = list(row)
    for name, value in changes.items():
        changed[places[name]] = value
    return changed


def csv_text(rows: Iterable[Sequence[Any]], delimiter: str = ";", newline: str = "\r\n") -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=newline).writerows(rows)
    return out.getvalue()


def text(content: str, encoding: str = "utf-8") -> Write:
    return lambda path: _write(path, content.encode(encoding))


def raw(content: bytes) -> Write:
    return lambda path: _write(path, content)


def _write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def roster(*rows: Sequence[Any], header: Sequence[str] = ROSTER_HEADER, encoding: str = "utf-8", **how: str) -> Write:
    """A roster as CSV; `how`: delimiter, newline."""
    return text(csv_text([header, *(rows or [ROSTER_ROW])], **how), encoding)


def workbook(*rows: Sequence[Any], change: Callable[[openpyxl.Workbook], None] | None = None) -> Write:
    """A workbook with these rows on its first sheet, `Kohdevastuut`; `change` may do more with it."""

    def write(path: Path) -> None:
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "Kohdevastuut"
        for row in rows:
            sheet.append(list(row))
        if change:
            change(book)
        book.save(path)

    return write


def add_sheet(name: str, *rows: Sequence[Any]) -> Callable[[openpyxl.Workbook], None]:
    def change(book: openpyxl.Workbook) -> None:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))

    return change


def altered(write: Write, part: str, alter: Callable[[bytes], bytes]) -> Write:
    """The workbook that `write` makes with one part of its archive rewritten."""

    def rewrite(path: Path) -> None:
        write(path)
        with zipfile.ZipFile(path) as archive:
            parts = {info.filename: archive.read(info) for info in archive.infolist()}
        parts[part] = alter(parts[part])
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)

    return rewrite


def cut(write: Write, share: float) -> Write:
    """The file that `write` makes, broken off after this share of its bytes."""

    def rewrite(path: Path) -> None:
        write(path)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])

    return rewrite


def zipped(parts: dict[str, bytes]) -> Write:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)

    return write


def lying(write: Write, part: str, declared: int) -> Write:
    """The workbook that `write` makes, whose directory declares another unpacked size for one part."""

    def rewrite(path: Path) -> None:
        write(path)
        with zipfile.ZipFile(path) as archive:
            true = archive.getinfo(part).file_size
        content = path.read_bytes()
        start = content.rindex(b"PK\x01\x02", 0, content.rindex(part.encode()))
        assert content[start + 24 : start + 28] == true.to_bytes(4, "little")
        path.write_bytes(content[: start + 24] + declared.to_bytes(4, "little") + content[start + 28 :])

    return rewrite


DAY = datetime(2026, 3, 1)  # noqa: DTZ001  a cell of a workbook knows no time zone
