"""Random sequences of roster files, imported for real, mean what the plain second implementation says they mean."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, Phase, event, example, given, settings
from hypothesis import strategies as st

from accounts.derivation import derive_access
from accounts.models import (
    AccessGrant,
    Account,
    Area,
    Assignment,
    Invitation,
    LedgerEntry,
    Person,
    Placement,
    RosterImport,
    Site,
)
from accounts.roster import pipeline
from kam.lib.dates import period
from tests.accounts.reference import read_company
from tests.accounts.roster.exports import imported, quiet, received, row, text
from tests.accounts.roster.model import (
    FOREVER,
    File,
    Line,
    Period,
    Placed,
    Sight,
    State,
    access,
    access_lines,
    apply,
    span,
)
from tests.accounts.test_derivation_against_reference import assert_apart, assert_equal_on, interesting_days, undone

pytestmark = pytest.mark.django_db

DAY_ZERO = dt.date(2026, 10, 1)
PEOPLE = [f"{number:07}" for number in range(1, 6)]
SITES = [f"{number:05}" for number in range(1, 6)]
KNOWN, UNKNOWN = ["030001", "030002"], "039999"
SELLER, BACK = "0000090", PEOPLE[0]  # sells in area 60; had left before the first file, and is invited
ROLES = {"supervisor": "esimies", "instructor": "ohjaaja"}
FAULTS = {
    "date": {"Alkaa": "31.2.2026"},
    "reversed": {"Alkaa": "2.1.2026", "Päättyy": "1.1.2026"},
    "person": {"Hlönro": ""},
    "role": {"Rooli": "kummitus"},
    "site": {"Kohdenro": ""},
}
START = State(
    customers=frozenset(KNOWN),
    people=frozenset({BACK, SELLER}),
    left={BACK: 5},
    invited={(KNOWN[0], BACK): span(0, 60)},
    sales={SELLER: "60"},
)


def date_of(day: int) -> dt.date:
    return DAY_ZERO + dt.timedelta(days=day)


def day_of(date: dt.date | None) -> int:
    return FOREVER if date is None else max(0, min(FOREVER, (date - DAY_ZERO).days))


# --- files ---------------------------------------------------------------------------------------------------------
def written(file: File) -> bytes:
    return text(*(_written(line) for line in file.lines))


def _written(line: Line) -> dict[str, str]:
    shown = "%d.%m.%Y"
    cells = row(
        line.site,
        line.person,
        Asiakasnro=line.customer,
        Alue=line.area,
        Rooli=ROLES[line.role],
        Esihenkilönro=line.superior,
        Alkaa=date_of(line.first).strftime(shown),
        Päättyy="" if line.last is None else date_of(line.last).strftime(shown),
    )
    cells["Toiminta-alue"] = f"Alue {line.area}" if line.area else ""
    return cells | FAULTS.get(line.fault, {})


@st.composite
def lines(draw: st.DrawFn, people: list[str], sites: list[str]) -> Line:
    """A row about somebody at a site; where the site belongs and who the superior is comes later."""
    first = draw(st.integers(0, 45))
    return Line(
        draw(st.sampled_from(sites)),
        draw(st.sampled_from(people)),
        draw(st.sampled_from(["supervisor", "supervisor", "instructor"])),
        first,
        draw(st.none() | st.integers(first, first + 20)),
    )


@st.composite
def stories(draw: st.DrawFn) -> list[File]:
    """Two to four files, each made from the one before it."""
    people = PEOPLE[: draw(st.integers(2, 5))]
    sites = SITES[: draw(st.integers(2, 5))]
    homes = dict.fromkeys(sites, (KNOWN[0], "60"))
    superiors = dict.fromkeys(people, "")
    date, rows, files = draw(st.integers(15, 35)), [], []
    for _ in range(draw(st.integers(2, 4))):
        rows = [line for old in rows for line in draw(changed(old))]
        rows += draw(st.lists(lines(people, sites), min_size=0 if rows else 3, max_size=4))
        for site in sites:
            homes[site] = draw(some_other(homes[site], HOMES))
        for person in people:
            superiors[person] = draw(some_other(superiors[person], st.sampled_from(["", SELLER, "0000077", *people])))
        told = [
            replace(line, customer=homes[line.site][0], area=homes[line.site][1], superior=superiors[line.person])
            for line in rows
        ]
        told = draw(spoilt(told)) if told else [Line(sites[0], people[0], "supervisor", 0)]
        scope, create = draw(st.sampled_from([True, True, False])), draw(st.booleans())
        files.append(File(date, tuple(told), scope, create))
        date += draw(st.integers(0, 9))
    return files


HOMES = st.tuples(st.sampled_from([*KNOWN, *KNOWN, UNKNOWN]), st.sampled_from(["60", "70", ""]))


def some_other(what: Any, others: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(what), st.just(what), st.just(what), others)


@st.composite
def changed(draw: st.DrawFn, line: Line) -> list[Line]:
    """What becomes of a row in the next file: mostly the same; else gone, another period, or split in two."""
    how = draw(st.sampled_from(["same", "same", "same", "gone", "gone", "period", "ends", "split"]))
    if how == "gone":
        return []
    if how == "period":
        other = draw(lines([line.person], [line.site]))
        return [replace(line, first=other.first, last=other.last)]
    if how == "ends":
        return [replace(line, last=draw(st.none() | st.integers(line.first, line.first + 20)))]
    if how == "split":
        cut, gap = draw(st.integers(line.first, line.first + 20)), draw(st.integers(1, 4))
        last = line.last if line.last is None else max(line.last, cut + gap)
        return [replace(line, last=cut), replace(line, first=cut + gap, last=last)] if cut + gap < 60 else [line]
    return [line]


@st.composite
def spoilt(draw: st.DrawFn, told: list[Line]) -> list[Line]:
    """In a third of the files a row is wrong in itself, names another customer, area or superior, or comes twice."""
    if draw(st.integers(0, 2)):
        return told
    told = list(told)
    at = draw(st.integers(0, len(told) - 1))
    how = draw(st.sampled_from(["customer", "area", "superior", "twice", *FAULTS]))
    if how == "twice":
        return [*told, told[at]]
    other = {"customer": st.sampled_from([*KNOWN, UNKNOWN]), "area": st.sampled_from(["60", "70", ""]),
             "superior": st.sampled_from(PEOPLE)}  # fmt: skip
    told[at] = replace(told[at], **({how: draw(other[how])} if how in other else {"fault": how}))
    return told


# --- what the database says -----------------------------------------------------------------------------------------
def stored() -> State:
    """Return what the tables hold, in the words of the model."""
    assignments = defaultdict(list)
    for person, site, role, days in Assignment.objects.filter(period__isempty=False).values_list(
        "person__employee_number", "site__number", "role", "period"
    ):
        assignments[person, site, role].append(_period(days))
    placements = defaultdict(list)
    for site, customer, area, days in Placement.objects.filter(period__isempty=False).values_list(
        "site__number", "account__customer_number", "area__code", "period"
    ):
        placements[site].append(Placed((customer, area), *_period(days)))
    return replace(
        START,
        customers=frozenset(Account.objects.values_list("customer_number", flat=True)),
        people=frozenset(Person.objects.values_list("employee_number", flat=True)),
        assignments={key: tuple(sorted(periods)) for key, periods in assignments.items()},
        placements={site: tuple(sorted(placed, key=_by_day)) for site, placed in placements.items()},
        superior=dict(
            Person.objects.exclude(superior=None).values_list("employee_number", "superior__employee_number")
        ),
        left={
            number: day_of(date)
            for number, date in Person.objects.exclude(left_on=None).values_list("employee_number", "left_on")
        },
    )


def _period(days: Any) -> Period:
    return day_of(days.lower), FOREVER if days.upper is None else day_of(days.upper) - 1


def _by_day(placed: Placed) -> tuple[int, int]:
    return placed.first, placed.last


def in_order(state: State) -> State:
    return replace(
        state,
        placements={site: tuple(sorted(placed, key=_by_day)) for site, placed in state.placements.items() if placed},
    )


def granted(rows: list[AccessGrant]) -> Sight:
    customers = dict(Account.objects.values_list("id", "customer_number"))
    people = dict(Person.objects.values_list("id", "employee_number"))
    found = defaultdict(set)
    for grant in rows:
        assert not grant.blocked
        found[customers[grant.account_id], people[grant.person_id], grant.kind] |= span(
            day_of(grant.starts), day_of(grant.ends)
        )
    return {key: frozenset(days) for key, days in found.items()}


def rows_of_all() -> dict[str, set[tuple[str, ...]]]:
    """Return every row that an import may change, as it is."""
    tables = (AccessGrant, Account, Area, Assignment, LedgerEntry, Person, Placement, Site)
    return {model.__name__: {tuple(map(str, values)) for values in model.objects.values_list()} for model in tables}


def what_runs() -> dict[str, set[tuple[str, ...]]]:
    """Return what an undo must bring back: all but the ids of grants, and those who are only known."""
    grants = [field.attname for field in AccessGrant._meta.fields if field.name != "id"]
    found = {
        "grants": AccessGrant.objects.values_list(*grants),
        "assignments": Assignment.objects.filter(period__isempty=False).values_list(),
        "placements": Placement.objects.filter(period__isempty=False).values_list(),
        "superiors": Person.objects.exclude(superior=None).values_list("employee_number", "superior_id"),
        "left": Person.objects.exclude(left_on=None).values_list("employee_number", "left_on"),
    }
    return {name: {tuple(map(str, values)) for values in rows} for name, rows in found.items()}


# --- the comparison -------------------------------------------------------------------------------------------------
def assert_stored(expected: State) -> None:
    """The tables and the grants are as the model says, the grants as the other derivation says too."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    found, expected = stored(), in_order(expected)
    for name in ("assignments", "placements", "superior", "left", "customers", "people"):
        assert getattr(found, name) == getattr(expected, name), name
    rows, company = list(AccessGrant.objects.all()), read_company()
    assert granted(rows) == access(expected)
    assert_apart(rows)
    for day in interesting_days(company):
        assert_equal_on(day, rows, company)


