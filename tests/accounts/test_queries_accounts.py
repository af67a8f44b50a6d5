"""The list from A to Ö, an account's contracts, sites and people: exact contents, Finnish order, constant queries."""

import pytest

from accounts.derivation import derive_access
from accounts.models import Contract
from accounts.queries.accounts import contracts_of, letter_of, list_accounts, my_accounts
from accounts.queries.people import above, below, contacts_of, named, working_here
from accounts.queries.sites import areas_of, narrow, open_sites, sites_in_short
from kam.lib.dates import period
from kam.lib.finnish import finnish_key
from tests.cast import LONG_AGO, ONE_DAY, Cast, assign, direct, make_account, make_area, make_person, make_site

pytestmark = pytest.mark.django_db


def test_my_accounts_come_in_finnish_order(cast: Cast) -> None:
    for name in ("Öljy Oy", "Ämpäri Oy", "Åbo Ab", "Zeta Oy"):
        direct(cast.alice, make_account(name))
    derive_access()
    names = [account.name for account in my_accounts(cast.alice)]
    assert names == ["Pankki Oyj", "Zeta Oy", "Åbo Ab", "Ämpäri Oy", "Öljy Oy"]


def test_list_shows_mine_apart_and_listed_others_with_their_director(cast: Cast) -> None:
    cast.kerttu.phone = "+358 50 123"
    cast.kerttu.save()
    accounts = list_accounts(cast.bob)
    assert [line.name for line in accounts.mine] == ["Pankki Oyj"]
    ((letter, (koulut,)),) = accounts.others
    assert (letter, koulut.name, koulut.director, koulut.phone) == ("K", "Koulut Oy", "Kerttu Koskinen", "+358 50 123")


def test_list_hides_the_other_side_and_the_unlisted(cast: Cast) -> None:
    shown = {line.name for _, lines in list_accounts(cast.eero).others for line in lines}
    assert shown == {"Koulut Oy"}


def test_list_names_today_s_director_only(cast: Cast) -> None:
    account = make_account("Uusi Oy")
    direct(cast.ville, account, last=cast.day - ONE_DAY)
    assert [line.director for _, lines in list_accounts(cast.bob).others for line in lines] == ["Kerttu Koskinen", ""]
    direct(cast.alice, account, first=cast.day)
    lines = [line for _, lines in list_accounts(cast.bob).others for line in lines]
    assert [(line.name, line.director) for line in lines] == [
        ("Koulut Oy", "Kerttu Koskinen"),
        ("Uusi Oy", "Alice Alanen"),
    ]


def test_list_narrows_by_a_part_of_the_name_whatever_the_case(cast: Cast) -> None:
    make_account("Äänekosken Energia")
    assert list_accounts(cast.bob, "ÄÄNE").letters == ["Ä"]
    assert list_accounts(cast.bob, "100 %").letters == []
    assert [line.name for line in list_accounts(cast.bob, "pankki").mine] == ["Pankki Oyj"]


@pytest.mark.parametrize("more", [0, 40])
def test_list_takes_one_query(cast: Cast, more: int, django_assert_num_queries) -> None:
    for number in range(more):
        direct(cast.kerttu, make_account(f"Asiakas {number}"))
    with django_assert_num_queries(1):
        list_accounts(cast.bob)


@pytest.mark.parametrize(("name", "letter"), [("ahti", "A"), ("Åbo", "Å"), ("Ähti", "Ä"), ("3M", "#"), ("Éclair", "E")])
def test_letter_of(name: str, letter: str) -> None:
    assert letter_of(finnish_key(name)) == letter


def test_contracts_that_are_over_are_left_out(cast: Cast) -> None:
    for number, first, last in (("over", LONG_AGO, cast.day - ONE_DAY), ("to come", cast.day + ONE_DAY, None)):
        Contract.objects.create(account=cast.pankki, number=number, period=period(first, last))
    now, later = contracts_of(cast.pankki)
    assert (now.number, now.last_day, now.to_come) == (
        f"S-{cast.pankki.customer_number}",
        cast.day + 365 * ONE_DAY,
        False,
    )
    assert (later.number, later.last_day, later.to_come) == ("to come", None, True)


