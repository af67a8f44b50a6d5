"""Every page of signing in, with axe in a real browser: both languages, light and dark, phone and desk."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import Page

from accounts.models import Person
from tests.accounts.signin.conftest import set_up_app, sign_in_by_code

pytestmark = pytest.mark.django_db(transaction=True)

OUTSIDE = ["/login/", "/login/password/reset/", "/login/shut/"]
INSIDE = [
    "/me/",
    "/login/sessions/",
    "/login/password/set/",
    "/login/out/",
    "/login/second-step/",
    "/login/second-step/recovery-codes/",
    "/login/second-step/webauthn/",
    "/login/second-step/webauthn/add/",
]


def faults(page: Page) -> list[str]:
    """Return what axe finds, by rule and place."""
    found = Axe().run(page).response["violations"]
    return [f"{page.url} {one['id']}: {node['html']}" for one in found for node in one["nodes"]]


@pytest.mark.parametrize(("language", "theme", "width"), [("fi", "light", 360), ("en", "dark", 1280)])
def test_axe_finds_nothing(
    page: Page, live_server: Any, bob: Person, client: Client, language: str, theme: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    place = {"url": live_server.url}
    page.context.add_cookies([{"name": "django_language", "value": language, **place}])
    page.context.add_cookies([{"name": "theme", "value": theme, **place}])
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    found: list[str] = []
    for path in OUTSIDE:
        page.goto(live_server.url + path)
        found += faults(page)
    page.goto(f"{live_server.url}/login/")
    page.fill("#email", "nobody@yritysx.example")
    page.click("button[formaction]")
    page.fill("[name=password]", "wrong")
    page.click("main .btn-primary")
    found += faults(page)
    sign_in_by_code(client, bob)
    set_up_app(client)
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, **place}])
    for path in INSIDE:
        page.goto(live_server.url + path)
        assert page.url == live_server.url + path
        assert page.locator("html").get_attribute("lang") == language
        found += faults(page)
    assert found == []
    assert [error for error in errors if "Content Security Policy" in error] == []
