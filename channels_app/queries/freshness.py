"""How fresh pages are: whether somebody has checked them lately enough, and what a person has to check.

A page is past its review from the day on that models.pages.due_for_review gives; days are Helsinki's.
"""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import (
    Count,
    DateField,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Window,
)
from django.db.models.functions import Coalesce, RowNumber

from accounts.access import edited_by
from accounts.models import Account, Person
from channels_app.models import ContentsLine, ContentsVersion, Page
from channels_app.models.pages import due_for_review
from kam.lib.dates import today

SOON = dt.timedelta(days=30)
MOST_SHOWN = 50  # of one account's pages; whoever has checked those sees the next ones


class Freshness(StrEnum):
    NEVER_ASKED = "never asked"
    FRESH = "fresh"
    DUE_SOON = "due soon"
    OVERDUE = "overdue"


@dataclass(frozen=True)
class Fresh:
    """The state of a page on a day, and the day from which on it is past its review (None: never asked)."""

    state: Freshness
    due: dt.date | None

    @property
    def shape(self) -> str:
        """The shape that stands beside the words."""
        return {Freshness.OVERDUE: "warn", Freshness.NEVER_ASKED: "none"}.get(self.state, "ok")

    @property
    def overdue(self) -> bool:
        return self.state is Freshness.OVERDUE


def freshness(checked_on: dt.date, review_days: int | None, day: dt.date) -> Fresh:
    """Return how fresh a page is on `day` that was checked on `checked_on` and is to be checked every so many days."""
    due = due_for_review(checked_on, review_days)
    if due is None:
        return Fresh(Freshness.NEVER_ASKED, None)
    if due <= day:
        return Fresh(Freshness.OVERDUE, due)
    return Fresh(Freshness.DUE_SOON if due <= day + SOON else Freshness.FRESH, due)


@dataclass(frozen=True)
class ToCheck:
    """A page with its freshness."""

    page: Page
    fresh: Fresh


@dataclass(frozen=True)
class AccountFreshness:
    """The pages of one account that are ever to be checked, by the eyes of one person, counted by their states.

    `overdue` and `soon` are the first of those to be checked, the most overdue on top, at most MOST_SHOWN in all.
    """

    account: Account
    pages: int
    overdue_count: int
    soon_count: int
    overdue: list[ToCheck]
    soon: list[ToCheck]

    @property
    def fresh(self) -> int:
        return self.pages - self.overdue_count

    @property
    def percent(self) -> int:
        """The share of fresh pages; 100 only when all of them are."""
        return 100 * self.fresh // self.pages if self.pages else 100

    @property
    def more(self) -> int:
        """How many pages to be checked are not among those shown."""
        return self.overdue_count + self.soon_count - len(self.overdue) - len(self.soon)


def to_check(person: Person) -> list[AccountFreshness]:
    """Return how fresh the pages are that `person` keeps: of the accounts they direct or edit, and may see there.

    Accounts with the most overdue pages come first. Three queries.
    """
    day = today()
    due = ExpressionWrapper(F("checked_on") + F("interval"), output_field=DateField())
    pages = kept_by(person).annotate(due=due)
    counts = (
        pages.order_by()
        .values_list("account")
        .annotate(
            pages=Count("pk"),
            overdue=Count("pk", filter=Q(due__lte=day)),
            soon=Count("pk", filter=Q(due__gt=day, due__lte=day + SOON)),
        )
    )
    place = Window(RowNumber(), partition_by="account", order_by=["due", "pk"])
    first = pages.filter(due__lte=day + SOON).annotate(place=place).filter(place__lte=MOST_SHOWN).order_by("due", "pk")
    by_account: dict[int, list[ToCheck]] = defaultdict(list)
    for page in first.select_related("checked_by").defer("body"):
        by_account[page.account_id].append(ToCheck(page, freshness(page.checked_on, page.interval, day)))
    found = {account_id: figures for account_id, *figures in counts}
    accounts = Account.objects.in_bulk(found)
    listed = [_of_account(accounts[pk], figures, by_account[pk]) for pk, figures in found.items()]
    return sorted(listed, key=lambda one: (-one.overdue_count, one.account.name_key))


def kept_by(person: Person) -> QuerySet[Page, Any]:
    """Return the pages that `person` keeps and that are ever to be checked, each with its `interval` in days.

    As in the table of contents: a page of a section that is no longer in it is asked for by nobody.
    """
    of_section = _live_lines().filter(section=OuterRef("section")).values("review_days")
    return (
        Page.objects.visible_to(person)
        .standing_ones()
        .filter(in_contents(), account__in=edited_by(person))
        .annotate(interval=Coalesce(F("review_days"), Subquery(of_section)))
        .exclude(interval=None)
    )


def interval_of(page: Page) -> int | None:
    """Return how often `page` is to be checked, in days: its own interval, else its section's; None is never."""
    if page.review_days is not None:
        return page.review_days
    of_section = _live_lines().filter(section=page.section_id)
    days: int | None = of_section.values_list("review_days", flat=True).first()
    return days


def in_contents() -> Q:
    """Return the condition that a thing's `section` is in the live table of contents, or a standing local one."""
    local = Q(section__account__isnull=False, section__removed_at=None)
    return Q(section__in=_live_lines().values("section")) | local


def _live_lines() -> QuerySet[ContentsLine]:
    live = ContentsVersion.objects.exclude(published_at=None).order_by("-number").values("pk")[:1]
    return ContentsLine.objects.filter(version=Subquery(live))


def _of_account(account: Account, figures: list[int], checks: list[ToCheck]) -> AccountFreshness:
    for check in checks:
        check.page.account = account
    overdue = [one for one in checks if one.fresh.overdue]
    pages, overdue_count, soon_count = figures
    return AccountFreshness(account, pages, overdue_count, soon_count, overdue, checks[len(overdue) :])
