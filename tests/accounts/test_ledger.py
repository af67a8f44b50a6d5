"""The ledger: each change of a grant once, with its cause and who did it, and never changed afterwards."""

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from psycopg.types.range import DateRange

from accounts.derivation import derive_access
from accounts.models import AccessGrant, Account, DataVersion, LedgerEntry, Person, RosterImport, Site
from kam.lib.dates import period
from tests.cast import (
    Cast,
    assign,
    decide,
    direct,
    invite,
    make_account,
    make_area,
    make_person,
    make_site,
    raise_barrier,
    stand_in,
)

pytestmark = pytest.mark.django_db


def nov(day: int) -> dt.date:
    return dt.date(2026, 11, day)


def written(since: int = 0) -> list[tuple]:
    """Return the entries after the entry `since` as (event, first day, last day), in the order written."""
    return list(LedgerEntry.objects.filter(pk__gt=since).order_by("pk").values_list("event", "starts", "ends"))


def latest() -> int:
    return LedgerEntry.objects.latest("pk").pk


@pytest.fixture
def pankki() -> Account:
    return make_account("Pankki Oyj")


@pytest.fixture
def branch(pankki: Account) -> Site:
    return make_site(pankki, "Konttori")


@pytest.fixture
def bob() -> Person:
    return make_person("Bob", "Backman")


# --- append-only ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_ledgerentry SET blocked = NOT blocked",
        "UPDATE accounts_ledgerentry SET cause = '{}' WHERE id = (SELECT max(id) FROM accounts_ledgerentry)",
        "DELETE FROM accounts_ledgerentry",
        "DELETE FROM accounts_ledgerentry WHERE id = (SELECT max(id) FROM accounts_ledgerentry)",
        "TRUNCATE accounts_ledgerentry",
        "INSERT INTO accounts_ledgerentry SELECT * FROM accounts_ledgerentry LIMIT 1"
        " ON CONFLICT (id) DO UPDATE SET event = 'opened'",
    ],
)
def test_the_database_refuses_to_change_the_ledger(statement: str, cast: Cast) -> None:
    before = list(LedgerEntry.objects.values())
    connection.cursor().execute("SET CONSTRAINTS ALL IMMEDIATE")  # TRUNCATE waits for no checks
    with pytest.raises(IntegrityError, match="the ledger is append-only"), transaction.atomic():
        connection.cursor().execute(statement)
    assert list(LedgerEntry.objects.values()) == before != []


def test_models_and_querysets_are_refused_like_everybody(cast: Cast) -> None:
    entry = LedgerEntry.objects.latest("pk")
    for change in (entry.save, entry.delete, LedgerEntry.objects.all().delete):
        with pytest.raises(IntegrityError, match="the ledger is append-only"), transaction.atomic():
            change()


def test_what_the_ledger_names_cannot_be_deleted(cast: Cast) -> None:
    for named in (cast.tuula, cast.pankki):
        with pytest.raises(ProtectedError):
            named.delete()


# --- once ----------------------------------------------------------------------------------------------------------
def test_every_grant_of_the_cast_is_written_once(cast: Cast) -> None:
    what = ("account_id", "person_id", "kind", "acts_as", "starts", "ends", "blocked")
    grants = list(AccessGrant.objects.order_by(*what).values_list(*what))
    entries = list(LedgerEntry.objects.order_by(*what).values_list(*what))
    assert entries == grants != []
    assert set(LedgerEntry.objects.filter(blocked=False).values_list("event", flat=True)) == {"started"}
    assert [entry.person for entry in LedgerEntry.objects.filter(event="blocked")] == [cast.eero]


def test_deriving_again_writes_nothing(cast: Cast) -> None:
    grants, entries = list(AccessGrant.objects.order_by("pk").values()), LedgerEntry.objects.count()
    assert derive_access().changed == 0
    assert list(AccessGrant.objects.order_by("pk").values()) == grants
    assert LedgerEntry.objects.count() == entries


def test_a_day_that_passes_writes_nothing(cast: Cast) -> None:
    entries = LedgerEntry.objects.count()
    derive_access(now=timezone.now() + dt.timedelta(days=400))
    assert LedgerEntry.objects.count() == entries


# --- started, changed, ended ---------------------------------------------------------------------------------------
def test_a_grants_life_is_written_step_by_step(bob: Person, branch: Site) -> None:
    assignment = assign(bob, branch, first=nov(3), last=nov(20))
    assert derive_access().changed == 1
    for last in (nov(25), None, nov(10)):
        assignment.period = period(nov(3), last)
        assignment.save()
        assert derive_access().changed == 1
    assert written() == [
        ("started", nov(3), nov(20)),
        ("changed", nov(3), nov(25)),
        ("changed", nov(3), dt.date.max),
        ("ended", nov(3), nov(10)),
    ]


def test_a_withdrawn_cause_is_written_as_withdrawn(bob: Person, branch: Site) -> None:
    assignment = assign(bob, branch, first=nov(3))
    derive_access()
    assignment.period = DateRange(empty=True)
    assignment.save()
    derive_access()
    assert [event for event, *_ in written()] == ["started", "withdrawn"]
    assert not AccessGrant.objects.exists()


