"""The editor for everybody: without scripts, by keyboard, on a phone, with a screen reader, over a slow line."""

import brotli
import pytest
from playwright.sync_api import Page, Response, expect

from tests.cast import Cast
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.desk import Desk
from tests.e2e.editor.hands import ICONS, TEXT, Open, address, saved, tool

pytestmark = pytest.mark.django_db(transaction=True)

MOST_OVER_THE_WIRE = 200_000  # bytes of a page that is written (decision 10)


def test_without_scripts_the_text_is_html_and_is_sent(write_new: Open) -> None:
    page = write_new(java_script_enabled=False)
    expect(page.locator(".editor [data-plain]")).to_contain_text("HTML")
    page.fill("textarea[name=body]", "Avaimet\n\nVahtimestarilta")
    assert saved(page) == "<p>Avaimet</p><p>Vahtimestarilta</p>"


def test_the_buttons_are_one_stop_and_arrows_lead_through_them(write_new: Open) -> None:
    page = write_new()
    page.click(TEXT)
    page.keyboard.press("Alt+F10")
    for name in ("heading", "subheading", "strong"):
        expect(tool(page, name)).to_be_focused()
        page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    expect(tool(page, "redo")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(TEXT)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(tool(page, "redo")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    expect(page.locator("[name=title]")).to_be_focused()


@pytest.mark.parametrize(("size", "least"), [(DESK, 24), (PHONE, 44)])
def test_buttons_are_large_enough_and_nothing_sticks_out(write_new: Open, size: dict[str, int], least: int) -> None:
    page = write_new(size)
    page.click(TEXT)
    tool(page, "table").click()
    for button in page.locator(".editor-bar button:not([hidden])").all():
        box = button.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= least, button.inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def in_a_table_with_a_picture_on_its_way(page: Page) -> None:
    page.click(TEXT)
    tool(page, "table").click()
    for word in ("Tila", "Kerrat", "Kuka"):
        page.keyboard.type(word)
        page.keyboard.press("Tab")
    page.route("**/files/upload/**", lambda route: route.fulfill(status=422, json={"error": "Ei käy."}))
    page.locator("[data-choose=picture]").set_input_files(ICONS / "icon-192.png")
    expect(page.locator(".editor-place [data-again]")).to_be_visible()


def in_the_dialog_of_links(page: Page) -> None:
    page.click(TEXT)
    page.keyboard.press("Control+k")
    page.fill("dialog[open] [name=address]", "ei osoite")
    page.keyboard.press("Enter")
    expect(page.locator("dialog[open] [role=alert]")).to_be_visible()


def test_axe_finds_nothing(desk: Desk, company: Cast) -> None:
    number, query = company.pankki.customer_number, "?" + address(company).partition("?")[2]
    for hand in (None, in_a_table_with_a_picture_on_its_way, in_the_dialog_of_links):
        desk.look(company.alice, "page_new", number, query=query + "&draft=1", then=hand)
    of_refusals = [one for one in desk.found if "status of 422" in one]  # the hand's own answer
    assert [one for one in desk.found if one not in of_refusals] == []


def test_a_page_that_is_written_is_light(write_new: Open) -> None:
    page = write_new()
    page.context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
    responses: list[Response] = []
    page.on("response", lambda one: responses.append(one))
    page.reload(wait_until="networkidle")
    weights = {one.url.partition("?")[0].rpartition("/")[2] or "page": as_sent(one) for one in responses}
    assert {"prosemirror.js", "inter-latin.woff2", "bootstrap.min.css", "page"} <= weights.keys()
    assert sum(weights.values()) <= MOST_OVER_THE_WIRE, sorted(weights.items(), key=lambda one: -one[1])


def as_sent(response: Response) -> int:
    """Return how many bytes the production server sends for it: brotli, but for fonts, which are so already."""
    # Asked for again: the browser keeps no body of what belonged to the page before.
    body = response.frame.page.request.get(response.url).body()
    return len(body) if response.url.endswith("woff2") else len(brotli.compress(body))
