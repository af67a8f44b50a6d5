"""What the channels ask of one person, for their first page: acknowledgements, answers, late tasks, pages to check.

And what is theirs this week, and which decisions were announced to them.
"""

import datetime as dt
from collections.abc import Iterator

from django.db.models import F
from django.urls import reverse
from django.utils.timezone import get_default_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Person
from accounts.queries.explain import local_day
from accounts.queries.latest import News
from accounts.todo import Todo
from channels_app.asked import asked_of
from channels_app.models import Draft, Memo, MessageKind, MessageRecipient, SectionKind, Task
from channels_app.queries.memos import announced_to
from channels_app.queries.mine import (
    contents_draft_for,
    my_drafts,
    my_meetings,
    my_tasks,
    pages_to_check,
    tasks_of_nobody,
)
from kam.lib.dates import ONE_DAY, monday_of, today

MOST_DECISIONS = 20
FEW_ACCOUNTS = 3


def must_do(person: Person) -> list[Todo]:
    """Return what waits in the channels for `person`; eight queries, however many accounts, messages and pages."""
    return [
        *asked_of(person),
        *(_task(task) for task in my_tasks(person).filter(due_on__lte=today())),
        *_pages_to_check(person),
        *_tasks_of_nobody(person),
        *_contents_draft(person),
        *(_draft(draft) for draft in my_drafts(person)),
    ]


def people_with_something_due(day: dt.date) -> set[int]:
    """Return the ids of those with a task due on `day` or late, or an urgent message to acknowledge; two queries.

    For the daily summary, which asks each of them anew when it is sent.
    """
    tasks = Task.objects.open_ones().filter(due_on__lte=day, person__isnull=False)
    asked = MessageRecipient.objects.filter(
        left_at=None,
        acknowledged_number__lt=F("message__asked_number"),
        message__kind=MessageKind.URGENT,
        message__published_at__isnull=False,
        message__withdrawn_at=None,
    )
    return {*tasks.values_list("person_id", flat=True), *asked.values_list("person_id", flat=True)}


def this_week(person: Person) -> list[Todo]:
    """Return the person's tasks of this week (ISO 8601, in Helsinki) and the meetings they are expected at."""
    monday = monday_of(today())
    sunday = monday + 6 * ONE_DAY
    tasks = my_tasks(person).filter(due_on__range=(monday, sunday))
    return [*(_task(task) for task in tasks), *(_meeting(memo) for memo in my_meetings(person, monday, sunday))]


def news(person: Person, since: dt.datetime) -> list[News]:
    """Return the decisions that others announced after `since`, the latest first; one query.

    What was written and changed besides is told from the search's entries (accounts/queries/latest.py).
    """
    return [
        News(one.account_id, "decision", one.text, one.url, one.who, one.at)
        for one in announced_to(person, since, MOST_DECISIONS)
        if one.who_id != person.pk
    ]


def _task(task: Task) -> Todo:
    number, day = task.account.customer_number, today()
    note, state = task.account.name, "run"
    if task.due_on and task.due_on < day:
        late = _("late: %(day)s") % {"day": local_day(task.due_on)}
        note, state = f"{note} · {late}", "bad"
    elif task.due_on == day:
        note, state = f"{note} · {_('to be done today')}", "warn"
    url = f"{reverse('tasks', args=[number])}#task-{task.pk}"
    return Todo(task.title, url, note, state, due=task.due_on, account=number)


def _meeting(memo: Memo) -> Todo:
    account = memo.page.account
    at = localtime(memo.next_at, get_default_timezone())
    return Todo(
        text=_("Meeting: %(topic)s") % {"topic": memo.page.title},
        url=reverse("memo", args=[account.customer_number, memo.pk]),
        note=" · ".join(filter(None, [account.name, memo.next_place])),
        due=at.date(),
        time=at.time(),
        account=account.customer_number,
    )


def _pages_to_check(person: Person) -> Iterator[Todo]:
    found = pages_to_check(person)
    note = _("Say that it is still right, or bring it up to date.")
    if len(found) > FEW_ACCOUNTS:  # whoever directs many would see nothing else
        pages = sum(one.number for one in found)
        text = ngettext(
            "%(number)s page to check in %(accounts)s accounts",
            "%(number)s pages to check in %(accounts)s accounts",
            pages,
        ) % {"number": pages, "accounts": len(found)}
        several = tuple((one.customer_number, one.number) for one in found)
        yield Todo(text, reverse("freshness"), note, "warn", several=several)
        return
    for one in found:
        text = ngettext("%(name)s: %(number)s page to check", "%(name)s: %(number)s pages to check", one.number)
        yield Todo(
            text % {"name": one.name, "number": one.number},
            reverse("freshness"),
            note,
            "warn",
            account=one.customer_number,
            number=one.number,
        )


def _tasks_of_nobody(person: Person) -> Iterator[Todo]:
    for one in tasks_of_nobody(person):
        text = ngettext("%(name)s: %(number)s task is nobody's", "%(name)s: %(number)s tasks are nobody's", one.number)
        yield Todo(
            text % {"name": one.name, "number": one.number},
            reverse("tasks", args=[one.customer_number]),
            _("Agree on who does it."),
            "warn",
            account=one.customer_number,
            number=one.number,
        )


def _contents_draft(person: Person) -> Iterator[Todo]:
    draft = contents_draft_for(person)
    if draft:
        by = draft.edited_by.name if draft.edited_by else ""
        yield Todo(_("The new table of contents is not published yet"), reverse("contents"), by)


def _draft(draft: Draft) -> Todo:
    title = draft.title or _("no title yet")
    return Todo(
        text=_("Finish what you began to write: %(title)s") % {"title": title},
        url=_address_of_draft(draft),
        note=" · ".join([draft.account.name, _("not saved since %(day)s") % {"day": local_day(draft.saved_at)}]),
        account=draft.account.customer_number,
    )


def _address_of_draft(draft: Draft) -> str:
    number, in_memos = draft.account.customer_number, draft.section.kind == SectionKind.MEMOS
    if draft.page_id:
        return reverse("memo_edit" if in_memos else "page_edit", args=[number, draft.page_id])
    if in_memos:
        return reverse("memo_new", args=[number])
    return f"{reverse('page_new', args=[number])}?section={draft.section_id}"
