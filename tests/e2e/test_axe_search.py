"""axe finds nothing on the search: before a word, with results of all kinds, filtered, too short, nothing found."""

import pytest
from playwright.sync_api import Page

from accounts.finding import Findable, index
from tests.cast import Cast
from tests.e2e.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)


def fill(cast: Cast) -> None:
    """Let a thing of each kind, with one word in common, be found in Pankki."""
    index(
        Findable(
            kind=kind,
            object_id=number,
            account_id=cast.pankki.pk,
            path=f"/accounts/{cast.pankki.customer_number}/pages/{number}/",
            title=f"{title} {number}",
            text="Laatukäynnit tehdään joka kuukausi Keskustan konttorissa. " * 8,
            audience=None,
            changed_at=cast.bob.login.date_joined,
            changed_by_id=cast.bob.pk,
        )
        for number in range(1, 31)
        for kind, title in (("page", "Laatukäynnit konttorissa"), ("memo", "Palaveri konttorissa"), ("task", "Käynti"))
    )


def typed(page: Page) -> None:
    """Type a word and wait until its results are there."""
    page.fill("#search-words", "konttori")
    page.locator("#search-results mark").first.wait_for()


def test_search(desk: Desk, company: Cast) -> None:
    fill(company)
    desk.look(company.bob, "search")
    desk.look(company.bob, "search", then=typed)
    desk.look(company.bob, "search", query="?q=konttori&kind=page&page=2")
    desk.look(company.bob, "search", query=f"?q=konttori&account={company.pankki.customer_number}&when=week")
    desk.look(company.bob, "search", query="?q=k")
    desk.look(company.bob, "search", query="?q=zzz&kind=file")
    desk.look(company.yrjo, "search", query="?q=konttori")
    desk.look(company.greta, "search", query="?q=a")
    assert desk.found == []
