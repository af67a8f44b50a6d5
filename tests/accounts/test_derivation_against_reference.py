"""Derived access equals the deliberately simple second implementation, pair by pair and day by day."""

import csv
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from psycopg.types.range import DateRange

from accounts.derivation import derive_access
from accounts.models import (
    AccessGrant,
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
from kam.lib.dates import period
from tests.accounts.reference import Cause, Company, Grant, grants_with_causes, read_company, seen_on
from tests.accounts.strategies import FIRST, Plan, build, plans

DEMO = Path(__file__).parents[2] / "demo"
ONE_DAY = dt.timedelta(days=1)
CAUSE = {
    "director": "directorship_id",
    "responsible": "assignment_id",
    "superior": "assignment_id",
    "sales": "placement_id",
    "management": "membership_id",
    "invited": "invitation_id",
}

pytestmark = pytest.mark.django_db


@contextmanager
def undone() -> Iterator[None]:
    """Undo everything done inside, with the constraints checked at once instead of at a commit that never comes."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        yield
        transaction.set_rollback(True)


def said(row: AccessGrant) -> Grant:
    return Grant(row.account_id, row.person_id, row.kind, row.acts_as, row.substitution_id, row.since, row.blocked)


def interesting_days(company: Company) -> list[dt.date]:
    """Return every day on which anything begins or ends, its neighbours, and both ends of time."""
    periods = [days for placed in company.placements.values() for *_, days in placed]
    for rows in (company.assignments, company.directorships, company.memberships, company.invitations):
        periods += [row[-1] for row in rows]
    periods += [row.days for row in (*company.substitutions, *company.decisions)]
    edges = {day for days in periods for day in days} | {person.left_on for person in company.staff.values()}
    inner = {day for day in edges if day not in (None, dt.date.min, dt.date.max)}
    around = {day + ONE_DAY * step for day in inner for step in (-1, 0, 1)}
    return sorted(around | {dt.date.min, dt.date.max})


def assert_equal_on(day: dt.date, rows: list[AccessGrant], company: Company) -> None:
    running = [row for row in rows if row.starts <= day <= row.ends]
    expected = dict(grants_with_causes(company, day))
    assert {said(row).pair for row in running} == {grant.pair for grant in expected}, day
    assert {said(row) for row in running} == set(expected), day
    assert len(running) == len(expected), f"two rows say the same on {day}"
    open_sites = {pk for placed in company.placements.values() for pk, *_, days in placed if days.has(day)}
    for row in running:
        assert_names_a_cause(row, expected[said(row)])
        assert row.placement_id is None or row.placement_id in open_sites, f"a closed site is named on {day}"


def assert_names_a_cause(row: AccessGrant, causes: list[Cause]) -> None:
    """The row names one of the causes that have run the longest."""
    named = getattr(row, CAUSE[row.acts_as])
    assert any(named in c.sources and row.via_id == c.via for c in causes if c.since == row.since), row


def assert_apart(rows: list[AccessGrant]) -> None:
    """No two rows of one kind, person and account run on the same day."""
    alike = defaultdict(list)
    for row in rows:
        alike[row.account_id, row.person_id, row.kind, row.acts_as, row.substitution_id].append((row.starts, row.ends))
    for spans in alike.values():
        spans.sort()
        assert all(before[1] < after[0] for before, after in pairwise(spans)), spans


def note(rows: list[AccessGrant]) -> None:
    """Count what the random companies hold: shown with --hypothesis-show-statistics."""
    for row in rows:
        event(f"{row.acts_as} {'for somebody else ' if row.kind == 'substitute' else ''}{'blocked' * row.blocked}")


@settings(
    max_examples=320,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(plan=plans(), somebody=st.integers(0, 9), shift=st.integers(-2, 34))
def test_random_companies_agree_with_the_reference(plan: Plan, somebody: int, shift: int) -> None:
    with undone():
        _, people = build(plan)
        derive_access()
        rows, company = list(AccessGrant.objects.all()), read_company()
        note(rows)
        assert_apart(rows)
        for day in interesting_days(company):
            assert_equal_on(day, rows, company)
        person, day = people[somebody % len(people)], FIRST + ONE_DAY * shift
        assert set(Account.objects.visible_to(person, day).values_list("id", flat=True)) == seen_on(
            company, person.id, day
        )


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=plans(), data=st.data())
def test_deriving_again_after_changes_keeps_nothing_of_the_old(plan: Plan, data: st.DataObject) -> None:
    """The second derivation, over the rows of a first, gives what a first one would have given."""
    with undone():
        build(plan)
        derive_access()
        for model in (Assignment, Substitution, Directorship, ManagementMembership):
            ids = list(model.objects.order_by("id").values_list("id", flat=True))
            withdrawn = ids[: data.draw(st.integers(0, len(ids)))]
            model.objects.filter(id__in=withdrawn).update(period=DateRange(empty=True))
        everybody = list(Person.objects.order_by("id"))
        moved = everybody[data.draw(st.integers(0, len(everybody) - 1))]
        moved.superior, moved.left_on = None, FIRST + ONE_DAY * data.draw(st.integers(0, 9))
        moved.save()
        derive_access()
        rows, company = list(AccessGrant.objects.all()), read_company()
        assert_apart(rows)
        for day in interesting_days(company):
            assert_equal_on(day, rows, company)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(plan=plans(), data=st.data())
def test_deriving_for_those_concerned_is_enough_after_a_change_to_them(plan: Plan, data: st.DataObject) -> None:
    """After a word about somebody, deriving for that person alone leaves what deriving everybody would."""
    with undone():
        accounts, people = build(plan)
        derive_access()
        person, account = data.draw(st.sampled_from(people)), data.draw(st.sampled_from(accounts))
        span = period(FIRST + ONE_DAY * data.draw(st.integers(0, 9)), FIRST + ONE_DAY * 20)
        Invitation.objects.filter(person=person).update(period=DateRange(empty=True))
        Invitation.objects.create(account=account, person=person, period=span, reason="asked")
        for model in (BarrierDecision, ManagementMembership, Directorship):
            if data.draw(st.booleans()):
                model.objects.filter(person=person).update(period=DateRange(empty=True))
        if data.draw(st.booleans()):
            Substitution.objects.filter(substitute=person).update(period=DateRange(empty=True))
        derive_access(people=[person.pk])
        rows, company = list(AccessGrant.objects.all()), read_company()
        assert_apart(rows)
        for day in interesting_days(company):
            assert_equal_on(day, rows, company)
        assert derive_access().changed == 0


# --- the sample data -----------------------------------------------------------------------------------------------
def read(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8-sig", newline="") as file:
        return [{key: value.strip() for key, value in row.items()} for row in csv.DictReader(file, delimiter=";")]


def day_of(text: str) -> dt.date | None:
    if not text:
        return None
    day, month, year = text.split(".")
    return dt.date(int(year), int(month), int(day))


def load_people(roster: list[dict[str, str]]) -> dict[str, Person]:
    listed = {row["Hlönro"]: row for row in read("henkilot-2026-10.csv")}
    areas = {area.code: area for area in Area.objects.all()}
    unlisted = {row["Hlönro"]: row["Esihenkilönro"] for row in roster if row["Hlönro"] not in listed}
    people = {number: Person(employee_number=number, last_name=number) for number in {*listed, *unlisted}}
    for number, row in listed.items():
        people[number].title = row["Nimike"]
        people[number].area = areas.get(row["Alue"])
    Person.objects.bulk_create(people.values())
    superiors = {number: row["Esihenkilönro"] for number, row in listed.items()} | unlisted
    for number, superior in superiors.items():
        people[number].superior = people.get(superior) if superior != number else None
    Person.objects.bulk_update(people.values(), ["superior"], batch_size=500)
    ManagementMembership.objects.bulk_create(
        ManagementMembership(person=people[number], period=period(None, None))
        for number, row in listed.items()
        if row["Johtoryhmä"]
    )
    return people


def load_accounts(people: dict[str, Person]) -> dict[str, Account]:
    rows = {row["Asiakasnro"]: row for row in reversed(read("asiakkuudet.csv"))}
    accounts = {number: Account(customer_number=number, name=row["Asiakas"]) for number, row in rows.items()}
    Account.objects.bulk_create(accounts.values())
    posts = {"director": "Asiakkuusjohtaja hlönro", "deputy": "Varahenkilö hlönro"}
    Directorship.objects.bulk_create(
        Directorship(
            account=accounts[number],
            person=people[row[column]],
            post=post,
            period=period(day_of(row["Sopimus alkaa"]), None),
        )
        for number, row in rows.items()
        for post, column in posts.items()
        if row[column] in people
    )
    load_barriers(rows, accounts)
    return accounts


def load_barriers(rows: dict[str, dict[str, str]], accounts: dict[str, Account]) -> None:
    for number, row in rows.items():
        if row["Tietomuuri"]:
            barrier, _ = Barrier.objects.get_or_create(name=row["Tietomuuri"])
            side, _ = BarrierSide.objects.get_or_create(barrier=barrier, name=row["Puoli"])
            BarrierMember.objects.create(barrier=barrier, side=side, account=accounts[number])


def load_roster(roster: list[dict[str, str]], people: dict[str, Person], accounts: dict[str, Account]) -> None:
    """Load each site and assignment as it stands in the file: what an import makes of it is tested elsewhere."""
    areas = {area.code: area for area in Area.objects.all()}
    sites = {row["Kohdenro"]: Site(number=row["Kohdenro"], name=row["Kohde"]) for row in roster}
    Site.objects.bulk_create(sites.values())
    opened: dict[str, dt.date] = {}
    spans: dict[tuple[str, str, str], list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for row in roster:
        first, last = day_of(row["Alkaa"]), day_of(row["Päättyy"]) or dt.date.max
        opened[row["Kohdenro"]] = min(first, opened.get(row["Kohdenro"], first))
        others = spans[row["Hlönro"], row["Kohdenro"], row["Rooli"]]
        if first <= last and all(last < other[0] or other[1] < first for other in others):
            others.append((first, last))
    where = {row["Kohdenro"]: (accounts[row["Asiakasnro"]], areas[row["Alue"]]) for row in roster}
    Placement.objects.bulk_create(
        Placement(site=sites[number], account=account, area=area, period=period(opened[number], None))
        for number, (account, area) in where.items()
    )
    Assignment.objects.bulk_create(
        Assignment(
            person=people[number],
            site=sites[site],
            role="instructor" if role == "ohjaaja" else "supervisor",
            period=period(*span),
        )
        for (number, site, role), others in spans.items()
        for span in others
    )


def test_the_sample_company_agrees_with_the_reference() -> None:
    roster = read("kohdevastuut-2026-11.csv")
    Area.objects.bulk_create(
        {row["Alue"]: Area(code=row["Alue"], name=row["Toiminta-alue"]) for row in roster}.values()
    )
    people = load_people(roster)
    load_roster(roster, people, load_accounts(people))
    busiest = sorted(people.values(), key=lambda person: -person.assignments.count())[:6]
    for absent, substitute in zip(busiest[:3], busiest[3:], strict=True):
        span = period(dt.date(2026, 11, 20), dt.date(2026, 12, 6))
        Substitution.objects.create(absent=absent, substitute=substitute, period=span)
    derive_access()
    rows, company = list(AccessGrant.objects.all()), read_company()
    assert {row.kind for row in rows} == {"director", "responsible", "superior", "sales", "management", "substitute"}
    assert any(row.blocked for row in rows)
    assert_apart(rows)
    for day in [dt.date(2024, 6, 1), dt.date(2026, 10, 31), dt.date(2026, 11, 24), dt.date(2026, 12, 7), dt.date.max]:
        assert_equal_on(day, rows, company)
