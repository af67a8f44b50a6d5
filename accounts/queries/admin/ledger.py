"""The ledger, filtered; read backwards a page at a time, however long it grows."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import Account, LedgerEntry, Person
from accounts.queries.admin.wording import what_happened

ENTRIES_A_PAGE = 100


@dataclass(frozen=True)
class LedgerFilter:
    """What of the ledger is asked for; None and empty texts narrow nothing. Days are both included."""

    account: Account | None = None
    person: Person | None = None
    event: str = ""
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    roster_import: int | None = None


def entries(asked: LedgerFilter) -> QuerySet[LedgerEntry]:
    """Return the entries asked for, the latest first, with whom they name."""
    found = LedgerEntry.objects.select_related("account", "person", "actor", "roster_import").order_by("-id")
    narrowing = {
        "account": asked.account,
        "person": asked.person,
        "event": asked.event,
        "roster_import": asked.roster_import,
        "at__gte": asked.first_day and _midnight(asked.first_day),
        "at__lt": asked.last_day and _midnight(asked.last_day + dt.timedelta(days=1)),
    }
    return found.filter(**{name: value for name, value in narrowing.items() if value})


def page_before(found: QuerySet[LedgerEntry], before: int | None) -> tuple[list[LedgerEntry], int | None]:
    """Return the next entries below the id `before`, and the id to go on from, None at the end; one query."""
    rows = list((found.filter(pk__lt=before) if before else found)[: ENTRIES_A_PAGE + 1])
    more = rows[ENTRIES_A_PAGE - 1].pk if len(rows) > ENTRIES_A_PAGE else None
    rows = rows[:ENTRIES_A_PAGE]
    for row in rows:
        row.what = what_happened(row)  # type: ignore[attr-defined]
    return rows, more


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), timezone.get_default_timezone())