def test_open_sites_name_those_who_answer_today(cast: Cast) -> None:
    (branch,) = open_sites(cast.pankki)
    assert (branch.name, branch.area) == ("Keskustan konttori", "Uusimaa")
    # Leena has left, Niilo starts tomorrow; Eero stands there because the billing system says so.
    assert [(answerer.name, answerer.role) for answerer in branch.answerers] == [
        ("Bob Backman", "supervisor"),
        ("Eero Eskola", "supervisor"),
        ("Ines Ilola", "instructor"),
    ]
    assert branch.is_of(cast.bob.pk)
    assert not branch.is_of(cast.charlie.pk)


def test_open_sites_include_those_that_nobody_answers_for(cast: Cast) -> None:
    make_site(cast.pankki, "Ämmänkoski")
    make_site(cast.pankki, "Kiinni", last=cast.day - ONE_DAY)
    sites = open_sites(cast.pankki)
    assert [(site.name, bool(site.answerers)) for site in sites] == [
        ("Keskustan konttori", True),
        ("Ämmänkoski", False),
    ]


def test_sites_in_short_count_all_and_name_the_reader_s_own(cast: Cast) -> None:
    north = make_area("Ähtäri")
    assign(cast.bob, make_site(cast.pankki, "Ämmänkoski", area=north))
    assign(cast.bob, make_site(cast.pankki, "Kiinni", last=cast.day - ONE_DAY))
    assign(cast.bob, make_site(cast.koulut, "Koulu"))
    assign(cast.bob, make_site(cast.pankki, "Tuleva"), first=cast.day + ONE_DAY)
    make_site(cast.pankki, "Muiden")
    short = sites_in_short(cast.pankki, cast.bob)
    assert (short.count, short.areas) == (4, {cast.area.pk, north.pk})
    assert [site.name for site in short.own] == ["Keskustan konttori", "Ämmänkoski"]
    assert sites_in_short(cast.pankki, cast.alice).own == ()


@pytest.mark.parametrize("more", [0, 40])
def test_open_sites_take_one_query(cast: Cast, more: int, django_assert_num_queries) -> None:
    for number in range(more):
        site = make_site(cast.pankki, f"Kohde {number}")
        assign(cast.bob, site)
        assign(cast.ines, site, "instructor")
    with django_assert_num_queries(1):
        assert len(open_sites(cast.pankki)) == more + 1


def test_narrow_by_area_and_by_words_in_any_field(cast: Cast) -> None:
    north = make_area("Ähtäri")
    make_site(cast.pankki, "Pohjoinen konttori", area=north)
    sites = open_sites(cast.pankki)
    assert areas_of(sites) == [(cast.area.pk, "Uusimaa"), (north.pk, "Ähtäri")]
    assert [site.name for site in narrow(sites, area_id=north.pk)] == ["Pohjoinen konttori"]
    assert [site.name for site in narrow(sites, words="KONTTORI bob")] == ["Keskustan konttori"]
    assert narrow(sites, words="bob nobody") == []


def test_contacts_are_director_deputy_and_directors_of_the_areas(cast: Cast) -> None:
    cast.arja.area = cast.area
    cast.arja.save()
    make_person("Toinen", "Aluejohtaja", title="aluejohtaja", area=make_area("Lappi"))
    contacts = contacts_of(cast.pankki, [cast.area.pk])
    assert [(contact.name, contact.post) for contact in contacts] == [
        ("Alice Alanen", "director"),
        ("Aaro Ahola", "deputy"),
        ("Arja Aalto", "area_director"),
    ]


def test_chain_goes_up_and_down_and_survives_a_circle(cast: Cast) -> None:
    assert above(cast.ines) == {cast.bob.pk, cast.matti.pk, cast.arja.pk}
    assert below(cast.arja) == {cast.matti.pk, cast.bob.pk, cast.ines.pk, cast.niilo.pk}
    cast.arja.superior = cast.ines
    cast.arja.save()
    assert above(cast.arja) == {cast.ines.pk, cast.bob.pk, cast.matti.pk}


def test_named_finds_parts_of_names_and_whole_numbers_among_those_who_work_here(cast: Cast) -> None:
    assert list(named(working_here(), "bac bo")) == [cast.bob]
    assert list(named(working_here(), cast.bob.employee_number)) == [cast.bob]
    assert list(named(working_here(), "Laine")) == []
