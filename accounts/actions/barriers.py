"""Barriers: raising them, their sides and accounts, and the administrators' word on a person (access.md, "Barriers").

Each change is one transaction with its ledger row and a new derivation. What a change would do to people is found
by doing it and rolling it back.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actions.refusal import Refusal
from accounts.derivation import derive_access
from accounts.models import (
    AccessGrant,
    Account,
    Barrier,
    BarrierDecision,
    BarrierMember,
    BarrierSide,
    LedgerEntry,
    Person,
)
from kam.lib import dates
from kam.lib.dates import ONE_DAY, period, today


@dataclass(frozen=True)
class Effect:
    """Somebody whose grants to an account would become blocked, or free again."""

    person: str
    employee_number: str
    account: str
    blocked: bool


def would_change(change: Callable[[], object]) -> list[Effect]:
    """Return whom `change` would block or free, without keeping anything of it."""
    with transaction.atomic():
        before = _barred()
        change()
        after = _barred()
        transaction.set_rollback(True)
    effects = [_effect(key, True) for key in after - before]
    effects += [_effect(key, False) for key in before - after]
    return sorted(effects, key=lambda effect: (not effect.blocked, effect.account, effect.person))


def _effect(key: tuple[Any, ...], blocked: bool) -> Effect:
    person, employee_number, account = key[2:]
    return Effect(person, employee_number, account, blocked)


def _barred() -> set[tuple[Any, ...]]:
    grants = AccessGrant.objects.filter(blocked=True, ends__gte=today())
    found = grants.values_list(
        "person_id", "account_id", "person__first_name", "person__last_name", "person__employee_number", "account__name"
    )
    return {
        (person, account, f"{first} {last}".strip(), number, name)
        for person, account, first, last, number, name in found
    }


@transaction.atomic
def raise_barrier(*, actor: Person, name: str, reason: str, sides: Iterable[str]) -> Barrier:
    """Raise a barrier with named sides, no account on any yet; Refusal: a name that is taken, fewer than two sides."""
    names = [" ".join(side.split()) for side in sides if side.strip()]
    if len({one.lower() for one in names}) < 2:
        raise Refusal("few_sides", _("A barrier has at least two sides, each with a name of its own."))
    _check_name(name, None)
    barrier = Barrier.objects.create(name=name.strip(), reason=reason.strip())
    BarrierSide.objects.bulk_create(BarrierSide(barrier=barrier, name=one) for one in names)
    _edited(actor, barrier, "barrier", {"name": ""}, {"name": barrier.name, "side": names})
    return barrier


@transaction.atomic
def rename_barrier(*, actor: Person, barrier: Barrier, name: str, reason: str) -> None:
    """Change what the barrier is called and why it stands; Refusal for a name that is taken."""
    _check_name(name, barrier)
    before = {"name": barrier.name, "reason": barrier.reason}
    barrier.name, barrier.reason = name.strip(), reason.strip()
    after = {"name": barrier.name, "reason": barrier.reason}
    if before != after:
        barrier.save()
        _edited(actor, barrier, "barrier", before, after)


def _check_name(name: str, own: Barrier | None) -> None:
    if Barrier.objects.filter(name__iexact=name.strip()).exclude(pk=own.pk if own else 0).exists():
        raise Refusal("taken", _("Another barrier has this name."))


@transaction.atomic
def add_side(*, actor: Person, barrier: Barrier, name: str) -> BarrierSide:
    """Add a side; Refusal for a name that another side has."""
    name = " ".join(name.split())
    if barrier.sides.filter(name__iexact=name).exists():
        raise Refusal("taken", _("Another side has this name."))
    side = BarrierSide.objects.create(barrier=barrier, name=name)
    _edited(actor, barrier, "sides", {"side": ""}, {"side": name})
    return side


@transaction.atomic
def remove_side(*, actor: Person, side: BarrierSide) -> None:
    """Remove a side; Refusal while accounts stand on it, people were put on it, or only two sides are left."""
    if side.members.exists() or side.decisions.exists():
        raise Refusal("in_use", _("Accounts stand on this side, or somebody was put on it: it stays."))
    if side.barrier.sides.count() <= 2:
        raise Refusal("few_sides", _("A barrier has at least two sides."))
    _edited(actor, side.barrier, "sides", {"side": side.name}, {"side": ""})
    side.delete()


@transaction.atomic
def place_account(*, actor: Person, barrier: Barrier, account: Account, side: BarrierSide | None) -> None:
    """Put the account on a side of the barrier, on another one, or (None) outside it; everybody is derived anew."""
    if side is not None and side.barrier_id != barrier.pk:
        raise Refusal("other_barrier", _("This side belongs to another barrier."))
    member = BarrierMember.objects.select_for_update(of=("self",)).filter(barrier=barrier, account=account)
    before = member.select_related("side").first()
    if (before.side_id if before else None) == (side.pk if side else None):
        return
    if side is None:
        member.delete()
    else:
        BarrierMember.objects.update_or_create(barrier=barrier, account=account, defaults={"side": side})
    _edited(
        actor,
        barrier,
        "sides",
        {"side": before.side.name if before else ""},
        {"side": side.name if side else ""},
        account,
    )
    derive_access(actor=actor)


@transaction.atomic
def decide_person(
    *,
    actor: Person,
    barrier: Barrier,
    person: Person,
    side: BarrierSide | None,
    reason: str,
    first_day: dt.date,
    last_day: dt.date | None,
) -> BarrierDecision:
    """Put the person on a side, or (None) clear them for all sides, from the first day to the last.

    An earlier word gives way: it ends the day before, or goes when it had not begun. Raises Refusal: no reason, days
    the wrong way round, a clearing without an end, a side of another barrier.
    """
    if not reason.strip():
        raise Refusal("no_reason", _("Say why: the reason is kept with the decision."))
    if last_day and last_day < first_day:
        raise Refusal("wrong_way", _("The last day is before the first."))
    if side is None and last_day is None:
        raise Refusal("no_end", _("Clearing somebody for all sides needs a last day."))
    if side is not None and side.barrier_id != barrier.pk:
        raise Refusal("other_barrier", _("This side belongs to another barrier."))
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    days = period(first_day, last_day)
    for earlier in BarrierDecision.objects.filter(barrier=barrier, person=person, period__overlap=days):
        _give_way(earlier, first_day)
    decision = BarrierDecision.objects.create(
        barrier=barrier, person=person, side=side, period=days, reason=reason.strip(), decided_by=actor
    )
    _decided(actor, decision, "side decided" if side else "cleared")
    return decision


def _give_way(decision: BarrierDecision, first_day: dt.date) -> None:
    begins = dates.first_day(decision.period)
    if begins is not None and begins >= first_day:
        decision.delete()  # it never ran; the ledger keeps that it was said
    else:
        decision.period = period(begins, first_day - ONE_DAY)
        decision.save(update_fields=["period"])


@transaction.atomic
def end_decision(*, actor: Person, decision: BarrierDecision) -> None:
    """End the decision at once: its last day is yesterday, or it goes when it began today or lies ahead.

    Raises Refusal when it is over.
    """
    decision = BarrierDecision.objects.select_for_update(of=("self",)).select_related("person", "barrier", "side").get(
        pk=decision.pk
    )  # fmt: skip
    last = dates.last_day(decision.period)
    if last is not None and last < today():
        raise Refusal("over", _("This decision is already over."))
    begins = dates.first_day(decision.period)
    if begins is not None and begins >= today():
        BarrierDecision.objects.filter(pk=decision.pk).delete()
    else:
        decision.period = period(begins, today() - ONE_DAY)
        decision.save(update_fields=["period"])
    _decided(actor, decision, "decision ended")


def _decided(actor: Person, decision: BarrierDecision, what: str) -> None:
    first, last = dates.first_day(decision.period), dates.last_day(decision.period)
    audit.record(
        LedgerEntry.Event.DECIDED,
        actor=actor,
        person=decision.person,
        cause={
            "what": what,
            "barrier": decision.barrier.name,
            "side": decision.side.name if decision.side else "",
            "reason": decision.reason,
            "first_day": first and first.isoformat(),
            "last_day": last and last.isoformat(),
        },
    )
    derive_access(actor=actor, people=[decision.person_id])


def _edited(
    actor: Person,
    barrier: Barrier,
    what: str,
    before: dict[str, Any],
    after: dict[str, Any],
    account: Account | None = None,
) -> None:
    audit.record(
        LedgerEntry.Event.EDITED,
        actor=actor,
        account=account,
        cause={"what": what, "barrier": barrier.name, "before": before, "after": after},
    )
