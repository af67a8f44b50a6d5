"""Finds the causes behind access: the one each grant names, and every one that holds, live from the sources.

Whether somebody has access is never decided here: only grants that run unblocked let a cause be told at all.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Lower, Trim

from accounts.access import running
from accounts.models import (
    AccessGrant,
    Account,
    Directorship,
    Invitation,
    Kind,
    ManagementMembership,
    Person,
    Placement,
    Role,
    Substitution,
    TitleRole,
)
from accounts.queries.explain import Cause
from kam.lib.dates import ALWAYS, UNTIL_FURTHER_NOTICE, first_day, last_day, today
from kam.lib.sql import planned_rows

# The strongest kind first: it is the one an account's page names.
KIND_ORDER = list(Kind)
_FIELDS = (
    "kind",
    "acts_as",
    "since",
    "ends",
    "assignment__role",
    "assignment__site__name",
    "placement__site__name",
    "assignment__roster_import__exported_on",
    "assignment__person__first_name",
    "assignment__person__last_name",
    "assignment__person_id",
    "via_id",
    "via__first_name",
    "via__last_name",
    "directorship__post",
    "placement__area__name",
    "invitation__invited_by__first_name",
    "invitation__invited_by__last_name",
    "invitation__reason",
    "substitution__absent__first_name",
    "substitution__absent__last_name",
)


# The same of a grant `g` in SQL, where a query cannot or should not be built by Django.
CAUSE_COLUMNS = """
    g.kind, g.acts_as, g.since, g.ends, a.role, s.name, placed.name, i.exported_on,
    responsible.first_name, responsible.last_name, a.person_id, g.via_id, via.first_name, via.last_name,
    d.post, area.name, inviter.first_name, inviter.last_name, invitation.reason, absent.first_name, absent.last_name"""
CAUSE_JOINS = """
    LEFT JOIN accounts_assignment a ON a.id = g.assignment_id
    LEFT JOIN accounts_site s ON s.id = a.site_id
    LEFT JOIN accounts_rosterimport i ON i.id = a.roster_import_id
    LEFT JOIN accounts_person responsible ON responsible.id = a.person_id
    LEFT JOIN accounts_person via ON via.id = g.via_id
    LEFT JOIN accounts_directorship d ON d.id = g.directorship_id
    LEFT JOIN accounts_placement p ON p.id = g.placement_id
    LEFT JOIN accounts_site placed ON placed.id = p.site_id
    LEFT JOIN accounts_area area ON area.id = p.area_id
    LEFT JOIN accounts_invitation invitation ON invitation.id = g.invitation_id
    LEFT JOIN accounts_person inviter ON inviter.id = invitation.invited_by_id
    LEFT JOIN accounts_substitution substitution ON substitution.id = g.substitution_id
    LEFT JOIN accounts_person absent ON absent.id = substitution.absent_id"""
_PRIMARY_SQL = f"""
    SELECT {CAUSE_COLUMNS} FROM accounts_accessgrant g {CAUSE_JOINS}
    WHERE g.person_id = %(person)s AND g.account_id = %(account)s AND NOT g.blocked
        AND g.starts <= %(day)s AND g.ends >= %(day)s
    ORDER BY g.since, g.id"""  # noqa: S608  constants


def grant_causes(grants: QuerySet[AccessGrant], *extra: str) -> Iterable[tuple[Cause, tuple[Any, ...]]]:
    """Return, for each grant in the queryset's order, its cause and the values of its fields `extra`; one query."""
    for values in grants.values_list(*_FIELDS, *extra):
        yield cause_from(values[: len(_FIELDS)]), values[len(_FIELDS) :]


def cause_from(values: tuple[Any, ...]) -> Cause:
    """Return the cause told by the values of a grant in the order of `_FIELDS` or `CAUSE_COLUMNS`."""
    (kind, acts_as, since, ends, role, site, placed_site, exported_on, r_first, r_last, r_id, v_id, v_first, v_last,
     post, area, i_first, i_last, reason, a_first, a_last) = values  # fmt: skip
    return Cause(
        kind=kind,
        acts_as=acts_as,
        since=None if since == ALWAYS else since,
        until=None if ends == UNTIL_FURTHER_NOTICE else ends,
        role=role or "",
        site=site or placed_site or "",
        exported_on=exported_on,
        responsible=_name(r_first, r_last),
        via=_name(v_first, v_last),
        direct=v_id == r_id,
        post=post or "",
        area=area or "",
        invited_by=_name(i_first, i_last),
        reason=reason or "",
        absent=_name(a_first, a_last),
    )


def primary_cause(person: Person, account: Account) -> Cause | None:
    """Return the cause that an account's page names: of the strongest kind, the longest-standing; one query."""
    rows = planned_rows(_PRIMARY_SQL, {"person": person.pk, "account": account.pk, "day": today()})
    return min(map(cause_from, rows), key=_strength, default=None)


