"""Who came to an account and who left: stays, the letter that hands the account over, and the farewell.

The letter lives on a page and is read live there; the mail only says that it is there. Later apps add to the page
through their own `handover.py` (see kam/handover.py).
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Func, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext as _

from accounts.access import seen_accounts, sees
from accounts.models import Account, Assignment, BarrierMember, Delivery, Person, RosterImport, Stay
from accounts.notify import Message, content, post
from accounts.queries.causes import primary_cause
from accounts.queries.explain import tell_me
from accounts.queries.people import Contact, contacts_of
from accounts.queries.sites import OpenSite, open_sites
from kam.lib.dates import ALWAYS, ONE_DAY, last_day, today
from kam.lib.sql import columns_of, made, planned_rows

HANDOVER, HANDOVERS = "accounts/email/handover", "accounts/email/handovers"
FAREWELL = "accounts/email/farewell"
# Whoever gets (or loses) more accounts than this at once is written to once about all of them.
MANY = 5
LATELY = 90 * ONE_DAY


# --- stays ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Changes:
    opened: int
    closed: int


# The access that was there when the first roster was applied is nobody's news: `announced` tells it apart by the
# ledger, which knows what had started by then, however late this runs.
OPEN_STAYS = """
WITH opening AS (
    SELECT applied_at, (applied_at AT TIME ZONE %(zone)s)::date AS day FROM accounts_rosterimport
    WHERE kind = 'roster' AND applied_at IS NOT NULL ORDER BY applied_at LIMIT 1
), running AS (
    SELECT account_id, person_id, min(starts) AS began FROM accounts_accessgrant
    WHERE starts <= %(day)s AND ends >= %(day)s AND NOT blocked GROUP BY account_id, person_id
)
INSERT INTO accounts_stay (account_id, person_id, began_on, announced, roster_import_id)
SELECT r.account_id, r.person_id, CASE WHEN r.began > %(always)s THEN r.began ELSE %(day)s END,
    EXISTS (SELECT FROM accounts_stay s WHERE s.account_id = r.account_id AND s.person_id = r.person_id)
    OR EXISTS (SELECT FROM opening) AND NOT EXISTS (
        SELECT FROM accounts_ledgerentry l, opening o
        WHERE l.account_id = r.account_id AND l.person_id = r.person_id AND l.event = 'started'
            AND l.at <= o.applied_at AND l.starts <= o.day),
    %(roster_import)s
FROM running r
WHERE NOT EXISTS (SELECT FROM accounts_stay s
                  WHERE s.account_id = r.account_id AND s.person_id = r.person_id AND s.ended_on IS NULL)
ORDER BY r.account_id, r.person_id
ON CONFLICT DO NOTHING
RETURNING id, account_id, person_id, announced
"""
CLOSE_STAYS = """
UPDATE accounts_stay s SET ended_on = greatest(s.began_on, coalesce(
    (SELECT max(g.ends) FROM accounts_accessgrant g
     WHERE g.account_id = s.account_id AND g.person_id = s.person_id AND NOT g.blocked AND g.ends < %(day)s),
    %(day)s::date - 1))
WHERE s.ended_on IS NULL AND NOT EXISTS (
    SELECT FROM accounts_accessgrant g WHERE g.account_id = s.account_id AND g.person_id = s.person_id
        AND g.starts <= %(day)s AND g.ends >= %(day)s AND NOT g.blocked)
