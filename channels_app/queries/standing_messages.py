"""What stands above all else on a channel's home: to be acknowledged, pinned, announced of late."""

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone

from accounts.models import Account, Person
from accounts.queries.within import rows_within
from kam.lib.dates import ONE_DAY

_SQL = (Path(__file__).parent / "standing_messages.sql").read_text(encoding="utf-8")
# How long an announcement that is not pinned stays on the home.
LATELY = 14 * ONE_DAY


@dataclass(frozen=True)
class StandingMessage:
    """A message as the home shows it. `unacknowledged` and `unread` are about the reader alone."""

    pk: int
    kind: str
    subject: str
    published_at: dt.datetime
    acknowledge_by: dt.datetime | None
    author: str
    unacknowledged: bool
    pinned: bool
    unread: bool

    @property
    def late(self) -> bool:
        return self.acknowledge_by is not None and self.acknowledge_by <= timezone.now()


def standing_messages(account: Account, person: Person, count: int) -> list[StandingMessage]:
    """Return the messages above all else for a reader whose standing `account` carries; one planned query."""
    since = timezone.now() - LATELY
    rows = rows_within(_SQL, account, account.standing, person=person.pk, since=since, count=count)
    return [StandingMessage(*row) for row in rows]
