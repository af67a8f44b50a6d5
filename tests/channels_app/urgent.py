"""Hands that put messages, their recipients and their ladders into the database, for tests of what follows them."""

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import Account, Person
from channels_app.models import Message, MessageKind, MessageRecipient, Wording
from tests.channels_app.things import section


def make_message(account: Account, author: Person, subject: str = "Tiedote", **fields: Any) -> Message:
    """Make a published announcement unless another `kind` is given; it has no recipients until it is addressed."""
    fields.setdefault("kind", MessageKind.ANNOUNCEMENT)
    fields.setdefault("published_at", timezone.now())
    fields.setdefault("number", 1 if fields["published_at"] else 0)
    fields.setdefault("section", section("messages"))
    message = Message.objects.create(account=account, author=author, subject=subject, body="<p>Lue</p>", **fields)
    if message.number:
        Wording.objects.create(
            message=message, number=message.number, subject=subject, author=author, published_at=message.published_at
        )
    message.refresh_from_db()
    return message


def make_urgent(
    account: Account, author: Person, subject: str = "Sähkökatko", *, deadline: dt.datetime | None = None, **fields: Any
) -> Message:
    """Make a published urgent message, to be acknowledged within two days unless `deadline` is given."""
    fields.setdefault("published_at", timezone.now())
    fields.setdefault("acknowledge_by", deadline or fields["published_at"] + dt.timedelta(days=2))
    fields.setdefault("asked_number", 1)
    return make_message(account, author, subject, kind=MessageKind.URGENT, **fields)


def recipient(message: Message, person: Person) -> MessageRecipient:
    return MessageRecipient.objects.get(message=message, person=person)


def recipients(message: Message) -> set[Person]:
    """Return who is counted as a recipient now."""
    rows = MessageRecipient.objects.filter(message=message, left_at=None).select_related("person")
    return {row.person for row in rows}
