"""Second eyes for messages: what locks one before it is decided about, how it is shown then, what publishes it."""

import datetime as dt
from functools import partial
from typing import Any

from django.db.models import F
from django.utils import timezone

from accounts.models import Account, Approval, Person
from accounts.second_eyes import Exact, fingerprint, locked_by, shown_by, when_approved
from channels_app.actions.openings import note_opening
from channels_app.actions.publishing import locked_message, publish_wording, texts_of
from channels_app.aims import Aim
from channels_app.ladder import ladder
from channels_app.models import EscalationStep, File, FileVersion, Message, MessageKind, Wording
from channels_app.queries.files import Listed, listed
from channels_app.queries.messages import THING, aim_names, latest_wording
from channels_app.queries.pages import limit_names
from channels_app.queries.recipients import count
from kam.lib.differences import differences


@locked_by(THING)
def lock_message(object_id: int) -> None:
    """Lock the message as whoever edits it does; raises Refusal when it was withdrawn."""
    locked_message(Message.objects.get(pk=object_id))


@when_approved(THING)
def publish_message(approval: Approval, actor: Person, now: dt.datetime) -> None:
    """Publish the text that was approved: the latest one, which the approval's fingerprint names."""
    message = Message.objects.get(pk=approval.object_id)
    publish_wording(actor=actor, message=message, number=latest_wording(message).number, now=now)


@shown_by(THING)
def exact_message(approval: Approval, person: Person) -> Exact | None:
    """Return the message as it would be published, with what that changes; None when nothing of it waits any more."""
    found = Message.objects.visible_to(person).filter(pk=approval.object_id, withdrawn_at=None)
    message = found.select_related("account", "author").first()
    if message is None:
        return None
    wording = latest_wording(message)
    if wording.number <= message.number:
        return None
    opened = partial(
        note_opening,
        person=person,
        account=message.account,
        what="message",
        thing_id=message.pk,
        audience=message.audience,
    )
    context = _context(message, wording)
    return Exact(fingerprint(*texts_of(message, wording)), "channel/_exact_message.html", context, opened)


def _context(message: Message, wording: Wording) -> dict[str, Any]:
    published, aim = message.published_at is not None, Aim.of(message)
    asks = message.kind == MessageKind.URGENT and (not published or wording.asks_again)
    by_when = wording.acknowledge_by or message.acknowledge_by
    labels = dict(EscalationStep.What.choices)
    rungs = ladder(timezone.now(), by_when, message.critical) if asks and by_when else ()
    return {
        "message": message,
        "wording": wording,
        "published": published,
        "same_text": published and message.body == wording.body,
        "difference": differences(message.body, wording.body) if published else "",
        "aim": aim_names(aim),
        "people": count(message.account, aim, message.audience, message.author_id),
        "limited_to": limit_names(message.audience),
        "files": _files(message.account, message),
        "asks": asks,
        "by_when": by_when,
        "rungs": [(rung.due_at, labels[rung.what]) for rung in rungs],
    }


def _files(account: Account, message: Message) -> list[Listed]:
    """Return the message's own files, those among them that are shown once it is published."""
    files = File.objects.filter(message=message, reply=None, removed_at=None)
    latest = FileVersion.objects.filter(file__in=files, number=F("file__number")).select_related("file", "added_by")
    return [listed(account, version) for version in latest.order_by("file__name_key", "file_id")]
