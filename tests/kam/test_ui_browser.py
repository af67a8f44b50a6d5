"""The frame in a real browser: what happens when something fails, is slow, is pressed twice or is read on a phone."""

from collections.abc import Iterator
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Route, expect

from accounts.models import User
from tests.cast import make_login, make_person

pytestmark = pytest.mark.django_db(transaction=True)

# A page of nobody's: the frame around a missing page has everything that these tests need.
NOWHERE = "/nowhere/"
SIZES = {"phone": {"width": 360, "height": 740}, "desk": {"width": 1280, "height": 800}}


@pytest.fixture
def alice() -> User:
    return make_login(make_person("Alice", "Ahola"))


@pytest.fixture
def complaints(page: Page) -> Iterator[list[str]]:
    """What the browser has to complain about, a breach of the content policy for one; a missing page is none."""
    heard: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "404" not in message.text:
            heard.append(message.text)

    page.on("console", hear)
    page.on("pageerror", lambda error: heard.append(str(error)))
    yield heard
    assert heard == []


def sign_in(context: BrowserContext, address: str, user: User) -> None:
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": address}])


def open_page(page: Page, live_server, user: User | None = None, language: str = "en") -> None:
    page.context.add_cookies(
        [{"name": settings.LANGUAGE_COOKIE_NAME, "value": language, "url": live_server.url}],
    )
    if user:
        sign_in(page.context, live_server.url, user)
    page.goto(live_server.url + NOWHERE)


# --- failures -------------------------------------------------------------------------------------------------------
def test_lost_connection_is_told_and_nothing_typed_is_lost(page: Page, live_server, complaints: list[str]) -> None:
    open_page(page, live_server)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input id=typed value=kept>')")
    page.route("**/part/", lambda route: route.abort())
    page.evaluate("htmx.ajax('GET', '/part/', {target: 'main', swap: 'innerHTML'}).catch(() => {})")
    notice = page.get_by_role("alert")
    expect(notice).to_contain_text("That did not go through; nothing was lost.")
    expect(page.locator("#typed")).to_have_value("kept")
    notice.get_by_role("button", name="Close").click()
    expect(notice).to_have_count(0)
    complaints[:] = [one for one in complaints if "ERR_FAILED" not in one and "htmx:" not in one]


def test_sign_in_page_is_not_put_where_a_part_was_asked_for(page: Page, live_server) -> None:
    open_page(page, live_server)
    page.route("**/part/", lambda route: route.fulfill(body="<!DOCTYPE html><html><main>Sign in</main></html>"))
    page.evaluate("htmx.ajax('GET', '/part/', 'h1')")
    expect(page.get_by_role("alert")).to_contain_text("you have been signed out")
    expect(page.locator("h1")).to_have_text("Page not found")


def test_next_success_takes_the_failure_away(page: Page, live_server) -> None:
    open_page(page, live_server)
    answers = iter([500, 200])
    page.route("**/part/", lambda route: route.fulfill(status=next(answers), body="<b>fresh</b>"))
    page.evaluate("htmx.ajax('GET', '/part/', 'h1')")
    expect(page.get_by_role("alert")).to_be_visible()
    page.evaluate("htmx.ajax('GET', '/part/', 'h1')")
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator("h1")).to_have_text("fresh")


def test_form_with_errors_is_swapped_in(page: Page, live_server) -> None:
    open_page(page, live_server)
    page.route("**/part/", lambda route: route.fulfill(status=422, body="<b>Say which day.</b>"))
    page.evaluate("htmx.ajax('POST', '/part/', 'h1')")
    expect(page.locator("h1")).to_have_text("Say which day.")
    expect(page.get_by_role("alert")).to_have_count(0)


# --- slow, and twice ------------------------------------------------------------------------------------------------
def test_what_takes_long_shows_that_it_is_under_way(page: Page, live_server) -> None:
    open_page(page, live_server)
    held: list[Route] = []
    page.route("**/part/", lambda route: held.append(route))
    page.evaluate("void htmx.ajax('GET', '/part/', 'h1')")
    expect(page.locator("#busy")).to_be_hidden()
    expect(page.locator("#busy")).to_be_visible(timeout=2000)
    held[0].fulfill(body="done")
    expect(page.locator("#busy")).to_be_hidden()


def test_form_pressed_twice_is_sent_once(page: Page, live_server) -> None:
    open_page(page, live_server)
    sent = page.evaluate("""() => {
        let sent = 0;
        addEventListener("submit", (event) => { sent += event.defaultPrevented ? 0 : 1; event.preventDefault(); });
        document.querySelector("main").insertAdjacentHTML("beforeend", "<form><button>Send it</button></form>");
        const button = document.querySelector("main button");
        button.click();
        button.click();
        return sent;
    }""")
    assert sent == 1


# --- the frame ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("size", SIZES)
def test_frame_has_no_barriers(page: Page, live_server, alice: User, size: str, complaints: list[str]) -> None:
    """axe finds nothing in either language and theme, menus closed or open, and nothing sticks out sideways."""
    page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
    for language, theme in product(["fi", "en"], ["light", "dark"]):
        alice.language, alice.theme = language, theme
        alice.save()
        open_page(page, live_server, alice, language)
        assert page.locator("html").get_attribute("lang") == language
        assert page.locator("html").get_attribute("data-bs-theme") == theme
        for _state in ("closed", "open"):
            found = Axe().run(page)
            assert found.violations_count == 0, found.generate_report()
            page.locator("summary:visible").last.click()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_menu_closes_with_escape_and_gives_the_focus_back(page: Page, live_server, alice: User) -> None:
    open_page(page, live_server, alice)
    summary = page.locator(".me summary")
    summary.press("Enter")
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    expect(summary).to_be_focused()


def test_first_tab_skips_to_the_content(page: Page, live_server, alice: User) -> None:
    open_page(page, live_server, alice)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_colours_follow_the_device_until_somebody_chooses(page: Page, live_server, alice: User) -> None:
    page.emulate_media(color_scheme="dark")
    open_page(page, live_server, alice)
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "light")


def test_rail_reaches_to_the_end_of_a_long_page_and_stays_in_sight(page: Page, live_server, alice: User) -> None:
    page.set_viewport_size(SIZES["desk"])  # type: ignore[arg-type]
    open_page(page, live_server, alice)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<p>Long</p>'.repeat(200))")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    rail = page.locator(".rail").bounding_box()
    whole = page.evaluate("document.documentElement.scrollHeight")
    assert rail is not None
    assert round(rail["height"]) == whole
    expect(page.locator(".rail .brand")).to_be_in_viewport()
    expect(page.locator(".me summary")).to_be_in_viewport()


def test_targets_of_the_phones_bar_are_large(page: Page, live_server, alice: User) -> None:
    page.set_viewport_size(SIZES["phone"])  # type: ignore[arg-type]
    open_page(page, live_server, alice)
    tabs = page.locator(".tab")
    assert tabs.count() >= 2
    for tab in tabs.all():
        box = tab.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44


def test_paper_has_no_menus_and_is_never_dark(page: Page, live_server, alice: User) -> None:
    alice.theme = "dark"
    alice.save()
    open_page(page, live_server, alice)
    page.emulate_media(media="print")
    expect(page.locator(".rail")).to_be_hidden()
    expect(page.locator(".bar")).to_be_hidden()
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(26, 29, 36)"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
