"""Inviting a named person to an account for a stated reason, renewing the invitation and ending it.

Whoever may do it (Action.MANAGE) is settled by the view that fetches the account. Whether a barrier blocks the
invited person is none of the director's knowledge: the invitation is taken as it is, the block shows to
administrators alone.
"""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import has_left
from accounts.actions.refusal import Refusal
from accounts.derivation import derive_access
from accounts.models import Account, Invitation, LedgerEntry, Person
from kam.lib import dates
from kam.lib.dates import NEVER, ONE_DAY, months_later, period, today

LONGEST_MONTHS = 12


@transaction.atomic
def invite_person(*, actor: Person, account: Account, person: Person, last_day: dt.date, reason: str) -> Invitation:
    """Let `person` see `account` from today to the last day, because of `reason`, and write it to the ledger.

    Raises Refusal: a last day that is over or more than twelve months away, no reason, oneself, somebody who has
    left, somebody already invited on those days.
    """
    # One at a time for each account: two requests at once cannot both find the days free.
    Account.objects.select_for_update(no_key=True).get(pk=account.pk)
    if person.pk == actor.pk:
        raise Refusal("self", _("You already see this account."))
    if has_left(person):
        raise Refusal("left", _("%(name)s no longer works here.") % {"name": person.name})
    if not reason.strip():
        raise Refusal("no_reason", _("Say why this person needs to see the account."))
    _check_end(last_day)
    days = period(today(), last_day)
    if Invitation.objects.filter(account=account, person=person, period__overlap=days).exists():
        raise Refusal("overlap", _("%(name)s is already invited: renew that invitation.") % {"name": person.name})
    invitation = Invitation.objects.create(
        account=account, person=person, period=days, reason=reason.strip(), invited_by=actor
    )
    _written(invitation, actor, "invited")
    return invitation


@transaction.atomic
def renew_invitation(*, actor: Person, invitation: Invitation, last_day: dt.date) -> None:
    """Move the end of a running invitation, at most twelve months from today; Refusal when it is over."""
    invitation = _running(invitation)
    _check_end(last_day)
    invitation.period = period(dates.first_day(invitation.period), last_day)
    invitation.save(update_fields=["period"])
    _written(invitation, actor, "renewed")


@transaction.atomic
def end_invitation(*, actor: Person, invitation: Invitation) -> None:
    """End the invitation at once: its last day is yesterday, or it never was when it began today.

    Raises Refusal when it is over.
    """
    invitation = _running(invitation)
    begins = dates.first_day(invitation.period) or today()
    invitation.period = period(begins, today() - ONE_DAY) if begins < today() else NEVER
    invitation.save(update_fields=["period"])
    _written(invitation, actor, "taken back" if begins >= today() else "ended")


def _running(invitation: Invitation) -> Invitation:
    fresh = Invitation.objects.select_for_update(of=("self",)).select_related("account", "person")
    invitation = fresh.get(pk=invitation.pk)
    ends = dates.last_day(invitation.period)
    if ends is None or ends < today():
        raise Refusal("over", _("This invitation is over: invite the person again."))
    return invitation


def _check_end(last: dt.date) -> None:
    if last < today():
        raise Refusal("past", _("The last day is over: choose one from today on."))
    if last > months_later(today(), LONGEST_MONTHS):
        raise Refusal("too_long", _("An invitation lasts at most twelve months; it can be renewed."))


def _written(invitation: Invitation, actor: Person, what: str) -> None:
    """Derive the person's access and write who did what to the ledger."""
    derive_access(actor=actor, people=[invitation.person_id])
    first, last = dates.first_day(invitation.period), dates.last_day(invitation.period)
    audit.record(
        LedgerEntry.Event.INVITED,
        actor=actor,
        account=invitation.account,
        person=invitation.person,
        cause={
            "what": what,
            "invitation": invitation.pk,
            "first_day": first and first.isoformat(),
            "last_day": last and last.isoformat(),
            "reason": invitation.reason,
        },
    )
