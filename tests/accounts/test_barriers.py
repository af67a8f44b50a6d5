"""Every sentence of access.md on barriers, by hand: a barrier beats every grant."""

import datetime as dt

import pytest

from accounts.derivation import derive_access
from accounts.models import AccessGrant, Account, Person
from tests.cast import (
    assign,
    clear,
    decide,
    direct,
    invite,
    join_management,
    make_account,
    make_area,
    make_person,
    make_site,
    place,
    raise_barrier,
    stand_in,
)

pytestmark = pytest.mark.django_db


def nov(day: int) -> dt.date:
    return dt.date(2026, 11, day)


def seen(person: Person, day: int) -> set[Account]:
    return set(Account.objects.visible_to(person, nov(day)))


def blocked(person: Person, day: int) -> set[Account]:
    grants = AccessGrant.objects.filter(person=person, blocked=True, starts__lte=nov(day), ends__gte=nov(day))
    return {grant.account for grant in grants.select_related("account")}


@pytest.fixture
def one() -> Account:
    return make_account("Yksi Oy")


@pytest.fixture
def two() -> Account:
    return make_account("Kaksi Oy")


@pytest.fixture
def outside() -> Account:
    return make_account("Kolmas Oy")


@pytest.fixture
def eero(one: Account, two: Account, outside: Account) -> Person:
    """Eero answers for a site of each: of the first side from the 1st, of the second from the 5th."""
    eero = make_person("Eero")
    assign(eero, make_site(one), first=nov(1), last=nov(20))
    assign(eero, make_site(two), first=nov(5))
    assign(eero, make_site(outside), first=nov(5))
    return eero


def test_without_a_barrier_grants_add_up(eero: Person, one: Account, two: Account, outside: Account) -> None:
    derive_access()
    assert seen(eero, 6) == {one, two, outside}


def test_the_earliest_grant_still_running_decides_the_side(
    eero: Person, one: Account, two: Account, outside: Account
) -> None:
    raise_barrier([one], [two])
    derive_access()
    assert (seen(eero, 4), blocked(eero, 4)) == ({one}, set())
    assert (seen(eero, 20), blocked(eero, 20)) == ({one, outside}, {two})
    assert (seen(eero, 21), blocked(eero, 21)) == ({two, outside}, set()), "the earlier one runs no more"


def test_a_blocked_grant_is_kept_with_its_cause(eero: Person, one: Account, two: Account) -> None:
    raise_barrier([one], [two])
    derive_access()
    found = AccessGrant.objects.filter(person=eero, account=two).order_by("starts")
    assert [(g.starts, g.ends, g.blocked, g.since) for g in found] == [
        (nov(5), nov(20), True, nov(5)),
        (nov(21), dt.date.max, False, nov(5)),
    ]
    assert all(grant.assignment.site.placements.get().account == two for grant in found)


def test_accounts_of_one_side_do_not_hide_each_other(eero: Person, one: Account, two: Account) -> None:
    raise_barrier([one, two], [make_account("Muu Oy")])
    derive_access()
    assert {one, two} <= seen(eero, 6)


def test_two_sides_from_the_same_day_are_both_blocked_until_someone_decides(one: Account, two: Account) -> None:
    eero = make_person("Eero")
    assign(eero, make_site(one), first=nov(5))
    assign(eero, make_site(two), first=nov(5))
    _, second = raise_barrier([one], [two])
    derive_access()
    assert (seen(eero, 10), blocked(eero, 10)) == (set(), {one, two})
    decide(eero, second, first=nov(11))
    derive_access()
    assert (seen(eero, 10), seen(eero, 11)) == (set(), {two})
    assert blocked(eero, 11) == {one}


def test_a_tie_blocks_a_third_side_too(one: Account, two: Account) -> None:
    eero, third = make_person("Eero"), make_account("Kolmas puoli Oy")
    for account, day in ((one, 5), (two, 5), (third, 6)):
        assign(eero, make_site(account), first=nov(day))
    raise_barrier([one], [two], [third])
    derive_access()
    assert blocked(eero, 6) == {one, two, third}


