"""A desk with browsers of people, who look at pages that axe then looks at; shared by the tests of all apps' pages."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Error, Page, Response

from accounts.handover import open_and_close_stays
from accounts.models import Person, RosterImport
from tests.cast import Cast, build_cast
from tests.e2e.axe import faults, watch
from tests.sign_in import sign_in

LANGUAGES = ("fi", "en")


def opened(page: Page, address: str) -> Response | None:
    """Open the page; once more when the one before was itself just going elsewhere (a finished import does)."""
    try:
        return page.goto(address)
    except Error as error:
        if "ERR_ABORTED" not in error.message:
            raise
        return page.goto(address)


@dataclass
class Desk:
    """Browsers of people, one a person and language; `look` opens a page and keeps what is wrong with it."""

    browser: Browser
    address: str
    found: list[str] = field(default_factory=list)
    contexts: dict[tuple[str, str], BrowserContext] = field(default_factory=dict)

    def page(self, person: Person | None, language: str) -> Page:
        """Return the one page of `person`, signed in, or of somebody signed out."""
        key = (person.employee_number if person else "", language)
        if key not in self.contexts:
            locale = {"fi": "fi-FI", "en": "en-GB"}[language]
            context = self.browser.new_context(locale=locale, reduced_motion="reduce")  # colours are there at once
            context.set_default_timeout(20_000)
            self.contexts[key] = context
            if person:
                session = sign_in(Client(), person).cookies[django_settings.SESSION_COOKIE_NAME].value
                cookie = {"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": self.address}
                context.add_cookies([cookie])  # type: ignore[list-item]
            watch(context.new_page(), self.found)
        return self.contexts[key].pages[0]

    def look(
        self,
        person: Person | None,
        name: str,
        *args: Any,
        query: str = "",
        status: int = 200,
        then: Callable[[Page], Any] | None = None,
        languages: tuple[str, ...] = LANGUAGES,
    ) -> None:
        """Open the page of that name in each language, do with it what `then` does, and look at it."""
        for language in languages:
            page = self.page(person, language)
            answer = opened(page, self.address + reverse(name, args=args) + query)
            assert answer
            assert answer.status == status, page.url
            assert page.locator("html").get_attribute("lang") == language
            if then:
                then(page)
            self.found += faults(page, then.__name__ if then else "")

    def close(self) -> None:
        for context in self.contexts.values():
            context.close()


@pytest.fixture
def desk(browser: Browser, live_server: Any) -> Iterator[Desk]:
    cache.clear()
    desk = Desk(browser, live_server.url)
    yield desk
    desk.close()


@pytest.fixture
def company(transactional_db: None) -> Cast:
    """The cast, with something on every list: letters to read, people who came and left, conflicts, decisions."""
    cast = build_cast()
    RosterImport.objects.create(kind="roster", state="applied", exported_on=cast.day, applied_at=timezone.now())
    open_and_close_stays()
    return cast


# --- hands ----------------------------------------------------------------------------------------------------------
def menus(page: Page) -> None:
    """Open each menu of the rail, or of the phone's bar."""
    for summary in page.locator("nav summary").all():
        if summary.is_visible():
            summary.click()


def mistakes(selector: str = "main form[method=post]:has(.field)") -> Callable[[Page], None]:
    """Return the hand that sends a form empty, past the browser's own checks, so that it comes back with errors."""

    def sent_empty(page: Page) -> None:
        form = page.locator(selector).last
        with page.expect_navigation():
            form.evaluate("""form => {
                for (const one of form.elements) {
                    if (one.matches("input:not([type=hidden]):not([type=radio]), textarea")) one.value = "";
                }
                form.noValidate = true;
                form.requestSubmit();
            }""")
        assert page.locator("main .error, main .note.bad").count(), f"{page.url}: nothing is said about the mistakes"

    return sent_empty
