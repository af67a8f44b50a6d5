"""Hands that put things into a channel as they lie in the database, for tests of what is read from there."""

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import Account, Person
from channels_app.models import Draft, Memo, MemoParticipant, Page, Revision, Section, SectionSetting, Task
from kam.lib.dates import today

PRICES = ["sales"]  # what a director may limit prices to: keeps out whoever answers for sites, and those above them


def section(key: str = "working") -> Section:
    return Section.objects.get(key=key)


def make_page(account: Account, author: Person, title: str = "Avaimet", **fields: Any) -> Page:
    """Make a page with its first revision, checked today unless given; `key` names its section."""
    fields |= {"section": section(fields.pop("key", "working"))} if "section" not in fields else {}
    fields.setdefault("checked_on", today())
    people = {"author": author, "changed_by": author, "checked_by": author}
    page = Page.objects.create(account=account, title=title, number=1, **people, **fields)
    Revision.objects.create(page=page, number=1, title=title, author=author)
    page.refresh_from_db()
    return page


def make_memo(
    account: Account,
    author: Person,
    topic: str = "Kuukausipalaveri",
    *,
    present: tuple[Person, ...] = (),
    held_on: dt.date | None = None,
    next_at: dt.datetime | None = None,
    **page: Any,
) -> Memo:
    memo = Memo.objects.create(
        page=make_page(account, author, topic, key="memos", **page),
        held_on=held_on or today(),
        meeting=Memo.Meeting.TEAM,
        next_at=next_at,
    )
    for person in present:
        MemoParticipant.objects.create(memo=memo, person=person)
    return memo


def make_task(account: Account, by: Person, title: str = "Tilaa avaimet", **fields: Any) -> Task:
    """Make an open task that `by` wrote down: nobody's unless `person` is given."""
    task = Task.objects.create(account=account, title=title, created_by=by, **fields)
    task.refresh_from_db()
    return task


def finish(task: Task, by: Person) -> None:
    Task.objects.filter(pk=task.pk).update(done_at=timezone.now(), done_by=by)


def make_draft(
    account: Account, person: Person, title: str = "Kesken", *, key: str = "working", **fields: Any
) -> Draft:
    return Draft.objects.create(account=account, person=person, section=section(key), title=title, **fields)


def limit_section(account: Account, key: str, kinds: list[str] | None = None) -> None:
    SectionSetting.objects.update_or_create(
        account=account, section=section(key), defaults={"limit": PRICES if kinds is None else kinds}
    )
