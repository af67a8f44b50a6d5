"""What somebody has to acknowledge: at one message, and everywhere; their own and for those they stand in for."""

import datetime as dt
from dataclasses import dataclass, field

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.access import running
from accounts.models import AccessGrant, Person, Substitution
from accounts.models.limited import IsAnyOf
from channels_app.models import Message, MessageKind, MessageRecipient
from kam.lib.dates import today


@dataclass(frozen=True)
class Acknowledgement:
    """One person's, as their reader meets it: `theirs` is somebody the reader stands in for."""

    person: Person
    theirs: bool
    at: dt.datetime | None
    by: Person | None
    counts: bool
    earlier: bool  # they had acknowledged a wording that asks no longer


@dataclass(frozen=True)
class AcknowledgeState:
    """What an urgent message asks of its reader; empty when it asks nothing of them."""

    message: Message
    each: tuple[Acknowledgement, ...]
    now: dt.datetime = field(default_factory=timezone.now)

    @property
    def asks(self) -> bool:
        return bool(self.each)

    @property
    def own(self) -> Acknowledgement | None:
        return next((one for one in self.each if not one.theirs), None)

    @property
    def waiting(self) -> list[Acknowledgement]:
        return [one for one in self.each if not one.counts]

    @property
    def done(self) -> list[Acknowledgement]:
        return [one for one in self.each if one.counts]

    @property
    def is_over(self) -> bool:
        return self.message.acknowledge_by is not None and self.message.acknowledge_by < self.now


@dataclass(frozen=True)
class Waiting:
    """An acknowledgement that waits, for the first page: of the reader's own, or of `for_person`, who is away."""

    message: Message
    for_person: Person | None

    @property
    def deadline(self) -> dt.datetime | None:
        return self.message.acknowledge_by


def away_for(person: Person, day: dt.date | None = None) -> set[int]:
    """Return the ids of those whom `person` stands in for on `day` (today unless given)."""
    running_ones = Substitution.objects.filter(substitute=person, period__contains=day or today())
    return set(running_ones.values_list("absent_id", flat=True))


def acknowledge_state(person: Person, message: Message) -> AcknowledgeState:
    """Return what the message, which `person` sees, asks of them and of those they stand in for; one query."""
    if message.kind != MessageKind.URGENT or not message.is_published:
        return AcknowledgeState(message, ())
    rows = _asked_of(person).filter(message=message).select_related("person", "acknowledged_by")
    return AcknowledgeState(message, tuple(_acknowledgement(row, person, message) for row in _own_first(rows, person)))


def waiting_acknowledgements(person: Person) -> list[Waiting]:
    """Return all that waits to be acknowledged by `person`, what is due first comes first; one query."""
    seen = Message.objects.visible_to(person).published().filter(kind=MessageKind.URGENT)
    rows = _asked_of(person).filter(
        message__in=seen.values("pk"), acknowledged_number__lt=F("message__asked_number")
    )  # fmt: skip
    rows = rows.select_related("person", "message__account", "message__author")
    found = rows.order_by("message__acknowledge_by", "message_id", "person__name_key")
    return [Waiting(row.message, None if row.person_id == person.pk else row.person) for row in found]


def _asked_of(person: Person) -> QuerySet[MessageRecipient]:
    """Return the rows of `person`, and those of the people they stand in for who still see the message."""
    day = today()
    absent = Substitution.objects.filter(substitute=person, period__contains=day).values("absent")
    grants = AccessGrant.objects.filter(running(day), person=OuterRef("person"), account=OuterRef("message__account"))
    unlimited = Q(message__audience__isnull=True) & Exists(grants)
    reaching = Exists(grants.filter(IsAnyOf(F("acts_as"), OuterRef("message__audience"))))
    theirs = Q(person__in=absent) & (unlimited | reaching)
    return MessageRecipient.objects.filter(Q(person=person) | theirs, left_at=None)


def _own_first(rows: QuerySet[MessageRecipient], person: Person) -> list[MessageRecipient]:
    return sorted(rows, key=lambda row: (row.person_id != person.pk, row.person.name, row.pk))


def _acknowledgement(row: MessageRecipient, reader: Person, message: Message) -> Acknowledgement:
    return Acknowledgement(
        person=row.person,
        theirs=row.person_id != reader.pk,
        at=row.acknowledged_at,
        by=row.acknowledged_by,
        counts=row.acknowledged_number >= message.asked_number,
        earlier=0 < row.acknowledged_number < message.asked_number,
    )