def assert_said(made: RosterImport, before: State, after: State, file: File, when_changed: str) -> None:
    """The import says how it went, and who gains and loses what."""
    if not file.good:
        assert (made.state, made.error_code) == ("failed", "no_good_rows")
        return
    assert made.state == (when_changed if in_order(after) != in_order(before) else "unchanged")
    told = made.lines.filter(section__startswith="access_").values_list("section", "account_number", "employee_number")
    expected = access_lines(before, after, file.date)
    assert sorted(told) == sorted(expected)
    for section in ("access_gained", "access_lost"):
        people = {person for said, _, person in expected if said == section}
        assert made.figures.get(section, 0) == len(people)


def given_to(file: File) -> dict[str, Any]:
    scope = {} if file.whole_company else {"source_name": "Osavienti", "scope": "customers"}
    return {"create": [UNKNOWN] if file.create else [], **scope}


def imported_all(files: list[File]) -> State:
    """Import the files one after the other, each compared with the model; return the state after them."""
    state = START
    for file in files:
        after = apply(state, file)
        made = imported(written(file), date_of(file.date), **given_to(file))
        assert_said(made, state, after, file, "applied")
        assert_stored(after)
        state = after
    return state


def imported_with_care(file: File, state: State) -> None:
    """Import by way of the forecast; then the same rows again, and the undo."""
    after = apply(state, file)
    made = foretold(file, state, after)
    if made.state != "forecast":
        return
    before = what_runs()
    pipeline.confirm(made, actor=None, typed=made.figures.get("access_lost", 0))
    pipeline.apply(made)
    made.refresh_from_db()
    assert_said(made, state, after, file, "applied")
    assert_stored(after)
    again = imported(written(file) + b"\r\n", date_of(file.date), **given_to(file))
    assert again.state == "unchanged", "the same rows again"
    pipeline.undo(actor=None)
    assert what_runs() == before


