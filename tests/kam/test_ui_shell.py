"""The frame of a page: who sees which ways, where one is, and that it costs nothing where it is not drawn."""

import datetime as dt
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

from kam import context, navigation
from kam.navigation import ADMINISTRATORS, EVERYBODY, Item, Place, links
from kam.templatetags.ui import icon_names

REAL_WAYS = navigation.ITEMS
ALL_ROLES = EVERYBODY | ADMINISTRATORS


def ask(
    path: str = "/", *, administrator: bool = False, person: bool = True, left_on: dt.date | None = None
) -> HttpRequest:
    request = RequestFactory().get(path)
    somebody = SimpleNamespace(name="Alice Ahola", is_administrator=administrator, left_on=left_on) if person else None
    request.user = SimpleNamespace(is_authenticated=True, email="alice@yritysx.example", person=somebody)  # type: ignore[assignment]
    return request


def account(name: str, number: str, attention: int = 0) -> Any:
    return SimpleNamespace(name=name, customer_number=number, attention=attention)


@pytest.fixture
def own_accounts(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Let the frame find these accounts as the reader's own."""
    found = [account("Ahjo", "1"), account("Koulut", "2", 3), account("Ämmä", "3")]
    monkeypatch.setattr("accounts.queries.accounts.accounts_in_frame", lambda person: found)
    return found


@pytest.fixture(autouse=True)
def _ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few ways whose addresses are surely there, so that these tests do not hang on other apps."""
    ways = (
        Item("Start", "health_live", "house", Place.MAIN),
        Item("Nowhere", "not_built", "clock", Place.MAIN),
        Item("Imports", "health_ready", "upload", Place.ADMINISTRATION, ADMINISTRATORS),
    )
    monkeypatch.setattr(navigation, "ITEMS", ways)


# --- ways -----------------------------------------------------------------------------------------------------------
def test_ways_that_lead_nowhere_are_left_out() -> None:
    assert [link.label for link in links(Place.MAIN, ALL_ROLES, "/")] == ["Start"]


def test_administration_is_for_administrators() -> None:
    assert [link.label for link in links(Place.ADMINISTRATION, ALL_ROLES, "/")] == ["Imports"]
    assert links(Place.ADMINISTRATION, EVERYBODY, "/") == []


def test_page_itself_and_pages_under_it_are_marked() -> None:
    def marked(path: str) -> list[str]:
        return [link.current for link in links(Place.MAIN, EVERYBODY, path)]

    assert marked("/health/live") == ["page"]
    assert marked("/health/live/more/") == ["true"]
    assert marked("/health/lively") == [""]


def test_root_is_current_only_on_itself() -> None:
    assert navigation.is_under("/", "/")
    assert not navigation.is_under("/accounts/", "/")


def test_real_ways_have_icons_that_are_shipped() -> None:
    assert {item.icon for item in REAL_WAYS} <= icon_names()


# --- whose frame ----------------------------------------------------------------------------------------------------
def test_frame_knows_an_administrator() -> None:
    assert context.Shell(ask(administrator=True)).roles == ALL_ROLES
    assert context.Shell(ask()).roles == EVERYBODY
    assert context.Shell(ask(person=False)).roles == EVERYBODY
    assert context.Shell(ask(administrator=True, left_on=dt.date(2020, 1, 1))).roles == EVERYBODY


def test_accounts_that_wait_for_the_reader_stand_first(own_accounts: list[Any]) -> None:
    shown = context.Shell(ask()).accounts
    assert [(one.name, one.attention) for one in shown] == [("Koulut", 3), ("Ahjo", 0), ("Ämmä", 0)]


def test_login_without_a_person_has_no_accounts(own_accounts: list[Any]) -> None:
    assert context.Shell(ask(person=False)).accounts == []


def test_account_is_marked_on_its_own_pages(own_accounts: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(context, "account_address", lambda number: f"/accounts/{number}/")

    def marked(path: str) -> list[tuple[str, str]]:
        return [(one.name, one.current) for one in context.Shell(ask(path)).accounts if one.current]

    assert marked("/accounts/2/") == [("Koulut", "page")]
    assert marked("/accounts/2/sites/") == [("Koulut", "true")]
    assert marked("/accounts/22/") == []


def test_frame_that_is_not_drawn_asks_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(person: object) -> None:
        raise AssertionError("asked for accounts though nothing was drawn")

    monkeypatch.setattr("accounts.queries.accounts.accounts_in_frame", refuse)
    assert set(context.shell(ask())) == {"shell"}


# --- drawn ----------------------------------------------------------------------------------------------------------
def draw(request: HttpRequest, template: str = "base.html") -> str:
    with translation.override("en"):
        return render_to_string(template, request=request)


def test_signed_in_reader_gets_rail_and_bar(own_accounts: list[Any]) -> None:
    html = draw(ask("/health/live"))
    assert html.count('class="rail"') == 1
    assert html.count('class="bar"') == 1
    assert "Koulut" in html
    assert "3 things wait for you" in html
    assert 'href="/health/live" aria-current="page"' in html
    assert "Imports" not in html


def test_administrator_gets_the_administration_in_rail_and_bar(own_accounts: list[Any]) -> None:
    assert draw(ask(administrator=True)).count('href="/health/ready"') == 2


def test_visitor_gets_neither_rail_nor_bar_nor_accounts(own_accounts: list[Any]) -> None:
    request = ask()
    request.user = AnonymousUser()
    html = draw(request)
    assert 'class="rail"' not in html
    assert 'class="bar"' not in html
    assert "Koulut" not in html
    assert 'class="door"' in html


def test_names_are_written_not_executed(monkeypatch: pytest.MonkeyPatch) -> None:
    evil = [account("<script>alert(1)</script>", "1")]
    monkeypatch.setattr("accounts.queries.accounts.accounts_in_frame", lambda person: evil)
    html = draw(ask())
    assert "<script>alert" not in html
    assert "&lt;script&gt;alert(1)" in html


@pytest.mark.parametrize(
    ("theme", "attribute", "follows_device"),
    [("auto", "light", True), ("light", "light", False), ("dark", "dark", False)],
)
def test_theme_is_set_before_the_first_paint(
    theme: str, attribute: str, follows_device: bool, own_accounts: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(context.Shell, "theme", theme)
    html = draw(ask())
    assert f'data-bs-theme="{attribute}"' in html
    assert ("js/theme.js" in html) is follows_device


def test_page_speaks_the_language_it_says(own_accounts: list[Any]) -> None:
    with translation.override("fi"):
        assert '<html lang="fi"' in render_to_string("base.html", request=ask())
    assert '<html lang="en"' in draw(ask())
