"""The search in a browser: there by a key, results as one types, through them by the arrows, and without scripts."""

import re
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from accounts.derivation import derive_access
from accounts.models import Invitation
from kam.lib.dates import NEVER
from tests.accounts.test_finding import add
from tests.cast import Cast
from tests.e2e.desk import Desk
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def things(company: Cast) -> Cast:
    add(company.pankki, "Laatukäynnit", "Käynti joka kuukausi.")
    add(company.pankki, "Kuukausipalaveri", "Sovittiin käynnistä.", kind="memo")
    add(company.vakuutus, "Vakuutuksen käynti")
    return company


def marks(page: Page) -> list[str]:
    return page.locator("#search-results mark").all_inner_texts()


def test_key_brings_to_the_search_and_arrows_through_its_results(desk: Desk, things: Cast) -> None:
    page = desk.page(things.bob, "en")
    page.goto(f"{desk.address}/accounts/")
    page.locator("body").press("/")
    page.wait_for_url("**/search/")
    expect(page.locator("#search-words")).to_be_focused()
    page.keyboard.type("käynti", delay=20)
    expect(page.locator("#search-results mark").first).to_have_text("käynnit")
    assert marks(page) == ["käynnit", "Käynti", "käynnistä"]
    expect(page.locator("#search-said")).to_have_text("2 things found")
    assert "q=k%C3%A4ynti" in page.url
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Laatukäynnit")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Kuukausipalaveri")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("link", name="Kuukausipalaveri")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator("#search-words")).to_be_focused()
    page.keyboard.type("/1")
    expect(page.locator("#search-words")).to_have_value(re.compile("/1"))
    page.keyboard.press("Control+k")
    expect(page.locator("#search-words")).to_be_focused()


def test_control_k_keeps_the_account_that_one_is_on_and_is_left_alone_in_fields(desk: Desk, things: Cast) -> None:
    page = desk.page(things.bob, "en")
    number = things.pankki.customer_number
    page.goto(f"{desk.address}/accounts/")
    page.locator("#name-part").press("/")
    page.locator("#name-part").press("Control+k")
    assert page.url.startswith(f"{desk.address}/accounts/")
    page.goto(f"{desk.address}/accounts/{number}/sites/")
    page.locator("h1").press("Control+k")
    page.wait_for_url(f"**/search/?account={number}")
    page.fill("#search-words", "käynti")
    expect(page.locator("#search-results mark").first).to_be_visible()
    expect(page.locator("#search-account")).to_have_value(number)
    assert f"account={number}" in page.url
    page.select_option("#search-when", "week")
    page.wait_for_url("**when=week**")
    expect(page.locator("#search-results mark").first).to_be_visible()


def test_last_word_typed_is_the_one_that_shows(desk: Desk, things: Cast) -> None:
    """An answer that comes late for an earlier word never covers the later one."""
    page = desk.page(things.bob, "en")
    page.goto(f"{desk.address}/search/")

    def late(route: Any) -> None:
        if "q=palaveri" in route.request.url:
            page.wait_for_timeout(700)
        route.continue_()

    page.route("**/search/?q=**", late)
    page.fill("#search-words", "palaveri")
    page.wait_for_timeout(300)
    page.fill("#search-words", "laatu")
    expect(page.locator("#search-results mark").first).to_have_text("Laatu")
    page.wait_for_timeout(1000)
    assert marks(page) == ["Laatu"]


def test_open_tab_finds_nothing_more_when_access_has_ended(desk: Desk, things: Cast) -> None:
    page = desk.page(things.tuula, "en")
    page.goto(f"{desk.address}/search/?q=käynti")
    expect(page.locator("#search-results mark").first).to_be_visible()
    Invitation.objects.filter(person=things.tuula).update(period=NEVER)
    derive_access(people=[things.tuula.pk])
    page.fill("#search-words", "käynnit")
    expect(page.locator("#search-results")).to_contain_text("Nothing found")


def test_phone_reaches_it_in_two_taps(desk: Desk, things: Cast) -> None:
    page = desk.page(things.bob, "fi")
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{desk.address}/accounts/{things.pankki.customer_number}/sites/")
    page.locator("nav.bar a[href^='/search/']").click()
    expect(page.locator("#search-words")).to_be_focused()
    page.fill("#search-words", "käynti")
    expect(page.locator("#search-results mark").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_without_scripts_the_button_searches(browser: Browser, desk: Desk, things: Cast) -> None:
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    session = sign_in(Client(), things.bob).cookies[django_settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": desk.address}])
    page = context.new_page()
    page.goto(f"{desk.address}/search/")
    page.fill("#search-words", "käynti")
    page.get_by_role("button", name="Search").click()
    assert marks(page) == ["käynnit", "Käynti", "käynnistä"]
    page.get_by_role("link", name="Memos").click()
    assert marks(page) == ["käynnistä"]
    page.select_option("#search-when", "year")
    page.get_by_role("button", name="Search").click()
    assert "kind=memo" in page.url
    assert "when=year" in page.url
    context.close()
