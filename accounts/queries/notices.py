"""A person's notices as they see them today: how many are unread, and the list."""

import datetime as dt
import re
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max
from django.db.models.expressions import RawSQL
from django.utils import timezone

from accounts.access import seen_accounts
from accounts.models import Account, Notice, Person, Topic
from accounts.notices import KINDS, phrase_of
from kam.lib.dates import today
from kam.lib.sql import planned_rows

A_PAGE = 50
MOST_COUNTED = 100  # the bell says "99+"
_IN_ORDER = re.compile(r"%\((\w+)\)s")
_UNREAD_SQL = (Path(__file__).parent / "unread.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class NoticeLine:
    """A line of the list: what happened and of what, where and when; `is_urgent` ones stand out."""

    pk: int
    icon: str
    phrase: str
    title: str
    account: str
    at: dt.datetime
    unread: bool
    is_urgent: bool


@dataclass(frozen=True)
class NoticeList:
    """The notices of one page of the list by the day in Helsinki on which they came, the latest first.

    `latest` is the highest id of all that are listed, on whichever page; 0 without any.
    """

    days: list[tuple[dt.date, list[NoticeLine]]]
    page: Page[Notice]
    latest: int


def unread_count(person: Person) -> int:
    """Return how many notices `person` has not read, at most MOST_COUNTED; one query."""
    return int(planned_rows(_UNREAD_SQL, _values(person))[0][0])


def unread_beside(person: Person) -> RawSQL:
    """Return the same number as part of another query, worked out once for all its rows."""
    return RawSQL(_IN_ORDER.sub("%s", _UNREAD_SQL), [_values(person)[name] for name in _IN_ORDER.findall(_UNREAD_SQL)])  # noqa: S611  a constant


def _values(person: Person) -> dict[str, Any]:
    return {"person": person.pk, "day": today(), "most": MOST_COUNTED}


def notices_of(person: Person, *, account: Account | None = None, number: str | int | None = 1) -> NoticeList:
    """Return the page `number` of what `person` was told, of `account` alone when given; two queries."""
    rows = Notice.objects.visible_to(person).select_related("account", "who")
    if account:
        rows = rows.filter(account=account)
    figures = rows.order_by().aggregate(number=Count("pk"), latest=Max("pk"))
    pages = Paginator(rows.order_by("-created_at", "-pk"), A_PAGE)
    pages.count = figures["number"]
    page = pages.get_page(number)
    lines = [_line(notice) for notice in page]
    days = groupby(lines, key=lambda line: timezone.localdate(line.at, timezone.get_default_timezone()))
    return NoticeList([(day, list(of_day)) for day, of_day in days], page, figures["latest"] or 0)


def _line(notice: Notice) -> NoticeLine:
    kind = KINDS[notice.kind]
    return NoticeLine(
        pk=notice.pk,
        icon=kind.icon,
        phrase=phrase_of(notice),
        title=notice.title,
        account=notice.account.name if notice.account else "",
        at=notice.created_at,
        unread=notice.read_at is None,
        is_urgent=kind.topic == Topic.URGENT,
    )


def accounts_with_notices(person: Person) -> list[Account]:
    """Return the accounts that the list can be narrowed to, in Finnish order; one query."""
    told = Notice.objects.filter(person=person, account__in=seen_accounts(person)).values("account")
    return list(Account.objects.filter(pk__in=told))
