"""Tasks: adding, changing, finishing, removing. Each is safe to ask for twice.

Who sees a task is the database's own word (migration 0002); who may change it is said by `may_change` and
`may_finish` and settled by the view that fetches the task.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import edits
from accounts.actions.refusal import Refusal
from accounts.models import Account, Person
from channels_app.actions.indexing import index_tasks
from channels_app.models import Memo, Task
from channels_app.models.locks import hold_limits
from channels_app.queries.people import people_at

LONGEST_TITLE = 300
# The same task by the same person within this time is the same form sent twice.
SENT_TWICE = dt.timedelta(minutes=2)


def may_change(person: Person, account: Account, task: Task) -> bool:
    """Say whether `person`, who sees the task, changes and removes it: whoever made it, and the account's editors."""
    return task.created_by_id == person.pk or edits(person, account)


def may_finish(person: Person, account: Account, task: Task) -> bool:
    """Say whether `person`, who sees the task, marks it done: whose it is, and the account's editors."""
    return task.person_id == person.pk or edits(person, account)


@transaction.atomic
def add_task(
    *,
    actor: Person,
    account: Account,
    title: str,
    person: Person | None = None,
    due_on: dt.date | None = None,
    memo: Memo | None = None,
) -> Task:
    """Write down a task, agreed in `memo` or by itself. Raises Refusal without a title, or when `person` cannot see it.

    Asked for again within two minutes it is the same task.
    """
    hold_limits(account.pk)
    Person.objects.select_for_update(no_key=True).get(pk=actor.pk)  # one form of one person at a time
    title = _named(title)
    same = Task.objects.filter(account=account, memo=memo, title=title, person=person, due_on=due_on, removed_at=None)
    before = same.filter(created_by=actor, created_at__gt=timezone.now() - SENT_TWICE).first()
    if before is not None:
        return before
    task = Task.objects.create(account=account, memo=memo, title=title, person=person, due_on=due_on, created_by=actor)
    task.refresh_from_db(fields=["audience"])
    _check_reach(account, task)
    index_tasks([task.pk])
    return task


@transaction.atomic
def change_task(*, task: Task, title: str, person: Person | None, due_on: dt.date | None) -> Task:
    """Change what is to be done, by whom and by when; Refusal as for a new one."""
    task = _locked(task)
    given_to = None if person is None else person.pk
    moved = given_to != task.person_id
    task.title, task.person, task.due_on = _named(title), person, due_on
    task.save(update_fields=["title", "person", "due_on"])
    if moved:  # whoever has it already keeps it, even if they have lost sight of it since
        _check_reach(task.account, task)
    index_tasks([task.pk])
    return task


@transaction.atomic
def finish_task(*, actor: Person, task: Task, now: dt.datetime | None = None) -> Task:
    """Mark the task done by `actor`; one that is done already stays as it was done."""
    task = _locked(task)
    if task.done_at is None:
        task.done_at, task.done_by = now or timezone.now(), actor
        task.save(update_fields=["done_at", "done_by"])
        index_tasks([task.pk])
    return task


@transaction.atomic
def reopen_task(*, task: Task) -> Task:
    """Take back that the task is done."""
    task = _locked(task)
    if task.done_at is not None:
        task.done_at = task.done_by = None
        task.save(update_fields=["done_at", "done_by"])
        index_tasks([task.pk])
    return task


@transaction.atomic
def remove_task(*, task: Task, now: dt.datetime | None = None) -> None:
    """Take the task off every list and out of the search; the row stays."""
    hold_limits(task.account_id)
    Task.objects.filter(pk=task.pk, removed_at=None).update(removed_at=now or timezone.now())
    index_tasks([task.pk])


def _locked(task: Task) -> Task:
    hold_limits(task.account_id)
    locked: Task = Task.objects.select_for_update(of=("self",)).select_related("account").get(pk=task.pk)
    if locked.removed_at is not None:
        raise Refusal("removed", _("The task has been removed."))
    return locked


def _named(title: str) -> str:
    title = " ".join(title.split())[:LONGEST_TITLE]
    if not title:
        raise Refusal("no_title", _("Say what is to be done."))
    return title


def _check_reach(account: Account, task: Task) -> None:
    if task.person is not None and not people_at(account, task.audience).filter(pk=task.person.pk).exists():
        raise Refusal(
            "out_of_reach", _("%(name)s does not see this: choose somebody who does.") % {"name": task.person.name}
        )
