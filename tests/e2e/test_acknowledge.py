"""An urgent message on a supervisor's phone: from the link in the mail, through signing in, with one tap."""

from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, expect

from channels_app.models import Message, MessageRecipient
from tests.accounts.signin.conftest import CODE
from tests.cast import Cast
from tests.channels_app.message_hands import write_urgent
from tests.conftest import wait_until
from tests.e2e.conftest import PHONE, listen
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def message(company: Cast) -> Message:
    cache.clear()  # counts of attempts to sign in
    return write_urgent(company, body="<p>Sähköt katkeavat kello 12. Siirrä pesukoneet käsiajolle.</p>")


def code() -> str:
    found = wait_until(lambda: [one for sent in mail.outbox if (one := CODE.search(str(sent.body)))], what="the code")
    return str(found[-1][1])


def test_a_supervisor_acknowledges_with_one_tap_after_signing_in(
    browser: Browser, live_server: Any, company: Cast, message: Message, complaints: list[str]
) -> None:
    context = browser.new_context(
        viewport=PHONE, locale="fi-FI", base_url=live_server.url, has_touch=True, is_mobile=True
    )  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    page = context.new_page()
    listen(page, complaints)
    link = reverse("acknowledge", args=[company.pankki.customer_number, message.pk])
    page.goto(link)
    page.fill("#email", company.ines.email)
    page.get_by_role("button", name="Lähetä minulle koodi").tap()
    page.fill("main input[name=code]", code())
    page.get_by_role("button", name="Kirjaudu sisään").tap()
    page.wait_for_url(f"**{link}")
    expect(page.locator(".rich")).to_contain_text("Siirrä pesukoneet käsiajolle.")
    button = page.locator(".acknowledge-button")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    box = button.bounding_box()
    assert box
    assert box["y"] + box["height"] < PHONE["height"]  # in sight without scrolling
    assert box["width"] > 300
    button.tap()
    expect(page.locator(".acknowledge [role=status]")).to_be_visible()
    expect(button).to_have_count(0)
    row = MessageRecipient.objects.get(message=message, person=company.ines)
    assert row.acknowledged_number == 1
    assert row.opened_at is not None
    assert row.acknowledged_by is None
    page.goto(link)
    expect(page.locator(".acknowledged")).to_be_visible()
    context.close()
    assert complaints == []


def test_without_scripts_the_press_leads_back_to_the_message(
    browser: Browser, live_server: Any, company: Cast, message: Message
) -> None:
    context = browser.new_context(viewport=PHONE, locale="fi-FI", base_url=live_server.url, java_script_enabled=False)  # type: ignore[arg-type]
    session = sign_in(Client(), company.stina).cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    page = context.new_page()
    page.goto(reverse("acknowledge", args=[company.pankki.customer_number, message.pk]))
    page.locator(".acknowledge-button", has_text="Bob Backman").click()
    page.wait_for_url("**" + reverse("message", args=[company.pankki.customer_number, message.pk]))
    row = MessageRecipient.objects.get(message=message, person=company.bob)
    assert row.acknowledged_by == company.stina
    context.close()
