"""A director writes a page in a browser; a draft outlives it; the deputy saves meanwhile; both decide; one restores."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import Person
from channels_app.models import Draft
from channels_app.models import Page as ChannelPage
from tests.cast import Cast
from tests.channels_app.page_hands import section
from tests.conftest import wait_until
from tests.e2e.conftest import DESK, PHONE, listen
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = {
    "fi": {
        "continue": "Jatka luonnosta",
        "save": "Tallenna sivu",
        "over": "Tallenna oma sen päälle",
        "theirs": "Pidä toisen versio, hylkää oma",
        "conflict": "Joku muu ehti tallentaa sivun",
        "history": "Aiemmat versiot",
        "restore": "Palauta tämä versio",
    },
    "en": {
        "continue": "Continue the draft",
        "save": "Save the page",
        "over": "Save mine over theirs",
        "theirs": "Keep theirs, throw mine away",
        "conflict": "Saved by somebody else meanwhile",
        "history": "Earlier versions",
        "restore": "Bring this version back",
    },
}
LOCALES = {"fi": "fi-FI", "en": "en-GB"}


@pytest.fixture
def people(browser: Browser, live_server: Any, complaints: list[str]) -> Iterator[Any]:
    """Open a browser window of its own for somebody: `people(person, language, size)`; `.close()` shuts it."""
    cache.clear()
    opened: list[BrowserContext] = []

    def arrive(person: Person, language: str, size: dict[str, int]) -> Page:
        context = browser.new_context(locale=LOCALES[language], viewport=size, base_url=live_server.url)  # type: ignore[arg-type]
        session = sign_in(Client(), person).cookies[django_settings.SESSION_COOKIE_NAME].value
        cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}
        context.add_cookies([cookie])  # type: ignore[list-item]
        opened.append(context)
        page = context.new_page()
        listen(page, complaints)
        return page

    yield arrive
    for context in opened:
        context.close()


def type_text(page: Page, text: str) -> None:
    """Type at the end of the editor's text."""
    editor = page.locator("[role=textbox].rich")
    editor.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(text)


def button(page: Page, words: str) -> Any:
    return page.get_by_role("button", name=words)


@pytest.mark.parametrize(("language", "size"), [("fi", PHONE), ("en", DESK)])
def test_write_come_back_conflict_decide_and_restore(
    people: Any, company: Cast, complaints: list[str], language: str, size: dict[str, int]
) -> None:
    words, number = WORDS[language], company.pankki.customer_number
    new = f"{reverse('page_new', args=[number])}?section={section().pk}"

    # Alice begins a page, and her browser is closed before she saves.
    page = people(company.alice, language, size)
    page.goto(new)
    page.fill("input[name=title]", "Avaimet ja kulkuluvat")
    type_text(page, "Avaimet saa vahtimestarilta.")
    draft = wait_until(lambda: Draft.objects.filter(body__contains="vahtimestarilta.").first(), what="the draft")
    assert draft.person == company.alice
    page.context.close()

    # She comes back the next morning: the draft is offered, continued, saved.
    page = people(company.alice, language, size)
    page.goto(new)
    page.get_by_role("link", name=words["continue"]).click()
    expect(page.locator("input[name=title]")).to_have_value("Avaimet ja kulkuluvat")
    expect(page.locator("[role=textbox].rich")).to_contain_text("Avaimet saa vahtimestarilta.")
    type_text(page, " Kuittaus aina.")
    button(page, words["save"]).click()
    expect(page.locator("h1")).to_have_text("Avaimet ja kulkuluvat")
    saved = ChannelPage.objects.get()
    assert saved.body == "<p>Avaimet saa vahtimestarilta. Kuittaus aina.</p>"
    assert not Draft.objects.exists()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]

    # She and her deputy edit at the same time; he saves first.
    edit = reverse("page_edit", args=[number, saved.pk])
    other = people(company.aaro, language, size)
    for one in (page, other):
        one.goto(edit)
    type_text(page, " Alicen lause.")
    type_text(other, " Aaron lause.")
    button(other, words["save"]).click()
    expect(other.locator("article")).to_contain_text("Aaron lause.")
    button(page, words["save"]).click()
    expect(page.locator("h1")).to_have_text(words["conflict"])
    expect(page.locator("ins").filter(has_text="Alicen").first).to_be_visible()
    expect(page.locator("del").filter(has_text="Aaron").first).to_be_visible()
    saved.refresh_from_db()
    assert "Alicen" not in saved.body
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]

    # She writes on with both in sight and saves that over his; his stays among the earlier versions.
    type_text(page, " Ja Aaron lause.")
    button(page, words["over"]).click()
    expect(page.locator("article")).to_contain_text("Ja Aaron lause.")
    bodies = list(saved.revisions.order_by("number").values_list("body", flat=True))
    assert len(bodies) == 3
    assert bodies[1].endswith("Kuittaus aina. Aaron lause.</p>")
    assert not Draft.objects.exists()

    # He was about to change it too: this time the second throws his own away.
    other.goto(edit)
    type_text(other, " Turha.")
    page.goto(edit)
    type_text(page, " Viimeinen.")
    button(page, words["save"]).click()
    expect(page.locator("article")).to_contain_text("Viimeinen.")
    button(other, words["save"]).click()
    button(other, words["theirs"]).click()
    expect(other.locator("article")).to_contain_text("Viimeinen.")
    assert not Draft.objects.exists()

    # The deputy's version of before is brought back from among the earlier ones.
    page.get_by_role("link", name=words["history"]).click()
    expect(page.locator("table.history tbody tr")).to_have_count(4)
    page.locator("table.history tbody th a").nth(2).click()
    button(page, words["restore"]).click()
    expect(page.locator("article")).to_contain_text("Aaron lause.")
    expect(page.locator("article")).not_to_contain_text("Alicen")
    saved.refresh_from_db()
    assert (saved.number, saved.body) == (5, bodies[1])
    assert [one for one in complaints if "status of 409" not in one] == []
