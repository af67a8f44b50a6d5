"""The reach of a message in a browser: on a phone, one touch calls who is missing; more names come without a reload."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from channels_app.models import Message
from tests.cast import Cast, build_cast
from tests.channels_app.reach_hands import acknowledged, make_message
from tests.e2e.conftest import PHONE, listen
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def company(transactional_db: None) -> Cast:
    return build_cast()


@pytest.fixture
def urgent(company: Cast) -> Message:
    """An urgent message to five people, of whom one has acknowledged it."""
    for number, person in enumerate((company.ines, company.matti)):
        person.phone = f"+358 40 12{number}"
        person.save()
    people = [company.bob, company.ines, company.matti, company.arja, company.tuula]
    message = make_message(company.pankki, company.alice, people)
    acknowledged(message, company.bob)
    return message


@pytest.fixture
def page(browser: Browser, live_server: Any, company: Cast) -> Iterator[Page]:
    """Alice's telephone; at the end, nothing may have gone wrong in it."""
    context = browser.new_context(viewport=PHONE, locale="fi-FI", base_url=live_server.url)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    session = sign_in(Client(), company.alice).cookies[django_settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
    complaints: list[str] = []
    page = context.new_page()
    listen(page, complaints)
    yield page
    context.close()
    assert complaints == []


def test_a_director_calls_who_is_missing_and_asks_for_more_names(
    page: Page, company: Cast, urgent: Message, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("channels_app.views.reach.A_PAGE", 2)
    page.goto(reverse("message_reach", args=[company.pankki.customer_number, urgent.pk]))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    people = page.locator(".reach-person")
    expect(people).to_have_count(2)
    call = people.filter(has_text=company.ines.name).locator("a[href='tel:+35840120']")
    box = call.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 44  # a thumb hits it
    page.locator("#reach-more a").click()
    expect(people).to_have_count(4)
    expect(page.locator("#reach-more")).to_have_count(0)
    assert "page=" not in page.url
    names = [company.arja.name, company.ines.name, company.matti.name, company.tuula.name]
    assert sorted(people.locator(".t").all_inner_texts()) == sorted(names)
