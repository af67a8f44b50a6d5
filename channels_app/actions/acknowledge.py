"""Acknowledging an urgent message: "I have read and understood", oneself or for somebody one stands in for."""

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.refusal import Refusal
from accounts.models import Person
from channels_app.models import Message, MessageKind, MessageRecipient
from channels_app.queries.acknowledging import away_for
from kam.lib.workdays import HELSINKI


@transaction.atomic
def acknowledge_message(
    *,
    actor: Person,
    message: Message,
    for_person: Person | None = None,
    number: int | None = None,
    now: dt.datetime | None = None,
) -> MessageRecipient:
    """Set down that `actor` acknowledges the message, for themself or `for_person`; doing it twice is doing it once.

    `number` is the wording that was read, the published one unless given: an acknowledgement of an earlier one does
    not count for a later that asks again. The row is locked: a step of the ladder that runs at the same moment
    either comes before it or reminds nobody of it.

    Raises Refusal when the message asks for no acknowledgement, is withdrawn or not published, when either of the two
    may not see it, does not stand in for the other, or was not asked.
    """
    now = now or timezone.now()
    person = for_person or actor
    message = _asked(message)
    _check_people(actor, person, message, now)
    row = (
        MessageRecipient.objects.select_for_update(of=("self",))
        .filter(message=message, person=person, left_at=None)
        .first()
    )
    if row is None:
        raise Refusal("not_asked", _("The message does not ask %(name)s to acknowledge it.") % {"name": person.name})
    read = min(number or message.number, message.number)
    if row.acknowledged_number < read:
        row.acknowledged_at, row.acknowledged_number = now, read
        row.acknowledged_by = None if actor.pk == person.pk else actor
        if actor.pk == person.pk:
            row.opened_at = row.opened_at or now
        row.save(update_fields=["acknowledged_at", "acknowledged_number", "acknowledged_by", "opened_at"])
    return row


def _asked(message: Message) -> Message:
    found: Message = Message.objects.select_related("account").get(pk=message.pk)
    if found.kind != MessageKind.URGENT:
        raise Refusal("not_urgent", _("The message does not have to be acknowledged."))
    if not found.is_published:
        raise Refusal("withdrawn", _("The message has been withdrawn."))
    return found


def _check_people(actor: Person, person: Person, message: Message, now: dt.datetime) -> None:
    day = now.astimezone(HELSINKI).date()
    if person.pk != actor.pk and person.pk not in away_for(actor, day):
        raise Refusal("not_substitute", _("You do not stand in for %(name)s today.") % {"name": person.name})
    for one in {actor, person}:
        if not Message.objects.visible_to(one, day).filter(pk=message.pk).exists():
            raise Refusal("no_access", _("%(name)s may not see the message any more.") % {"name": one.name})
