"""A page's history: reading, comparing, restoring, and what of it a reader may see."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from channels_app.actions.essentials import write_essential
from channels_app.actions.page_limits import limit_page
from channels_app.models import Page
from tests.accounts.pages import page_of, text_of
from tests.cast import Cast
from tests.channels_app.page_hands import PRICES, change, write
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


def url(name: str, page: Page, *args: Any) -> str:
    return reverse(name, args=[page.account.customer_number, page.pk, *args])


@pytest.fixture
def keys(cast: Cast) -> Page:
    page = write(cast.alice, cast.pankki, "Avaimet", "<p>Avaimet saa aulasta.</p>")
    change(cast.aaro, page, "<p>Avaimet saa vartijalta.</p>", note="uusi paikka")
    return change(cast.alice, page, "<p>Avaimet saa vartijalta kuitaten.</p>")


def test_history_lists_who_saved_what_and_when(keys: Page, cast: Cast, client: Client) -> None:
    response = page_of(client, cast.bob, url("page_history", keys))
    listed = [(one.number, one.author, one.note) for one in response.context["page_obj"]]
    assert listed == [(3, cast.alice, ""), (2, cast.aaro, "uusi paikka"), (1, cast.alice, "")]
    assert "Bring" not in text_of(response)


def test_a_revision_is_read_as_it_was(keys: Page, cast: Cast, client: Client) -> None:
    text = text_of(page_of(client, cast.bob, url("page_revision", keys, 1)))
    assert "Avaimet saa aulasta." in text
    assert "vartijalta" not in text
    assert "Bring this version back" not in text
    assert "Bring this version back" in text_of(page_of(client, cast.alice, url("page_revision", keys, 1)))


def test_differences_show_what_came_and_went_between_any_two(keys: Page, cast: Cast, client: Client) -> None:
    for query in ("?from=1&to=2", "?from=2&to=1", "?to=2"):
        html = page_of(client, cast.bob, url("page_differences", keys) + query).content.decode()
        assert "<ins>vartijalta</ins>" in html, query
        assert "<del>aulasta</del>" in html, query
    since = page_of(client, cast.bob, url("page_differences", keys) + "?from=1").content.decode()
    assert "kuitaten" in since


@pytest.mark.parametrize("query", ["?from=1&to=9", "?from=9&to=1", "?from=0", "?from=x&to=1", "?to=1"])
def test_differences_of_what_is_not_there_are_missing(keys: Page, cast: Cast, client: Client, query: str) -> None:
    assert page_of(client, cast.bob, url("page_differences", keys) + query).status_code == 404


def test_restoring_is_the_editors_and_makes_a_new_revision(keys: Page, cast: Cast, client: Client) -> None:
    sign_in(client, cast.bob)
    assert client.post(url("page_restore", keys, 1)).status_code == 404
    sign_in(client, cast.aaro)
    assert client.post(url("page_restore", keys, 1))["Location"] == url("page", keys)
    keys.refresh_from_db()
    assert (keys.number, keys.body, keys.changed_by) == (4, "<p>Avaimet saa aulasta.</p>", cast.aaro)
    assert keys.revisions.get(number=4).restored_from == 1
    client.post(url("page_restore", keys, 4))
    keys.refresh_from_db()
    assert keys.number == 4


def reads(person: Any, page: Page) -> set[int]:
    """Return the numbers of the revisions that the person reads, by the list and one by one alike."""
    client = sign_in(Client(), person)
    listed = {one.number for one in client.get(url("page_history", page)).context["page_obj"]}
    opened = {n for n in range(1, page.number + 1) if client.get(url("page_revision", page, n)).status_code == 200}
    assert listed == opened
    return listed


def test_widening_a_page_opens_nothing_of_before_to_those_it_lets_in(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki, "Hinnat", "<p>Salainen hinta 12</p>", limit=PRICES)
    page = change(cast.alice, page, "<p>Hinta on kerrottu sopimuksessa</p>")
    limit_page(actor=cast.alice, page=page, limit=None)
    page = change(cast.alice, page, "<p>Hinta on sopimuksessa</p>")
    assert reads(cast.bob, page) == reads(cast.matti, page) == reads(cast.alice, page) == {1, 2, 3}
    assert reads(cast.ines, page) == reads(cast.tuula, page) == {2, 3}
    client = sign_in(Client(), cast.ines)
    for query in ("?from=1&to=2", "?from=1", "?to=2"):
        assert client.get(url("page_differences", page) + query).status_code == 404
    for name in ("page", "page_history", "page_print"):
        assert "Salainen" not in client.get(url(name, page)).content.decode()


def test_essentials_of_a_revision_that_one_may_not_see_are_not_shown_either(cast: Cast, client: Client) -> None:
    page = write(cast.alice, cast.pankki, "Hinnat", "<p>12</p>", limit=PRICES)
    write_essential(actor=cast.bob, page=page, text="Hinta on 12", number=1)
    page = change(cast.alice, page, "<p>Hinta on sopimuksessa</p>")
    limit_page(actor=cast.alice, page=page, limit=None)
    assert "Hinta on 12" not in text_of(page_of(client, cast.ines, url("page", page)))
    assert "Hinta on 12" in text_of(page_of(client, cast.bob, url("page", page)))


def test_narrowing_a_page_takes_its_whole_history(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki)
    page = change(cast.alice, page, "<p>b</p>")
    assert reads(cast.ines, page) == {1, 2}
    limit_page(actor=cast.alice, page=page, limit=PRICES)
    client = sign_in(Client(), cast.ines)
    addresses = [url("page_history", page), url("page_revision", page, 1), url("page_differences", page) + "?to=2"]
    assert [client.get(address).status_code for address in addresses] == [404] * 3


def test_long_histories_come_in_pages(cast: Cast, client: Client) -> None:
    page = write(cast.alice, cast.pankki)
    for number in range(60):
        change(cast.alice, page, f"<p>{number}</p>")
    first = page_of(client, cast.bob, url("page_history", page)).context["page_obj"]
    second = page_of(client, cast.bob, url("page_history", page) + "?page=2").context["page_obj"]
    assert [one.number for one in [*first, *second]] == list(range(61, 0, -1))
