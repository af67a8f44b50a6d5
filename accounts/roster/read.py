"""Opening a file of whatever make as one table: its format, encoding, sheet, header row and columns."""

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from accounts.roster.columns import REQUIRED, SHEET_NAMES, SPELLINGS, folded, known_headers, map_columns
from accounts.roster.rows import Kind, Unreadable
from accounts.roster.values import plain
from kam.lib.spreadsheets import Format, Workbook, guess_delimiter, open_workbook, records, sniff, text_shape

HEADER_DEPTH = 20
"""The header stands among so many rows from the top; above it may be titles."""

NumberedRow = tuple[int, Sequence[object]]


@dataclass(slots=True)
class Table:
    """A file ready to be read row by row, as often as needed, without holding it in Python's memory.

    `mapping`: field → header as it stands in the file; `columns`: field → its index in a row; `unknown`: headers that
    nobody asked for; `missing`: fields without a column; `other_sheets`: kinds of list found beside this one, by the
    name of the sheet; `total_estimate`: rows to come, exact for a workbook, for text counted by line ends.
    """

    kind: Kind
    header: list[str]
    columns: dict[str, int]
    missing: list[str]
    unknown: list[str]
    total_estimate: int
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""
    other_sheets: dict[Kind, str] = field(default_factory=dict)
    _rows: Callable[[], Iterator[NumberedRow]] = field(kw_only=True, repr=False)

    @property
    def mapping(self) -> dict[str, str]:
        return {name: self.header[index] for name, index in self.columns.items()}

    def rows(self) -> Iterator[NumberedRow]:
        """Every row under the header with its number in the file, empty ones too, cells as the format gives them.

        Raises Unreadable while it goes: `quote_unbalanced`, `cell_huge`.
        """
        return self._rows()


@dataclass(frozen=True, slots=True)
class _Header:
    row: int
    cells: list[str]
    score: int


def open_table(path: Path, kind: Kind, *, remembered: Mapping[str, str] | None = None) -> Table:
    """Open `path` as a list of this kind. `remembered` is the mapping, field → header, once chosen for its source.

    Raises Unreadable with the codes of `kam.lib.spreadsheets` and: `header_not_found`, `columns_missing`,
    `columns_twice`, `other_kind`, `no_rows`, `no_sheet`.
    """
    table = _open_xlsx(path, kind, remembered) if sniff(path) == Format.XLSX else _open_csv(path, kind, remembered)
    if not any(any(plain(cell) for cell in cells) for _row, cells in table.rows()):
        raise Unreadable("no_rows")
    return table


def _open_csv(path: Path, kind: Kind, remembered: Mapping[str, str] | None) -> Table:
    shape = text_shape(path)
    delimiter = guess_delimiter(path, shape.encoding, partial(known_headers, kind), depth=HEADER_DEPTH)
    header = _find_header(kind, records(path, shape.encoding, delimiter), remembered)
    return _table(
        kind,
        header,
        remembered,
        rows=partial(_below, header.row, partial(records, path, shape.encoding, delimiter)),
        total_estimate=max(shape.lines - header.row, 1),
        encoding=shape.encoding,
        delimiter=delimiter,
    )


def _open_xlsx(path: Path, kind: Kind, remembered: Mapping[str, str] | None) -> Table:
    """The first sheet that has the columns; one named after this kind is looked at first, one named after another
    kind last. If none has them, what the likeliest one lacks is the answer."""
    book = open_workbook(path)
    best_score, best_fault = -1, Unreadable("no_sheet", columns=_required(kind))
    for name in sorted(book.sheets, key=lambda sheet: _sheet_rank(kind, sheet)):
        sheet = book.sheet(name)
        header = None
        try:
            header = _find_header(kind, sheet.rows(), remembered)
            return _table(
                kind,
                header,
                remembered,
                rows=partial(_below, header.row, sheet.rows),
                total_estimate=sheet.last_row - header.row,
                sheet=name,
                other_sheets=_other_sheets(kind, book, name),
            )
        except Unreadable as fault:
            score = header.score if header else 0
            if score > best_score:
                best_score, best_fault = score, Unreadable(fault.code, **{**fault.params, "sheet": name})
    raise best_fault


def _table(
    kind: Kind,
    header: _Header,
    remembered: Mapping[str, str] | None,
    *,
    rows: Callable[[], Iterator[NumberedRow]],
    total_estimate: int,
    sheet: str = "",
    encoding: str = "",
    delimiter: str = "",
    other_sheets: dict[Kind, str] | None = None,
) -> Table:
    mapped = map_columns(kind, header.cells, remembered)
    return Table(
        kind=kind,
        header=header.cells,
        columns=mapped.columns,
        missing=mapped.missing,
        unknown=[header.cells[index] for index in mapped.unknown],
        total_estimate=total_estimate,
        sheet=sheet,
        encoding=encoding,
        delimiter=delimiter,
        other_sheets=other_sheets or {},
        _rows=rows,
    )


def _find_header(kind: Kind, rows: Iterator[NumberedRow], remembered: Mapping[str, str] | None) -> _Header:
    """The row near the top that names most fields. Raises Unreadable `header_not_found`."""
    chosen = {folded(text) for text in (remembered or {}).values()}
    best = _Header(0, [], 0)
    for number, cells in itertools.islice(rows, HEADER_DEPTH):
        texts = [plain(cell) for cell in cells]
        score = max(known_headers(kind, texts), len(chosen & {folded(text) for text in texts if len(text) <= 100}))
        if score > best.score:
            best = _Header(number, texts, score)
    if best.score < 2:
        raise Unreadable("header_not_found", rows=str(HEADER_DEPTH), columns=_required(kind))
    return best


def _required(kind: Kind) -> str:
    return ", ".join(SPELLINGS[kind][name][0] for name in REQUIRED[kind])


def _below(header_row: int, rows: Callable[[], Iterator[NumberedRow]]) -> Iterator[NumberedRow]:
    return itertools.dropwhile(lambda numbered: numbered[0] <= header_row, rows())


def _sheet_rank(kind: Kind, name: str) -> int:
    named = _kind_of_sheet(name)
    return 1 if named is None else 0 if named == kind else 2


def _kind_of_sheet(name: str) -> Kind | None:
    return next((kind for kind, names in SHEET_NAMES.items() if folded(name) in map(folded, names)), None)


def _other_sheets(kind: Kind, book: Workbook, chosen: str) -> dict[Kind, str]:
    named = {found: name for name in reversed(book.sheets) if (found := _kind_of_sheet(name)) and name != chosen}
    named.pop(kind, None)
    return named
