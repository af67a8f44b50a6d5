"""Hands tables out as CSV or as a workbook, so that no cell of theirs runs as a formula when opened."""

import csv
import tempfile
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse
from django.utils import translation
from openpyxl import Workbook

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def safe_cell(value: Any) -> Any:
    """Keep a spreadsheet program from running somebody's text as a formula; numbers and days stay what they are."""
    return f"'{value}" if isinstance(value, str) and value.startswith(STARTS_A_FORMULA) else value


class _Echo:
    def write(self, text: str) -> str:
        return text


def csv_response(name: str, header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> StreamingHttpResponse:
    """Stream the table as CSV in the form that Finnish and English Excel open: semicolons, UTF-8 with a mark."""
    language = translation.get_language() or "en"

    def lines() -> Iterator[str]:
        writer = csv.writer(_Echo(), delimiter=";")
        with translation.override(language):  # the rows are worded while they are sent
            yield "\ufeff" + writer.writerow([str(cell) for cell in header])
            for row in rows:
                yield writer.writerow(["" if cell is None else safe_cell(cell) for cell in row])

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def workbook_response(name: str, header: Iterable[Any], rows: Iterable[Iterable[Any]]) -> HttpResponseBase:
    """Hand the table out as an Excel workbook with one sheet, its header frozen."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(name[:31])
    sheet.freeze_panes = "A2"
    sheet.append([str(cell) for cell in header])
    for row in rows:
        sheet.append([_plain(cell) for cell in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115  the response closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx")


def _plain(cell: Any) -> Any:
    # Control characters have no place in a workbook's XML; the pipeline refuses them, older rows may have some.
    return "".join(c for c in safe_cell(cell) if c >= " " or c == "\n") if isinstance(cell, str) else cell
