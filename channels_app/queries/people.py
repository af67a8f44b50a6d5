"""Who may be named at an account: as present at a meeting, as the one who does a task."""

from collections.abc import Collection

from django.db.models import Count, QuerySet

from accounts.access import Standing, running
from accounts.models import AccessGrant, Account, Kind, Person
from accounts.queries.people import working_here
from channels_app.models import Task
from channels_app.queries.memos import memos_in

MOST_RECENT_MEMOS = 10
MOST_RECENT_PEOPLE = 12


def people_at(account: Account, audience: Collection[str] | None = None) -> QuerySet[Person]:
    """Return whoever sees `account` today, and with an `audience` what is limited to those kinds."""
    grants = AccessGrant.objects.filter(running(), account=account)
    if audience is not None:
        grants = grants.filter(acts_as__in=list(audience))
    return working_here().filter(pk__in=grants.values("person_id")).select_related("area")


def recent_people(account: Account, standing: Standing) -> list[Person]:
    """Return those of today's people who were at the latest memos that the reader sees, the most frequent first."""
    latest = memos_in(account, standing).order_by("-held_on", "-pk").values("pk")[:MOST_RECENT_MEMOS]
    present = memos_in(account, standing).filter(pk__in=list(latest.values_list("pk", flat=True)))
    times = dict(
        present.values_list("participants__person")
        .exclude(participants__person=None)
        .annotate(times=Count("pk"))
        .order_by("-times")
    )
    people = people_at(account).filter(pk__in=times)
    return sorted(people, key=lambda person: (-times[person.pk], person.name_key))[:MOST_RECENT_PEOPLE]


def out_of_reach(account: Account, tasks: Collection[Task]) -> set[int]:
    """Return the ids of those of the account's `tasks` whose person no longer sees them; one query."""
    people = {task.person_id for task in tasks if task.person_id is not None}
    kinds: dict[int, set[Kind]] = {}
    rows = AccessGrant.objects.filter(running(), account=account, person__in=people).values_list("person", "acts_as")
    for person_id, kind in rows.distinct():
        kinds.setdefault(person_id, set()).add(Kind(kind))
    return {
        task.pk
        for task in tasks
        if task.person_id is not None and not Standing(frozenset(kinds.get(task.person_id, ()))).within(task.audience)
    }
