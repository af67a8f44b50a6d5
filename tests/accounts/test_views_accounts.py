"""The pages that people see of an account: who may open them, what stands on them, how many queries they take."""

import pytest
from django.http import Http404
from django.test import Client
from django.urls import reverse

from accounts.access import account_for
from accounts.derivation import derive_access
from accounts.models import LedgerEntry
from tests.accounts.pages import page_of, text_of
from tests.cast import ONE_DAY, Cast, assign, invite, make_account, make_person, make_site, stand_in

pytestmark = pytest.mark.django_db
OPENERS = {"alice", "aaro", "bob", "ines", "matti", "arja", "saara", "greta", "tuula", "stina"}
CLOSED = {"yrjo", "eero", "leena", "niilo", "dana", "charlie", "ville", "kerttu"}


def address(name: str, cast: Cast) -> str:
    return reverse(name, args=[cast.pankki.customer_number])


@pytest.mark.parametrize("name", ["account", "account_sites", "account_sites_print", "why"])
def test_pages_of_an_account_open_to_whoever_sees_it_and_are_missing_to_others(
    cast: Cast, client: Client, name: str
) -> None:
    answers = {who: page_of(client, getattr(cast, who), address(name, cast)).status_code for who in OPENERS | CLOSED}
    assert {who for who, status in answers.items() if status == 200} == OPENERS
    # Leena has left: she is sent to sign in.
    assert {who for who, status in answers.items() if status == 404} == CLOSED - {"leena"}
    assert answers["leena"] == 302


@pytest.mark.parametrize("name", ["who_sees", "invitations"])
def test_pages_of_the_director_open_to_director_and_deputy_alone(cast: Cast, client: Client, name: str) -> None:
    answers = {who: page_of(client, getattr(cast, who), address(name, cast)).status_code for who in OPENERS | CLOSED}
    assert {who for who, status in answers.items() if status == 200} == {"alice", "aaro"}


def test_whoever_stands_in_for_the_director_may_do_what_the_director_may(cast: Cast, client: Client) -> None:
    stand_in(cast.charlie, cast.alice, first=cast.day, last=cast.day)
    derive_access()
    assert page_of(client, cast.charlie, address("who_sees", cast)).status_code == 200


def test_account_that_does_not_exist_is_missing_like_one_not_seen(cast: Cast, client: Client) -> None:
    unknown = page_of(client, cast.charlie, reverse("account", args=["999999"]))
    hidden = page_of(client, cast.charlie, address("account", cast))
    assert (unknown.status_code, hidden.status_code) == (404, 404)


def test_number_that_no_account_can_have_is_missing_to_whoever_asks(cast: Cast) -> None:
    with pytest.raises(Http404):
        account_for(cast.bob, "\0")


def test_sites_name_those_who_answer_and_the_reason(cast: Cast, client: Client) -> None:
    cast.alice.phone = "+358 40 111"
    cast.alice.save()
    text = text_of(page_of(client, cast.bob, address("account_sites", cast)))
    assert "Alice Alanen Key account director +358 40 111" in text
    assert "1 site" in text
    assert "Your sites Keskustan konttori" in text
    assert "You see this account because you answer as supervisor for the site Keskustan konttori (since" in text


def test_sites_are_narrowed(cast: Cast, client: Client) -> None:
    make_site(cast.pankki, "Aseman konttori")
    url = address("account_sites", cast)
    text = text_of(page_of(client, cast.bob, f"{url}?q=aseman"))
    assert "1 of 2 sites" in text
    assert "Keskustan konttori 0" not in text
    text = text_of(page_of(client, cast.bob, f"{url}?area={cast.area.pk}"))
    assert "1 of 2 sites" in text
    assert "Aseman" not in text
    assert "No site fits" in text_of(page_of(client, cast.bob, f"{url}?q=%00nowhere&area=99999999999999"))


def test_sites_answer_htmx_with_their_lines_alone(cast: Cast, client: Client) -> None:
    url = address("account_sites", cast)
    page_of(client, cast.bob, url)
    part = client.get(url, headers={"HX-Request": "true", "HX-Target": "site-lines"})
    assert part.content.decode().strip().startswith('<div id="site-lines">')
    assert "<h1" not in part.content.decode()


@pytest.mark.parametrize("more", [2, 130])
def test_sites_take_the_same_queries_with_few_and_many(
    cast: Cast, client: Client, more: int, django_assert_num_queries
) -> None:
    for number in range(more):
        site = make_site(cast.pankki, f"Kohde {number}", area=cast.area)
        assign(cast.bob, site)
        assign(make_person("Ohjaaja", str(number), superior=cast.bob), site, "instructor")
    derive_access()
    url = address("account_sites", cast)
    page_of(client, cast.bob, url)
    # session, login with person, rail, account, standing, contacts, sites, cause, contents
    with django_assert_num_queries(9):
        assert client.get(url).status_code == 200


