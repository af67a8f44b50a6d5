"""Random small companies for hypothesis: drawn as plain values, so that a failure shrinks to a few readable rows.

All days lie within a few weeks, so that periods meet, touch and overlap often; that is where the bugs are.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field

from hypothesis import strategies as st
from psycopg.types.range import DateRange

from accounts.models import (
    Account,
    Area,
    Assignment,
    Barrier,
    BarrierDecision,
    BarrierMember,
    BarrierSide,
    Directorship,
    Invitation,
    ManagementMembership,
    Person,
    Placement,
    Site,
    Substitution,
)

FIRST = dt.date(2026, 3, 20)  # the clocks go forward on the 29th
SPAN = 16
AREAS = 2
TITLES = ["esimies", "myyntijohtaja", " Myyntipäällikkö ", "MYYNTIPÄÄLLIKKÖ", "sales"]

Window = tuple[int | None, int | None]  # first day and day after the last, counted from FIRST; None is open


@dataclass(frozen=True)
class Plan:
    """A company in numbers: people, accounts, sites and sides are positions in their lists."""

    accounts: int
    people: list[tuple[int | None, int | None, str, int | None]]  # superior, area, title, last day
    sites: list[list[tuple[int, int | None, Window]]]  # per site: account, area, when
    assignments: list[tuple[int, int, str, Window]]
    directorships: list[tuple[int, str, int, Window]]
    memberships: list[tuple[int, Window]]
    invitations: list[tuple[int, int, Window]]
    substitutions: list[tuple[int, int, Window]]
    barriers: list[list[int | None]] = field(default_factory=list)  # per barrier: side of each account
    decisions: list[tuple[int, int, int | None, Window]] = field(default_factory=list)


offsets = st.integers(0, SPAN)
closed = st.tuples(offsets, st.integers(0, SPAN)).map(lambda pair: (pair[0], pair[0] + pair[1]))
ahead = st.one_of(closed, offsets.map(lambda first: (first, None)))
anytime = st.one_of(ahead, ahead, offsets.map(lambda end: (None, end)), st.just((None, None)))


def days(window: Window) -> DateRange:
    """Return the range; one that ends where it begins is empty."""
    first, end = (None if day is None else FIRST + dt.timedelta(days=day) for day in window)
    return DateRange(empty=True) if first is not None and first == end else DateRange(first, end, "[)")


def apart(rows: Iterable[tuple], keys: int) -> list[tuple]:
    """Keep the rows that don't overlap an earlier one with the same first `keys` values: the database insists."""
    kept: list[tuple] = []
    for row in rows:
        if not any(row[:keys] == other[:keys] and meet(row[-1], other[-1]) for other in kept):
            kept.append(row)
    return kept


def meet(one: Window, two: Window) -> bool:
    if one[0] == one[1] is not None or two[0] == two[1] is not None:
        return False
    starts_before = one[0] is None or two[1] is None or one[0] < two[1]
    return starts_before and (two[0] is None or one[1] is None or two[0] < one[1])


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw a company with chains and circles of superiors, moving sites, and up to three barriers."""
    # Half of them are crowded: few people with much, so that causes, barriers and substitutions meet.
    crowded = draw(st.booleans())
    accounts = draw(st.integers(3, 5) if crowded else st.integers(1, 6))
    people = draw(st.integers(2, 5) if crowded else st.integers(1, 10))
    account, person = st.integers(0, accounts - 1), st.integers(0, people - 1)
    area = st.one_of(st.none(), st.integers(0, AREAS - 1))
    somebody = st.tuples(
        st.one_of(st.none(), person), area, st.sampled_from(TITLES), st.one_of(st.none(), st.none(), offsets)
    )
    placed = st.tuples(account, area, ahead)
    sites = draw(st.lists(st.lists(placed, min_size=1, max_size=3), min_size=3 * crowded, max_size=12))
    sizes = st.integers(0, len(sites) - 1) if sites else st.nothing()
    assigned = st.tuples(person, sizes, st.sampled_from(["supervisor", "instructor"]), ahead)
    sides = st.lists(st.sampled_from([None, 0, 1, 2, 0, 1]), min_size=accounts, max_size=accounts)
    stood_in = st.lists(st.tuples(person, person, closed), min_size=2 * crowded, max_size=5)
    barriers = draw(st.lists(sides, min_size=crowded, max_size=3))
    decided = st.tuples(
        st.integers(0, max(len(barriers) - 1, 0)), person, st.one_of(st.none(), st.integers(0, 2)), ahead
    )
    return Plan(
        accounts=accounts,
        people=draw(st.lists(somebody, min_size=people, max_size=people)),
        sites=[apart([(*place,) for place in places], 0) for places in sites],
        assignments=apart(draw(st.lists(assigned, min_size=4 * crowded, max_size=14)) if sites else [], 3),
        directorships=apart(
            draw(st.lists(st.tuples(account, st.sampled_from(["director", "deputy"]), person, anytime), max_size=5)), 2
        ),
        memberships=apart(draw(st.lists(st.tuples(person, anytime), max_size=2)), 1),
        invitations=apart(draw(st.lists(st.tuples(account, person, closed), max_size=4)), 2),
        substitutions=apart([row for row in draw(stood_in) if row[0] != row[1]], 2),
        barriers=barriers,
        # A clearing has days and an end.
        decisions=apart(
            [
                row
                for row in (draw(st.lists(decided, max_size=4)) if barriers else [])
                if row[2] is not None or row[3][1] not in (None, row[3][0])
            ],
            2,
        ),
    )


def build(plan: Plan) -> tuple[list[Account], list[Person]]:
    """Write the company's rows and return its accounts and people."""
    accounts = Account.objects.bulk_create(
        Account(customer_number=f"{n:06}", name=f"Account {n}") for n in range(plan.accounts)
    )
    areas = Area.objects.bulk_create(Area(code=f"{n}", name=f"Area {n}") for n in range(AREAS))
    people = _build_people(plan, areas)
    _build_sites(plan, accounts, areas, people)
    _build_words(plan, accounts, people)
    _build_barriers(plan, accounts, people)
    return accounts, people


