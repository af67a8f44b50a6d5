"""The ledger in code: what was done, by whom, and what the ledger itself says of a day."""

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Account, LedgerEntry, Person, RosterImport

# Only entries about grants have a kind; the others tell of deeds.
_LATEST = """
SELECT account_id, person_id, kind, acts_as, starts, ends, blocked, cause::text, at
FROM (
    SELECT DISTINCT ON (account_id, person_id, kind, acts_as, cause ->> 'substitution', starts) *
    FROM accounts_ledgerentry
    WHERE {of} AND at < %(end)s AND kind <> ''
    ORDER BY account_id, person_id, kind, acts_as, cause ->> 'substitution', starts, id DESC
) latest
WHERE event <> 'withdrawn' AND %(day)s BETWEEN starts AND ends
    AND (%(blocked)s::boolean IS NULL OR blocked = %(blocked)s)
ORDER BY account_id, person_id, starts, kind
"""
AS_RECORDED = {
    Account: _LATEST.format(of="account_id = %(account)s"),
    Person: _LATEST.format(of="person_id = %(person)s"),
}


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
    values = {
        "account": of.pk if isinstance(of, Account) else None,
        "person": of.pk if isinstance(of, Person) else None,
        "end": end,
        "day": day,
        "blocked": blocked,
    }
    with connection.cursor() as cursor:
        cursor.execute(AS_RECORDED[type(of)], values)
        return [_recorded(row) for row in cursor.fetchall()]


def _recorded(row: tuple[Any, ...]) -> Recorded:
    account_id, person_id, kind, acts_as, starts, ends, blocked, cause, at = row
    return Recorded(account_id, person_id, kind, acts_as, starts, ends, blocked, json.loads(cause), at)
