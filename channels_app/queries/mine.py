"""What in the channels is one person's own business: their tasks, meetings and drafts, and what they look after."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, DateField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery

from accounts.access import Standing, running, seen_accounts
from accounts.models import AccessGrant, Editor, Kind, Person
from channels_app.models import ContentsVersion, Draft, Memo, Page, SectionKind, SectionSetting, Task
from channels_app.queries.freshness import in_contents, kept_by
from kam.lib.dates import start_of, today


@dataclass(frozen=True)
class Waiting:
    """How many things of one sort wait at an account."""

    customer_number: str
    name: str
    number: int


# --- tasks and meetings ---------------------------------------------------------------------------------------------
def my_tasks(person: Person) -> QuerySet[Task]:
    """Return the open tasks in the person's name at the accounts they see, with account, the earliest day first."""
    mine = Task.objects.visible_to(person).open_ones().filter(person=person)
    return mine.select_related("account").order_by("due_on", "pk")


def tasks_of_nobody(person: Person) -> list[Waiting]:
    """Count the open tasks without anybody's name at the accounts that `person` directs; one query."""
    ownerless = Task.objects.visible_to(person).open_ones().filter(person=None, account__in=directed(person))
    return _by_account(ownerless)


def my_meetings(person: Person, first: dt.date, last: dt.date) -> QuerySet[Memo]:
    """Return the memos of meetings where `person` was whose next one is between the days, both included."""
    return (
        Memo.objects.visible_to(person)
        .filter(
            participants__person=person,
            page__removed_at=None,
            next_at__gte=start_of(first),
            next_at__lt=start_of(last + dt.timedelta(days=1)),
        )
        .select_related("page__account")
        .order_by("next_at", "pk")
    )


# --- pages ----------------------------------------------------------------------------------------------------------
def pages_to_check(person: Person) -> list[Waiting]:
    """Count the pages past their review at the accounts that `person` directs or edits; one query."""
    due = ExpressionWrapper(F("checked_on") + F("interval"), output_field=DateField())
    return _by_account(kept_by(person).alias(due=due).filter(due__lte=today()))


def contents_draft_for(person: Person) -> ContentsVersion | None:
    """Return the unpublished draft of the common table of contents for whoever directs an account; one query."""
    waiting = ContentsVersion.objects.filter(Exists(directed(person)), published_at=None)
    return waiting.select_related("edited_by").first()


# --- drafts ---------------------------------------------------------------------------------------------------------
def my_drafts(person: Person) -> list[Draft]:
    """Return what `person` began to write and may still save, the latest first; one query.

    Each has its account, page and memo at hand. A draft outlives a right that ended: it comes back with it.
    """
    here: dict[str, Any] = {"account": OuterRef("account")}
    limit = SectionSetting.objects.filter(section=OuterRef("section"), **here).values("limit")[:1]
    grants = AccessGrant.objects.filter(running(), person=person, **here).values("acts_as").distinct()
    drafts = (
        Draft.objects.filter(Q(page=None) | Q(page__in=Page.objects.visible_to(person).standing_ones()))
        .filter(in_contents(), person=person, account__in=seen_accounts(person))
        .annotate(
            section_limit=Subquery(limit),
            kinds=ArraySubquery(grants),
            edits=Exists(Editor.objects.filter(person=person, ended_at=None, **here)),
        )
        .select_related("account", "section", "page__memo")
        .order_by("-saved_at")
    )
    return [draft for draft in drafts if _may_save(draft, person)]


def _may_save(draft: Any, person: Person) -> bool:
    kinds = frozenset(Kind(kind) for kind in draft.kinds)
    if not Standing(kinds).within(draft.section_limit):
        return False
    own_memo = draft.section.kind == SectionKind.MEMOS and (draft.page is None or draft.page.author_id == person.pk)
    return own_memo or draft.edits or Kind.DIRECTOR in kinds


# --- accounts -------------------------------------------------------------------------------------------------------
def directed(person: Person) -> QuerySet[AccessGrant, Any]:
    """Return the ids of the accounts where `person` acts as the director, as a subquery."""
    return AccessGrant.objects.filter(running(), person=person, acts_as=Kind.DIRECTOR).values("account_id")


def _by_account(things: QuerySet[Any]) -> list[Waiting]:
    counted = (
        things.order_by("account__name_key", "account__customer_number")
        .values_list("account__customer_number", "account__name")
        .annotate(number=Count("pk"))
    )
    return [Waiting(*row) for row in counted]
