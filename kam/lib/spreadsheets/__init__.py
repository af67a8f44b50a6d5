"""Tables as office programs save them: which format a file really is, and its cells, row by row, safely.

Knows file formats and their traps, never what a column means: that is the caller's matter.
"""

from kam.lib.spreadsheets.faults import Unreadable
from kam.lib.spreadsheets.formats import Format, sniff
from kam.lib.spreadsheets.text import TextShape, guess_delimiter, records, text_shape
from kam.lib.spreadsheets.workbook import ERROR_CELL, Sheet, Workbook, open_workbook

__all__ = [
    "ERROR_CELL",
    "Format",
    "Sheet",
    "TextShape",
    "Unreadable",
    "Workbook",
    "guess_delimiter",
    "open_workbook",
    "records",
    "sniff",
    "text_shape",
]
