"""Files in a real browser: adding them in every way, what fails says why; and nothing disguised ever runs."""

import base64
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Error, Page, expect

from channels_app.models import File
from tests.cast import Cast
from tests.channels_app.disguised import HARMLESS, RUN, mp4, picture
from tests.channels_app.routes.files import make_file, section_id
from tests.e2e.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)
TEXT = b"Avaimet saa vartijalta."


def section(desk: Desk, company: Cast) -> str:
    return desk.address + reverse("section", args=[company.pankki.customer_number, section_id()])


def names() -> list[str]:
    return sorted(File.objects.values_list("name", flat=True))


@pytest.fixture
def page(desk: Desk, company: Cast) -> Page:
    """The section "working" as Alice has it before her, in English."""
    page = desk.page(company.alice, "en")
    page.goto(section(desk, company))
    return page


def test_chosen_files_go_one_by_one_and_then_stand_in_the_list(page: Page, desk: Desk) -> None:
    chosen = [
        {"name": "ohje.txt", "mimeType": "text/plain", "buffer": TEXT},
        {"name": "kuva.png", "mimeType": "image/png", "buffer": picture()},
    ]
    page.locator("#upload-file").set_input_files(chosen)  # type: ignore[arg-type]
    expect(page.locator(".files .t")).to_have_text(["kuva.png", "ohje.txt"])
    assert names() == ["kuva.png", "ohje.txt"]
    assert desk.found == []


def test_what_is_refused_says_why_and_can_be_tried_again(page: Page, desk: Desk) -> None:
    posts = []
    page.on("request", lambda request: posts.append(request.url) if request.method == "POST" else None)
    chosen = [
        {"name": "sivu.png", "mimeType": "image/png", "buffer": b"<!doctype html><script>1</script>"},
        {"name": "ohje.txt", "mimeType": "text/plain", "buffer": TEXT},
    ]
    page.locator("#upload-file").set_input_files(chosen)  # type: ignore[arg-type]
    row = page.locator(".uploads li").first
    expect(row).to_contain_text("Web pages, SVG drawings and other files that a browser would run are not accepted.")
    expect(page.locator(".uploads li").nth(1)).to_contain_text("Added")
    row.get_by_role("button", name="Try again").click()
    expect(row).to_contain_text("Web pages, SVG drawings")
    assert len(posts) == 3
    assert names() == ["ohje.txt"]


def test_lost_connection_says_so_and_the_same_file_goes_when_it_is_back(page: Page) -> None:
    page.route("**/files/upload/", lambda route: route.abort())
    page.locator("#upload-file").set_input_files({"name": "ohje.txt", "mimeType": "text/plain", "buffer": TEXT})
    row = page.locator(".uploads li").first
    expect(row).to_contain_text("The connection was lost.")
    page.unroute("**/files/upload/")
    row.get_by_role("button", name="Try again").click()
    expect(page.locator(".files .t")).to_have_text(["ohje.txt"])


BRING = """([how, name, type, base64]) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const transfer = new DataTransfer();
    transfer.items.add(new File([bytes], name, { type }));
    const form = document.querySelector("form[data-upload]");
    const way = { bubbles: true, cancelable: true };
    if (how === "drop") form.dispatchEvent(new DragEvent("drop", { ...way, dataTransfer: transfer }));
    else document.body.dispatchEvent(new ClipboardEvent("paste", { ...way, clipboardData: transfer }));
}"""


@pytest.mark.parametrize(("how", "name"), [("drop", "ovi.png"), ("paste", "image.png")])
def test_files_are_dragged_and_pasted(page: Page, how: str, name: str) -> None:
    page.evaluate(BRING, [how, name, "image/png", base64.b64encode(picture()).decode()])
    expect(page.locator(".files .t")).to_have_count(1)
    # A pasted picture is called by the time: its own name says nothing.
    assert re.fullmatch(r"ovi\.png" if how == "drop" else r"\d.*\.png", names()[0])


