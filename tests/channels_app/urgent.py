"""Hands that put messages, their recipients and their ladders into the database, for tests of what follows them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from accounts.models import Account, Delivery, Notice, Person
from channels_app.actions.escalation import lay_ladder
from channels_app.actions.recipients import address
from channels_app.models import EscalationStep, Message, MessageKind, MessageRecipient, Reminder, Wording
from channels_app.queries.messages import section_of
from kam.lib.workdays import HELSINKI
from tests.cast import Cast

# An ordinary week: Monday to Friday work, no clock changes.
MONDAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=HELSINKI)


@pytest.fixture
def a_monday() -> Iterator[time_machine.Traveller]:
    """It is a Monday at nine, and stays so until somebody moves the clock."""
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


def on(day: int, clock: str = "09:00") -> dt.datetime:
    """Return the moment at which the clocks show `clock`, `day` days after that Monday."""
    hour, minute = clock.split(":")
    return MONDAY.replace(hour=int(hour), minute=int(minute)) + dt.timedelta(days=day)


def make_message(account: Account, author: Person, subject: str = "Tiedote", **fields: Any) -> Message:
    """Make a published announcement unless another `kind` is given; it has no recipients until it is addressed."""
    fields.setdefault("kind", MessageKind.ANNOUNCEMENT)
    fields.setdefault("published_at", timezone.now())
    fields.setdefault("number", 1 if fields["published_at"] else 0)
    fields.setdefault("section", section_of(fields["kind"]))
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
    fields.setdefault("acknowledge_by", deadline or timezone.now() + dt.timedelta(days=2))
    fields.setdefault("asked_number", 1)
    return make_message(account, author, subject, kind=MessageKind.URGENT, **fields)


def recipient(message: Message, person: Person) -> MessageRecipient:
    return MessageRecipient.objects.get(message=message, person=person)


def recipients(message: Message) -> set[Person]:
    """Return who is counted as a recipient now."""
    rows = MessageRecipient.objects.filter(message=message, left_at=None).select_related("person")
    return {row.person for row in rows}


# --- a ladder that is being climbed -----------------------------------------------------------------------------------
def publish(cast: Cast, *, deadline: str = "12:00", **fields: Any) -> Message:
    """Publish an urgent message of Alice's at Pankki, to be acknowledged by Wednesday."""
    message = make_urgent(cast.pankki, cast.alice, deadline=on(2, deadline), **fields)
    with transaction.atomic():
        address(message)
        lay_ladder(message)
    return message


def told(message: Message, number: int) -> dict[str, set[tuple[str, str]]]:
    """Return whom the step told: what they are to whom, by first names."""
    found: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for line in Reminder.objects.filter(step__message=message, step__number=number).select_related("told", "about"):
        found[line.told.first_name].add((line.told_as, line.about.first_name))
    return dict(found)


def noticed(message: Message, kind: str) -> set[str]:
    return set(Notice.objects.filter(object_id=message.pk, kind=kind).values_list("person__first_name", flat=True))


def mailed(message: Message, kind: str) -> set[str]:
    sent = Delivery.objects.filter(notice__object_id=message.pk, notice__kind=kind, channel="mail")
    return set(sent.values_list("person__first_name", flat=True))


def outcomes(message: Message) -> list[str]:
    steps = EscalationStep.objects.filter(message=message).order_by("asking", "number")
    return list(steps.values_list("outcome", flat=True))


def acknowledge_all_but(message: Message, *left: Person) -> None:
    rows = MessageRecipient.objects.filter(message=message).exclude(person__in=left)
    rows.update(acknowledged_number=1, acknowledged_at=on(0))
