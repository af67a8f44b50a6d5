"""Every sentence of access.md on where grants come from, how long they last and who is let through: by hand."""

import datetime as dt

import pytest
from psycopg.types.range import DateRange

from accounts.derivation import derive_access
from accounts.models import AccessGrant, Account, Assignment, Person, Substitution, TitleRole
from kam.lib.dates import period
from tests.cast import (
    SEES,
    Cast,
    assign,
    direct,
    invite,
    join_management,
    make_account,
    make_area,
    make_person,
    make_site,
    place,
    stand_in,
)

pytestmark = pytest.mark.django_db

LAST = dt.date.max


def nov(day: int) -> dt.date:
    return dt.date(2026, 11, day)


def rows(person: Person, account: Account | None = None) -> list[tuple]:
    """Return the person's grants as (kind, first day, last day), in order."""
    grants = AccessGrant.objects.filter(person=person, **({"account": account} if account else {}))
    return list(grants.order_by("starts", "kind").values_list("kind", "starts", "ends"))


def only(person: Person, **of: object) -> AccessGrant:
    return AccessGrant.objects.get(person=person, **of)


def seen(person: Person, day: dt.date) -> set[Account]:
    return set(Account.objects.visible_to(person, day))


@pytest.fixture
def pankki() -> Account:
    return make_account("Pankki Oyj")


@pytest.fixture
def koulut() -> Account:
    return make_account("Koulut Oy")


@pytest.fixture
def bob() -> Person:
    return make_person("Bob")


# --- responsible ---------------------------------------------------------------------------------------------------
def test_responsible_has_the_period_of_the_assignment_both_days_included(bob: Person, pankki: Account) -> None:
    assignment = assign(bob, make_site(pankki), first=nov(3), last=nov(20))
    derive_access()
    assert rows(bob) == [("responsible", nov(3), nov(20))]
    assert only(bob).assignment == assignment
    assert only(bob).since == nov(3)
    assert [bool(seen(bob, day)) for day in (nov(2), nov(3), nov(20), nov(21))] == [False, True, True, False]


def test_responsible_without_an_end_lasts_until_further_notice(bob: Person, pankki: Account) -> None:
    assign(bob, make_site(pankki), "instructor", first=nov(3))
    derive_access()
    assert rows(bob) == [("responsible", nov(3), LAST)]
    assert seen(bob, LAST) == {pankki}


def test_responsible_only_while_the_site_is_open(bob: Person, pankki: Account) -> None:
    assign(bob, make_site(pankki, first=nov(5), last=nov(9)), first=nov(1))
    derive_access()
    assert rows(bob) == [("responsible", nov(5), nov(9))]


def test_a_site_that_moves_takes_its_grants_along_that_day(bob: Person, pankki: Account, koulut: Account) -> None:
    site = make_site(koulut, last=nov(9))
    place(site, pankki, first=nov(10))
    assign(bob, site, first=nov(1))
    derive_access()
    assert rows(bob, koulut) == [("responsible", nov(1), nov(9))]
    assert rows(bob, pankki) == [("responsible", nov(10), LAST)]
    assert only(bob, account=pankki).since == nov(10)
    assert (seen(bob, nov(9)), seen(bob, nov(10))) == ({koulut}, {pankki})


def test_a_site_that_only_changes_its_area_keeps_the_grant_and_its_start(bob: Person, pankki: Account) -> None:
    site = make_site(pankki, area=make_area("A"), last=nov(9))
    place(site, pankki, area=make_area("B"), first=nov(10))
    assign(bob, site, first=nov(1))
    derive_access()
    assert rows(bob) == [("responsible", nov(1), LAST)]
    assert only(bob).since == nov(1)


def test_a_withdrawn_assignment_gives_nothing(bob: Person, pankki: Account) -> None:
    Assignment.objects.create(person=bob, site=make_site(pankki), role="supervisor", period=DateRange(empty=True))
    derive_access()
    assert rows(bob) == []


def test_two_assignments_add_up_and_each_speaks_for_its_days(bob: Person, pankki: Account) -> None:
    first = assign(bob, make_site(pankki), first=nov(1), last=nov(10))
    second = assign(bob, make_site(pankki), first=nov(5), last=nov(20))
    assign(bob, make_site(pankki), first=nov(6), last=nov(9))
    derive_access()
    assert rows(bob) == [("responsible", nov(1), nov(10)), ("responsible", nov(11), nov(20))]
    assert only(bob, starts=nov(1)).assignment == first
    assert only(bob, starts=nov(11)).assignment == second
    assert only(bob, starts=nov(11)).since == nov(5)


