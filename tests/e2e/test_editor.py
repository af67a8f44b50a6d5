"""The editor in a real browser: writing, tables, links, pictures and files, pastes from office programs, drafts."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import brotli
import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, Response, Route, expect

from channels_app.models import Draft, Section
from channels_app.models import Page as ChannelPage
from tests.cast import Cast
from tests.conftest import wait_until
from tests.e2e.conftest import DESK, PHONE, listen
from tests.e2e.desk import Desk
from tests.e2e.test_hostile_html import EMPTY, PASTE
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

ICONS = Path(__file__).resolve().parents[2] / "static" / "icons"
TEXT = ".ProseMirror"
MOST_OVER_THE_WIRE = 200_000  # bytes of a page that is written (decision 10)
Open = Callable[..., Page]


@pytest.fixture
def write_new(browser: Browser, live_server: Any, company: Cast, complaints: list[str]) -> Iterator[Open]:
    """Open the form of a new page as Alice, who directs the account."""
    cache.clear()
    cookie = sign_in(Client(), company.alice).cookies[django_settings.SESSION_COOKIE_NAME].value
    contexts = []

    def open_form(size: dict[str, int] = DESK, **options: Any) -> Page:
        context = browser.new_context(viewport=size, locale="fi-FI", base_url=live_server.url, **options)  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])
        contexts.append(context)
        page = context.new_page()
        listen(page, complaints)
        page.goto(address(company))
        return page

    yield open_form
    for context in contexts:
        context.route("**/draft/**", lambda route: route.abort())  # no draft comes in after the test is over
        for page in context.pages:
            page.wait_for_load_state("networkidle")
        context.close()


def address(company: Cast) -> str:
    section = Section.objects.get(key="working")
    return reverse("page_new", args=[company.pankki.customer_number]) + f"?section={section.pk}"


def tool(page: Page, name: str) -> Any:
    return page.locator(f"[data-tool={name}]")


def in_the_form(page: Page) -> str:
    """Return what the form would send, once the textarea has it."""
    page.wait_for_timeout(300)
    return page.locator("textarea[name=body]").input_value()


def saved(page: Page, title: str = "Avaimet") -> str:
    page.fill("[name=title]", title)
    with page.expect_navigation():
        page.locator("form.page-form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text(title)
    return ChannelPage.objects.get(title=title).body


# --- writing --------------------------------------------------------------------------------------------------------
def test_what_is_written_is_what_is_saved_and_read(write_new: Open, complaints: list[str]) -> None:
    page = write_new()
    page.click(TEXT)
    tool(page, "heading").click()
    page.keyboard.type("Avaimet")
    page.keyboard.press("Enter")
    page.keyboard.type("Hae ")
    page.keyboard.press("Control+b")
    expect(tool(page, "strong")).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("aina")
    page.keyboard.press("Control+b")
    page.keyboard.type(" itse.")
    page.keyboard.press("Enter")
    tool(page, "bullets").click()
    page.keyboard.type("ovi")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+]")
    page.keyboard.type("etuovi")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("Loppu")
    expected = (
        "<h2>Avaimet</h2><p>Hae <strong>aina</strong> itse.</p>"
        "<ul><li><p>ovi</p><ul><li>etuovi</li></ul></li></ul><p>Loppu</p>"
    )
    assert saved(page) == expected
    assert page.locator(".rich").inner_html().strip() == expected
    page.goto(page.url + "edit/")
    expect(page.locator(TEXT)).to_contain_text("etuovi")
    page.keyboard.press("Tab")
    assert complaints == []


def test_a_table_grows_and_shrinks(write_new: Open) -> None:
    page = write_new()
    page.click(TEXT)
    tool(page, "table").click()
    expect(tool(page, "table")).to_have_attribute("aria-disabled", "true")
    for word in ("Tila", "Kerrat", "Kuka", "Aula", "2", "Maija"):
        page.keyboard.type(word)
        page.keyboard.press("Tab")
    tool(page, "row-add").click()
    tool(page, "column-add").click()
    expect(page.locator(f"{TEXT} tr")).to_have_count(4)
    expect(page.locator(f"{TEXT} th")).to_have_count(4)
    page.locator(f"{TEXT} tr").last.locator("td").first.click()
    tool(page, "row-remove").click()
    page.locator(f"{TEXT} th").nth(1).click()
    tool(page, "column-remove").click()
    expect(tool(page, "header-row")).to_have_attribute("aria-pressed", "true")
    tool(page, "header-row").click()
    expect(page.locator(f"{TEXT} th")).to_have_count(0)
    tool(page, "header-row").click()
    expect(page.locator(f"{TEXT} th")).to_have_count(3)
    body = saved(page)
    assert body.startswith('<table><tbody><tr><th scope="col">Tila</th><th scope="col">Kerrat</th>')
    assert "<td>Aula</td><td>2</td><td>Maija</td>" in body
    frame = page.locator(".rich .table-wrap")
    expect(frame).to_have_attribute("tabindex", "0")
    page.goto(page.url + "edit/")
    page.locator(f"{TEXT} td").first.click()
    tool(page, "table-remove").click()
    expect(page.locator(f"{TEXT} table")).to_have_count(0)
    tool(page, "undo").click()
    expect(page.locator(f"{TEXT} table")).to_have_count(1)


@pytest.mark.parametrize(
    ("written", "leads_to"),
    [
        ("yritysx.example/ohje", "https://yritysx.example/ohje"),
        ("https://yritysx.example", "https://yritysx.example"),
        ("maija@yritysx.example", "mailto:maija@yritysx.example"),
        ("040 123 4567", "tel:0401234567"),
    ],
)
def test_a_link_takes_plain_addresses(write_new: Open, written: str, leads_to: str) -> None:
    page = write_new()
    page.click(TEXT)
    page.keyboard.press("Control+k")
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=address]").fill("tämä ei ole osoite")
    page.keyboard.press("Enter")
    expect(dialog.locator("[role=alert]")).to_be_visible()
    dialog.locator("[name=address]").fill(written)
    dialog.locator("[name=words]").fill("Ohje")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    assert saved(page) == f'<p><a href="{leads_to}" rel="noopener noreferrer nofollow">Ohje</a></p>'


def test_a_link_is_changed_and_removed(write_new: Open) -> None:
    page = write_new()
    page.evaluate(PASTE, '<p>Katso <a href="https://a.example/">ohje</a> heti</p>')
    page.locator(f"{TEXT} a").click()
    expect(tool(page, "link")).to_have_attribute("aria-pressed", "true")
    tool(page, "link").click()
    page.fill("dialog[open] [name=address]", "b.example")
    page.keyboard.press("Enter")
    assert in_the_form(page) == '<p>Katso <a href="https://b.example">ohje</a> heti</p>'
    tool(page, "link").click()
    page.click("dialog[open] [data-remove]")
    assert in_the_form(page) == "<p>Katso ohje heti</p>"


# --- pictures and files ---------------------------------------------------------------------------------------------
def test_pictures_and_files_are_sent_shown_and_described(write_new: Open, complaints: list[str]) -> None:
    page = write_new()
    page.click(TEXT)
    page.keyboard.type("Ovi: ")
    pictures = [ICONS / "icon-192.png", ICONS / "apple-touch-icon.png"]
    page.locator("[data-choose=picture]").set_input_files(pictures)
    expect(page.locator(f"{TEXT} img[src^='/accounts/']")).to_have_count(2)
    expect(page.locator(".editor-place")).to_have_count(0)
    page.locator("[data-choose=file]").set_input_files(
        {"name": "ohje.txt", "mimeType": "text/plain", "buffer": b"Avaimet haetaan vahtimestarilta."}
    )
    expect(page.locator(f"{TEXT} a")).to_have_text("ohje.txt")
    prompt = page.locator("[data-prompt]")
    for words in ("Etuovi", "Takaovi"):
        expect(prompt).to_be_visible()
        if not page.locator("dialog[open]").count():
            prompt.locator("button").click()
        page.fill("dialog[open] [name=alt]", words)
        page.keyboard.press("Enter")
    expect(prompt).to_be_hidden()
    expect(page.locator("dialog[open]")).to_have_count(0)
    body = saved(page)
    assert re.fullmatch(
        r'<p>Ovi: (<img src="/accounts/\d+/files/\d+/" alt="(Etu|Taka)ovi">){2}'
        r'<a href="/accounts/\d+/files/\d+/" rel="[a-z ]+">ohje.txt</a></p>',
        body,
    ), body
    drawn = "[...document.querySelectorAll('.rich img')].every((one) => one.naturalWidth > 0)"
    wait_until(lambda: page.evaluate(drawn), what="the pictures being drawn")
    assert complaints == []


def test_what_failed_says_why_and_is_sent_again(write_new: Open) -> None:
    page = write_new()
    tries: list[str] = []

    def fail_first(route: Route) -> None:
        tries.append(route.request.url)
        if len(tries) == 1:
            route.fulfill(status=422, json={"error": "Levytila on täynnä."})
        elif len(tries) == 2:
            route.abort()
        else:
            route.continue_()

    page.route("**/files/upload/**", fail_first)
    page.click(TEXT)
    page.keyboard.type("Ovi")
    page.locator("[data-choose=picture]").set_input_files(ICONS / "icon-192.png")
    place = page.locator(".editor-place")
    expect(place).to_contain_text("Levytila on täynnä.")
    expect(page.locator("[data-heard]")).to_contain_text("icon-192.png: Levytila on täynnä.")
    page.keyboard.press("Control+Home")
    page.keyboard.type("Tässä: ")  # the place moves with the text
    place.locator("[data-again]").click()
    expect(place.locator("[data-says]")).not_to_have_text("Levytila on täynnä.")
    expect(place.locator("[data-again]")).to_be_visible()
    place.locator("[data-again]").click()
    expect(page.locator(f"{TEXT} img[src^='/accounts/']")).to_have_count(1)
    assert in_the_form(page).startswith("<p>Tässä: Ovi<img ")
    assert len(tries) == 3


def test_what_is_left_out_is_gone_and_saving_waits_for_what_is_under_way(write_new: Open) -> None:
    page = write_new()
    held: list[Route] = []
    page.route("**/files/upload/**", lambda route: held.append(route))
    page.click(TEXT)
    page.locator("[data-choose=picture]").set_input_files(ICONS / "icon-192.png")
    expect(page.locator(".editor-place[data-state=running]")).to_be_visible()
    page.wait_for_timeout(300)
    page.fill("[name=title]", "Avaimet")
    page.locator("form.page-form button[type=submit]").click()
    expect(page.locator("[data-heard]")).not_to_be_empty()
    assert not ChannelPage.objects.filter(title="Avaimet").exists()
    held.pop().fulfill(status=422, json={"error": "Ei käy."})
    page.locator(".editor-place [data-leave]").click()
    expect(page.locator(".editor-place")).to_have_count(0)
    page.click(TEXT)
    page.keyboard.type("Ilman kuvaa")
    assert saved(page) == "<p>Ilman kuvaa</p>"


PASTE_FILE = """([kind, html]) => {
    const data = new DataTransfer();
    if (html) data.setData("text/html", html);
    const bytes = Uint8Array.from(atob("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="), (c) => c.charCodeAt(0));
    data.items.add(new File([bytes], "kuva.png", { type: "image/png" }));
    const text = document.querySelector(".ProseMirror");
    const { left, top } = text.firstElementChild.getBoundingClientRect();
    const shared = { bubbles: true, cancelable: true };
    text.dispatchEvent(kind === "drop"
        ? new DragEvent("drop", { ...shared, dataTransfer: data, clientX: left + 5, clientY: top + 5 })
        : new ClipboardEvent("paste", { ...shared, clipboardData: data }));
}"""  # noqa: E501


@pytest.mark.parametrize("kind", ["paste", "drop"])
def test_a_picture_is_pasted_or_dropped(write_new: Open, kind: str) -> None:
    page = write_new()
    page.click(TEXT)
    page.evaluate(PASTE_FILE, [kind, '<img src="https://elsewhere.example/kuva.png">'])
    expect(page.locator(f"{TEXT} img[src^='/accounts/']")).to_have_count(1)


def test_office_programs_picture_of_the_text_is_left_and_the_text_taken(write_new: Open) -> None:
    page = write_new()
    page.evaluate(PASTE_FILE, ["paste", "<p>Solu</p>"])
    assert in_the_form(page) == "<p>Solu</p>"
    expect(page.locator(".editor-place")).to_have_count(0)


# --- pastes ---------------------------------------------------------------------------------------------------------
WORD_ITEM = (
    "<p class=MsoListParagraph style='margin-left:36pt;mso-list:l0 level{level} lfo1'><![if !supportLists]>"
    "<span style='font-family:Symbol'><span style='mso-list:Ignore'>{sign}<span>&nbsp; </span></span></span>"
    "<![endif]>{text}<o:p></o:p></p>"
)


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        pytest.param(
            "<html xmlns:o='urn:x'><head><style>p.MsoNormal{color:red}</style></head><body><!--StartFragment-->"
            "<h1>Avaimet<o:p></o:p></h1><p class=MsoNormal><b><span style='color:red'>Hae</span></b> aina</p>"
            "<p class=MsoNormal><o:p>&nbsp;</o:p></p>"
            + WORD_ITEM.format(level=1, sign="·", text="yksi")
            + WORD_ITEM.format(level=2, sign="o", text="sisempi")
            + WORD_ITEM.format(level=1, sign="·", text="kaksi")
            + "<!--EndFragment--></body></html>",
            "<h2>Avaimet</h2><p><strong>Hae</strong> aina</p>"
            "<ul><li><p>yksi</p><ul><li>sisempi</li></ul></li><li>kaksi</li></ul>",
            id="word",
        ),
        pytest.param(
            WORD_ITEM.format(level=1, sign="1.", text="eka") + WORD_ITEM.format(level=1, sign="2.", text="toka"),
            "<ol><li>eka</li><li>toka</li></ol>",
            id="word-numbers",
        ),
        pytest.param(
            "<div class=WordSection1><table class=MsoNormalTable border=1 style='border:solid'><tr><td width=200 "
            "style='padding:1px'><p class=MsoNormal>Aula</p></td><td><p class=MsoNormal>2</p></td></tr></table></div>",
            "<table><tbody><tr><td>Aula</td><td>2</td></tr></tbody></table>",
            id="outlook-table",
        ),
        pytest.param(
            "<meta charset='utf-8'><b style='font-weight:normal' id='docs-internal-guid-1'><p dir=ltr><span "
            "style='font-weight:700'>Lihava</span><span style='font-style:italic'> vino</span></p></b>",
            "<p><strong>Lihava</strong><em> vino</em></p>",
            id="google-docs",
        ),
        pytest.param(
            "<div style='font-size:14px'>Hei<br>kaikki</div><div><a href='https://a.example/?x'>linkki</a></div>",
            '<p>Hei<br>kaikki</p><p><a href="https://a.example/?x" rel="noopener noreferrer nofollow">linkki</a></p>',
            id="teams",
        ),
        pytest.param(
            "<article><h4 class=x>Alaotsikko</h4><p onclick='x()'>Teksti <img src='https://a.example/x.png'></p></article>",
            "<h3>Alaotsikko</h3><p>Teksti</p>",
            id="web",
        ),
    ],
)
def test_what_is_pasted_becomes_what_a_page_has(write_new: Open, pasted: str, kept: str) -> None:
    page = write_new()
    page.evaluate(EMPTY)
    page.evaluate(PASTE, pasted)
    assert saved(page) == kept


def test_an_address_that_is_pasted_is_a_link(write_new: Open) -> None:
    page = write_new()
    page.evaluate("""() => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", "https://yritysx.example/ohje");
        const shared = { clipboardData, bubbles: true, cancelable: true };
        document.querySelector(".ProseMirror").dispatchEvent(new ClipboardEvent("paste", shared));
    }""")
    expect(page.locator(f"{TEXT} a")).to_have_attribute("href", "https://yritysx.example/ohje")


# --- drafts ---------------------------------------------------------------------------------------------------------
def test_a_draft_is_kept_through_a_lost_connection(write_new: Open) -> None:
    page = write_new()
    line = page.locator("[data-draft]")
    page.click(TEXT)
    page.keyboard.type("Ensimmäinen")
    expect(line).to_have_attribute("data-state", "saved")
    assert re.search(r"\d\d?[.:]\d\d", line.inner_text())
    page.context.set_offline(True)
    page.keyboard.type(" toinen")
    expect(line).to_have_attribute("data-state", "failed")
    page.keyboard.type(" kolmas")
    page.context.set_offline(False)
    expect(line).to_have_attribute("data-state", "saved")
    wait_until(lambda: "toinen kolmas" in Draft.objects.get().body, what="the draft with all of it")


def test_a_page_that_is_left_keeps_the_last_words(write_new: Open) -> None:
    page = write_new()
    page.click(TEXT)
    page.keyboard.type("Viimeiset sanat")
    page.goto("/")
    wait_until(lambda: Draft.objects.filter(body="<p>Viimeiset sanat</p>").exists(), what="the draft")


def test_a_draft_that_is_no_longer_taken_says_so(write_new: Open) -> None:
    page = write_new()
    page.route("**/draft/**", lambda route: route.fulfill(status=404))
    page.click(TEXT)
    page.keyboard.type("a")
    expect(page.locator("[data-draft]")).to_have_attribute("data-state", "failed")
    page.unroute("**/draft/**")
    page.route("**/draft/**", lambda route: route.fulfill(status=409, json={"conflict": True}))
    expect(page.locator("[data-draft]")).to_have_attribute("data-state", "conflict")


# --- everybody ------------------------------------------------------------------------------------------------------
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
