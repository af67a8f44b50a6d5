"""Tasks as one reader of one account sees them: open ones first to hand, one's own before everybody's."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import BooleanField, Case, F, QuerySet, Value, When
from django.http import Http404

from accounts.access import Standing
from accounts.models import Account, Person
from accounts.queries.within import rows_within
from channels_app.models import Memo, Task


def tasks_in(account: Account, standing: Standing) -> QuerySet[Task]:
    """Return the tasks that the reader may see there and that are not removed, nor their memo."""
    tasks = Task.objects.within(account, standing.kinds).standing_ones()
    return tasks.select_related("person", "created_by", "done_by", "memo__page")


def task_of(account: Account, standing: Standing, pk: int) -> Task:
    """Return a task; raises Http404 unless the reader may see it."""
    task: Task | None = tasks_in(account, standing).filter(pk=pk).first()
    if task is None:
        raise Http404
    task.account = account
    return task


def open_tasks(account: Account, standing: Standing, person: Person) -> QuerySet[Task]:
    """Return the open tasks: the person's own first, then by day; those without a day last."""
    mine = Case(When(person=person, then=Value(True)), default=Value(False), output_field=BooleanField())
    tasks = tasks_in(account, standing).filter(done_at=None)
    return tasks.alias(mine=mine).order_by(F("mine").desc(), F("due_on").asc(nulls_last=True), "pk")


@dataclass(frozen=True)
class OwnTask:
    """An open task of the reader's own."""

    pk: int
    title: str
    due_on: dt.date | None


def own_tasks(account: Account, standing: Standing, person: Person, most: int) -> list[OwnTask]:
    """Return the first `most` open tasks of `person` at the account, by day, those without one last; one query."""
    rows = rows_within(_OWN_TASKS_SQL, account, standing, person=person.pk, most=most)
    return [OwnTask(*row) for row in rows]


_OWN_TASKS_SQL = """
SELECT t.id, t.title, t.due_on
FROM channels_app_task t LEFT JOIN channels_app_page of_memo ON of_memo.id = t.memo_id
WHERE t.account_id = %(account)s AND (t.audience IS NULL OR t.audience && %(kinds)s::varchar[])
    AND t.person_id = %(person)s AND t.done_at IS NULL AND t.removed_at IS NULL AND of_memo.removed_at IS NULL
ORDER BY t.due_on NULLS LAST, t.id LIMIT %(most)s"""


def done_tasks(account: Account, standing: Standing) -> QuerySet[Task]:
    """Return the tasks that are done, the latest first."""
    return tasks_in(account, standing).filter(done_at__isnull=False).order_by("-done_at", "-pk")


def tasks_of_memo(account: Account, standing: Standing, memo: Memo) -> list[Task]:
    """Return the tasks that a memo agreed, open ones first, then by day."""
    tasks = tasks_in(account, standing).filter(memo=memo)
    return list(tasks.order_by(F("done_at").asc(nulls_first=True), F("due_on").asc(nulls_last=True), "pk"))