def test_another_cause_for_the_same_days_is_a_change(bob: Person, pankki: Account, branch: Site) -> None:
    assignment = assign(bob, branch, first=nov(3))
    derive_access()
    other = make_site(pankki, "Pääkonttori")
    assign(bob, other, first=nov(3))
    assignment.period = DateRange(empty=True)
    assignment.save()
    derive_access()
    assert written() == [("started", nov(3), dt.date.max), ("changed", nov(3), dt.date.max)]
    assert LedgerEntry.objects.latest("pk").cause["site"] == other.number


def test_the_end_takes_superiors_and_substitutes_along(cast: Cast) -> None:
    mark, yesterday = latest(), cast.day - dt.timedelta(days=1)
    cast.bob.assignments.update(period=period(dt.date(2024, 1, 1), yesterday))
    derive_access()
    ended = LedgerEntry.objects.filter(pk__gt=mark, event="ended").values_list("person", "kind")
    assert set(ended) == {(cast.bob.pk, "responsible"), (cast.stina.pk, "substitute")}
    assert LedgerEntry.objects.filter(pk__gt=mark, person=cast.matti).exists() is (
        AccessGrant.objects.filter(person=cast.matti).exclude(assignment__person=cast.bob).exists()
    )


# --- blocked -------------------------------------------------------------------------------------------------------
def test_a_block_and_its_lifting_are_written(bob: Person, branch: Site, pankki: Account) -> None:
    other = make_account("Vakuutus Oyj")
    assign(bob, branch, first=nov(3))
    assign(bob, make_site(other), first=nov(5))
    derive_access()
    mark = latest()
    _, side = raise_barrier([pankki], [other])
    derive_access()
    blocked = LedgerEntry.objects.get(pk__gt=mark)
    assert (blocked.event, blocked.account, blocked.blocked) == ("blocked", other, True)
    decide(bob, side)
    derive_access()
    turned = LedgerEntry.objects.filter(pk__gt=blocked.pk).values_list("event", "account", "blocked")
    assert set(turned) == {("unblocked", other.pk, False), ("blocked", pankki.pk, True)}


def test_a_block_for_some_days_leaves_the_rest_of_the_grant(bob: Person, branch: Site, pankki: Account) -> None:
    assign(bob, branch, first=nov(3))
    derive_access()
    mark = latest()
    _, side = raise_barrier([pankki], [make_account("Vakuutus Oyj")])
    decide(bob, side, first=nov(10), last=nov(12))
    derive_access()
    assert written(mark) == [
        ("ended", nov(3), nov(9)),
        ("blocked", nov(10), nov(12)),
        ("started", nov(13), dt.date.max),
    ]


def test_a_grant_that_comes_blocked_is_written_once_as_blocked(bob: Person, branch: Site, pankki: Account) -> None:
    other = make_account("Vakuutus Oyj")
    assign(bob, branch, first=nov(3))
    raise_barrier([pankki], [other])
    derive_access()
    mark = latest()
    assign(bob, make_site(other), first=nov(5))
    derive_access()
    assert written(mark) == [("blocked", nov(5), dt.date.max)]


# --- cause, actor, time --------------------------------------------------------------------------------------------
def test_an_entry_says_when_by_whom_and_through_which_import(bob: Person, branch: Site) -> None:
    dana = make_person("Dana", is_administrator=True)
    roster_import = RosterImport.objects.create(kind="roster", exported_on=nov(1))
    at = dt.datetime(2026, 11, 24, 8, 30, tzinfo=dt.UTC)
    assign(bob, branch, first=nov(3))
    derive_access(actor=dana, roster_import=roster_import, now=at)
    entry = LedgerEntry.objects.get()
    assert (entry.at, entry.actor, entry.roster_import) == (at, dana, roster_import)


def test_the_cause_is_kept_in_words_that_outlive_its_rows(bob: Person, pankki: Account) -> None:
    area, matti, alice = make_area("Uusimaa"), make_person("Matti", "Mäkelä"), make_person("Alice", "Alanen")
    bob.superior = matti
    bob.save()
    site = make_site(pankki, "Konttori", area=area)
    assign(bob, site, first=nov(3))
    saara = make_person("Saara", title="myyntijohtaja", area=area)
    direct(alice, pankki, first=nov(1))
    tuula, stina = make_person("Tuula"), make_person("Stina")
    invite(tuula, pankki, first=nov(1), last=nov(20), by=alice)
    stand_in(stina, bob, first=nov(5), last=nov(9))
    derive_access()
    cause = {entry.person: entry.cause for entry in LedgerEntry.objects.select_related("person")}
    assert cause[bob] == {
        "role": "supervisor",
        "site": site.number,
        "site_name": "Konttori",
        "since": "2026-11-03",
    }
    assert cause[matti]["via_name"] == cause[matti]["responsible_name"] == "Bob Backman"
    assert (cause[saara]["area_name"], cause[saara]["site"]) == ("Uusimaa", site.number)
    assert cause[alice]["post"] == "director"
    assert (cause[tuula]["invited_by"], cause[tuula]["reason"]) == ("Alice Alanen", "trains the team")
    assert (cause[stina]["absent_name"], cause[stina]["site"]) == ("Bob Backman", site.number)


def test_every_derivation_tells_forecasts_that_the_data_may_have_changed(db: None) -> None:
    before = DataVersion.objects.get().number
    derive_access()
    assert DataVersion.objects.get().number == before + 1