def test_of_two_assignments_from_one_day_the_longer_speaks_then_the_lower_id(bob: Person, pankki: Account) -> None:
    assign(bob, make_site(pankki), first=nov(1), last=nov(10))
    longer = assign(bob, make_site(pankki), first=nov(1), last=nov(20))
    assign(bob, make_site(pankki), first=nov(1), last=nov(20))
    derive_access()
    assert rows(bob) == [("responsible", nov(1), nov(20))]
    assert only(bob).assignment == longer


def test_access_lasts_while_any_grant_lasts_and_pauses_in_a_gap(bob: Person, pankki: Account) -> None:
    site = make_site(pankki)
    assign(bob, site, first=nov(1), last=nov(5))
    assign(bob, site, first=nov(9), last=nov(12))
    invite(bob, pankki, first=nov(4), last=nov(7))
    derive_access()
    assert [day for day in range(1, 15) if seen(bob, nov(day))] == [1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12]


# --- superior ------------------------------------------------------------------------------------------------------
def test_everyone_up_the_chain_is_superior_for_the_days_of_the_assignment(bob: Person, pankki: Account) -> None:
    director = make_person("Liisa", title="liiketoimintajohtaja")
    area_director = make_person("Arja", superior=director)
    manager = make_person("Matti", superior=area_director)
    bob.superior = manager
    bob.save()
    assignment = assign(bob, make_site(pankki), first=nov(3), last=nov(20))
    derive_access()
    for above, via in ((manager, bob), (area_director, manager), (director, area_director)):
        assert rows(above) == [("superior", nov(3), nov(20))]
        assert (only(above).assignment, only(above).via) == (assignment, via)


def test_the_chain_is_cut_where_it_would_go_round(pankki: Account) -> None:
    one, two, three = (make_person(name) for name in ("Yksi", "Kaksi", "Kolme"))
    for below, above in ((one, two), (two, three), (three, one)):
        below.superior = above
        below.save()
    assign(one, make_site(pankki), first=nov(1))
    derive_access()
    assert [rows(person) for person in (one, two, three)] == [
        [("responsible", nov(1), LAST)],
        [("superior", nov(1), LAST)],
        [("superior", nov(1), LAST)],
    ]


def test_the_chain_stops_in_a_circle_above_that_does_not_hold_the_person(bob: Person, pankki: Account) -> None:
    upper, peer = make_person("Ylä"), make_person("Vieri")
    for below, above in ((bob, upper), (upper, peer), (peer, upper)):
        below.superior = above
        below.save()
    assign(bob, make_site(pankki), first=nov(1))
    derive_access()
    assert rows(upper) == rows(peer) == [("superior", nov(1), LAST)]


def test_the_chain_is_the_one_known_today(bob: Person, pankki: Account) -> None:
    former, present = make_person("Entinen"), make_person("Nykyinen")
    bob.superior = former
    bob.save()
    assign(bob, make_site(pankki), first=nov(1))
    derive_access()
    bob.superior = present
    bob.save()
    derive_access()
    assert (rows(former), rows(present)) == ([], [("superior", nov(1), LAST)])


def test_nobody_is_superior_through_somebody_who_answers_for_nothing(bob: Person, pankki: Account) -> None:
    bob.superior = make_person("Matti")
    bob.save()
    direct(bob, pankki)
    derive_access()
    assert rows(bob.superior) == []


def test_the_earliest_below_speaks_for_a_superior(pankki: Account) -> None:
    manager = make_person("Matti")
    early, late = make_person("A", superior=manager), make_person("B", superior=manager)
    assign(late, make_site(pankki), first=nov(2))
    assign(early, make_site(pankki), first=nov(1), last=nov(10))
    derive_access()
    assert rows(manager) == [("superior", nov(1), nov(10)), ("superior", nov(11), LAST)]
    assert [only(manager, starts=day).via for day in (nov(1), nov(11))] == [early, late]


# --- sales ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("title", ["myyntipäällikkö", "Myyntijohtaja", " MYYNTIPÄÄLLIKKÖ ", "sales manager"])
def test_sales_see_accounts_with_an_open_site_in_their_area(title: str, pankki: Account, koulut: Account) -> None:
    area, elsewhere = make_area("Uusimaa"), make_area("Lappi")
    saara = make_person("Saara", title=title, area=area)
    make_site(pankki, area=area, first=nov(3), last=nov(20))
    make_site(koulut, area=elsewhere)
    make_site(koulut)
    derive_access()
    assert rows(saara) == [("sales", nov(3), nov(20))]
    assert only(saara).placement.area == area


