"""Delimited text: its encoding, its delimiter, its records with the row number a spreadsheet program would show.

The encoding is found by rule, not by statistics: a byte order mark decides; else the text is UTF-8 if every byte
of the file agrees; else it is Windows-1252. A Finnish text in Windows-1252 is never valid UTF-8 by accident, so
the rule can't mistake one for the other, while a guess from letter frequencies now and then does.
"""

import csv
import itertools
import re
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from kam.lib.spreadsheets.faults import Unreadable

DELIMITERS = (";", ",", "\t", "|")
FIELD_LIMIT = 32 * 1024 * 1024
RECORD_LINES = 200
"""More lines than any address has: a record that long was glued together by a quotation mark without its pair."""
CHUNK = 1 << 20
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextShape:
    """`encoding` as Python names it; `lines` counts line ends, so quoted line breaks too."""

    encoding: str
    lines: int


def text_shape(path: Path) -> TextShape:
    """Read the file through once to find its encoding and length.

    Raises Unreadable: `encoding_broken` (a mark or most of the text says one encoding, some bytes another; with
    `line`), `encoding_unknown`, `not_a_table`.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    marked = _marked_encoding(head)
    if marked:
        try:
            return TextShape(marked, _scan(path, marked))
        except UnicodeError as error:
            raise Unreadable("encoding_broken", encoding=marked, line=_first_broken_line(path, marked)) from error
    try:
        return TextShape("utf-8", _scan(path, "utf-8"))
    except UnicodeDecodeError as error:
        if _mostly_utf8(path):
            raise Unreadable("encoding_broken", encoding="utf-8", line=_first_broken_line(path, "utf-8")) from error
    try:
        return TextShape("cp1252", _scan(path, "cp1252"))
    except UnicodeDecodeError as error:
        raise Unreadable("encoding_unknown") from error


def _marked_encoding(head: bytes) -> str:
    if head.startswith(b"\xef\xbb\xbf"):
        return "utf-8-sig"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    for offset, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):  # without its mark: every other byte is zero
        half = head[offset::2]
        if len(half) >= 8 and half.count(0) > 0.6 * len(half) and head[1 - offset :: 2].count(0) < 0.05 * len(half):
            return encoding
    return ""


def _scan(path: Path, encoding: str) -> int:
    lines = returns = nuls = length = 0
    with path.open(encoding=encoding, newline="") as file:
        while chunk := file.read(CHUNK):
            if not length and len(_CONTROLS.findall(chunk[:65536])) > 0.05 * min(len(chunk), 65536):
                raise Unreadable("not_a_table")
            lines += chunk.count("\n")
            returns += chunk.count("\r")
            nuls += chunk.count("\0")
            length += len(chunk)
    if nuls > 0.05 * length:
        raise Unreadable("not_a_table")
    return lines or returns


def _mostly_utf8(path: Path) -> bool:
    """Whether a text that is not UTF-8 throughout holds more proper UTF-8 letters than broken bytes."""
    proper = broken = 0
    with path.open(encoding="utf-8", errors="surrogateescape", newline="") as file:
        while chunk := file.read(CHUNK):
            if not chunk.isascii():
                bad = sum("\udc80" <= letter <= "\udcff" for letter in chunk)
                broken += bad
                proper += sum(letter > "\x7f" for letter in chunk) - bad
    return proper > broken


def _first_broken_line(path: Path, encoding: str) -> str:
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        return str(next((number for number, line in enumerate(file, 1) if "\ufffd" in line), 1))


def guess_delimiter(path: Path, encoding: str, score: Callable[[Sequence[str]], int], *, depth: int) -> str:
    """The delimiter under which some record among the first `depth` scores best (ties: the earlier of DELIMITERS).

    A line `sep=;` at the top decides by itself, as in Excel. Scoring whole records is surer than counting
    characters: a comma in every address is no delimiter.
    """
    with path.open(encoding=encoding, newline="") as file:
        named = _SEPARATOR_LINE.fullmatch(file.readline(64))
    if named:
        return named.group(1)
    best, best_score = DELIMITERS[0], -1
    for delimiter in DELIMITERS:
        reached = 0
        with closing(records(path, encoding, delimiter)) as found:
            try:
                reached = max((score(record) for _row, record in itertools.islice(found, depth)), default=0)
            except Unreadable:
                if delimiter == DELIMITERS[-1] and best_score <= 0:
                    raise
        if reached > best_score:
            best, best_score = delimiter, reached
    return best


def records(path: Path, encoding: str, delimiter: str) -> Generator[tuple[int, list[str]], None, None]:
    """Every record with its row number as Excel shows it: a quoted line break stays inside its row, an empty line
    counts, a first line `sep=;` doesn't.

    Raises Unreadable: `quote_unbalanced` (with the `row` where the quotation began), `cell_huge`.
    """
    csv.field_size_limit(FIELD_LIMIT)  # the module's only setting of this, and it is one for the whole process
    with path.open(encoding=encoding, newline="") as file:
        ended = False

        def lines() -> Iterator[str]:
            nonlocal ended
            first = file.readline()
            if not _SEPARATOR_LINE.fullmatch(first):
                yield first
            yield from file
            ended = True

        reader = csv.reader(lines(), delimiter=delimiter)
        row = seen = 0
        try:
            for row, record in enumerate(reader, 1):
                if ended or reader.line_num - seen > RECORD_LINES:
                    # The reader hands out an unfinished record only after it asked in vain for another line.
                    raise Unreadable("quote_unbalanced", row=str(row))
                seen = reader.line_num
                yield row, record
        except csv.Error as error:
            if reader.line_num - seen > RECORD_LINES:
                raise Unreadable("quote_unbalanced", row=str(row + 1)) from error
            raise Unreadable("cell_huge", row=str(row + 1)) from error
