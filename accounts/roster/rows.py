"""The shapes in which a read and checked file travels on to the later stages."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Literal

from kam.lib.spreadsheets import Unreadable

__all__ = ["AccountRow", "Kind", "PersonRow", "Problem", "RosterRow", "Severity", "Unreadable", "Widths"]

Severity = Literal["error", "warning"]


class Kind(StrEnum):
    """What a file lists."""

    ROSTER = "roster"
    PEOPLE = "people"
    ACCOUNTS = "accounts"


@dataclass(frozen=True, slots=True)
class Widths:
    """To how many digits the billing system writes its numbers; a spreadsheet loses their leading zeros."""

    site: int
    customer: int
    employee: int


@dataclass(slots=True)
class RosterRow:
    """This person answers for this site in this role, from, to.

    `row` as the spreadsheet program numbers it; texts are "" when empty; `role` is a code, not the file's word.
    """

    row: int
    customer_number: str
    customer_name: str
    site_number: str
    site_name: str
    street_address: str
    postal_code: str
    city: str
    area_code: str
    area_name: str
    employee_number: str
    last_name: str
    first_name: str
    email: str
    phone: str
    role: str
    superior_number: str
    valid_from: date
    valid_to: date | None


@dataclass(slots=True)
class PersonRow:
    """One employee; `title` as in the file, `area_code` the area's code, or its name where the file has only that."""

    row: int
    employee_number: str
    last_name: str
    first_name: str
    email: str
    phone: str
    title: str
    area_code: str
    superior_number: str
    management: bool


@dataclass(slots=True)
class AccountRow:
    """One account with one of its contracts; an account with several contracts has a row for each."""

    row: int
    customer_number: str
    customer_name: str
    industry: str
    director_number: str
    deputy_number: str
    contract_number: str
    contract_from: date | None
    contract_to: date | None
    barrier: str
    side: str


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong in one place of the file.

    `column` is the header as it stands in the file ("" when the whole row is meant), `value` what stands there, made
    visible and cut. An error keeps the row out and freezes the site `site_number` ("" when that can't be read).
    """

    row: int | None
    column: str
    value: str
    code: str
    severity: Severity
    site_number: str = ""
    params: dict[str, str] = field(default_factory=dict)