def test_sales_run_while_one_of_the_sites_is_open(pankki: Account) -> None:
    area = make_area()
    saara = make_person("Saara", title="myyntipäällikkö", area=area)
    make_site(pankki, area=area, first=nov(1), last=nov(10))
    make_site(pankki, area=area, first=nov(5), last=nov(20))
    make_site(pankki, area=area, first=nov(25))
    derive_access()
    assert [day for day in range(1, 30) if seen(saara, nov(day))] == [*range(1, 21), *range(25, 30)]
    assert {only(saara, starts=day).since for day in (nov(1), nov(11))} == {nov(1)}
    assert only(saara, starts=nov(25)).since == nov(25)


def test_sales_need_both_an_area_and_a_title_of_sales(pankki: Account) -> None:
    area = make_area()
    make_site(pankki, area=area)
    people = [make_person(title="myyntipäällikkö"), make_person(title="esimies", area=area), make_person(area=area)]
    derive_access()
    assert [rows(person) for person in people] == [[], [], []]


def test_the_table_of_titles_decides_who_is_sales(pankki: Account) -> None:
    area = make_area()
    saara = make_person(title="Asiakkuusmyyjä", area=area)
    make_site(pankki, area=area, first=nov(1))
    TitleRole.objects.create(title="asiakkuusmyyjä", role="sales")
    derive_access()
    assert rows(saara) == [("sales", nov(1), LAST)]


# --- director, management, invited ---------------------------------------------------------------------------------
def test_director_and_deputy_for_their_own_periods(pankki: Account) -> None:
    alice, aaro = make_person("Alice"), make_person("Aaro")
    post = direct(alice, pankki, first=nov(1), last=nov(20))
    direct(aaro, pankki, "deputy", first=nov(5))
    derive_access()
    assert (rows(alice), rows(aaro)) == ([("director", nov(1), nov(20))], [("director", nov(5), LAST)])
    assert only(alice).directorship == post


def test_management_sees_every_account_and_one_made_later(pankki: Account, koulut: Account) -> None:
    greta = make_person("Greta")
    membership = join_management(greta, last=nov(20))
    derive_access()
    later = make_account("Uusi Oy")
    derive_access()
    assert rows(greta) == [("management", dt.date.min, nov(20))] * 3
    assert set(AccessGrant.objects.values_list("membership", flat=True)) == {membership.pk}
    assert seen(greta, nov(20)) == {pankki, koulut, later}
    assert seen(greta, nov(21)) == set()


def test_an_invitation_runs_through_its_end_date(bob: Person, pankki: Account) -> None:
    invitation = invite(bob, pankki, first=nov(3), last=nov(20))
    derive_access()
    assert rows(bob) == [("invited", nov(3), nov(20))]
    assert only(bob).invitation == invitation


def test_an_administrator_sees_nothing_by_that_right(pankki: Account) -> None:
    dana = make_person("Dana", is_administrator=True)
    make_site(pankki)
    derive_access()
    assert rows(dana) == []


def test_several_kinds_of_one_person_stand_beside_each_other(bob: Person, pankki: Account) -> None:
    direct(bob, pankki, first=nov(1))
    assign(bob, make_site(pankki), first=nov(2))
    derive_access()
    assert rows(bob) == [("director", nov(1), LAST), ("responsible", nov(2), LAST)]


# --- leaving -------------------------------------------------------------------------------------------------------
def test_the_last_day_with_the_company_ends_every_grant(bob: Person, pankki: Account) -> None:
    bob.left_on = nov(10)
    bob.title, bob.area = "myyntipäällikkö", make_area()
    bob.save()
    below = make_person("Ines", superior=bob)
    site = make_site(pankki, area=bob.area, first=nov(1))
    direct(bob, pankki, first=nov(1))
    assign(bob, site, first=nov(2))
    assign(below, site, first=nov(3))
    invite(bob, pankki, first=nov(4), last=nov(20))
    join_management(bob, first=nov(5))
    invite(bob, make_account("Myöhemmin Oy"), first=nov(12), last=nov(20))
    derive_access()
    of_pankki = {kind: (first, last) for kind, first, last in rows(bob, pankki)}
    assert {last for _, last in of_pankki.values()} == {nov(10)}
    assert set(of_pankki) == {"director", "responsible", "superior", "sales", "management", "invited"}
    assert seen(bob, nov(11)) == seen(bob, nov(12)) == set()
    assert seen(below, nov(12)) == {pankki}


# --- substitutes ---------------------------------------------------------------------------------------------------
def test_a_substitute_has_the_kinds_of_the_absent_for_the_period(bob: Person, pankki: Account) -> None:
    stina = make_person("Stina")
    direct(bob, pankki, first=nov(1))
    assignment = assign(bob, make_site(pankki), first=nov(12))
    substitution = stand_in(stina, bob, first=nov(10), last=nov(15))
    derive_access()
    found = AccessGrant.objects.filter(person=stina).order_by("acts_as")
    assert [(g.kind, g.acts_as, g.starts, g.ends, g.since) for g in found] == [
        ("substitute", "director", nov(10), nov(15), nov(10)),
        ("substitute", "responsible", nov(12), nov(15), nov(12)),
    ]
    assert {g.substitution for g in found} == {substitution}
    assert found[1].assignment == assignment