def foretold(file: File, before: State, after: State) -> RosterImport:
    """The forecast says what will be and changes nothing."""
    rows = rows_of_all()
    given = given_to(file)
    made = received(written(file), date_of(file.date), **{key: given[key] for key in given if key != "create"})
    made.create_accounts = given["create"]
    made.save()
    pipeline.read(made, quiet)
    made.refresh_from_db()
    assert rows_of_all() == rows
    assert_said(made, before, after, file, "forecast")
    return made


@pytest.fixture
def company(settings: Any, tmp_path: Any) -> None:
    """Two customers, two areas, a seller, and somebody who has left and is invited to the first customer."""
    settings.MEDIA_ROOT = tmp_path
    areas = [Area.objects.create(code=code, name=f"Alue {code}") for code in ("60", "70")]
    accounts = [Account.objects.create(customer_number=number, name=f"Asiakas {number}") for number in KNOWN]
    Person.objects.create(employee_number=SELLER, last_name="Myyjä", title="myyntipäällikkö", area=areas[0])
    back = Person.objects.create(employee_number=BACK, last_name="Back", first_name="Been", left_on=date_of(5))
    Invitation.objects.create(
        account=accounts[0], person=back, reason="perehtyy", period=period(date_of(0), date_of(60))
    )
    derive_access()