RETURNING s.id, s.account_id, s.person_id
"""


def open_and_close_stays(*, roster_import: RosterImport | None = None) -> Changes:
    """Open a stay for whoever's access runs today, close those whose access has ended, and have both told.

    Done after each import and every hour of the working day; doing it again changes nothing.
    """
    values: dict[str, Any] = {
        "day": today(),
        "always": ALWAYS,
        "zone": settings.TIME_ZONE,
        "roster_import": roster_import and roster_import.pk,
    }
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(CLOSE_STAYS, values)
            closed = cursor.fetchall()
            cursor.execute(OPEN_STAYS, values)
            opened = cursor.fetchall()
        _welcome([row[:3] for row in opened if row[3]])
        _bid_farewell(closed)
        for follow in _followers():
            follow([row[:3] for row in opened], closed)
    return Changes(opened=len(opened), closed=len(closed))


Opened = list[tuple[int, int, int]]  # (stay, account, person)
Follow = Callable[[Opened, Opened], None]
_registered: dict[str, Follow] = {}


def stays_changed(follow: Follow) -> Follow:
    """Register what else happens in the same transaction, with the stays that were opened and those closed.

    Apps do it in their `tasks` modules, which are loaded before the first stay changes.
    """
    _registered[f"{follow.__module__}.{follow.__qualname__}"] = follow
    return follow


def _followers() -> list[Follow]:
    autodiscover_modules("tasks")
    return list(_registered.values())


def _welcome(stays: Opened) -> None:
    few, many = _by_person(stays)
    post(HANDOVER, (Message(f"handover:{stay}", person, account, {"stay": stay}) for stay, account, person in few))
    post(
        HANDOVERS,
        (Message(f"handovers:{min(ids)}", person, None, {"stays": sorted(ids)}) for person, ids in many.items()),
    )


def _bid_farewell(stays: Opened) -> None:
    """Their access is over, so the message belongs to no account: what it may name is decided when it is sent."""
    few, many = _by_person(stays)
    told = {stay: (person, [stay]) for stay, _account, person in few}
    told |= {min(ids): (person, sorted(ids)) for person, ids in many.items()}
    post(
        FAREWELL,
        (Message(f"farewell:{key}", person, None, {"stays": ids}) for key, (person, ids) in told.items()),
    )


def _by_person(stays: Opened) -> tuple[Opened, dict[int, list[int]]]:
    """Split into the stays to be told one by one, and the stays of each person who has many."""
    own: dict[int, list[int]] = defaultdict(list)
    for stay, _account, person in stays:
        own[person].append(stay)
    many = {person: ids for person, ids in own.items() if len(ids) > MANY}
    return [stay for stay in stays if stay[2] not in many], many


# --- the letter -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class LetterItem:
    """A line of the letter: what, where it leads (may be empty), and what to know about it."""

    text: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class LetterPart:
    """What one app adds to the letter under a heading; without items it is left out."""

    heading: str
    items: tuple[LetterItem, ...]


PartsOf = Callable[[Person, Account], list[LetterPart]]


@dataclass(frozen=True)
class LetterSite:
    """A site of the reader's, and who answered for it before; empty when nobody is known."""

    site: OpenSite
    before: str
    until: dt.date | None


@dataclass(frozen=True)
class Letter:
    """What somebody new on an account needs first: whom to ask, why they are here, their sites."""

    account: Account
    directors: list[Contact]
    because: str
    sites: list[LetterSite]


def letter_for(person: Person, account: Account) -> Letter:
    """Return the letter as it stands today; the caller has made sure that `person` may see the account."""
    cause = primary_cause(person, account)
    mine = [site for site in open_sites(account) if site.is_of(person.pk)]
    before = _before(person, [site.number for site in mine])
    return Letter(
        account=account,
        directors=contacts_of(account, []),
        because=tell_me(cause) if cause else "",
        sites=[LetterSite(site, *before.get(site.number, ("", None))) for site in mine],
    )


def _before(person: Person, numbers: list[str]) -> dict[str, tuple[str, dt.date | None]]:
    """Return by site number who of the others answered for it last, and until when."""
    ended = (
        Assignment.objects.filter(site__number__in=numbers, period__isempty=False, period__endswith__lte=today())
        .exclude(person=person)
        .annotate(last=Func(F("period"), function="upper"))
        .order_by("site__number", "-last", "person__name_key")
        .distinct("site__number")
        .select_related("person", "site")
    )
    return {each.site.number: (each.person.name, last_day(each.period)) for each in ended}


def open_stay(person: Person, account: Account) -> Stay | None:
    return Stay.objects.filter(person=person, account=account, ended_on=None).first()


