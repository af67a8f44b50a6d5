"""Substitutions as a person meets them: their own, those they stand in for, those of their people."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.models import Person, Substitution
from accounts.queries.people import above
from kam.lib.dates import today

MOST_PAST = 10


@dataclass(frozen=True)
class SubstitutionList:
    """What concerns one person: `for_me` others stand in for them, `by_me` they stand in for others."""

    for_me: list[Substitution]
    by_me: list[Substitution]
    of_my_people: list[Substitution]
    past: list[Substitution]


def substitutions_around(person: Person, own_people: set[int]) -> SubstitutionList:
    """Return the substitutions that run or are to come, earliest first, and the last ones that are over."""
    own = Q(absent=person) | Q(substitute=person)
    current = list(_with_names().filter(own | Q(absent__in=own_people), _not_over()).order_by("period", "pk"))
    past = _with_names().filter(own, period__isempty=False).exclude(_not_over()).order_by("-period", "-pk")
    return SubstitutionList(
        for_me=[one for one in current if one.absent_id == person.pk],
        by_me=[one for one in current if one.substitute_id == person.pk],
        of_my_people=[one for one in current if one.absent_id in own_people],
        past=list(past[:MOST_PAST]),
    )


def running_for(person: Person) -> list[Substitution]:
    """Return today's substitutions in which `person` is absent or stands in; one query."""
    running = _with_names().filter(Q(absent=person) | Q(substitute=person), period__contains=today())
    return list(running.order_by("period", "pk"))


def substitution_for(person: Person, pk: int) -> Substitution:
    """Fetch a substitution for somebody who may end it: the absent person or anybody above them; else Http404."""
    substitution = _with_names().filter(pk=pk).first()
    if substitution is None or person.pk not in {substitution.absent_id} | above(substitution.absent):
        raise Http404
    return substitution


def _with_names() -> QuerySet[Substitution]:
    return Substitution.objects.select_related("absent", "substitute", "set_by")


def _not_over() -> Q:
    return Q(period__isempty=False) & Q(period__endswith__gt=today())
