"""Pictures and files in the editor: sent, described, tried again, left out, pasted and dropped."""

import re

import pytest
from playwright.sync_api import Route, expect

from channels_app.models import Page as ChannelPage
from tests.conftest import wait_until
from tests.e2e.editor.hands import ICONS, TEXT, Open, in_the_form, saved

pytestmark = pytest.mark.django_db(transaction=True)


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
