"""Conflicts, barriers and contested e-mails: shown with both causes, decided, in the ledger, access following."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import audit
from accounts.access import standing
from accounts.models import AccessGrant, Barrier, BarrierDecision, EmailConflict, LedgerEntry, User
from accounts.queries.admin.conflicts import torn_people
from tests.cast import ONE_DAY, assign, make_account, make_login, make_person, make_site, raise_barrier

pytestmark = pytest.mark.django_db


def sees(person, account):
    return bool(standing(person, account).kinds)


def test_conflict_shows_both_causes(dana, cast):
    page = dana.get("/admin/conflicts/").content.decode()
    assert cast.eero.name in page
    assert "Keskustan konttori" in page
    assert "Vakuutuksen pääkonttori" in page
    [torn] = torn_people()
    assert (torn.person_id, torn.undecided) == (cast.eero.pk, False)
    assert {(held.account, held.blocked) for side in torn.sides for held in side.held} == {
        ("Pankki Oyj", True), ("Vakuutus Oyj", False),
    }  # fmt: skip


def test_undecided_people_come_first(dana, cast):
    first, second = make_account("A"), make_account("B")
    raise_barrier([first], [second])
    torn = make_person("Ö", "Öhman")
    for account in (first, second):
        assign(torn, make_site(account))
    from accounts.derivation import derive_access

    derive_access()
    assert [one.undecided for one in torn_people()] == [True, False]
    assert torn_people()[0].person_id == torn.pk


def test_conflicts_take_the_same_queries_whatever_their_number(dana, cast):
    with CaptureQueriesContext(connection) as one:
        dana.get("/admin/conflicts/")
    from accounts.derivation import derive_access

    for n in range(12):
        person = make_person("Nimi", f"N{n}")
        for account in (cast.pankki, cast.vakuutus):
            assign(person, make_site(account))
    derive_access()
    with CaptureQueriesContext(connection) as many:
        dana.get("/admin/conflicts/")
    assert len(one) == len(many) == 5


def test_decided_side_gives_access_there_and_takes_it_elsewhere(dana, cast):
    side = cast.barrier.sides.get(members__account=cast.pankki)
    form = {"verdict": side.pk, "reason": "siirtyy", "first_day": cast.day.isoformat()}
    response = dana.post(f"/admin/barriers/{cast.barrier.pk}/people/{cast.eero.employee_number}/", form)
    assert response.status_code == 302
    assert sees(cast.eero, cast.pankki)
    assert not sees(cast.eero, cast.vakuutus)
    entry = LedgerEntry.objects.get(event="decided")
    assert (entry.actor, entry.person, entry.cause["side"]) == (cast.dana, cast.eero, side.name)


def test_clearing_needs_an_end_and_lets_see_both(dana, cast):
    url = f"/admin/barriers/{cast.barrier.pk}/people/{cast.eero.employee_number}/"
    form = {"verdict": "cleared", "reason": "molemmat", "first_day": cast.day.isoformat()}
    assert dana.post(url, form).status_code == 422
    assert not BarrierDecision.objects.exists()
    days = {"first_day": (cast.day - ONE_DAY).isoformat(), "last_day": (cast.day + 30 * ONE_DAY).isoformat()}
    assert dana.post(url, form | days).status_code == 302
    assert sees(cast.eero, cast.pankki)
    assert sees(cast.eero, cast.vakuutus)
    decision = BarrierDecision.objects.get()
    dana.post(f"/admin/barriers/decisions/{decision.pk}/end/")
    assert not sees(cast.eero, cast.pankki)
    decision.refresh_from_db()
    assert decision.period.upper == cast.day
    assert LedgerEntry.objects.filter(event="decided").count() == 2


def test_placing_an_account_is_shown_before_it_is_done(dana, cast):
    other = cast.barrier.sides.get(members__account=cast.vakuutus)
    form = {"account": cast.koulut.pk, "side": other.pk}
    assign(cast.charlie, make_site(cast.pankki))
    from accounts.derivation import derive_access

    derive_access()
    before = (AccessGrant.objects.filter(blocked=True).count(), LedgerEntry.objects.count())
    page = dana.post(f"/admin/barriers/{cast.barrier.pk}/accounts/", form)
    assert cast.charlie.name in page.content.decode()
    assert before == (AccessGrant.objects.filter(blocked=True).count(), LedgerEntry.objects.count())
    assert not other.members.filter(account=cast.koulut).exists()
    dana.post(f"/admin/barriers/{cast.barrier.pk}/accounts/", form | {"save": "1"})
    assert other.members.filter(account=cast.koulut).exists()
    assert LedgerEntry.objects.filter(event="edited", account=cast.koulut, actor=cast.dana).exists()
    assert not sees(cast.charlie, cast.pankki) or not sees(cast.charlie, cast.koulut)


def test_taking_an_account_out_frees_people(dana, cast):
    page = dana.post(f"/admin/barriers/{cast.barrier.pk}/accounts/", {"account": cast.vakuutus.pk, "side": ""})
    assert [effect.person for effect in page.context["frees"]] == [cast.eero.name]
    dana.post(f"/admin/barriers/{cast.barrier.pk}/accounts/", {"account": cast.vakuutus.pk, "side": "", "save": "1"})
    assert sees(cast.eero, cast.pankki)


def test_barrier_is_raised_renamed_and_given_a_side(dana, cast):
    form = {"name": "Uusi", "reason": "", "first_side": "a", "second_side": "a"}
    assert dana.post("/admin/barriers/", form).status_code == 422
    dana.post("/admin/barriers/", form | {"second_side": "b"})
    barrier = Barrier.objects.get(name="Uusi")
    dana.post(f"/admin/barriers/{barrier.pk}/", {"name": "Uudempi", "reason": "syy"})
    dana.post(f"/admin/barriers/{barrier.pk}/sides/", {"name": "c"})
    assert dana.post(f"/admin/barriers/{barrier.pk}/sides/", {"name": "C"}).status_code == 422
    side = barrier.sides.get(name="c")
    dana.post(f"/admin/barriers/{barrier.pk}/sides/{side.pk}/remove/")
    barrier.refresh_from_db()
    assert barrier.name == "Uudempi"
    assert set(barrier.sides.values_list("name", flat=True)) == {"a", "b"}
    assert dana.post(f"/admin/barriers/{cast.barrier.pk}/", {"name": "uudempi"}).status_code == 422


@pytest.fixture
def contested(cast):
    earlier, claimant = make_person("Eka", "Eka", email="sama@yritysx.example"), make_person("Toka", "Toka", email="")
    make_login(earlier, is_active=False)
    earlier.email = ""
    earlier.save()
    return EmailConflict.objects.create(email="sama@yritysx.example", earlier=earlier, claimant=claimant)


@pytest.mark.parametrize(("bearer", "login_open"), [("earlier", True), ("claimant", False)])
def test_contested_email_goes_to_whom_it_is_given(dana, cast, contested, bearer, login_open):
    dana.post(f"/admin/conflicts/emails/{contested.pk}/", {"bearer": bearer})
    contested.refresh_from_db()
    assert contested.bearer == getattr(contested, bearer)
    assert contested.bearer.email == "sama@yritysx.example"
    assert contested.resolved_by == cast.dana
    login = User.objects.get(person=contested.earlier)
    assert login.is_active == login_open
    assert (login.email == "sama@yritysx.example") == login_open
    assert LedgerEntry.objects.filter(event="decided").count() == 2
    again = dana.post(f"/admin/conflicts/emails/{contested.pk}/", {"bearer": "earlier"}, follow=True)
    assert "already been decided" in again.content.decode()


def test_ledger_replays_what_was_known(cast):
    day = cast.day
    known = audit.seen_as_recorded(cast.pankki, day)
    grants = AccessGrant.objects.filter(account=cast.pankki, starts__lte=day, ends__gte=day)
    assert {(g.person_id, g.kind, g.blocked) for g in known} == {(g.person_id, g.kind, g.blocked) for g in grants}
    assert audit.seen_as_recorded(cast.pankki, day, known_on=day - dt.timedelta(days=1)) == []
    assert [g.account_id for g in audit.seen_as_recorded(cast.eero, day, blocked=True)] == [cast.pankki.pk]
