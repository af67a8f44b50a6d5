"""The form of a new page, open in a real browser."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, Page

from tests.cast import Cast
from tests.e2e.conftest import DESK, listen
from tests.e2e.editor.hands import Open, address
from tests.sign_in import sign_in


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
