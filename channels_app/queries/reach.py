"""How far a message has reached the people it is aimed at: delivered, opened, acknowledged (channel.md, "Messages").

Only those count who see the message today; who has left since is a note beside it. A superior's numbers are about their
own people alone, made of nothing else.
"""

import datetime as dt
import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone

from accounts.access import Action, Extent, Standing
from accounts.models import Account, Person
from accounts.queries.people import below
from channels_app.models import Message, MessageKind
from kam.lib.dates import today
from kam.lib.sql import planned_rows

_HERE = Path(__file__).parent
RECIPIENTS = (_HERE / "reach.sql").read_text(encoding="utf-8")
_FIGURES = RECIPIENTS + (_HERE / "reach_figures.sql").read_text(encoding="utf-8")
_TIME = RECIPIENTS + (_HERE / "reach_time.sql").read_text(encoding="utf-8")
_MANY = (_HERE / "reach_many.sql").read_text(encoding="utf-8")
# The notices that bring a message to its recipients (accounts/notices.py).
BRING_IT = ("urgent", "urgent_reminder", "announcement", "repeat", "discussion", "question", "feedback", "mention")
STRETCHES = 48  # that the time since the message was published is cut into, for the picture


# --- who may see it -------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Sight:
    """Whose reach somebody may see: that of the person ids `people`, of everybody when None."""

    people: tuple[int, ...] | None

    @property
    def own_people(self) -> bool:
        return self.people is not None


def sight_of(person: Person, standing: Standing, message: Message) -> Sight | None:
    """Return whose reach `person` may see of a message that they see; None when nobody's.

    The author and whoever directs the account see everybody's; a superior that of their own people, all the way down.
    """
    extent = standing.extent(Action.SEE_REACH)
    if message.published_at is None or not standing.kinds:
        return None
    if message.author_id == person.pk or extent is Extent.ALL:
        return Sight(None)
    if extent is Extent.NONE or message.withdrawn_at is not None:
        return None
    return Sight(tuple(sorted(below(person))))


def reached_message(person: Person, account: Account, pk: int) -> tuple[Message, Sight]:
    """Fetch the message of `account` for somebody who may see its reach, and whose; raises Http404 otherwise."""
    seen = Message.objects.seen_in(account, account.standing.kinds, person)
    message: Message | None = seen.filter(pk=pk).select_related("author").first()
    sight = message and sight_of(person, account.standing, message)
    if message is None or not sight:
        raise Http404
    return message, sight


# --- numbers --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Numbers:
    """How many it is aimed at who see it, and how far it has come; `asks` says whether it is to be acknowledged."""

    asks: bool
    asked: int
    opened: int
    acknowledged: int

    @property
    def done(self) -> int:
        return self.acknowledged if self.asks else self.opened

    @property
    def missing(self) -> int:
        return self.asked - self.done


@dataclass(frozen=True)
class Moment:
    """How many had opened and acknowledged it by a moment; `code` is "1h", "4h", "1d", "3d", "7d", "due" or "now"."""

    code: str
    at: dt.datetime
    opened: int
    acknowledged: int


@dataclass(frozen=True)
class Stretch:
    """How many had opened and acknowledged it by the end of one of the STRETCHES, counted from 1; 0 is before."""

    number: int
    opened: int
    acknowledged: int


@dataclass(frozen=True)
class Reach(Numbers):
    """The numbers of one message, its troubles, and who of its recipients came or left since."""

    delivered: int
    waiting: int
    bounced: int
    failed: int
    untold: int
    came_later: int
    left: int


@dataclass(frozen=True)
class OverTime:
    """How the numbers came to be in the time from `since`, when it was asked, to `until`."""

    since: dt.datetime
    until: dt.datetime
    stretches: tuple[Stretch, ...]
    moments: tuple[Moment, ...]


def reach_of(message: Message, people: Collection[int] | None = None) -> Reach:
    """Return how far a published message has come, of the person ids `people` unless everybody; one query."""
    [row] = rows_of(_FIGURES, values_of(message, people))
    asked, opened, acknowledged, delivered, waiting, bounced, failed, untold, later, left = row
    return Reach(
        asks=message.kind == MessageKind.URGENT,
        asked=asked,
        opened=opened,
        acknowledged=acknowledged,
        delivered=delivered,
        waiting=waiting,
        bounced=bounced,
        failed=failed,
        untold=untold,
        came_later=later,
        left=left,
    )


def reach_over_time(
    message: Message, people: Collection[int] | None = None, now: dt.datetime | None = None
) -> OverTime:
    """Return how the numbers of `reach_of` grew; one query."""
    values = values_of(message, people) | {"now": now or timezone.now(), "stretches": STRETCHES}
    values |= {"published": message.published_at, "due": message.acknowledge_by}
    [(since, until, stretches, moments)] = rows_of(_TIME, values)
    return OverTime(
        since=since,
        until=until,
        stretches=tuple(_added_up(json.loads(stretches or "[]"))),
        moments=tuple(_moment(*each) for each in json.loads(moments or "[]")),
    )


def _moment(code: str, at: str, opened: int, acknowledged: int) -> Moment:
    return Moment(code, dt.datetime.fromisoformat(at), opened, acknowledged)


def _added_up(stretches: list[tuple[int, int, int]]) -> Iterator[Stretch]:
    opened = acknowledged = 0
    for number, more_opened, more_acknowledged in stretches:
        opened, acknowledged = opened + more_opened, acknowledged + more_acknowledged
        yield Stretch(number, opened, acknowledged)


def reach_of_many(messages: Collection[Message], people: Collection[int] | None = None) -> dict[int, Numbers]:
    """Return the numbers of each of `messages` by its id, of the person ids `people` unless everybody; one query.

    The caller has made sure that the reader may see them (`sight_of`, or directs the account).
    """
    asks = {message.pk: message.kind == MessageKind.URGENT for message in messages}
    if not asks:
        return {}
    values = {"messages": list(asks), "people": None if people is None else list(people), "day": today()}
    found = {pk: Numbers(asks[pk], *numbers) for pk, *numbers in rows_of(_MANY, values)}
    return {pk: found.get(pk, Numbers(asks[pk], 0, 0, 0)) for pk in asks}


@dataclass(frozen=True)
class ReachLine:
    """The one line of a message's page about its reach, and where the rest of it is."""

    numbers: Numbers
    own_people: bool
    url: str


def reach_line(person: Person, account: Account, message: Message) -> ReachLine | None:
    """Return what a message's page says to `person` of its reach; None for whoever may not see it.

    `account` comes from `account_for`, `message` was found for the reader. At most two queries.
    """
    sight = sight_of(person, account.standing, message)
    if sight is None:
        return None
    numbers = reach_of_many([message], sight.people)[message.pk]
    if sight.own_people and not numbers.asked:
        return None
    return ReachLine(numbers, sight.own_people, reverse("message_reach", args=[account.customer_number, message.pk]))


# --- asking -----------------------------------------------------------------------------------------------------------
def values_of(message: Message, people: Collection[int] | None) -> dict[str, Any]:
    """Return what reach.sql asks for."""
    return {
        "message": message.pk,
        "account": message.account_id,
        "audience": message.audience,
        "asked_number": message.asked_number,
        "asks": message.kind == MessageKind.URGENT,
        "kinds": list(BRING_IT),
        "people": None if people is None else list(people),
        "day": today(),
    }


def rows_of(sql: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Run one of the statements that go on from reach.sql."""
    return planned_rows(sql, values)