def test_an_earlier_grant_on_one_of_the_tied_sides_breaks_the_tie(one: Account, two: Account) -> None:
    eero = make_person("Eero")
    assign(eero, make_site(one), first=nov(5))
    assign(eero, make_site(two), first=nov(5))
    invite(eero, two, first=nov(2), last=nov(9))
    raise_barrier([one], [two])
    derive_access()
    assert (seen(eero, 9), blocked(eero, 9)) == ({two}, {one})
    assert seen(eero, 10) == set()


def test_a_decision_beats_the_earliest_grant(eero: Person, one: Account, two: Account, outside: Account) -> None:
    _, second = raise_barrier([one], [two])
    decide(eero, second, first=nov(8), last=nov(10))
    derive_access()
    assert [seen(eero, day) - {outside} for day in (7, 8, 10, 11)] == [{one}, {two}, {two}, {one}]


def test_a_decision_for_a_side_blocks_even_who_has_only_the_other(eero: Person, one: Account, two: Account) -> None:
    _, second = raise_barrier([one], [two])
    decide(eero, second)
    derive_access()
    assert (seen(eero, 2), blocked(eero, 2)) == (set(), {one})


def test_a_cleared_person_sees_all_sides_for_the_period(
    eero: Person, one: Account, two: Account, outside: Account
) -> None:
    first, _ = raise_barrier([one], [two])
    clear(eero, first.barrier, first=nov(8), last=nov(10))
    derive_access()
    assert [seen(eero, day) - {outside} for day in (7, 8, 10, 11)] == [{one}, {one, two}, {one, two}, {one}]


def test_the_management_group_stands_above_barriers(eero: Person, one: Account, two: Account) -> None:
    raise_barrier([one], [two])
    join_management(eero, first=nov(8), last=nov(10))
    derive_access()
    assert blocked(eero, 7) == blocked(eero, 11) == {two}
    assert blocked(eero, 8) == blocked(eero, 10) == set()


def test_a_member_of_the_management_group_put_on_a_side_stays_there(one: Account, two: Account) -> None:
    greta = make_person("Greta")
    join_management(greta)
    first, _ = raise_barrier([one], [two])
    decide(greta, first, first=nov(8), last=nov(10))
    derive_access()
    assert [seen(greta, day) for day in (7, 8, 10, 11)] == [{one, two}, {one}, {one}, {one, two}]


def test_every_kind_of_grant_is_blocked(eero: Person, one: Account, two: Account) -> None:
    area = make_area()
    eero.title, eero.area = "myyntijohtaja", area
    eero.save()
    below, absent = make_person("Ala", superior=eero), make_person("Poissa")
    site = make_site(two, area=area, first=nov(5))
    assign(below, site, first=nov(5))
    direct(eero, two, first=nov(5))
    direct(absent, two, "deputy", first=nov(5))
    invite(eero, two, first=nov(5), last=nov(20))
    stand_in(eero, absent, first=nov(5), last=nov(20))
    raise_barrier([one], [two])
    derive_access()
    running = AccessGrant.objects.filter(person=eero, account=two, starts__lte=nov(6), ends__gte=nov(6))
    kinds = {"director", "responsible", "superior", "sales", "invited", "substitute"}
    assert {(grant.kind, grant.blocked) for grant in running} == {(kind, True) for kind in kinds}
    assert two not in seen(eero, 6)
    assert seen(below, 6) == {two}


def test_an_account_behind_two_barriers_is_blocked_by_either(eero: Person, one: Account, two: Account) -> None:
    other = make_account("Muu Oy")
    invite(eero, other, first=nov(4), last=nov(30))
    raise_barrier([one], [make_account("Vieras Oy")])
    raise_barrier([other], [two])
    derive_access()
    assert blocked(eero, 6) == {two}
    assert {one, other} <= seen(eero, 6)