def test_list_shows_mine_first_and_never_the_other_side(cast: Cast, client: Client) -> None:
    text = text_of(page_of(client, cast.eero, reverse("accounts")), main=True)
    assert "Vakuutus Oyj" in text
    assert "Koulut Oy Director Kerttu Koskinen" in text
    assert "Pankki" not in text
    assert "Piilo" not in text


def test_list_says_what_belongs_there_when_it_is_empty(cast: Cast, client: Client) -> None:
    assert "You have no accounts yet" in text_of(page_of(client, cast.niilo, reverse("accounts")))
    assert "None of your accounts has “zzz”" in text_of(page_of(client, cast.bob, reverse("accounts") + "?q=zzz"))


@pytest.mark.parametrize("more", [0, 50])
def test_list_takes_the_same_queries_with_few_and_many(
    cast: Cast, client: Client, more: int, django_assert_num_queries
) -> None:
    for number in range(more):
        make_account(f"Asiakas {number}")
    page_of(client, cast.bob, reverse("accounts"))
    with django_assert_num_queries(4):  # session, login with person, rail, list
        client.get(reverse("accounts"))


def test_why_names_every_site_and_the_end_of_a_substitution(cast: Cast, client: Client) -> None:
    assign(cast.bob, make_site(cast.pankki, "Aseman konttori"))
    derive_access()
    text = text_of(page_of(client, cast.bob, address("why", cast)))
    assert "for the site Aseman konttori" in text
    assert "for the site Keskustan konttori" in text
    text = text_of(page_of(client, cast.stina, address("why", cast)))
    last = cast.day + 5 * ONE_DAY
    assert "You stand in for Bob Backman, who answers as supervisor for the site Aseman konttori (from" in text
    assert f"to {last.day} {last:%b %Y}" in text


def test_who_sees_lists_exactly_those_who_see_it_and_no_blocked_one(cast: Cast, client: Client) -> None:
    response = page_of(client, cast.alice, address("who_sees", cast))
    assert {seer.employee_number for seer, _ in response.context["seers"]} == {
        getattr(cast, who).employee_number for who in OPENERS
    }
    text = text_of(response)
    assert "10 people on" in text
    assert "Eskola" not in text
    assert "lock" not in text.lower().replace("clock", "")


def test_who_sees_narrows_by_name_kind_and_area(cast: Cast, client: Client) -> None:
    url = address("who_sees", cast)

    def found(query: str) -> set[str]:
        return {seer.name for seer, _ in page_of(client, cast.alice, f"{url}?{query}").context["seers"]}

    assert found("q=bac") == {"Bob Backman"}
    assert found("kind=director") == {"Alice Alanen", "Aaro Ahola"}
    assert found(f"area={cast.area.pk}") == {"Saara Salo"}
    assert found("kind=sales&q=nobody") == set()


def test_export_of_who_sees_is_recorded_and_leaves_formulas_dead(cast: Cast, client: Client) -> None:
    invite(make_person("=cmd()", "Oy"), cast.pankki, first=cast.day, last=cast.day, by=cast.alice)
    derive_access()
    page_of(client, cast.alice, address("who_sees", cast))
    response = client.post(address("who_sees_export", cast))
    lines = response.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 12
    assert any(";'=cmd() Oy;" in line for line in lines)
    assert not any("Eskola" in line for line in lines)
    entry = LedgerEntry.objects.get(event=LedgerEntry.Event.EXPORTED)
    assert (entry.actor, entry.account, entry.cause["people"]) == (cast.alice, cast.pankki, 11)


def test_export_of_who_sees_is_the_director_s_alone_and_needs_a_post(cast: Cast, client: Client) -> None:
    page_of(client, cast.bob, reverse("accounts"))
    assert client.post(address("who_sees_export", cast)).status_code == 404
    page_of(client, cast.alice, reverse("accounts"))
    assert client.get(address("who_sees_export", cast)).status_code == 405
    assert not LedgerEntry.objects.filter(event=LedgerEntry.Event.EXPORTED).exists()


def test_sites_for_paper_list_number_address_people_and_telephones(cast: Cast, client: Client) -> None:
    cast.bob.phone = "+358 40 222"
    cast.bob.save()
    text = text_of(page_of(client, cast.tuula, address("account_sites_print", cast)))
    assert "1 site, as of" in text
    assert f"{cast.branch.number} Keskustan konttori" in text
    assert "Bob Backman, supervisor, +358 40 222" in text