def test_a_substitution_is_not_passed_on(bob: Person, pankki: Account) -> None:
    stina, third = make_person("Stina"), make_person("Kolmas")
    assign(bob, make_site(pankki), first=nov(1))
    stand_in(stina, bob, first=nov(10), last=nov(15))
    stand_in(third, stina, first=nov(10), last=nov(15))
    derive_access()
    assert seen(stina, nov(12)) == {pankki}
    assert rows(third) == []


def test_two_who_stand_in_for_each_other_get_each_others_own(bob: Person, pankki: Account, koulut: Account) -> None:
    stina = make_person("Stina")
    assign(bob, make_site(pankki), first=nov(1))
    assign(stina, make_site(koulut), first=nov(1))
    stand_in(stina, bob, first=nov(10), last=nov(15))
    stand_in(bob, stina, first=nov(14), last=nov(20))
    derive_access()
    assert (seen(stina, nov(12)), seen(bob, nov(12))) == ({pankki, koulut}, {pankki})
    assert seen(stina, nov(14)) == seen(bob, nov(14)) == {pankki, koulut}
    assert (seen(stina, nov(16)), seen(bob, nov(16))) == ({koulut}, {pankki, koulut})


def test_a_withdrawn_substitution_gives_nothing(bob: Person, pankki: Account) -> None:
    stina = make_person("Stina")
    assign(bob, make_site(pankki), first=nov(1))
    Substitution.objects.create(absent=bob, substitute=stina, period=DateRange(empty=True))
    derive_access()
    assert rows(stina) == []


def test_the_last_day_of_either_ends_a_substitution(pankki: Account, koulut: Account) -> None:
    gone, stays = make_person("Gone", left_on=nov(12)), make_person("Stays")
    assign(gone, make_site(pankki), first=nov(1))
    assign(stays, make_site(koulut), first=nov(1))
    stand_in(stays, gone, first=nov(10), last=nov(20))
    stand_in(gone, stays, first=nov(10), last=nov(20))
    derive_access()
    assert rows(stays, pankki) == [("substitute", nov(10), nov(12))]
    assert rows(gone, koulut) == [("substitute", nov(10), nov(12))]


def test_who_stands_in_for_two_keeps_both_grants_apart(pankki: Account) -> None:
    one, two, stina = make_person("Yksi"), make_person("Kaksi"), make_person("Stina")
    site = make_site(pankki)
    assign(one, site, first=nov(1))
    assign(two, site, first=nov(1))
    first = stand_in(stina, one, first=nov(10), last=nov(15))
    second = stand_in(stina, two, first=nov(12), last=nov(20))
    derive_access()
    found = AccessGrant.objects.filter(person=stina).order_by("starts")
    assert [(g.substitution, g.starts, g.ends) for g in found] == [
        (first, nov(10), nov(15)),
        (second, nov(12), nov(20)),
    ]


# --- narrowed to some people ---------------------------------------------------------------------------------------
def test_deriving_for_some_people_leaves_the_others_as_they_were(bob: Person, pankki: Account) -> None:
    alice = make_person("Alice")
    direct(alice, pankki, first=nov(1))
    derive_access()
    invite(bob, pankki, first=nov(1), last=nov(20))
    derive_access(people=[bob.pk])
    assert (rows(alice), rows(bob)) == ([("director", nov(1), LAST)], [("invited", nov(1), nov(20))])


# --- the cast ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", sorted(SEES))
def test_each_of_the_cast_sees_exactly_what_they_should(name: str, cast: Cast) -> None:
    assert seen(getattr(cast, name), cast.day) == {getattr(cast, account) for account in SEES[name]}


def test_nobody_signed_in_sees_nothing(cast: Cast) -> None:
    assert not Account.objects.visible_to(None, cast.day).exists()


def test_an_ended_assignment_takes_what_hung_on_it(cast: Cast) -> None:
    yesterday = cast.day - dt.timedelta(days=1)
    Assignment.objects.filter(person__in=[cast.bob, cast.ines]).update(period=period(None, yesterday))
    Assignment.objects.filter(person=cast.niilo).update(period=DateRange(empty=True))
    derive_access()
    for person in (cast.bob, cast.ines, cast.stina, cast.matti, cast.arja):
        assert (seen(person, yesterday), seen(person, cast.day)) == ({cast.pankki}, set())
