"""axe finds nothing on the pages of notices, of the ways they come, and of what mails carry; and the bell rings."""

import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import NotifyChoice, Person
from accounts.notify import News, tell
from accounts.notify.tokens import SUMMARY, Choice, unsubscribe_address
from tests.cast import Cast
from tests.e2e.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)


def told(company: Cast, key: str = "a", kind: str = "announcement") -> None:
    news = News(key, kind, company.pankki, "Vesikatko keskiviikkona", "/me/", who=company.alice)
    tell(news, [company.bob.pk])


def token(person: Person, topic: str) -> str:
    return unsubscribe_address(Choice(person.pk, topic)).rstrip("/").rpartition("/")[2]


def press(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main .btn-primary").click()


def test_notices(desk: Desk, company: Cast) -> None:
    desk.look(company.bob, "notices")
    for n, kind in enumerate(("announcement", "urgent", "answer", "eyes_asked", "bounced")):
        told(company, str(n), kind)
    desk.look(company.bob, "notices")
    desk.look(company.bob, "notices", query=f"?account={company.pankki.customer_number}")
    desk.look(company.bob, "home")
    assert desk.found == []


def test_choices_and_mail(desk: Desk, company: Cast) -> None:
    Person.objects.filter(pk=company.bob.pk).update(mail_fails_since=timezone.now())
    desk.look(company.bob, "notify_choices")
    desk.look(company.yrjo, "notify_choices")
    NotifyChoice.objects.create(person=company.bob, account=company.pankki, topic="duties", way="none")
    desk.look(company.bob, "notify_choices", query=f"?account={company.pankki.customer_number}")
    desk.look(company.alice, "account_mail", company.pankki.customer_number)
    desk.look(company.alice, "who_sees", company.pankki.customer_number)
    desk.look(company.dana, "person", company.bob.employee_number)
    desk.look(None, "unsubscribe", token(company.bob, "announcements"))
    desk.look(None, "unsubscribe", token(company.bob, SUMMARY), then=press)
    assert desk.found == []


def test_bell_counts_on_an_open_page(desk: Desk, company: Cast) -> None:
    page = desk.page(company.bob, "en")
    page.clock.install()
    page.goto(desk.address + "/accounts/")
    bell = page.locator("#bell")
    expect(bell).to_have_attribute("data-unread", "0")
    expect(page).to_have_title(re.compile(r"^Accounts"))
    told(company)
    page.clock.run_for(50_000)
    expect(bell).to_have_attribute("data-unread", "1")
    expect(page).to_have_title(re.compile(r"^\(1\) Accounts"))
    expect(bell).to_contain_text("1 unread")
    bell.click()
    page.get_by_role("link", name="Vesikatko").click()
    page.wait_for_url("**/me/")
    expect(page.locator("#bell")).to_have_attribute("data-unread", "0")
    assert desk.found == []


def test_telephones(desk: Desk, company: Cast) -> None:
    """Without a device; tests/e2e/test_push.py looks at one that is woken."""
    desk.look(company.bob, "push")
    assert desk.found == []
