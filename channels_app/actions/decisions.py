"""Announcing what a memo decided, and taking an announcement back.

Who may (Action.ANNOUNCE to all; taking back: access.edits) is settled by the view that fetches the memo. A decision is
announced where its memo is seen: a limited memo's decision to those whom the memo is open to.
"""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.refusal import Refusal
from accounts.models import Person
from channels_app.models import Decision, Page


@transaction.atomic
def announce_decision(*, actor: Person, decision: Decision, now: dt.datetime | None = None) -> Decision:
    """Show the decision on the channel's home and among its announcements; announced before, it stays as it was.

    Raises Refusal when the memo, or the decision in it, has been taken away meanwhile.
    """
    decision = _locked(decision)
    if decision.announced_at is None:
        decision.announced_at, decision.announced_by = now or timezone.now(), actor
        decision.save(update_fields=["announced_at", "announced_by"])
    return decision


@transaction.atomic
def take_back_announcement(*, decision: Decision) -> Decision:
    """Show the decision in its memo alone again."""
    decision = _locked(decision)
    if decision.announced_at is not None:
        decision.announced_at = decision.announced_by = None
        decision.save(update_fields=["announced_at", "announced_by"])
    return decision


def _locked(decision: Decision) -> Decision:
    """Lock the memo's page, then the decision: in the order in which a memo is saved."""
    page = Page.objects.select_for_update(of=("self",)).get(pk=decision.memo_id)
    locked = Decision.objects.select_for_update(of=("self",)).filter(pk=decision.pk).first()
    if locked is None or page.removed_at is not None:
        raise Refusal("gone", _("The decision is not in the memo any more."))
    return locked
