"""What somebody leaves in a channel when their access ends: the open tasks in their name.

So does whoever a limit has kept out of a memo since its tasks were given. Their drafts are nobody else's, and pages are
looked after by the director, whoever checked them last.
"""

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import running
from accounts.leftovers import Leftover
from accounts.models import AccessGrant, Account, Stay
from accounts.models.limited import IsAnyOf
from channels_app.models import Task
from kam.lib.dates import ONE_DAY, today


def left_by(accounts: Collection[Account]) -> list[Leftover]:
    """Return the open tasks in the names of people who no longer see them, until they are given to others or done.

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
    # The second condition is the one of LimitedQuerySet.visible_to, here for each task's own person.
    sees_task = Q(Exists(access.filter(running())), audience=None) | Q(
        Exists(access.filter(running(), IsAnyOf(F("acts_as"), OuterRef("audience"))))
    )
    ended = access.filter(blocked=False, ends__lt=today()).order_by("-ends").values("ends")[:1]
    left = Stay.objects.filter(**theirs).order_by().values("person").annotate(last=Max("ended_on")).values("last")
    return (
        Task.objects.open_ones()
        .filter(~sees_task, account__in=accounts, person__isnull=False)
        .annotate(still_here=Exists(access.filter(running())), last_here=Subquery(left), last_allowed=Subquery(ended))
        .select_related("person")
        .order_by("pk")
    )


def _since(task: Any) -> dt.date:
    last: dt.date | None = task.last_here or task.last_allowed
    return today() if task.still_here or last is None else last + ONE_DAY
