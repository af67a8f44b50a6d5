"""Checking a table row by row: typed rows where all is well, problems with row, column and value where not.

Only what a row shows by itself is judged here; what takes two rows to see (the same row twice, overlapping periods,
a site under two customers) is left to the database.

A file of 100,000 rows holds few different values in most columns, so each column remembers what its values became;
a row without a fault costs one dictionary look-up per cell.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import islice
from operator import itemgetter

from accounts.roster import values
from accounts.roster.columns import folded
from accounts.roster.read import Table
from accounts.roster.rows import AccountRow, Kind, PersonRow, Problem, RosterRow, Severity, Widths
from accounts.roster.values import Notes, plain, shown

REMEMBERED = 20_000
"""Values remembered per column before it starts afresh: bounds the memory, and exports come sorted."""

CheckedRow = RosterRow | PersonRow | AccountRow
Convert = Callable[[object, Notes], object]
Plan = list[tuple[str, Convert]]
Verdict = tuple[str, str] | None
"""The field and the code of what is wrong between two fields of one row."""
_Fault = tuple["_Column", object, str, Severity, dict[str, str]]


class _Column(dict[object, object]):
    """Raw cell → value of one field. Faults go to the list all columns of a table share and are not remembered, so
    that the same fault in another row is reported again."""

    __slots__ = ("convert", "faults", "header", "index")

    def __init__(self, index: int, header: str, convert: Convert, faults: list[_Fault]) -> None:
        super().__init__()
        self.index = index
        self.header = header
        self.convert = convert
        self.faults = faults

    def __missing__(self, raw: object) -> object:
        notes = Notes()
        value = self.convert(raw, notes)
        if notes.found:
            self.faults.extend((self, raw, code, severity, params) for code, severity, params in notes.found)
            return value
        if len(self) >= REMEMBERED:
            self.clear()
        self[raw] = value
        return value


def checked(table: Table, *, widths: Widths, titles: Mapping[str, str]) -> Iterator[CheckedRow | Problem]:
    """Each row of the table as a typed row, or as the problems that keep it out; warnings come before their row.

    `titles`: lower-case title → role code. Raises Unreadable where reading itself fails midway.
    """
    faults: list[_Fault] = []
    width = len(table.header)
    columns = [
        _Column(index, table.header[index] if index < width else "", convert, faults)
        for source, convert in _PLANS[table.kind](table, widths, titles)
        for index in [table.columns.get(source, width)]  # beyond the last cell of a row stands one empty cell
    ]
    cells_of = itemgetter(*(column.index for column in columns))
    make, report = _MAKERS[table.kind], _Report(table, widths)
    for number, raw_cells in table.rows():
        cells = list(raw_cells)
        surplus = _fit(cells, width) if len(cells) != width else ""
        cells.append("")
        row_values = [column[cell] for column, cell in zip(columns, cells_of(cells), strict=True)]
        if faults or surplus:
            problems, usable = report.of_row(number, cells, faults, surplus)
            faults.clear()
            yield from problems
            if not usable:
                continue
        row = make(number, *row_values)
        verdict = _verdict(row)
        if verdict is None:
            yield row
        else:
            yield report.between_fields(number, cells, verdict)


def _fit(cells: list[object], width: int) -> str:
    """Make the row as long as the header; returns what stood beyond it."""
    beyond = " ".join(filter(None, map(plain, cells[width:])))
    del cells[width:]
    cells.extend([""] * (width - len(cells)))
    return beyond


class _Report:
    """Turns faults into problems, knowing the table they come from."""

    def __init__(self, table: Table, widths: Widths) -> None:
        self.table = table
        self.widths = widths
        self.keys = [
            table.columns[name]
            for name in ("customer_number", "site_number", "employee_number")
            if name in table.columns
        ]
        self.folded_header = [folded(text) for text in table.header]

    def of_row(
        self, number: int, cells: list[object], faults: list[_Fault], surplus: str
    ) -> tuple[list[Problem], bool]:
        """The row's problems, and whether the row can be used all the same. An empty row has none and can't."""
        if not surplus and not any(map(plain, cells)):
            return [], False
        if self._repeats_header(cells):
            return [Problem(number, "", "", "header_repeated", "warning")], False
        if not any(plain(cells[index]) for index in self.keys):
            text = " ".join(filter(None, map(plain, cells)))
            return [Problem(number, "", shown(text), "row_without_keys", "error")], False
        site_number = self._site_number(cells)
        problems = [
            Problem(number, column.header, shown(raw), code, severity, site_number, params)
            for column, raw, code, severity, params in faults
        ]
        if surplus:
            problems.append(Problem(number, "", shown(surplus), "too_many_cells", "error", site_number))
        return problems, all(problem.severity == "warning" for problem in problems)

    def between_fields(self, number: int, cells: list[object], verdict: tuple[str, str]) -> Problem:
        name, code = verdict
        index = self.table.columns.get(name, len(self.table.header))
        header = self.table.header[index] if index < len(self.table.header) else ""
        return Problem(number, header, shown(cells[index]), code, "error", self._site_number(cells))

    def _repeats_header(self, cells: list[object]) -> bool:
        return [folded(plain(cell)) if len(str(cell)) <= 100 else "" for cell in cells[:-1]] == self.folded_header

    def _site_number(self, cells: list[object]) -> str:
        """The site the row names, "" if that can't be read for sure."""
        if self.table.kind != Kind.ROSTER:
            return ""
        notes = Notes()
        site_number = values.number(cells[self.table.columns["site_number"]], notes, width=self.widths.site)
        return "" if notes.failed else site_number


