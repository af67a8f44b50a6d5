"""Hostile pastes in a real browser on pages of the running system: nothing runs, nothing is fetched from elsewhere.

Each attack of the corpus is saved through the form of a page and read, and pasted into the editor; as the pages are,
where the content policy must have nothing to complain about, and with the policy switched off, where it cannot help.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Request

from accounts.models import Person
from channels_app.models import Page as ChannelPage
from channels_app.models import Section
from kam.lib.html import KEPT
from tests.cast import Cast
from tests.hostile_html import Attack, attacks
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)

WATCH = """
window.violations = [];
document.addEventListener("securitypolicyviolation", (event) => window.violations.push(event.violatedDirective + " " + event.blockedURI));
"""  # noqa: E501
# Do to everything in the text what a reader may do, and give slow handlers their time.
TOUCH = """async (selector) => {
    for (const one of document.querySelectorAll(selector + " *")) {
        for (const name of ["mouseover", "pointerenter", "mousedown", "focus"]) one.dispatchEvent(new Event(name));
    }
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 30)));
    return { struck: window.struck ?? null, violations: window.violations };
}"""
FOUND = """(selector) => [...document.querySelectorAll(selector + " *")].map((one) => [
    one.localName, [...one.attributes].map((attribute) => attribute.name), one.href?.baseVal ?? one.href ?? ""])"""
EMPTY = """() => {
    const text = document.querySelector(".ProseMirror");
    text.focus();
    getSelection().selectAllChildren(text);
    document.execCommand("delete");
}"""
PASTE = """(html) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData("text/html", html);
    clipboardData.setData("text/plain", "pasted");
    const paste = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
    document.querySelector(".ProseMirror").dispatchEvent(paste);
}"""
SEND = """([action, html]) => {
    const form = document.createElement("form");
    Object.assign(form, { method: "post", action });
    const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
    for (const [name, value] of Object.entries({ csrfmiddlewaretoken: token, title: "", body: html })) {
        const field = document.createElement("textarea");
        Object.assign(field, { name, value });
        form.append(field);
    }
    document.body.append(form);
    form.submit();
}"""


@dataclass
class Reader:
    """Somebody's browser; `breaches` holds whatever it did that it should not have done."""

    context: BrowserContext
    address: str
    breaches: list[str] = field(default_factory=list)
    doing: str = ""

    def page(self) -> Page:
        page = self.context.new_page()
        page.add_init_script(WATCH)
        page.on("dialog", self._dialog)
        page.on("request", self._request)
        page.on("pageerror", lambda error: self.breaches.append(f"{self.doing}: {error}"))
        page.on("popup", lambda other: self.breaches.append(f"{self.doing}: window {other.url}"))
        return page

    def _dialog(self, dialog: Dialog) -> None:
        self.breaches.append(f"{self.doing}: dialog {dialog.message}")
        dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.address, "data:image/png;base64,", "blob:")):
            self.breaches.append(f"{self.doing}: asks {request.url}")

    def touch(self, page: Page, selector: str, *, written: bool = False) -> None:
        """Touch everything in the text, and note what ran and what is there that should not be.

        While it is `written` the policy may complain: it watches the reading of a paste too, where nothing would run.
        """
        seen = page.evaluate(TOUCH, selector)
        if seen["struck"] is not None or (seen["violations"] and not written):
            self.breaches.append(f"{self.doing}: {seen}")
        for tag, names, address in page.evaluate(FOUND, selector):
            own = {"class", "role", "tabindex", "aria-label", "loading", "rel", "contenteditable", "draggable"}
            if tag not in KEPT and tag != "div":
                self.breaches.append(f"{self.doing}: <{tag}>")
            elif unknown := set(names) - own - KEPT.get(tag, set()):
                self.breaches.append(f"{self.doing}: <{tag}> has {unknown}")
            if address and not str(address).startswith(("http://", "https://", "mailto:", "tel:")):
                self.breaches.append(f"{self.doing}: leads to {address}")


@pytest.fixture(params=[False, True], ids=["with the policy", "without the policy"])
def reader(request: pytest.FixtureRequest, browser: Browser, live_server: Any, company: Cast) -> Iterator[Reader]:
    context = browser.new_context(locale="fi-FI", bypass_csp=request.param)
    context.set_default_timeout(20_000)
    value = _session(company.alice)
    context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])
    yield Reader(context, live_server.url)
    context.route("**/draft/**", lambda route: route.abort())  # no draft comes in after the test is over
    for page in context.pages:
        page.wait_for_load_state("networkidle")
    context.close()


def _session(person: Person) -> str:
    return sign_in(Client(), person).cookies[django_settings.SESSION_COOKIE_NAME].value


def _new_page(company: Cast) -> str:
    section = Section.objects.get(key="working")
    return reverse("page_new", args=[company.pankki.customer_number]) + f"?section={section.pk}"


def _corpus(company: Cast) -> list[Attack]:
    return attacks(company.pankki.customer_number)


def test_saved_and_read(reader: Reader, company: Cast) -> None:
    writer, page = sign_in(Client(), company.alice), reader.page()
    for attack in _corpus(company):
        reader.doing = f"{attack} ({attack.tries})"
        saved = writer.post(
            _new_page(company),
            {"title": attack.name, "body": f"<p>a</p>{attack.html}", "based_on": 0, "who": "everybody"},
        )
        assert saved.status_code == 302, (attack.name, re.findall(r'class="error".*', saved.content.decode()))
        one = ChannelPage.objects.latest("pk")
        page.goto(reader.address + reverse("page", args=[company.pankki.customer_number, one.pk]))
        reader.touch(page, ".rich")
        assert page.locator("h1").inner_text() == attack.name  # the page around it stands
        assert page.locator(".rail, .bar").count()
    assert reader.breaches == [], "\n".join(reader.breaches[:40])


def test_pasted_into_the_editor(reader: Reader, company: Cast) -> None:
    page = reader.page()
    page.goto(reader.address + _new_page(company))
    for attack in _corpus(company):
        reader.doing = f"{attack} ({attack.tries})"
        page.evaluate(EMPTY)
        page.evaluate(PASTE, attack.html)
        reader.touch(page, ".ProseMirror", written=True)
    assert reader.breaches == [], "\n".join(reader.breaches[:40])


def test_sent_with_a_mistake_and_shown_again(reader: Reader, company: Cast) -> None:
    """What a form gives back is as it was typed, not cleaned: the editor reads it where nothing runs."""
    page = reader.page()
    page.goto(reader.address + _new_page(company))
    for attack in _corpus(company):
        if not attack.name.startswith(("mxss", "svg-", "img-onerror", "script-", "iframe", "style-", "comment")):
            continue
        reader.doing = f"{attack} ({attack.tries})"
        with page.expect_navigation():
            page.evaluate(SEND, [_new_page(company), attack.html])
        page.locator(".ProseMirror").wait_for()
        reader.touch(page, ".ProseMirror", written=True)
    assert reader.breaches == [], "\n".join(reader.breaches[:40])


def test_the_watch_itself_sees_what_runs(reader: Reader, company: Cast) -> None:
    page = reader.page()
    page.goto(reader.address + _new_page(company))
    page.evaluate("""() => {
        document.querySelector("main").insertAdjacentHTML("beforeend",
            "<div class=trap><img src=x onerror=window.struck=1><svg></svg><a href=javascript:1>a</a></div>");
    }""")
    reader.touch(page, ".trap")
    assert len(reader.breaches) >= 3
