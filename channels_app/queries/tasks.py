"""Tasks as one reader of one account sees them: open ones first to hand, one's own before everybody's."""

from django.db.models import BooleanField, Case, F, QuerySet, Value, When
from django.http import Http404

from accounts.access import Standing
from accounts.models import Account, Person
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


def done_tasks(account: Account, standing: Standing) -> QuerySet[Task]:
    """Return the tasks that are done, the latest first."""
    return tasks_in(account, standing).filter(done_at__isnull=False).order_by("-done_at", "-pk")


def tasks_of_memo(account: Account, standing: Standing, memo: Memo) -> list[Task]:
    """Return the tasks that a memo agreed, open ones first, then by day."""
    tasks = tasks_in(account, standing).filter(memo=memo)
    return list(tasks.order_by(F("done_at").asc(nulls_first=True), F("due_on").asc(nulls_last=True), "pk"))
