"""Whom a message has reached, by name, by area and by superior; `sight_of` in reach.py says whose names one may see."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any

from accounts.models import Kind, Role
from channels_app.models import Message, MessageKind
from channels_app.queries.reach import RECIPIENTS, Numbers, rows_of, values_of

_NAMES = RECIPIENTS + (Path(__file__).parent / "reach_names.sql").read_text(encoding="utf-8")
A_PAGE = 200


# --- names ----------------------------------------------------------------------------------------------------------
class Show(StrEnum):
    """Which of the recipients are named: those who see the message and are missing, all who see it, who has left."""

    MISSING = "missing"
    ALL = "all"
    LEFT = "left"


# Written into the statement rather than handed to it, and in the words of the table's own columns, so that the database
# can tell how many there will be.
_SHOWN = {Show.ALL: "r.sees", Show.LEFT: "NOT r.sees"}
_MISSING = {True: "r.sees AND r.acknowledged_number < %(asked_number)s", False: "r.sees AND r.opened_at IS NULL"}


class Mail(IntEnum):
    """The best that came of telling somebody by mail, in the numbers of the statements; TOLD is in the system alone."""

    NONE = 0
    SENT = 1
    WAITING = 2
    BOUNCED = 3
    FAILED = 4
    TOLD = 5


@dataclass(frozen=True)
class Reached:
    """A recipient and how far the message has reached them. Of the moments, those that have not come are None."""

    person_id: int
    employee_number: str
    name: str
    title: str
    phone: str
    area: str
    superior: str
    mail: Mail
    opened_at: dt.datetime | None
    acknowledged_at: dt.datetime | None
    acknowledged_by: str
    came_later: bool
    left_at: dt.datetime | None
    missing: bool
    roles: tuple[Role, ...]
    sites: int
    kinds: tuple[Kind, ...]  # of access, of those who answer for no site
    away: bool
    substitutes: str  # names of those who stand in today and see the message

    @property
    def delivered(self) -> bool:
        return self.opened_at is not None or self.mail in (Mail.SENT, Mail.TOLD)

    @property
    def trouble(self) -> str:
        """What is the matter with telling them: "none", "waiting", "bounced", "failed", or nothing."""
        return "" if self.mail in (Mail.SENT, Mail.TOLD) else self.mail.name.lower()


@dataclass(frozen=True)
class Narrowed:
    """Which names are asked for; `area` and `superior` are ids, 0 for those who have none, None for any."""

    show: Show = Show.MISSING
    area: int | None = None
    superior: int | None = None


def reached_people(
    message: Message,
    people: Collection[int] | None,
    narrowed: Narrowed,
    *,
    offset: int = 0,
    limit: int | None = A_PAGE,
) -> list[Reached]:
    """Return the recipients asked for in the order of their names, of the person ids `people` unless everybody.

    One query, whose cost of naming grows with `limit` alone.
    """
    values = values_of(message, people) | {"offset": offset, "limit": limit}
    values |= {"area": narrowed.area, "superior": narrowed.superior}
    shown = _SHOWN.get(narrowed.show, _MISSING[message.kind == MessageKind.URGENT])
    return [_reached(row) for row in rows_of(_NAMES.replace("{shown}", shown), values)]


def _reached(row: tuple[Any, ...]) -> Reached:
    person, number, first, last, title, phone, area, s_first, s_last, mail, opened, *rest = row
    acknowledged, b_first, b_last, later, left, missing, roles, sites, kinds, away, substitutes = rest
    return Reached(
        person_id=person,
        employee_number=number,
        name=f"{first} {last}".strip(),
        title=title,
        phone=phone,
        area=area,
        superior=f"{s_first} {s_last}".strip(),
        mail=Mail(mail or 0),
        opened_at=opened,
        acknowledged_at=acknowledged,
        acknowledged_by=f"{b_first} {b_last}".strip(),
        came_later=later,
        left_at=left,
        missing=missing,
        roles=tuple(Role(role) for role in roles or ()),
        sites=sites,
        kinds=tuple(Kind(kind) for kind in kinds or ()),
        away=away,
        substitutes=substitutes,
    )


# --- groups ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Group(Numbers):
    """The recipients of one area, or below one superior; without a name, those who have none (`id` is 0 then)."""

    id: int
    name: str
    phone: str


_BY_AREA = """
SELECT count(*), count(r.opened_at), count(r.acknowledged_at), coalesce(a.id, 0), coalesce(a.name, ''), ''
FROM recipient r JOIN accounts_person p ON p.id = r.person_id LEFT JOIN accounts_area a ON a.id = p.area_id
WHERE r.sees GROUP BY a.id
ORDER BY count(*) - count(r.done_at) DESC, a.name_key NULLS LAST
"""
_BY_SUPERIOR = """
SELECT count(*), count(r.opened_at), count(r.acknowledged_at), coalesce(s.id, 0),
    btrim(coalesce(s.first_name || ' ' || s.last_name, '')), coalesce(s.phone, '')
FROM recipient r JOIN accounts_person p ON p.id = r.person_id LEFT JOIN accounts_person s ON s.id = p.superior_id
WHERE r.sees GROUP BY s.id
ORDER BY count(*) - count(r.done_at) DESC, s.name_key NULLS LAST
"""


def reach_by_area(message: Message, people: Collection[int] | None) -> list[Group]:
    """Return the numbers of each area, where most are missing first; one query."""
    return _groups(message, people, _BY_AREA)


def reach_by_superior(message: Message, people: Collection[int] | None) -> list[Group]:
    """Return the numbers of those right below each superior, where most are missing first; one query."""
    return _groups(message, people, _BY_SUPERIOR)


def _groups(message: Message, people: Collection[int] | None, of: str) -> list[Group]:
    asks = message.kind == MessageKind.URGENT
    return [Group(asks, *row) for row in rows_of(RECIPIENTS + of, values_of(message, people))]