def all_causes(person: Person, account: Account, day: dt.date | None = None) -> list[Cause]:
    """Return every cause that gives `person` access to `account` on `day`, read from the sources themselves.

    Strongest kind first, within a kind the earliest. A constant number of queries.
    """
    day = day or today()
    open_ways = set(
        AccessGrant.objects.filter(running(day), person=person, account=account).values_list(
            "acts_as", "substitution_id"
        )
    )
    if not open_ways:
        return []
    stand_ins = Substitution.objects.filter(substitute=person, period__contains=day).select_related("absent")
    substitutions = {substitution.absent_id: substitution for substitution in stand_ins}
    found = []
    for person_id, cause in _live(account, [person.pk, *substitutions], day):
        substitution = None if person_id == person.pk else substitutions[person_id]
        if (cause.acts_as, substitution and substitution.pk) in open_ways:
            found.append(cause if substitution is None else _mirrored(cause, substitution))
    return sorted(found, key=_strength)


def _mirrored(cause: Cause, substitution: Substitution) -> Cause:
    starts, ends = first_day(substitution.period), last_day(substitution.period)
    return replace(
        cause,
        kind=Kind.SUBSTITUTE,
        absent=substitution.absent.name,
        since=max(filter(None, [cause.since, starts]), default=None),
        until=min(filter(None, [cause.until, ends]), default=None),
    )


def _strength(cause: Cause) -> tuple[int, dt.date, int]:
    return KIND_ORDER.index(Kind(cause.kind)), cause.since or ALWAYS, KIND_ORDER.index(Kind(cause.acts_as))


def _live(account: Account, people: list[int], day: dt.date) -> Iterable[tuple[int, Cause]]:
    """Return (person id, cause) for the causes of access.md that hold on the day, but for substitution itself."""
    yield from _assignments(account, people, day)
    for directorship in Directorship.objects.filter(account=account, person__in=people, period__contains=day):
        yield directorship.person_id, _plain(Kind.DIRECTOR, directorship.period, post=directorship.post)
    yield from _sales(account, people, day)
    for membership in ManagementMembership.objects.filter(person__in=people, period__contains=day):
        yield membership.person_id, _plain(Kind.MANAGEMENT, membership.period)
    invitations = Invitation.objects.filter(account=account, person__in=people, period__contains=day)
    for invitation in invitations.select_related("invited_by"):
        inviter = invitation.invited_by.name if invitation.invited_by else ""
        yield (
            invitation.person_id,
            _plain(Kind.INVITED, invitation.period, reason=invitation.reason, invited_by=inviter),
        )


def _plain(kind: Kind, period: Any, **words: Any) -> Cause:
    return Cause(kind=kind, acts_as=kind, since=first_day(period), until=last_day(period), **words)


def _sales(account: Account, people: list[int], day: dt.date) -> Iterable[tuple[int, Cause]]:
    """Return one cause an area, with the site that has been there longest."""
    titles = TitleRole.objects.filter(role=Role.SALES).values("title")
    sellers = Person.objects.annotate(plain_title=Lower(Trim("title"))).filter(
        pk__in=people, plain_title__in=titles, area__isnull=False
    )
    areas = dict(sellers.values_list("pk", "area_id"))
    placements = (
        Placement.objects.filter(account=account, period__contains=day, area__in=set(areas.values()))
        .select_related("site", "area")
        .order_by("area_id", "period", "pk")
        .distinct("area_id")
    )
    by_area = {placement.area_id: placement for placement in placements}
    for person_id, area_id in areas.items():
        placement = by_area.get(area_id)
        if placement is not None and placement.area is not None:
            yield (
                person_id,
                _plain(Kind.SALES, placement.period, area=placement.area.name, site=placement.site.name),
            )


def _assignments(account: Account, people: list[int], day: dt.date) -> Iterable[tuple[int, Cause]]:
    with connection.cursor() as cursor:
        cursor.execute(_ASSIGNMENTS_SQL, {"account": account.pk, "people": people, "day": day})
        for person_id, kind, since, until, role, site, exported_on, responsible, via, direct in cursor.fetchall():
            yield (
                person_id,
                Cause(
                    kind=kind,
                    acts_as=kind,
                    since=since,
                    until=until,
                    role=role,
                    site=site,
                    exported_on=exported_on,
                    responsible=responsible,
                    via=via or "",
                    direct=direct,
                ),
            )


_ASSIGNMENTS_SQL = (Path(__file__).parent / "assignments_of_account.sql").read_text(encoding="utf-8")


def _name(first: str | None, last: str | None) -> str:
    return f"{first or ''} {last or ''}".strip()
