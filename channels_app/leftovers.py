"""What somebody leaves in a channel when their access ends: open tasks in their name, questions that nobody answered,
texts that wait for second eyes.

So does whoever a limit has kept out of a memo or a message since. Their drafts are nobody else's, and pages are looked
after by the director, whoever checked them last.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.access import running
from accounts.leftovers import Leftover
from accounts.models import ABOVE_LIMITS, AccessGrant, Account, Approval, Stay
from accounts.models.limited import IsAnyOf
from channels_app.models import Message, MessageKind, Task
from channels_app.queries.messages import THING
from kam.lib.dates import ONE_DAY, today


def left_by(accounts: Collection[Account]) -> list[Leftover]:
    """Return what is open in the names of people who no longer see it, until it is taken over, answered or decided.

    Three queries, however many accounts. What is limited carries its limit.
    """
    numbers = {account.pk: account.customer_number for account in accounts}
    return [*_tasks(numbers), *_questions(numbers), *_waiting(numbers)]


def _tasks(numbers: dict[int, str]) -> Iterator[Leftover]:
    given = Task.objects.open_ones().filter(account__in=numbers, person__isnull=False)
    for task in left_behind(given, "person").order_by("pk"):
        url = f"{reverse('tasks', args=[numbers[task.account_id]])}#task-{task.pk}"
        yield _leftover(task, task.person, _("Task: %(title)s") % {"title": task.title}, url)


def _questions(numbers: dict[int, str]) -> Iterator[Leftover]:
    """Yield the questions without an answer: whoever has it now may need to know, or withdraws it."""
    asked = Message.objects.published().filter(account__in=numbers, kind=MessageKind.QUESTION)
    for question in left_behind(asked.filter(answered_at=None, right_reply=None), "author").order_by("pk"):
        url = reverse("question", args=[numbers[question.account_id], question.pk])
        yield _leftover(question, question.author, _("Question: %(title)s") % {"title": question.subject}, url)


def _waiting(numbers: dict[int, str]) -> Iterator[Leftover]:
    """Yield the texts that wait for second eyes: what is given back would reach nobody who could mend it.

    For those who may decide alone, whatever the limit: nobody else knows of what is not published yet.
    """
    waiting = Approval.objects.waiting().filter(account__in=numbers, thing=THING)
    for approval in left_behind(waiting, "author").order_by("pk"):
        what = _("Waits for second eyes: %(title)s") % {"title": approval.title}
        leftover = _leftover(approval, approval.author, what, reverse("eyes_decide", args=[approval.pk]))
        yield replace(leftover, audience=tuple(str(kind) for kind in ABOVE_LIMITS))


def left_behind(things: QuerySet[Any, Any], whose: str) -> QuerySet[Any, Any]:
    """Keep of `things`, which have an account and an audience, those that the person at `whose` no longer sees."""
    theirs: dict[str, Any] = {"account": OuterRef("account"), "person": OuterRef(whose)}
    access = AccessGrant.objects.filter(**theirs)
    # The second condition is the one of LimitedQuerySet.visible_to, here for each thing's own person.
    sees_it = Q(Exists(access.filter(running())), audience=None) | Q(
        Exists(access.filter(running(), IsAnyOf(F("acts_as"), OuterRef("audience"))))
    )
    ended = access.filter(blocked=False, ends__lt=today()).order_by("-ends").values("ends")[:1]
    left = Stay.objects.filter(**theirs).order_by().values("person").annotate(last=Max("ended_on")).values("last")
    return (
        things.filter(~sees_it)
        .annotate(still_here=Exists(access.filter(running())), last_here=Subquery(left), last_allowed=Subquery(ended))
        .select_related(whose)
    )


def _leftover(thing: Any, person: Any, what: str, url: str) -> Leftover:
    return Leftover(
        account_id=thing.account_id,
        person_id=person.pk,
        person_name=person.name,
        what=what,
        url=url,
        since=_since(thing),
        audience=None if thing.audience is None else tuple(thing.audience),
    )


def _since(thing: Any) -> dt.date:
    last: dt.date | None = thing.last_here or thing.last_allowed
    return today() if thing.still_here or last is None else last + ONE_DAY
