"""Hands that write messages and replies for the cast, by the actions that people use."""

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone

from accounts.models import Account, Notice, Person
from channels_app.actions.messages import EditConflict as EditConflict
from channels_app.actions.messages import Words, edit_message, write_message
from channels_app.actions.replies import write_reply
from channels_app.aims import Aim
from channels_app.models import Message, MessageKind, MessageRecipient, Reply
from channels_app.queries.messages import latest_wording
from tests.cast import Cast

SALES_ONLY = ["sales"]


def words(kind: str = MessageKind.ANNOUNCEMENT, **changes: Any) -> Words:
    """Return an announcement to everybody, unless told otherwise."""
    values: dict[str, Any] = {"subject": "Avaimet vaihtuvat", "body": "<p>Uudet avaimet maanantaina.</p>"}
    if kind == MessageKind.URGENT:
        values["acknowledge_by"] = timezone.now() + dt.timedelta(days=2)
    return Words(kind=kind, **(values | changes))


def write(
    author: Person, account: Account, kind: str = MessageKind.ANNOUNCEMENT, *, ask_eyes: bool = False, **changes: Any
) -> Message:
    now = changes.pop("now", None)
    return write_message(actor=author, account=account, words=words(kind, **changes), ask_eyes=ask_eyes, now=now)


def write_announcement(cast: Cast, author: Person | None = None, **changes: Any) -> Message:
    """Announce something at Pankki, by Alice unless told otherwise."""
    return write(author or cast.alice, cast.pankki, MessageKind.ANNOUNCEMENT, **changes)


def write_discussion(cast: Cast, author: Person | None = None, **changes: Any) -> Message:
    """Begin a discussion at Pankki, by Bob unless told otherwise."""
    values: dict[str, Any] = {"subject": "Lumityöt", "body": "<p>Kuka hiekoittaa pihan?</p>"}
    return write(author or cast.bob, cast.pankki, MessageKind.DISCUSSION, **(values | changes))


def write_urgent(cast: Cast, author: Person | None = None, **changes: Any) -> Message:
    """Say something urgent at Pankki to supervisors and instructors: what goes to everybody waits for second eyes."""
    values: dict[str, Any] = {"subject": "Sähkökatko", "aim": Aim(roles=("supervisor", "instructor"))}
    return write(author or cast.alice, cast.pankki, MessageKind.URGENT, **(values | changes))


def change(message: Message, actor: Person, *, based_on: int | None = None, **changes: Any) -> Message:
    """Mend a message over its latest wording; `ask_again` and `ask_eyes` are passed on."""
    asked = {name: changes.pop(name) for name in ("ask_again", "ask_eyes", "now") if name in changes}
    latest = latest_wording(message)
    values = {
        "subject": latest.subject,
        "body": latest.body,
        "aim": Aim.of(message),
        "limit": message.limit,
        "acknowledge_by": message.acknowledge_by,
    } | changes
    number = latest.number if based_on is None else based_on
    return edit_message(
        actor=actor, message=message, words=Words(kind=message.kind, **values), based_on=number, **asked
    )


def reply(message: Message, author: Person, body: str = "<p>Minä hiekoitan.</p>", **more: Any) -> Reply:
    return write_reply(actor=author, message=message, body=body, **more)


def recipients(message: Message) -> set[Person]:
    """Return who is counted as somebody the message is aimed at."""
    rows = MessageRecipient.objects.filter(message=message, left_at=None).select_related("person")
    return {row.person for row in rows}


def told(message: Message, kind: str = "") -> dict[str, set[Person]] | set[Person]:
    """Return who has been told of the message by kind of notice; with `kind`, who was told that."""
    found: dict[str, set[Person]] = {}
    for notice in Notice.objects.filter(thing="message", object_id=message.pk).select_related("person"):
        found.setdefault(notice.kind, set()).add(notice.person)
    return found.get(kind, set()) if kind else found


def url(name: str, account: Account, *args: Any) -> str:
    return reverse(name, args=[account.customer_number, *args])
