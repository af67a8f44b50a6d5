"""Passkeys in a real browser with a virtual authenticator: added, used instead of a code, used as the second step."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from playwright.sync_api import Page, expect

from accounts.models import Person
from tests.accounts.signin.conftest import code_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def key(page: Page) -> Any:
    """Give the browser a virtual authenticator that verifies its owner; hands back its DevTools session."""
    page.set_default_timeout(15_000)
    tools = page.context.new_cdp_session(page)
    tools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    tools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return tools


def sign_in(page: Page, live_server: Any, person: Person) -> None:
    page.goto(f"{live_server.url}/login/")
    page.fill("#email", person.email)
    page.click("form .btn-primary")
    page.fill("[name=code]", code_in(str(mail.outbox[-1].body)))
    page.click("form .btn-primary")
    page.wait_for_url(lambda url: "/login/code/" not in url)


def sign_out(page: Page, live_server: Any) -> None:
    page.goto(f"{live_server.url}/login/out/")
    page.click("main .btn-primary")
    page.wait_for_url("**/login/")


def add(page: Page, live_server: Any, *, alone: bool) -> None:
    page.goto(f"{live_server.url}/login/second-step/webauthn/add/")
    if not alone:
        page.uncheck("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")


def test_passkey_alone_signs_an_administrator_in(page: Page, live_server: Any, dana: Person, key: Any) -> None:
    errors: list[str] = []
    page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    sign_in(page, live_server, dana)
    page.goto(f"{live_server.url}/me/")
    page.wait_for_url("**/login/second-step/")  # led there, nothing else opens
    add(page, live_server, alone=True)
    assert Authenticator.objects.filter(user__person=dana, type="webauthn").count() == 1
    sign_out(page, live_server)
    page.click("#passkey_login")
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/me/")
    expect(page.locator("h1")).to_have_text(dana.name)
    refused = [error for error in errors if "Content Security Policy" in error]
    assert not refused


def test_key_is_asked_for_after_the_code(page: Page, live_server: Any, bob: Person, key: Any) -> None:
    sign_in(page, live_server, bob)
    page.wait_for_url(f"{live_server.url}/")
    add(page, live_server, alone=False)
    sign_out(page, live_server)
    sign_in(page, live_server, bob)
    page.wait_for_url("**/second-step/authenticate/")
    page.click("#mfa_webauthn_authenticate")
    page.wait_for_url(f"{live_server.url}/")
    page.goto(f"{live_server.url}/me/")
    expect(page.locator("h1")).to_have_text(bob.name)


def test_unknown_passkey_opens_nothing_and_says_so(page: Page, live_server: Any, bob: Person, key: Any) -> None:
    page.goto(f"{live_server.url}/login/")
    page.click("#passkey_login")
    expect(page.locator("#passkey-failed")).to_be_visible()
    page.goto(f"{live_server.url}/me/")
    assert "/login/" in page.url


def test_browser_without_passkeys_shows_no_button(page: Page, live_server: Any) -> None:
    page.add_init_script("delete window.PublicKeyCredential")
    page.goto(f"{live_server.url}/login/")
    expect(page.locator("#passkey_login")).to_be_hidden()
