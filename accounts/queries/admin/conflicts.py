"""Who meets a barrier, with what they have on each of its sides, and whose e-mail address two people claim."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import AccessGrant, BarrierDecision, EmailConflict
from accounts.queries.causes import grant_causes
from accounts.queries.explain import Cause, because_they, sentence
from kam.lib.dates import today
from kam.lib.finnish import finnish_key

MOST_LINES = 4


@dataclass(frozen=True)
class Held:
    """What somebody has at an account of a side: the account, the reason, and whether the barrier blocks it."""

    account: str
    customer_number: str
    because: str
    blocked: bool


@dataclass(frozen=True)
class TornSide:
    pk: int
    name: str
    held: tuple[Held, ...]
    more: int

    @property
    def blocked(self) -> bool:
        return all(one.blocked for one in self.held)


@dataclass(frozen=True)
class Torn:
    """A person between the sides of a barrier. Undecided: every side is blocked until somebody decides."""

    person_id: int
    person: str
    employee_number: str
    title: str
    barrier_id: int
    barrier: str
    sides: tuple[TornSide, ...]

    @property
    def undecided(self) -> bool:
        return all(side.blocked for side in self.sides)


def torn_people(only: Q | None = None) -> list[Torn]:
    """Return whoever has a grant that a barrier blocks today or later; undecided ones first, then in Finnish order.

    One query. `only` narrows the grants, for one person or one barrier.
    """
    day = today()
    blocked = AccessGrant.objects.filter(blocked=True, ends__gte=day).values("person")
    grants = (
        AccessGrant.objects.filter(only or Q(), person__in=blocked, ends__gte=day, account__barriers__isnull=False)
        .order_by(
            "person__name_key", "person_id", "account__barriers__barrier__name", "account__barriers__side__name",
            "account__barriers__side_id", "blocked", "account__name_key", "since",
        )
    )  # fmt: skip
    rows = [_row(cause, extra) for cause, extra in grant_causes(grants, *_EXTRA)]
    torn = [_torn(list(group)) for _key, group in groupby(rows, key=lambda row: (row[0], row[4]))]
    met = [one for one in torn if any(held.blocked for side in one.sides for held in side.held)]
    return sorted(met, key=lambda one: (not one.undecided, finnish_key(one.person), one.barrier))


_EXTRA = (
    "person_id",
    "person__first_name",
    "person__last_name",
    "person__employee_number",
    "person__title",
    "account__barriers__barrier_id",
    "account__barriers__barrier__name",
    "account__barriers__side_id",
    "account__barriers__side__name",
    "account__name",
    "account__customer_number",
    "blocked",
)


def _row(cause: Cause, extra: tuple[Any, ...]) -> tuple[Any, ...]:
    person_id, first, last, number, title, barrier_id, barrier, side_id, side, account, customer, blocked = extra
    held = Held(account, customer, sentence(because_they(cause)), blocked)
    return person_id, f"{first} {last}".strip(), number, title, barrier_id, barrier, side_id, side, held


def _torn(rows: list[tuple[Any, ...]]) -> Torn:
    person_id, name, number, title, barrier_id, barrier, *_rest = rows[0]
    sides = []
    for (side_id, side), group in groupby(rows, key=lambda row: (row[6], row[7])):
        held = [row[8] for row in group]
        sides.append(TornSide(side_id, side, tuple(held[:MOST_LINES]), max(0, len(held) - MOST_LINES)))
    return Torn(person_id, name, number, title, barrier_id, barrier, tuple(sides))


def open_email_conflicts() -> QuerySet[EmailConflict]:
    """Return the addresses that wait for a decision, the latest first."""
    conflicts = EmailConflict.objects.filter(resolved_at=None)
    return conflicts.select_related("earlier", "claimant", "roster_import").order_by("-found_at", "-pk")


def decisions(of: Q) -> list[BarrierDecision]:
    """Return the administrators' words on people, the latest first, with `running` until their last day is over."""
    found = BarrierDecision.objects.filter(of).select_related("barrier", "side", "person", "decided_by")
    result = list(found.order_by("-pk"))
    for decision in result:
        decision.running = decision.period.upper is None or today() < decision.period.upper  # type: ignore[attr-defined]
    return result