# Stories of what was once wrong.
LEFT_AND_BACK = [File(20, (Line("00001", BACK, "supervisor", 10),))]
MOVES_BEFORE_IT_OPENS = [
    File(20, (Line("00001", PEOPLE[1], "supervisor", 40),)),
    File(25, (Line("00001", PEOPLE[1], "supervisor", 10, customer=KNOWN[1]),)),
]
MOVES_BEFORE_IT_OPENS_AND_HAS_ENDED = [
    File(20, (Line("00001", PEOPLE[1], "supervisor", 40),)),
    File(25, (Line("00001", PEOPLE[1], "supervisor", 10, 15, customer=KNOWN[1]),)),
]
HISTORY = [File(20, (Line("00001", PEOPLE[1], "supervisor", 5, 12),))]
GOES_ON_FROM_HISTORY = [*HISTORY, File(25, (Line("00001", PEOPLE[1], "supervisor", 13),))]
BEGINS_WITHIN_HISTORY = [*HISTORY, File(25, (Line("00001", PEOPLE[1], "supervisor", 10),))]


@contextmanager
def in_a_story() -> Iterator[None]:
    """Undo everything done inside; constraints wait as in any import, `assert_stored` has them checked."""
    with undone():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        yield


# A story takes half a second, so that making a failing one shorter would take longer than reading it.
at_length = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)


@settings(at_length, max_examples=105)
@given(story=stories())
@example(story=[*GOES_ON_FROM_HISTORY, replace(GOES_ON_FROM_HISTORY[-1], date=30)])
@example(story=[*BEGINS_WITHIN_HISTORY, replace(BEGINS_WITHIN_HISTORY[-1], date=30)])
def test_random_rosters_mean_what_the_model_says(company: None, story: list[File]) -> None:
    event(f"{len(story)} files")
    with in_a_story():
        imported_all(story)


@settings(at_length, max_examples=50)
@given(story=stories())
@example(story=LEFT_AND_BACK)
@example(story=MOVES_BEFORE_IT_OPENS)
@example(story=MOVES_BEFORE_IT_OPENS_AND_HAS_ENDED)
@example(story=GOES_ON_FROM_HISTORY)
@example(story=BEGINS_WITHIN_HISTORY)
def test_forecast_foretells_the_same_file_changes_nothing_and_undo_brings_back(
    company: None, story: list[File]
) -> None:
    event(f"{len(story)} files")
    with in_a_story():
        imported_with_care(story[-1], imported_all(story[:-1]))


@settings(at_length, max_examples=60)
@given(story=stories())
def test_model_itself_takes_the_same_file_twice_for_once(story: list[File]) -> None:
    state = START
    for file in story:
        state = apply(state, file)
        assert in_order(apply(state, file)) == in_order(state)
