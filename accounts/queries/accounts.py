"""Which accounts a person has, and what the list from A to Ö and an account's head say about each."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from accounts.access import listed_to, seen_accounts
from accounts.models import Account, Directorship, Person
from accounts.queries.notices import unread_beside
from kam.lib.dates import first_day, last_day, today
from kam.lib.finnish import finnish_key
from kam.lib.sql import planned_rows

LETTERS_PAST_Z = {"{": "Å", "|": "Ä", "}": "Ö"}


@dataclass(frozen=True)
class ListedAccount:
    """A line of the list from A to Ö: the account and who directs it today."""

    customer_number: str
    name: str
    industry: str
    letter: str
    mine: bool
    director: str
    phone: str


@dataclass(frozen=True)
class AccountList:
    """The list: one's own accounts, then the others under their letters."""

    mine: list[ListedAccount]
    others: list[tuple[str, list[ListedAccount]]]

    @property
    def letters(self) -> list[str]:
        return [letter for letter, _ in self.others]


def my_accounts(person: Person | None) -> QuerySet[Account]:
    """Return the accounts that `person` may see today, in Finnish alphabetical order."""
    return Account.objects.visible_to(person)


def accounts_in_frame(person: Person | None) -> QuerySet[Account]:
    """Return the same for the frame of a page, each with the number of `unread` notices that its bell shows; one query.

    Counted once for all rows: a page costs no query more for its bell.
    """
    own = my_accounts(person)
    return own.annotate(unread=unread_beside(person)) if person else own


def list_accounts(person: Person, name_part: str = "") -> AccountList:
    """Return what the list shows to `person`, narrowed to names with `name_part` in them; one query."""
    rows = (
        listed_to(person)
        .annotate(
            is_mine=Exists(seen_accounts(person).filter(account=OuterRef("pk"))),
            direction=FilteredRelation(
                "directorships",
                condition=Q(directorships__post=Directorship.Post.DIRECTOR, directorships__period__contains=today()),
            ),
        )
        .order_by("name_key", "customer_number")
    )
    if name_part:
        rows = rows.filter(name_key__contains=finnish_key(name_part))
    lines = [
        ListedAccount(number, name, industry, letter_of(key), mine, f"{first or ''} {last or ''}".strip(), phone or "")
        for number, name, industry, key, mine, first, last, phone in rows.values_list(
            "customer_number",
            "name",
            "industry",
            "name_key",
            "is_mine",
            "direction__person__first_name",
            "direction__person__last_name",
            "direction__person__phone",
        )
    ]
    others = groupby((line for line in lines if not line.mine), key=lambda line: line.letter)
    return AccountList(
        mine=[line for line in lines if line.mine], others=[(letter, list(group)) for letter, group in others]
    )


def letter_of(name_key: str) -> str:
    """Return the letter that a name stands under: its first in Finnish order, a number sign for digits and marks."""
    first = name_key[:1]
    return LETTERS_PAST_Z.get(first) or (first.upper() if "a" <= first <= "z" else "#")


@dataclass(frozen=True)
class ContractLine:
    """A contract's number, name and days; no last day means until further notice."""

    number: str
    name: str
    first_day: dt.date | None
    last_day: dt.date | None
    to_come: bool


def contracts_of(account: Account) -> list[ContractLine]:
    """Return the account's contracts that run or are to come, those that end first on top; one query."""
    day = today()
    return [
        ContractLine(number, name, first_day(period), last_day(period), bool(period.lower and period.lower > day))
        for number, name, period in planned_rows(_CONTRACTS_SQL, {"account": account.pk, "day": day})
    ]


_CONTRACTS_SQL = """
SELECT number, name, period FROM accounts_contract
WHERE account_id = %(account)s AND (upper(period) > %(day)s OR upper(period) IS NULL) ORDER BY upper(period), number"""
