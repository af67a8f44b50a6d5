"""XLSX workbooks, looked over before they are opened.

calamine reads a sheet fast but trusts it: it keeps the whole rectangle of a sheet in memory, ends the process
when one cell far off makes that rectangle too large, and shows an error or a formula never calculated as an
empty cell. So every part of the archive is unpacked once beforehand, in pieces: its size, checksum, the extent of
its cells and the cells that are no values come from there.
"""

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from html import unescape
from io import SEEK_CUR
from pathlib import Path
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from kam.lib.spreadsheets.faults import Unreadable

Cell = str | int | float | bool | time | date | datetime | timedelta

MAX_UNPACKED = 400 * 1024 * 1024
MAX_RATIO = 150
"""A sheet of repeated rows reaches 20 to 40; deflate itself ends near 1,000."""
RATIO_MATTERS_FROM = 32 * 1024 * 1024
MAX_PARTS = 5_000
MAX_CELLS = 8_000_000
ERROR_CELL = "#ERROR!"
"""Stands in a cell that holds an error, or a formula whose value was never calculated."""

_PIECE = 1 << 20
_SEAM = 1 << 14
_PACKED = 1 << 18
_LOCAL_HEADER = struct.Struct("<26xHH")
_SUSPECT = re.compile(rb'r="\w(?:[A-Za-z]|[0-9]{6})')
_FAR = re.compile(rb'r="(?:[A-Za-z]{2}|[A-Za-z]?[0-9]{7})')
"""Beyond column Z or row 999,999. Sheets within are loaded without counting, as measuring each would cost a fifth of
the time of reading it; so would looking for `_FAR` where the cheaper `_SUSPECT` finds nothing. The patterns name what
writers of workbooks write: double quotes, no space around `=`."""
_REFERENCE = re.compile(rb'r="([A-Za-z]*)([0-9]*)')
_ERROR = re.compile(rb'<c [^>]*?\bt="e"[^>]*>')
_UNCALCULATED = re.compile(rb'<c ((?:(?!\bt="str)[^>])*)><f\b(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v ?/>|<v></v>)?</c>')
_NO_SHEETS = (
    "docProps/",
    "customXml/",
    "xl/charts/",
    "xl/diagrams/",
    "xl/drawings/",
    "xl/media/",
    "xl/sharedStrings.xml",
    "xl/styles.xml",
    "xl/theme/",
)
_DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, UnicodeDecodeError, OSError, CalamineError)
"""What a spoilt archive makes its readers raise; OSError for a place before the file's beginning."""
_SHEET = re.compile(r"<(?:\w+:)?sheet\b[^>]*>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(r"""([\w:]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet in memory; `last_row` is its last row with anything in it, as the spreadsheet program numbers it."""

    name: str
    last_row: int
    _cells: CalamineSheet
    _valueless: frozenset[tuple[int, int]]

    def rows(self) -> Iterator[tuple[int, list[Cell]]]:
        """Every row from row 1 on with its number; all rows equally long, an empty cell is ""."""
        numbered = enumerate(self._cells.iter_rows(), 1)
        return self._marked(numbered) if self._valueless else numbered

    def _marked(self, numbered: Iterator[tuple[int, list[Cell]]]) -> Iterator[tuple[int, list[Cell]]]:
        first_column = (self._cells.start or (0, 0))[1] + 1
        by_row: dict[int, list[int]] = {}
        for row, column in self._valueless:
            by_row.setdefault(row, []).append(column - first_column)
        for number, cells in numbered:
            for index in by_row.get(number, ()):
                if 0 <= index < len(cells) and cells[index] == "":
                    cells[index] = ERROR_CELL
            yield number, cells


@dataclass(frozen=True, slots=True)
class Workbook:
    """`sheets`: the names of its worksheets, visible ones first, each in the workbook's order."""

    sheets: list[str]
    _book: CalamineWorkbook
    _valueless: dict[str, frozenset[tuple[int, int]]]

    def sheet(self, name: str) -> Sheet:
        """Load one sheet. Raises Unreadable `damaged`."""
        try:
            cells = self._book.get_sheet_by_name(name)
        except CalamineError as error:
            raise Unreadable("damaged") from error
        return Sheet(name, (cells.end or (-1, -1))[0] + 1, cells, self._valueless.get(name, frozenset()))


def open_workbook(path: Path) -> Workbook:
    """Look the archive over, then open it.

    Raises Unreadable: `damaged`, `encrypted`, `zip_bomb`, `not_a_workbook`, `sheet_too_large` (with its `rows` and
    `columns`).
    """
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                _check_declared(archive)
                parts = _sheet_parts(archive)
                valueless = {
                    info.filename: _looked_over(file, info, sheet=_may_be_sheet(info.filename, parts))
                    for info in archive.infolist()
                }
            book = CalamineWorkbook.from_path(path)
        except _DAMAGES as error:
            raise Unreadable("damaged") from error
    worksheets = [sheet for sheet in book.sheets_metadata if sheet.typ == SheetTypeEnum.WorkSheet]
    worksheets.sort(key=lambda sheet: sheet.visible != SheetVisibleEnum.Visible)
    by_sheet = {name: valueless.get(part, frozenset()) for name, part in parts.items()}
    return Workbook([sheet.name for sheet in worksheets], book, by_sheet)


def _check_declared(archive: zipfile.ZipFile) -> None:
    infos = archive.infolist()
    if any(info.flag_bits & 0x1 for info in infos):
        raise Unreadable("encrypted")
    if any(info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for info in infos):
        raise Unreadable("not_a_workbook")
    if len(infos) > MAX_PARTS or sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise Unreadable("zip_bomb")
    for info in infos:
        if info.file_size > RATIO_MATTERS_FROM and info.file_size > MAX_RATIO * max(info.compress_size, 1):
            raise Unreadable("zip_bomb")
    if "xl/workbook.xml" not in archive.NameToInfo:
        raise Unreadable("not_a_workbook")


def _may_be_sheet(part: str, parts: dict[str, str]) -> bool:
    """Every part but those known to be something else: drawings have an `r="…"` of their own."""
    return part in parts.values() or not part.startswith(_NO_SHEETS)


def _looked_over(file: BinaryIO, info: zipfile.ZipInfo, *, sheet: bool) -> frozenset[tuple[int, int]]:
    """Unpack one part in pieces and return the cells in it that hold no value."""
    valueless: set[tuple[int, int]] = set()
    far = False
    for piece in _pieces(file, info) if sheet else _unpacked(file, info):
        if not sheet:
            continue
        if not far and _SUSPECT.search(piece):
            far = _FAR.search(piece) is not None
        if b"#" in piece and b' t="e"' in piece:  # each error's value starts with #, which is found in no time
            valueless.update(map(_position, _ERROR.findall(piece)))
        if b'"><f' in piece:
            valueless.update(map(_position, _UNCALCULATED.findall(piece)))
    if far:
        _check_extent(_pieces(file, info))
    return frozenset(valueless)


def _pieces(file: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in pieces, and between two of them the seam: what they break off in the middle comes whole in it."""
    end = b""
    for piece in _unpacked(file, info):
        seam = end + piece[:_SEAM]
        yield seam
        if len(piece) > _SEAM:
            yield piece
            seam = piece
        end = seam[max(seam.rfind(b"<c "), seam.rfind(b"<row "), len(seam) - _SEAM, 0) :]


def _unpacked(file: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part's bytes, never more at once than a piece, never more in all than the archive declares.

    Done with zlib itself because zipfile also sums each byte; calamine compares the checksums anyway.
    """
    file.seek(info.header_offset)
    header = file.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size:
        raise Unreadable("damaged")
    file.seek(sum(_LOCAL_HEADER.unpack(header)), SEEK_CUR)
    unpack = zlib.decompressobj(-zlib.MAX_WBITS) if info.compress_type == zipfile.ZIP_DEFLATED else None
    packed_left, unpacked = info.compress_size, 0
    while packed_left > 0 and (packed := file.read(min(_PACKED, packed_left))):
        packed_left -= len(packed)
        while packed:
            fresh = unpack.decompress(packed, _PIECE) if unpack else packed
            packed = unpack.unconsumed_tail if unpack else b""
            unpacked += len(fresh)
            if unpacked > info.file_size:
                raise Unreadable("damaged")
            yield fresh
    if unpacked != info.file_size:
        raise Unreadable("damaged")


def _check_extent(pieces: Iterator[bytes]) -> None:
    rows = columns = 1
    for piece in pieces:
        found = _REFERENCE.findall(piece)
        columns = max(columns, *map(_column_number, {letters for letters, _digits in found}), 1)
        rows = max(rows, *(int(digits[:12] or b"1") for _letters, digits in found), 1)
    if rows * columns > MAX_CELLS:
        raise Unreadable("sheet_too_large", rows=str(rows), columns=str(columns))


def _position(cell: bytes) -> tuple[int, int]:
    found = _REFERENCE.search(cell)
    return (int(found.group(2)[:12] or b"0"), _column_number(found.group(1))) if found else (0, 0)


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters[:8].upper():
        number = number * 26 + letter - 64
    return number


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → its part in the archive. Only two small parts, so that no XML parser is needed for them."""
    try:
        book = archive.read("xl/workbook.xml").decode("utf-8-sig")
        relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8-sig")
    except KeyError:
        raise Unreadable("not_a_workbook") from None
    targets = {}
    for tag in _RELATION.findall(relations):
        attributes = _attributes(tag)
        target = attributes.get("Target", "")
        targets[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    parts = {}
    for tag in _SHEET.findall(book):
        attributes = _attributes(tag)
        identifier = next((value for name, value in attributes.items() if name.endswith(":id")), "")
        parts[attributes.get("name", "")] = targets.get(identifier, "")
    return parts


def _attributes(tag: str) -> dict[str, str]:
    return {name: unescape(double or single) for name, double, single in _ATTRIBUTE.findall(tag)}
