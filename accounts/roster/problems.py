"""What each problem code says to the person who has to mend the file: what is wrong, and what to do about it."""

from collections.abc import Mapping

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

FILE_TEXTS: dict[str, str] = {
    "empty": _("The file is empty. Export it again and check that it has rows."),
    "too_large": _("The file is larger than %(megabytes)s MB. Check that it is the right one."),
    "encrypted": _("The workbook is protected with a password. Save it without the password and import it again."),
    "old_excel": _("This is a file of an old Excel (.xls). Open it in Excel and save it as an Excel workbook (.xlsx)."),
    "web_page": _(
        "This is a web page or XML file, whatever its name says. Open it in Excel and save it as .xlsx or CSV."
    ),
    "not_a_table": _("This is not a table. Import a CSV file or an Excel workbook (.xlsx)."),
    "encoding_broken": _(
        "The file says it is %(encoding)s, but line %(line)s holds other bytes. Export it again; don't join files."
    ),
    "encoding_unknown": _("The file's characters can't be read. Save it as CSV UTF-8 or as an Excel workbook (.xlsx)."),
    "quote_unbalanced": _("A quotation mark opened on row %(row)s is never closed. Remove it or close it."),
    "cell_huge": _("A cell on row %(row)s is far too large to be data. Check the row and the quotation marks near it."),
    "damaged": _("The workbook is damaged or came only in part. Open it in Excel and save it again, or send it again."),
    "zip_bomb": _("The workbook would grow far too large when opened, so it was left unopened. Export the data again."),
    "not_a_workbook": _("This archive is not an Excel workbook. Save the table as .xlsx or CSV."),
    "sheet_too_large": _(
        "The sheet reaches to row %(rows)s and column number %(columns)s. "
        "Delete what stands far outside the table and save it again."
    ),
    "header_not_found": _(
        "No row of column headers was found among the first %(rows)s rows. These columns are needed: %(columns)s."
    ),
    "columns_missing": _("These columns are missing: %(columns)s. Add them or correct their headers."),
    "columns_twice": _(
        "Two columns mean the same thing (%(field)s): %(first)s and %(second)s. Remove or rename one of them."
    ),
    "other_kind": _("This looks like another kind of file: %(other)s. Import it as that, or choose another file."),
    "no_rows": _("The file has column headers but no rows under them. Export it again."),
    "no_good_rows": _("Not one row of the file can be used. Look at what is wrong with its rows and export it again."),
    "no_sheet": _("The workbook has no sheet with a table. These columns are needed: %(columns)s."),
}
ROW_TEXTS: dict[str, str] = {
    "row_without_keys": _(
        "The row names no customer, site or person, so it was left out. Remove it if it is a total or a note."
    ),
    "too_many_cells": _(
        "The row has more cells than there are columns. Put quotation marks round a text with a delimiter."
    ),
    "header_repeated": _(
        "The column headers are here again; the row was skipped. Don't join exports under each other."
    ),
    "cell_too_long": _("The cell has %(length)s characters; at most %(limit)s are accepted. Shorten it."),
    "cell_error": _(
        "The cell shows an error or a formula that was never calculated. Put the value itself in its place."
    ),
    "control_character": _("The value has a control character in it, which no screen shows. Type the value anew."),
    "invisible_character": _("The value had invisible marks in it; they were removed. Check how it reads now."),
    "lost_character": _("A letter was lost from the value before this import. Correct it in the billing system."),
    "formula": _(
        "The text would run as a formula in a spreadsheet program. Write the plain text without = or @ before it."
    ),
    "value_missing": _("The value is missing. Fill it in."),
    "name_missing": _("The name is missing; the number is shown in its place. Fill it in."),
    "number_not_digits": _("The number may hold digits only. Correct it."),
    "number_too_long": _("The number has %(digits)s digits; the billing system's have %(width)s. Correct it."),
    "number_scientific": _(
        "Excel turned the number into powers of ten; it was read as %(number)s. "
        "Check it: format the column as text before exporting."
    ),
    "number_scientific_broken": _(
        "Excel turned the number into powers of ten and lost digits. Format the column as text and export it again."
    ),
    "date_unreadable": _("This is not a date. Write it like 31.12.2026 or 2026-12-31."),
    "date_impossible": _("There is no such day in the calendar. Correct the date."),
    "date_short_year": _("The year has only two digits. Write all four: 31.12.2026."),
    "date_ambiguous": _("It can't be told which is the day and which the month. Write 31.12.2026 or 2026-12-31."),
    "year_out_of_range": _(
        "The year is not between %(first)s and %(last)s. Correct it; leave an end empty if it is until further notice."
    ),
    "period_reversed": _("The period ends before it starts. Correct its start or its end."),
    "email_bad": _("This is not an e-mail address, so it was left out. Correct it: without it nobody can be reached."),
    "phone_bad": _("This is not a telephone number, so it was left out. Correct it."),
    "role_unknown": _("The role “%(title)s” is not in the table of titles. Add it there or correct it."),
    "title_unknown": _(
        "The title “%(title)s” is not in the table of titles, so it gives no role. Add it if it should."
    ),
    "mark_unknown": _("The mark is neither yes nor no and was taken as no. Write x, or leave the cell empty."),
    "side_missing": _("The account stands behind a barrier, but its side is missing. Fill in the side."),
    "barrier_missing": _("The account has a side but no barrier. Fill in the barrier or remove the side."),
}
KIND_LABELS: dict[str, str] = {
    "roster": _("who answers for which site"),
    "people": _("list of people"),
    "accounts": _("list of accounts"),
}
_OTHER = _("The value can't be used (%(code)s).")
_SHEET = _("Sheet: %(sheet)s.")


def problem_text(code: str, params: Mapping[str, str]) -> str:
    """The sentence for a problem, in the language in force. A code this version doesn't know gets a general one:
    problems stay on record longer than codes."""
    filled = {"code": code, **params}
    if "other" in filled:
        filled["other"] = gettext(KIND_LABELS.get(filled["other"], filled["other"]))
    text = gettext(FILE_TEXTS.get(code) or ROW_TEXTS.get(code) or _OTHER)
    try:
        sentence = text % filled
    except KeyError:
        sentence = gettext(_OTHER) % filled
    return f"{sentence} {gettext(_SHEET) % filled}" if "sheet" in filled else sentence