def shown_stay(person: Person, account: Account) -> Stay | None:
    """Return the open stay whose letter the account's page points to: unread, or of somebody who came lately."""
    values = {"person": person.pk, "account": account.pk, "since": today() - LATELY}
    return next((made(Stay, iter(row)) for row in planned_rows(_SHOWN_SQL, values)), None)


_SHOWN_SQL = f"""
SELECT {columns_of(Stay, "s")} FROM accounts_stay s
WHERE s.person_id = %(person)s AND s.account_id = %(account)s AND s.ended_on IS NULL AND s.announced
    AND (s.read_at IS NULL OR s.began_on >= %(since)s)"""  # noqa: S608  columns


def read_letter(stay: Stay) -> None:
    """Set down that the letter has been read; the first time counts."""
    Stay.objects.filter(pk=stay.pk, read_at=None).update(read_at=timezone.now())


def unread_letters(person: Person) -> QuerySet[Stay]:
    """Return the stays whose letter waits to be read, newest first, with their accounts: for the first page."""
    waiting = Stay.objects.filter(person=person, ended_on=None, announced=True, read_at=None)
    return waiting.filter(account__in=seen_accounts(person)).select_related("account")


# --- what the mails say ---------------------------------------------------------------------------------------------
def _address(name: str, *args: object) -> str:
    return settings.SITE_URL.rstrip("/") + reverse(name, args=args)


@content(HANDOVER)
def handover_content(delivery: Delivery) -> dict[str, Any] | None:
    """The letter in short; None once it has been read."""
    stay = Stay.objects.filter(pk=delivery.context["stay"], ended_on=None, read_at=None).first()
    if stay is None or delivery.account is None:
        return None
    return {
        "letter": letter_for(delivery.person, delivery.account),
        "url": _address("handover", delivery.account.customer_number),
        "label": _("Read the handover letter"),
    }


@content(HANDOVERS)
def handovers_content(delivery: Delivery) -> dict[str, Any] | None:
    """The accounts that are new to the person, of those they still see and have not read about."""
    waiting = unread_letters(delivery.person).filter(pk__in=delivery.context["stays"])
    accounts = [stay.account for stay in waiting.order_by("account__name_key")]
    if not accounts:
        return None
    return {
        "accounts": [(account, _address("handover", account.customer_number)) for account in accounts],
        "url": _address("accounts"),
        "label": _("My accounts"),
    }


@content(FAREWELL)
def farewell_content(delivery: Delivery) -> dict[str, Any] | None:
    """Which access has ended and whom to ask; an account behind a barrier is not named."""
    stays = Stay.objects.filter(pk__in=delivery.context["stays"]).select_related("account")
    over = [stay for stay in stays if not sees([delivery.person_id], stay.account_id)]
    if not over:
        return None
    hidden = set(_behind_a_barrier(stay.account_id for stay in over))
    named = sorted({stay.account for stay in over if stay.account_id not in hidden}, key=lambda each: each.name_key)
    return {
        "count": len({stay.account_id for stay in over}),
        "ended": [(account, contacts_of(account, [])) for account in named],
    }


def _behind_a_barrier(accounts: Iterable[int]) -> QuerySet[BarrierMember, int]:
    return BarrierMember.objects.filter(account__in=list(accounts)).values_list("account_id", flat=True)


# --- who came and who left ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Arrivals:
    """Who came to an account and who left it lately, the latest first."""

    came: list[Stay]
    left: list[Stay]

    @property
    def unread(self) -> int:
        return sum(stay.read_at is None for stay in self.came)


def arrivals_at(account: Account, *, people: set[int] | None = None) -> Arrivals:
    """Return who came and left in the last 90 days, of the person ids `people` unless everybody."""
    stays = Stay.objects.filter(account=account).select_related("person__area")
    if people is not None:
        stays = stays.filter(person__in=people)
    since = today() - LATELY
    return Arrivals(
        came=list(stays.filter(announced=True, ended_on=None, began_on__gte=since).order_by("-began_on", "-id")),
        left=list(stays.filter(ended_on__gte=since).order_by("-ended_on", "-id")),
    )
