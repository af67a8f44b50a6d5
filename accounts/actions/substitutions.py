"""Setting and ending substitutions: who stands in for whom, between two days."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import has_left
from accounts.actions.refusal import Refusal
from accounts.derivation import derive_access
from accounts.models import LedgerEntry, Person, Substitution
from accounts.queries.people import above
from kam.lib import dates
from kam.lib.dates import NEVER, ONE_DAY, months_later, period, today

LONGEST_MONTHS = 12


def may_set_substitution(actor: Person, absent: Person) -> bool:
    """Say whether `actor` may decide who stands in for `absent`: themself, or anybody above them."""
    return actor.pk == absent.pk or actor.pk in above(absent)


@transaction.atomic
def set_substitution(
    *, actor: Person, absent: Person, substitute: Person, first_day: dt.date, last_day: dt.date, reason: str = ""
) -> Substitution:
    """Let `substitute` see what `absent` sees from the first day to the last, and write it to the ledger.

    Raises Refusal: days that are over, the wrong way round or more than twelve months; the same person twice;
    somebody who has left; a pair already set on those days; an actor who is not above the absent person.
    """
    # One at a time for each absent person: two requests at once cannot both find the days free.
    Person.objects.select_for_update(no_key=True).get(pk=absent.pk)
    _check_people(actor, absent, substitute)
    _check_days(first_day, last_day)
    days = period(first_day, last_day)
    if Substitution.objects.filter(absent=absent, substitute=substitute, period__overlap=days).exists():
        raise Refusal("overlap", _("%(name)s already stands in on some of these days.") % {"name": substitute.name})
    substitution = Substitution.objects.create(
        absent=absent, substitute=substitute, period=days, reason=reason, set_by=actor
    )
    _written(substitution, actor, "set")
    return substitution


@transaction.atomic
def end_substitution(*, actor: Person, substitution: Substitution) -> None:
    """End the substitution at once: its last day is yesterday, or it never was when it began today or lies ahead.

    Raises Refusal when it is over already or the actor is neither the absent person nor above them.
    """
    substitution = (
        Substitution.objects.select_for_update(of=("self",))
        .select_related("absent", "substitute")
        .get(pk=substitution.pk)
    )
    if not may_set_substitution(actor, substitution.absent):
        raise Refusal("not_yours", _("Only the absent person and their superiors can end this."))
    ends = dates.last_day(substitution.period)
    if ends is None or ends < today():
        raise Refusal("over", _("This substitution is already over."))
    begins = dates.first_day(substitution.period) or today()
    substitution.period = period(begins, today() - ONE_DAY) if begins < today() else NEVER
    substitution.save(update_fields=["period"])
    _written(substitution, actor, "taken back" if begins >= today() else "ended")


def _check_people(actor: Person, absent: Person, substitute: Person) -> None:
    if absent.pk == substitute.pk:
        raise Refusal("self", _("Nobody can stand in for themself: choose another person."))
    for person in (absent, substitute):
        if has_left(person):
            raise Refusal("left", _("%(name)s no longer works here.") % {"name": person.name})
    if not may_set_substitution(actor, absent):
        raise Refusal("not_yours", _("You can set a substitute for yourself and for the people below you."))


def _check_days(first: dt.date, last: dt.date) -> None:
    if last < first:
        raise Refusal("wrong_way", _("The last day is before the first."))
    if last < today():
        raise Refusal("past", _("These days are over: choose a last day from today on."))
    if last > months_later(first, LONGEST_MONTHS):
        raise Refusal("too_long", _("A substitution lasts at most twelve months."))


def _written(substitution: Substitution, actor: Person, what: str) -> None:
    """Derive the access of both people and write who did what to the ledger."""
    derive_access(actor=actor, people=[substitution.absent_id, substitution.substitute_id])
    first, last = dates.first_day(substitution.period), dates.last_day(substitution.period)
    audit.record(
        LedgerEntry.Event.SUBSTITUTED,
        actor=actor,
        person=substitution.substitute,
        cause={
            "what": what,
            "substitution": substitution.pk,
            "absent": substitution.absent.employee_number,
            "absent_name": substitution.absent.name,
            "first_day": first and first.isoformat(),
            "last_day": last and last.isoformat(),
            "reason": substitution.reason,
        },
    )