def _build_people(plan: Plan, areas: list[Area]) -> list[Person]:
    people = Person.objects.bulk_create(
        Person(
            employee_number=f"{n:07}",
            last_name=f"Person {n}",
            title=title,
            area=None if area is None else areas[area],
            left_on=None if left_on is None else FIRST + dt.timedelta(days=left_on),
        )
        for n, (_, area, title, left_on) in enumerate(plan.people)
    )
    for n, (superior, *_) in enumerate(plan.people):
        people[n].superior = None if superior in (None, n) else people[superior]
    Person.objects.bulk_update(people, ["superior"])
    return people


def _build_sites(plan: Plan, accounts: list[Account], areas: list[Area], people: list[Person]) -> None:
    sites = Site.objects.bulk_create(Site(number=f"{n:05}", name=f"Site {n}") for n in range(len(plan.sites)))
    Placement.objects.bulk_create(
        Placement(site=site, account=accounts[account], area=None if area is None else areas[area], period=days(window))
        for site, places in zip(sites, plan.sites, strict=True)
        for account, area, window in places
    )
    Assignment.objects.bulk_create(
        Assignment(person=people[person], site=sites[site], role=role, period=days(window))
        for person, site, role, window in plan.assignments
    )


def _build_words(plan: Plan, accounts: list[Account], people: list[Person]) -> None:
    Directorship.objects.bulk_create(
        Directorship(account=accounts[account], post=post, person=people[person], period=days(window))
        for account, post, person, window in plan.directorships
    )
    ManagementMembership.objects.bulk_create(
        ManagementMembership(person=people[person], period=days(window)) for person, window in plan.memberships
    )
    Invitation.objects.bulk_create(
        Invitation(account=accounts[account], person=people[person], period=days(window), reason="asked")
        for account, person, window in plan.invitations
    )
    Substitution.objects.bulk_create(
        Substitution(absent=people[absent], substitute=people[substitute], period=days(window))
        for absent, substitute, window in plan.substitutions
    )


def _build_barriers(plan: Plan, accounts: list[Account], people: list[Person]) -> None:
    barriers = Barrier.objects.bulk_create(Barrier(name=f"Barrier {n}") for n in range(len(plan.barriers)))
    sides = [
        BarrierSide.objects.bulk_create(BarrierSide(barrier=barrier, name=f"Side {n}") for n in range(3))
        for barrier in barriers
    ]
    BarrierMember.objects.bulk_create(
        BarrierMember(barrier=barrier, side=sides[n][side], account=account)
        for n, barrier in enumerate(barriers)
        for account, side in zip(accounts, plan.barriers[n], strict=True)
        if side is not None
    )
    BarrierDecision.objects.bulk_create(
        BarrierDecision(
            barrier=barriers[barrier],
            person=people[person],
            side=None if side is None else sides[barrier][side],
            period=days(window),
            reason="decided",
        )
        for barrier, person, side, window in plan.decisions
    )
