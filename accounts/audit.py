"""The ledger in code: what was done, by whom, and what the ledger itself says of a day."""

import datetime as dt
from typing import Any

from django.utils import timezone

from accounts.models import Account, LedgerEntry, Person, RosterImport


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
