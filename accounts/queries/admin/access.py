"""Who could see what on a day: as the data says now, and as the ledger knew it that day; what differs between days."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum

from accounts.audit import Recorded, seen_as_recorded
from accounts.models import Account, Kind, Person
from accounts.queries.admin.wording import because
from accounts.queries.causes import KIND_ORDER
from accounts.queries.explain import because_they, sentence
from accounts.queries.reach import Sight, accounts_seen, people_seeing
from kam.lib.dates import ALWAYS, UNTIL_FURTHER_NOTICE
from kam.lib.finnish import finnish_key


class Reading(StrEnum):
    """Two ways to read the past: with what is known today, and with what was known then."""

    NOW = "now"
    THEN = "then"


@dataclass(frozen=True)
class AccessLine:
    """Somebody who could see an account, or an account that somebody could see; blocked lines could not."""

    number: str
    name: str
    kinds: tuple[str, ...]
    because: tuple[str, ...]
    since: dt.date | None
    until: dt.date | None
    blocked: bool


def access_on(of: Account | Person, day: dt.date, reading: Reading) -> list[AccessLine]:
    """Return who could see the account, or what the person could see, on `day`: free first, in Finnish order.

    Somebody with a free way and a blocked one has a line of each. At most three queries.
    """
    lines = _as_recorded(of, day) if reading is Reading.THEN else _as_now(of, day)
    return sorted(lines, key=lambda line: (line.blocked, finnish_key(line.name), line.number))


def differences(before: list[AccessLine], after: list[AccessLine]) -> tuple[list[AccessLine], list[AccessLine]]:
    """Return (came, went): who sees on the second day and not on the first, and the other way round."""
    first = {line.number for line in before if not line.blocked}
    second = {line.number for line in after if not line.blocked}
    came = [line for line in after if not line.blocked and line.number not in first]
    went = [line for line in before if not line.blocked and line.number not in second]
    return came, went


def _as_now(of: Account | Person, day: dt.date) -> list[AccessLine]:
    lines = []
    for blocked in (False, True):
        if isinstance(of, Account):
            found = [(s.employee_number, f"{s.name}", s.sight) for s in people_seeing(of, day, blocked=blocked)]
        else:
            found = [(s.customer_number, s.name, s.sight) for s in accounts_seen(of, day, blocked=blocked)]
        lines += [_line(number, name, sight, blocked) for number, name, sight in found]
    return lines


def _line(number: str, name: str, sight: Sight, blocked: bool) -> AccessLine:
    return AccessLine(
        number,
        name,
        tuple(str(kind.label) for kind in sight.kinds),
        tuple(sentence(because_they(cause)) for cause in sight.causes),
        sight.since,
        sight.until,
        blocked,
    )


def _as_recorded(of: Account | Person, day: dt.date) -> list[AccessLine]:
    grouped: dict[tuple[int, bool], list[Recorded]] = defaultdict(list)
    for grant in seen_as_recorded(of, day):
        grouped[grant.person_id if isinstance(of, Account) else grant.account_id, grant.blocked].append(grant)
    ids = [pk for pk, _blocked in grouped]
    if isinstance(of, Account):
        names = {p.pk: (p.employee_number, p.name) for p in Person.objects.filter(pk__in=ids)}
    else:
        names = {a.pk: (a.customer_number, a.name) for a in Account.objects.filter(pk__in=ids)}
    return [_recorded_line(*names[pk], grants, blocked) for (pk, blocked), grants in grouped.items()]


def _recorded_line(number: str, name: str, grants: list[Recorded], blocked: bool) -> AccessLine:
    grants = sorted(grants, key=lambda grant: KIND_ORDER.index(Kind(grant.kind)))
    starts, ends = min(grant.starts for grant in grants), max(grant.ends for grant in grants)
    return AccessLine(
        number,
        name,
        tuple(dict.fromkeys(str(Kind(grant.kind).label) for grant in grants)),
        tuple(sentence(because(grant.kind, grant.acts_as, grant.cause)) for grant in grants),
        None if starts == ALWAYS else starts,
        None if ends == UNTIL_FURTHER_NOTICE else ends,
        blocked,
    )
