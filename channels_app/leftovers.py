"""What somebody leaves in a channel when their access ends: the open tasks in their name.

Their drafts are nobody else's, and pages are looked after by the director, whoever checked them last.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, Max, OuterRef, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import running
from accounts.leftovers import Leftover
from accounts.models import AccessGrant, Account, Stay
from channels_app.models import Task
from kam.lib.dates import ONE_DAY, today


def left_by(accounts: Collection[Account]) -> list[Leftover]:
    """Return the open tasks of people who no longer see the account; given to somebody else or done, they are gone.

    One query, however many accounts. A task whose memo is limited carries that limit.
    """
    numbers = {account.pk: account.customer_number for account in accounts}
    return [
        Leftover(
            account_id=task.account_id,
            person_id=task.person_id,
            person_name=task.person.name,
            what=_("Task: %(title)s") % {"title": task.title},
            url=f"{reverse('tasks', args=[numbers[task.account_id]])}#task-{task.pk}",
            since=_since(task),
            audience=None if task.audience is None else tuple(task.audience),
        )
        for task in _tasks(numbers)
    ]


def _tasks(accounts: Collection[int]) -> QuerySet[Task, Any]:
    theirs: dict[str, Any] = {"account": OuterRef("account"), "person": OuterRef("person")}
    access = AccessGrant.objects.filter(**theirs)
    ended = access.filter(blocked=False, ends__lt=today()).order_by("-ends").values("ends")[:1]
    left = Stay.objects.filter(**theirs).order_by().values("person").annotate(last=Max("ended_on")).values("last")
    return (
        Task.objects.open_ones()
        .filter(~Exists(access.filter(running())), account__in=accounts, person__isnull=False)
        .annotate(last_here=Subquery(left), last_allowed=Subquery(ended))
        .select_related("person")
        .order_by("pk")
    )


def _since(task: Any) -> dt.date:
    last: dt.date | None = task.last_here or task.last_allowed
    return last + ONE_DAY if last else today()
