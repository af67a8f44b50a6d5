"""Reading pages through their addresses: who sees what, who loses it when; still right, limits, removing, cost."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.derivation import derive_access
from accounts.models import Assignment, Directorship, LedgerEntry, Person
from channels_app.actions.page_limits import limit_page
from channels_app.models import Page
from kam.lib.dates import period
from tests.accounts.pages import page_of, text_of
from tests.cast import ONE_DAY, Cast, raise_barrier
from tests.channels_app.page_hands import PRICES, change, checked_on, limit_section, name_editor, some_pages, url, write
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


# --- reading --------------------------------------------------------------------------------------------------------
def test_page_says_whose_it_is_how_fresh_and_what_stands_there(cast: Cast, client: Client) -> None:
    contract = cast.pankki.contracts.get()
    page = write(cast.aaro, cast.pankki, "Hinnat", "<p>Kaksitoista euroa</p>", key="contracts", contract=contract)
    response = page_of(client, cast.bob, url("page", page))
    text = text_of(response)
    assert "kept by Alice Alanen" in text
    assert "checked by Aaro Ahola" in text
    assert f"Contract {contract.number}" in text
    assert "Kaksitoista euroa" in text
    for way in ("page_edit", "page_remove", "page_limit", "page_checked"):
        assert url(way, page) not in response.content.decode()


@pytest.mark.parametrize(
    ("days_ago", "said", "asked"), [(89, "checked by", False), (90, "to be checked again since", True)]
)
def test_page_past_its_interval_says_so_and_asks_whoever_edits(
    cast: Cast, client: Client, days_ago: int, said: str, asked: bool
) -> None:
    page = checked_on(write(cast.alice, cast.pankki), cast.day - days_ago * ONE_DAY)
    assert said in text_of(page_of(client, cast.bob, url("page", page)))
    text = text_of(page_of(client, cast.alice, url("page", page)))
    assert ("does all of it still hold?" in text) == asked
    assert "Still right" in text


def sees(person: Person, pages: dict[str, Page], name: str, *args: Any) -> set[str]:
    client = sign_in(Client(), person)
    return {what for what, page in pages.items() if client.get(url(name, page, *args)).status_code == 200}


EVERYTHING = {"plain", "limited", "in_limited_section", "directors_only"}
SEEN = {
    "alice": EVERYTHING | {"removed"},
    "aaro": EVERYTHING | {"removed"},
    "greta": EVERYTHING | {"other_account", "other_side"},
    "matti": {"plain", "limited", "in_limited_section"},
    "saara": {"plain", "limited", "in_limited_section"},
    "ines": {"plain"},
    "tuula": {"plain"},
    "eero": {"other_side"},
    "charlie": {"other_account"},
    "yrjo": set(),
    "niilo": set(),
    "dana": set(),
}


@pytest.mark.parametrize("name", SEEN)
def test_limits_hold_on_every_address_of_a_page(cast: Cast, name: str) -> None:
    pages = some_pages(cast)
    person = getattr(cast, name)
    assert sees(person, pages, "page") == SEEN[name]
    assert sees(person, pages, "page_history") == SEEN[name]
    assert sees(person, pages, "page_revision", 1) == SEEN[name]
    assert sees(person, pages, "page_print") == SEEN[name]


def test_a_page_is_missing_at_another_accounts_address(cast: Cast) -> None:
    page = write(cast.kerttu, cast.koulut)
    client = sign_in(Client(), cast.greta)
    for name in ("page", "page_history", "page_print"):
        assert client.get(reverse(name, args=[cast.pankki.customer_number, page.pk])).status_code == 404
        assert client.get(reverse(name, args=[cast.koulut.customer_number, page.pk])).status_code == 200


def test_opening_a_limited_page_to_edit_it_is_in_the_ledger(cast: Cast, client: Client) -> None:
    page, free = write(cast.alice, cast.pankki, limit=PRICES), write(cast.alice, cast.pankki, "Vapaa")
    for one in (page, free):
        assert page_of(client, cast.aaro, url("page_edit", one)).status_code == 200
    entry = LedgerEntry.objects.get(event="opened")
    assert (entry.actor, entry.cause["what"], entry.cause["id"]) == (cast.aaro, "page", page.pk)


def test_opening_a_limited_page_is_in_the_ledger(cast: Cast) -> None:
    pages = some_pages(cast)
    client = sign_in(Client(), cast.matti)
    for what in ("plain", "limited"):
        client.get(url("page", pages[what]))
    client.get(url("page_history", pages["limited"]))
    client.get(url("page", pages["directors_only"]))
    opened = LedgerEntry.objects.filter(event="opened").values_list("actor", "cause__id", "cause__what")
    assert list(opened) == [(cast.matti.pk, pages["limited"].pk, "page")] * 2


# --- access that ends -----------------------------------------------------------------------------------------------
def end_grant(cast: Cast, page: Page) -> None:
    Directorship.objects.filter(person=cast.alice).update(period=period(None, cast.day - ONE_DAY))
    derive_access()


def end_placement(cast: Cast, page: Page) -> None:
    cast.branch.placements.filter(account=cast.pankki).update(period=period(cast.day - 9 * ONE_DAY, cast.day - ONE_DAY))
    derive_access()


def narrow(cast: Cast, page: Page) -> None:
    limit_page(actor=cast.aaro, page=page, limit=["invited"])


def narrow_section(cast: Cast, page: Page) -> None:
    limit_section(cast.pankki, "working", ["invited"])


@pytest.mark.parametrize(
    ("who", "ends"),
    [("alice", end_grant), ("ines", end_placement), ("ines", narrow), ("ines", narrow_section), ("saara", narrow)],
)
def test_whoever_loses_a_page_loses_it_at_the_next_request(cast: Cast, who: str, ends: Any) -> None:
    page = write(cast.alice, cast.pankki)
    change(cast.alice, page, "<p>b</p>")
    client = sign_in(Client(), getattr(cast, who))
    addresses = [url("page", page), url("page_history", page), url("page_revision", page, 1), url("page_print", page)]
    addresses += [f"{url('page_differences', page)}?from=1&to=2"]
    if who == "alice":
        addresses += [url("page_edit", page), url("page_limit", page)]
    assert [client.get(address).status_code for address in addresses] == [200] * len(addresses)
    ends(cast, page)
    assert [client.get(address).status_code for address in addresses] == [404] * len(addresses)


def test_a_barrier_that_is_raised_takes_the_page_at_the_next_request(cast: Cast) -> None:
    page = write(cast.kerttu, cast.koulut)
    client = sign_in(Client(), cast.kerttu)
    assert client.get(url("page", page)).status_code == 200
    raise_barrier([cast.koulut], [cast.piilo], name="Uusi")
    derive_access()  # she began to direct both on the same day, so she stands on neither side
    assert client.get(url("page", page)).status_code == 404
    posts = {"title": "x", "body": "<p>x</p>", "based_on": "1"}
    assert client.post(url("page_edit", page), posts).status_code == 404
    assert client.post(url("page_draft", page), posts).status_code == 404


def test_an_editor_edits_for_as_long_as_they_see_the_account(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki)
    client = sign_in(Client(), cast.ines)
    assert client.get(url("page_edit", page)).status_code == 404
    name_editor(cast.ines, cast.pankki, cast.alice)
    assert client.get(url("page_edit", page)).status_code == 200
    assert client.get(url("page_limit", page)).status_code == 404
    Assignment.objects.filter(person=cast.ines).update(period=period(None, cast.day - ONE_DAY))
    derive_access()
    assert client.get(url("page_edit", page)).status_code == 404


# --- still right, limits, removing ----------------------------------------------------------------------------------
def test_still_right_marks_the_page_as_read_by_whoever_says_so(cast: Cast, client: Client) -> None:
    page = checked_on(write(cast.aaro, cast.pankki), cast.day - 200 * ONE_DAY)
    sign_in(client, cast.alice)
    assert client.post(url("page_checked", page), {"number": "1"})["Location"] == url("page", page)
    page.refresh_from_db()
    assert (page.checked_by, page.checked_on, page.number) == (cast.alice, cast.day, 1)


def test_still_right_is_not_taken_for_what_one_has_not_read(cast: Cast, client: Client) -> None:
    page = write(cast.alice, cast.pankki)
    change(cast.aaro, page, "<p>b</p>")
    checked_on(page, cast.day - 200 * ONE_DAY)
    sign_in(client, cast.alice)
    for number in ("1", "", "x", "9" * 30):
        client.post(url("page_checked", page), {"number": number})
    page.refresh_from_db()
    assert page.checked_on == cast.day - 200 * ONE_DAY
    answer = client.post(url("page_checked", page), {"number": "1"}, headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == url("page", page)


def test_page_limit_shows_and_changes_whom_the_page_is_limited_to(cast: Cast, client: Client) -> None:
    page = write(cast.alice, cast.pankki, limit=PRICES)
    assert page_of(client, cast.alice, url("page_limit", page)).context["form"].initial == {"who": "prices"}
    client.post(url("page_limit", page), {"who": "chosen", "kinds": ["invited"]})
    page.refresh_from_db()
    assert page.audience == ["director", "invited", "management"]
    assert client.post(url("page_limit", page), {"who": "chosen", "kinds": ["director"]}).status_code == 422
    client.post(url("page_limit", page), {"who": "everybody", "kinds": ["invited"]})
    page.refresh_from_db()
    assert page.audience is None


def test_a_removed_page_is_for_whoever_edits_until_it_comes_back(cast: Cast, client: Client) -> None:
    page = write(cast.alice, cast.pankki)
    sign_in(client, cast.alice)
    client.post(url("page_remove", page))
    assert "Only whoever edits" in text_of(page_of(client, cast.alice, url("page", page)))
    assert page_of(client, cast.bob, url("page", page)).status_code == 404
    sign_in(client, cast.alice)
    client.post(url("page_bring_back", page))
    assert page_of(client, cast.bob, url("page", page)).status_code == 200


# --- cost -----------------------------------------------------------------------------------------------------------
def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as found:
        assert client.get(address).status_code == 200
    return len(found)


def test_a_page_costs_the_same_with_few_and_with_many_around_it(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki)
    client = sign_in(Client(), cast.alice)
    client.get(url("page", page))
    addresses = [url("page", page), url("page_history", page)]
    few = [queries(client, address) for address in addresses]
    for number in range(12):
        write(cast.alice, cast.pankki, f"Sivu {number}")
        change(cast.alice, page, f"<p>{number}</p>")
    assert [queries(client, address) for address in addresses] == few
    assert few == [13, 10]
