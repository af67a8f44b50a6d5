"""The ledger in code: what was done, by whom, and what the ledger itself says of a day."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models.fields.json import KeyTextTransform
from django.utils import timezone

from accounts.models import Account, LedgerEntry, Person, RosterImport

# The entries that together say which grants there are; the others tell of deeds.
GRANT_EVENTS = [
    LedgerEntry.Event.STARTED,
    LedgerEntry.Event.CHANGED,
    LedgerEntry.Event.BLOCKED,
    LedgerEntry.Event.UNBLOCKED,
    LedgerEntry.Event.ENDED,
    LedgerEntry.Event.WITHDRAWN,
]


@dataclass(frozen=True)
class Recorded:
    """A grant as the ledger tells it, with the cause in the words of then. The days are both included."""

    account_id: int
    person_id: int
    kind: str
    acts_as: str
    starts: dt.date
    ends: dt.date
    blocked: bool
    cause: dict[str, Any]
    at: dt.datetime


def record(
    event: LedgerEntry.Event | str,
    *,
    actor: Person | None,
    account: Account | None = None,
    person: Person | None = None,
    roster_import: RosterImport | None = None,
    cause: dict[str, Any] | None = None,
    now: dt.datetime | None = None,
) -> LedgerEntry:
    """Write one entry, in the caller's transaction: it stands exactly when what it tells of does."""
    return LedgerEntry.objects.create(
        at=now or timezone.now(),
        event=event,
        actor=actor,
        account=account,
        person=person,
        roster_import=roster_import,
        cause=cause or {},
    )


def seen_as_recorded(
    of: Account | Person, day: dt.date, *, known_on: dt.date | None = None, blocked: bool | None = None
) -> list[Recorded]:
    """Return the grants to an account, or of a person, that ran on `day` by what the ledger knew that day.

    Replays the entries written by the end of `known_on` (the day itself unless given): of each grant the latest
    entry holds, a withdrawn one is gone. `blocked` keeps only those that a barrier blocked, or only the free ones.
    One query.
    """
    end = dt.datetime.combine((known_on or day) + dt.timedelta(days=1), dt.time(), timezone.get_default_timezone())
    of_whom = {"account": of} if isinstance(of, Account) else {"person": of}
    same = ("account_id", "person_id", "kind", "acts_as", "stands_in", "starts")
    latest = (
        LedgerEntry.objects.filter(**of_whom, at__lt=end, event__in=GRANT_EVENTS)
        .annotate(stands_in=KeyTextTransform("substitution", "cause"))
        .order_by(*same, "-id")
        .distinct(*same)
        .values_list("event", *Recorded.__dataclass_fields__)
    )
    found = [Recorded(*values) for event, *values in latest if event != LedgerEntry.Event.WITHDRAWN]
    return [
        grant for grant in found if grant.starts <= day <= grant.ends and (blocked is None or grant.blocked == blocked)
    ]
