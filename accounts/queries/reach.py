"""Who sees an account and what a person sees, on a day, with the reasons: for the director's page and the commands."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from accounts.models import AccessGrant, Account, Kind, Person
from accounts.queries.causes import CAUSE_COLUMNS, CAUSE_JOINS, KIND_ORDER, cause_from, grant_causes
from accounts.queries.explain import Cause
from kam.lib.dates import ALWAYS, UNTIL_FURTHER_NOTICE, today
from kam.lib.finnish import finnish_key


@dataclass(frozen=True)
class Sight:
    """That a person sees an account on a day, for one reason or several: the strongest first, never none."""

    causes: tuple[Cause, ...]

    @property
    def kinds(self) -> list[Kind]:
        return sorted({Kind(cause.kind) for cause in self.causes}, key=KIND_ORDER.index)

    @property
    def since(self) -> dt.date | None:
        """The first day of the longest-standing reason, None when it always held."""
        days = [cause.since for cause in self.causes]
        return None if None in days else min(day for day in days if day)

    @property
    def until(self) -> dt.date | None:
        """The last day of the reason that lasts longest, None until further notice."""
        days = [cause.until for cause in self.causes]
        return None if None in days else max(day for day in days if day)


@dataclass(frozen=True)
class Seer:
    """A person who sees the account in question."""

    employee_number: str
    name: str
    name_key: str
    title: str
    phone: str
    area_id: int | None
    area: str
    # Since when mail to them comes back, None while it arrives.
    mail_fails_since: dt.datetime | None
    sight: Sight


@dataclass(frozen=True)
class Seen:
    """An account that the person in question sees."""

    customer_number: str
    name: str
    sight: Sight


def people_seeing(account: Account, day: dt.date | None = None, *, blocked: bool = False) -> list[Seer]:
    """Return everybody who sees `account` on `day`, in Finnish order; one query.

    With `blocked`, those whom a barrier keeps from it instead: for administrators alone.
    """
    grants = _on(day, blocked).filter(account=account).order_by("person__name_key", "person__employee_number", "since")
    fields = (
        "employee_number", "first_name", "last_name", "name_key", "title", "phone", "area_id", "area__name",
        "mail_fails_since",
    )  # fmt: skip
    return [
        Seer(number, f"{first} {last}".strip(), key, title, phone, area_id, area or "", mail_fails_since, sight)
        for (number, first, last, key, title, phone, area_id, area, mail_fails_since), sight in _together(
            grant_causes(grants, *(f"person__{field}" for field in fields))
        )
    ]


def accounts_seen(person: Person, day: dt.date | None = None, *, blocked: bool = False) -> list[Seen]:
    """Return every account that `person` sees on `day`, in Finnish order; `blocked` as above; one query."""
    grants = _on(day, blocked).filter(person=person)
    grants = grants.order_by("account__name_key", "account__customer_number", "since")
    found = _together(grant_causes(grants, "account__customer_number", "account__name"))
    return [Seen(number, name, sight) for (number, name), sight in found]


def narrow(seers: Iterable[Seer], *, words: str = "", kind: str = "", area_id: int | None = None) -> list[Seer]:
    """Keep those whose name or title has every word, who have the kind, and who belong to the area."""
    keys = finnish_key(words).split()
    return [
        seer
        for seer in seers
        if (not kind or kind in seer.sight.kinds)
        and (area_id is None or seer.area_id == area_id)
        and all(key in seer.name_key or key in finnish_key(seer.title) for key in keys)
    ]


def areas_of(seers: Iterable[Seer]) -> list[tuple[int, str]]:
    """Return (id, name) of the areas of these people, in Finnish order."""
    areas = {(finnish_key(seer.area), seer.area_id, seer.area) for seer in seers if seer.area_id is not None}
    return [(area_id, name) for _, area_id, name in sorted(areas)]


def _on(day: dt.date | None, blocked: bool) -> Any:
    day = day or today()
    return AccessGrant.objects.filter(Q(starts__lte=day, ends__gte=day, blocked=blocked))


def _together(found: Iterable[tuple[Cause, tuple[Any, ...]]]) -> list[tuple[tuple[Any, ...], Sight]]:
    """Gather the causes of the same extra values, in the order of the first of them."""
    gathered: dict[tuple[Any, ...], list[Cause]] = defaultdict(list)
    for cause, values in found:
        gathered[values].append(cause)
    return [
        (values, Sight(tuple(sorted(causes, key=lambda cause: KIND_ORDER.index(Kind(cause.kind))))))
        for values, causes in gathered.items()
    ]


@dataclass(frozen=True)
class ExportedGrant:
    """A line of the access export. Days without beginning or end are None."""

    account: str
    employee: str
    kind: str
    blocked: bool
    starts: dt.date | None
    ends: dt.date | None
    cause: Cause


_EXPORT_SQL = (
    (Path(__file__).parent / "access_export.sql")
    .read_text(encoding="utf-8")
    .replace("{columns}", CAUSE_COLUMNS)
    .replace("{joins}", CAUSE_JOINS)
)
_BATCH = 5_000


def exported_grants(day: dt.date) -> Iterator[ExportedGrant]:
    """Return every grant in force on `day`, blocked or not, one for each account, person and kind, sorted.

    Of several grants of one kind (a substitute for two people, causes that follow each other) the free ones speak
    before the blocked; the days are the unbroken run around `day`. Streams: memory does not grow with the rows.
    """
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        with connection.cursor() as settings:
            # All rows are read. The planner takes a cursor for one whose first tenth matters: twenty times slower here.
            settings.execute("SET LOCAL cursor_tuple_fraction = 1")
        cursor.execute(_EXPORT_SQL, {"day": day})
        while rows := cursor.fetchmany(_BATCH):
            for account, employee, blocked, starts, ends, *cause in rows:
                yield ExportedGrant(
                    account=account,
                    employee=employee,
                    kind=cause[0],
                    blocked=blocked,
                    starts=None if starts == ALWAYS else starts,
                    ends=None if ends == UNTIL_FURTHER_NOTICE else ends,
                    cause=cause_from(tuple(cause)),
                )