def test_each_barrier_asks_for_its_own_decision(eero: Person, one: Account, two: Account) -> None:
    first, _ = raise_barrier([one], [two])
    raise_barrier([one], [two])
    clear(eero, first.barrier, first=nov(1), last=nov(30))
    derive_access()
    assert blocked(eero, 6) == {two}


def test_a_change_of_area_does_not_move_a_person_to_the_other_side(one: Account, two: Account) -> None:
    """The assignment goes on; only a fresh start would make the second account's grant the earliest."""
    eero = make_person("Eero")
    site = make_site(one, area=make_area("A"), last=nov(9))
    place(site, one, area=make_area("B"), first=nov(10))
    assign(eero, site, first=nov(1))
    assign(eero, make_site(two), first=nov(5))
    raise_barrier([one], [two])
    derive_access()
    assert seen(eero, 9) == seen(eero, 10) == {one}


def test_a_sales_persons_side_holds_while_the_area_has_an_open_site(one: Account, two: Account) -> None:
    area = make_area()
    saara = make_person("Saara", title="myyntipäällikkö", area=area)
    make_site(one, area=area, first=nov(1), last=nov(9))
    make_site(one, area=area, first=nov(8))
    make_site(two, area=area, first=nov(5))
    raise_barrier([one], [two])
    derive_access()
    assert seen(saara, 9) == seen(saara, 10) == {one}


# --- barriers and substitutes --------------------------------------------------------------------------------------
def test_a_substitute_gets_nothing_that_is_blocked_for_the_absent(eero: Person, one: Account, two: Account) -> None:
    stina = make_person("Stina")
    raise_barrier([one], [two])
    stand_in(stina, eero, first=nov(6), last=nov(25))
    derive_access()
    mirrored = AccessGrant.objects.filter(person=stina)
    assert not mirrored.filter(account=two, starts__lte=nov(20)).exists()
    assert one in seen(stina, 20)
    assert two in seen(stina, 21)


def test_a_substitute_on_the_other_side_is_blocked(eero: Person, one: Account, two: Account) -> None:
    stina = make_person("Stina")
    assign(stina, make_site(two), first=nov(3))
    raise_barrier([one], [two])
    stand_in(stina, eero, first=nov(6), last=nov(15))
    derive_access()
    assert blocked(stina, 6) == {one}
    assert two in seen(stina, 6)


def test_standing_in_for_a_member_of_the_management_group_does_not_lift_barriers(one: Account, two: Account) -> None:
    """Both sides begin with the substitution, so both are blocked: membership is not passed on."""
    greta, stina = make_person("Greta"), make_person("Stina")
    join_management(greta)
    raise_barrier([one], [two])
    stand_in(stina, greta, first=nov(6), last=nov(15))
    derive_access()
    assert seen(greta, 6) == {one, two}
    assert (seen(stina, 6), blocked(stina, 6)) == (set(), {one, two})


def test_a_cleared_substitute_gets_no_more_than_the_absent(eero: Person, one: Account, two: Account) -> None:
    stina = make_person("Stina")
    first, _ = raise_barrier([one], [two])
    clear(stina, first.barrier, first=nov(1), last=nov(30))
    stand_in(stina, eero, first=nov(6), last=nov(15))
    derive_access()
    assert one in seen(stina, 6)
    assert two not in seen(stina, 6) | blocked(stina, 6)


def test_a_block_that_the_absent_gets_by_standing_in_reaches_the_substitute(one: Account, two: Account) -> None:
    """Bob's own grant falls behind the barrier when he stands in for somebody of the other side on the same day."""
    bob, eero, stina = make_person("Bob"), make_person("Eero"), make_person("Stina")
    assign(bob, make_site(one), first=nov(6))
    assign(eero, make_site(two), first=nov(1))
    raise_barrier([one], [two])
    stand_in(bob, eero, first=nov(6), last=nov(15))
    stand_in(stina, bob, first=nov(6), last=nov(20))
    derive_access()
    assert blocked(bob, 6) == {one, two}
    assert (seen(stina, 6), blocked(stina, 6)) == (set(), {one})
    assert seen(stina, 16) == seen(bob, 16) == {one}
