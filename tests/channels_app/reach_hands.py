"""Hands that put messages and their recipients as they lie in the database, for tests of what is read from there."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from accounts.models import Account, Delivery, Notice, Person
from channels_app.models import Message, MessageRecipient, Section, Wording

HOUR = dt.timedelta(hours=1)


def make_message(
    account: Account,
    author: Person,
    recipients: Iterable[Person] = (),
    *,
    kind: str = "urgent",
    subject: str = "Avainten vaihto",
    **fields: Any,
) -> Message:
    """Make a message that was published six hours ago, urgent ones to be acknowledged in two days."""
    now = timezone.now()
    fields.setdefault("published_at", now - 6 * HOUR)
    if kind == "urgent":
        fields = {"acknowledge_by": now + 48 * HOUR, "asked_number": 1} | fields
    section = Section.objects.get(key="questions" if kind == "question" else "announcements")
    published = fields["published_at"] is not None
    message = Message.objects.create(
        account=account, section=section, kind=kind, subject=subject, author=author, number=int(published), **fields
    )
    message.refresh_from_db()
    Wording.objects.create(message=message, number=1, author=author, published_at=message.published_at)
    for person in recipients:
        MessageRecipient.objects.create(message=message, person=person)
    return message


def reached(message: Message, person: Person, *, opened: float | None = None, **fields: Any) -> MessageRecipient:
    """Let `person`, a recipient, have opened the message so many hours after it was published, or more `fields`."""
    recipient = MessageRecipient.objects.get(message=message, person=person)
    assert message.published_at
    if opened is not None:
        recipient.opened_at = message.published_at + opened * HOUR
    for name, value in fields.items():
        setattr(recipient, name, value)
    recipient.save()
    return recipient


def acknowledged(
    message: Message, person: Person, hours: float = 2, *, number: int | None = None, by: Person | None = None
) -> MessageRecipient:
    """Let `person` have acknowledged the message so many hours after it was published; opened, too, unless `by`."""
    assert message.published_at
    at = message.published_at + hours * HOUR
    number = number or message.asked_number
    fields = {"acknowledged_at": at, "acknowledged_number": number, "acknowledged_by": by}
    return reached(message, person, opened=None if by else hours, **fields)


def told(message: Message, person: Person, mail: str = "", *, kind: str = "urgent", bounced: bool = False) -> Notice:
    """Let `person` have been told of the message, by a mail in that state too."""
    key = f"message:{message.pk}:{kind}:{person.pk}"
    notice = Notice.objects.create(
        key=key, person=person, account=message.account, kind=kind, thing="message", object_id=message.pk, path="/"
    )
    if mail:
        Delivery.objects.create(
            key=key,
            person=person,
            account=message.account,
            notice=notice,
            state=mail,
            template="x",
            bounced_at=timezone.now() if bounced else None,
        )
    return notice
