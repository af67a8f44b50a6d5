"""Barriers with their sides and the accounts on them."""

from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.models import Barrier, BarrierMember, BarrierSide
from kam.lib.dates import today


@dataclass(frozen=True)
class Side:
    """A side with its accounts in Finnish order: (customer number, name)."""

    pk: int
    name: str
    accounts: tuple[tuple[int, str, str], ...]
    removable: bool


def all_barriers() -> QuerySet[Barrier]:
    """Return every barrier with its sides, how many accounts each has, and the decisions in force; three queries."""
    sides = BarrierSide.objects.annotate(account_count=Count("members")).order_by("name")
    in_force = Count("decisions", filter=Q(decisions__period__contains=today()), distinct=True)
    return Barrier.objects.annotate(in_force=in_force).prefetch_related(Prefetch("sides", queryset=sides))


def sides_of(barrier: Barrier) -> list[Side]:
    """Return the sides of the barrier with their accounts; three queries."""
    members: dict[int, list[tuple[int, str, str]]] = {}
    rows = BarrierMember.objects.filter(barrier=barrier).order_by("account__name_key")
    for side, pk, number, name in rows.values_list(
        "side_id", "account_id", "account__customer_number", "account__name"
    ):
        members.setdefault(side, []).append((pk, number, name))
    sides = list(barrier.sides.annotate(decided=Count("decisions")).order_by("name"))
    return [
        Side(
            side.pk,
            side.name,
            tuple(members.get(side.pk, ())),
            removable=len(sides) > 2 and side.pk not in members and not side.decided,
        )
        for side in sides
    ]