def _roster_plan(table: Table, widths: Widths, titles: Mapping[str, str]) -> Plan:
    customer, site, employee = (
        partial(values.required_number, width=width) for width in (widths.customer, widths.site, widths.employee)
    )
    return [
        ("customer_number", customer),
        ("customer_name", _named(table, "customer_name")),
        ("site_number", site),
        ("site_name", _named(table, "site_name")),
        ("street_address", values.free_text),
        ("postal_code", values.postal_code),
        ("city", values.free_text),
        *_area_plan(table),
        ("employee_number", employee),
        *_name_plan(table),
        ("email", values.email),
        ("phone", values.phone),
        ("role", partial(values.role, titles=titles)),
        ("superior_number", partial(values.number, width=widths.employee)),
        ("valid_from", values.start),
        ("valid_to", values.end),
    ]


def _people_plan(table: Table, widths: Widths, titles: Mapping[str, str]) -> Plan:
    return [
        ("employee_number", partial(values.required_number, width=widths.employee)),
        *_name_plan(table),
        ("email", values.email),
        ("phone", values.phone),
        ("title", partial(values.title, titles=titles)),
        ("area_code", values.free_text),
        ("superior_number", partial(values.number, width=widths.employee)),
        ("management", values.mark),
    ]


def _accounts_plan(table: Table, widths: Widths, titles: Mapping[str, str]) -> Plan:
    return [
        ("customer_number", partial(values.required_number, width=widths.customer)),
        ("customer_name", values.required_text),
        ("industry", values.free_text),
        ("director_number", partial(values.number, width=widths.employee)),
        ("deputy_number", partial(values.number, width=widths.employee)),
        ("contract_number", values.free_text),
        ("contract_from", values.end),
        ("contract_to", values.end),
        ("barrier", values.free_text),
        ("side", values.free_text),
    ]


def _named(table: Table, name: str) -> Convert:
    return values.name if name in table.columns else values.free_text


def _name_plan(table: Table) -> Plan:
    """Surname and first names from their own columns, else both from the one column that holds them together."""
    if {"last_name", "first_name"} <= table.columns.keys() or "person_name" not in table.columns:
        return [("last_name", _named(table, "last_name")), ("first_name", values.free_text)]
    return [("person_name", values.last_name_of), ("person_name", values.first_name_of)]


def _area_plan(table: Table) -> Plan:
    """`Alue` and `Toiminta-alue` each mean the code in one system and the name in another; the values tell."""
    found = [name for name in ("area_code", "area_name") if name in table.columns]
    if len(found) == 1:
        return [(found[0], values.area_code), (found[0], values.area_name)]
    if found and _holds_names(table, "area_code") and not _holds_names(table, "area_name"):
        found.reverse()
    code, name = found or ("area_code", "area_name")
    return [(code, values.free_text), (name, values.free_text)]


def _holds_names(table: Table, field: str) -> bool:
    index = table.columns[field]
    sample = [plain(cells[index]) for _row, cells in islice(table.rows(), 50) if index < len(cells)]
    return sum(bool(values.area_name(text, Notes())) for text in sample) > len(sample) / 2


def _verdict(row: CheckedRow) -> Verdict:
    """What is wrong between two fields of a row whose fields are each in order."""
    if isinstance(row, RosterRow):
        return ("valid_to", "period_reversed") if row.valid_to is not None and row.valid_to < row.valid_from else None
    return _account_verdict(row) if isinstance(row, AccountRow) else None


def _account_verdict(row: AccountRow) -> Verdict:
    if row.contract_from and row.contract_to and row.contract_to < row.contract_from:
        return "contract_to", "period_reversed"
    if row.contract_number and row.contract_from is None:
        return "contract_from", "value_missing"
    if row.barrier and not row.side:
        return "side", "side_missing"
    if row.side and not row.barrier:
        return "barrier", "barrier_missing"
    return None


_PLANS: dict[Kind, Callable[[Table, Widths, Mapping[str, str]], Plan]] = {
    Kind.ROSTER: _roster_plan,
    Kind.PEOPLE: _people_plan,
    Kind.ACCOUNTS: _accounts_plan,
}
_MAKERS: dict[Kind, Callable[..., CheckedRow]] = {
    Kind.ROSTER: RosterRow,
    Kind.PEOPLE: PersonRow,
    Kind.ACCOUNTS: AccountRow,
}
