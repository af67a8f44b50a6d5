"""Who helped most in the channels in a year (channel.md, "Activity and reward"): never the number of posts.

Counted are answers that others marked right, pages kept fresh in time, acknowledgements in time; at the accounts that
the reader directs, or sees as one of the management group. Whoever stays out of it is in no number.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection

from accounts.models import Account
from kam.lib.dates import ONE_DAY, start_of

_SQL = (Path(__file__).parent / "activity.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Helpfulness:
    answers: int
    pages: int
    acknowledged: int


@dataclass(frozen=True)
class Helper(Helpfulness):
    """What one person did, at `accounts` of the accounts asked for."""

    person_id: int
    name: str
    title: str
    area: str
    accounts: int


@dataclass(frozen=True)
class Helped(Helpfulness):
    """What was done at one account, by `people` people."""

    customer_number: str
    name: str
    people: int


@dataclass(frozen=True)
class Activity:
    """Those who helped, by answers, then pages, then acknowledgements, then names; and the accounts in the same order.

    Whoever did nothing of it is not there.
    """

    helpers: tuple[Helper, ...]
    accounts: tuple[Helped, ...]


def activity_in(accounts: Collection[Account], year: int) -> Activity:
    """Return who helped at `accounts` in `year`, from midnight to midnight in Helsinki; one query."""
    first, last = dt.date(year, 1, 1), dt.date(year, 12, 31)
    values: dict[str, Any] = {
        "accounts": [account.pk for account in accounts],
        "first_day": first,
        "last_day": last,
        "begins": start_of(first),
        "ends": start_of(last + ONE_DAY),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        rows = cursor.fetchall()
    helpers, helped = [], []
    for person_id, _account_id, name, title, area, number, account, answers, pages, acknowledged, *sizes in rows:
        people, of_accounts = sizes
        if person_id is not None:
            helpers.append(Helper(answers, pages, acknowledged, person_id, name.strip(), title, area, of_accounts))
        else:
            helped.append(Helped(answers, pages, acknowledged, number, account, people))
    return Activity(tuple(helpers), tuple(helped))