def test_large_file_shows_how_far_it_is(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "video.mp4"
    path.write_bytes(mp4(more=bytes(12 * 1024 * 1024)))
    page.evaluate("""() => {
        window.seen = [];
        new MutationObserver(() => seen.push(document.querySelector(".uploads .small").textContent)).observe(
            document.querySelector(".uploads"), { subtree: true, childList: true, characterData: true });
        addEventListener("beforeunload", () => sessionStorage.setItem("seen", JSON.stringify(seen)));
    }""")
    page.locator("#upload-file").set_input_files(path)
    expect(page.locator(".files .t")).to_have_text(["video.mp4"])
    seen = page.evaluate("JSON.parse(sessionStorage.getItem('seen'))")
    assert "0 MB of 12 MB" in seen
    assert "Sent, being checked …" in seen
    assert seen[-1] == "Added"


def test_without_scripts_the_form_sends_several_at_once(desk: Desk, company: Cast) -> None:
    cookies = desk.page(company.alice, "en").context.cookies()
    context = desk.browser.new_context(locale="en-GB", java_script_enabled=False)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(section(desk, company))
    chosen = [{"name": f"{number}.txt", "mimeType": "text/plain", "buffer": TEXT} for number in range(3)]
    page.locator("#upload-file").set_input_files(chosen)  # type: ignore[arg-type]
    page.locator("form[data-upload]").get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".files .t")).to_have_text(["0.txt", "1.txt", "2.txt"])
    expect(page.locator("main")).to_contain_text("3 files have been added.")
    context.close()


# --- nothing runs ---------------------------------------------------------------------------------------------------
@pytest.fixture
def ran(desk: Desk, company: Cast) -> Iterator[tuple[Page, list[str]]]:
    """A browser of Bob's, and what ran in it: whatever a disguised file starts calls out or opens a dialogue."""
    page, ran = desk.page(company.bob, "en"), []  # type: ignore[var-annotated]

    def notice(what: str) -> Callable[[Any], None]:
        return lambda event: ran.append(what)

    page.context.on("request", lambda request: ran.append(request.url) if "files-have-run" in request.url else None)
    page.on("dialog", notice("dialogue"))
    yield page, ran
    desk.found.clear()  # the console tells of what was blocked


EMBED = """url => {
    const uses = { script: "src", iframe: "src", object: "data", embed: "src", img: "src", link: "href", video: "src" };
    for (const [tag, name] of Object.entries(uses)) {
        const element = document.createElement(tag);
        if (tag === "link") element.rel = "stylesheet";
        element[name] = url;
        document.body.append(element);
    }
    return fetch(url).then((answer) => answer.blob()).then((blob) => blob.type);
}"""


def test_the_trap_catches_what_does_run(ran: tuple[Page, list[str]], desk: Desk) -> None:
    page, caught = ran
    page.goto(desk.address + reverse("accounts"))
    page.evaluate(RUN)
    page.wait_for_timeout(200)
    assert len(caught) == 1


def test_no_disguised_file_runs_wherever_it_is_opened(ran: tuple[Page, list[str]], desk: Desk, company: Cast) -> None:
    page, caught = ran
    for name, make, _ in HARMLESS.values():
        file = make_file(company.pankki, company.alice, make(), name)
        url = reverse("file", args=[company.pankki.customer_number, file.pk])
        with suppress(Error):  # an attachment is saved instead of shown
            page.goto(desk.address + url)
        page.goto(desk.address + reverse("accounts"))
        page.evaluate(EMBED, url)
    page.wait_for_timeout(500)
    assert caught == []


RECORD = """() => new Promise((done) => {
    const canvas = document.createElement("canvas");
    const pen = canvas.getContext("2d");
    const recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: "video/webm" });
    const pieces = [];
    recorder.ondataavailable = (event) => pieces.push(event.data);
    recorder.onstop = () => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(pieces, "kierros.webm", { type: "video/webm" }));
        const form = document.querySelector("form[data-upload]");
        form.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer }));
        done();
    };
    recorder.start();
    const drawing = setInterval(() => pen.fillRect(Math.random() * 300, 0, 9, 99), 20);
    setTimeout(() => { clearInterval(drawing); recorder.stop(); }, 700);
})"""
PLAYS = """() => new Promise((done) => {
    const video = document.querySelector("video");
    video.muted = true;
    video.addEventListener("timeupdate", () => done(video.videoWidth));
    video.addEventListener("error", () => done(video.error.message));
    setTimeout(() => done("nothing plays"), 8000);
    video.play().catch((error) => done(String(error)));
})"""


def test_recorded_video_is_taken_and_plays_on_its_page(page: Page) -> None:
    page.evaluate(RECORD)
    expect(page.locator(".files .t")).to_have_text(["kierros.webm"])
    page.locator(".files .t").click()
    expect(page.locator("h1")).to_have_text("kierros.webm")
    assert page.evaluate(PLAYS) == 300


def test_picture_shows_in_place(desk: Desk, company: Cast) -> None:
    page = desk.page(company.bob, "en")
    image = make_file(company.pankki, company.alice, picture("PNG", (40, 30)), "kuva.png")
    page.goto(desk.address + reverse("file", args=[company.pankki.customer_number, image.pk]))
    assert page.evaluate("document.images[0].naturalWidth") == 40
    desk.found.clear()
