"""axe finds nothing where an urgent message is acknowledged: to do, for somebody away, late, anew, done; the ladder."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page as BrowserPage

from channels_app.actions.acknowledge import acknowledge_message
from channels_app.actions.escalation import lay_ladder, run_due_steps
from channels_app.actions.recipients import address
from channels_app.models import Message
from tests.cast import Cast
from tests.channels_app.urgent import make_urgent
from tests.e2e.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)


def urgent(company: Cast, *, hours: int) -> Message:
    """Publish a message to everybody two days ago, to be acknowledged within `hours` of that."""
    asked = timezone.now() - dt.timedelta(days=2)
    message = make_urgent(
        company.pankki, company.alice, published_at=asked, deadline=asked + dt.timedelta(hours=hours), critical=True
    )
    address(message, asked)
    lay_ladder(message, asked)
    return message


def presses(page: BrowserPage) -> None:
    page.locator(".acknowledge-button").first.click()
    page.locator(".acknowledge [role=status]").wait_for()


def opens_the_logs(page: BrowserPage) -> None:
    for log in page.locator(".ladder summary").all():
        log.click()


def test_acknowledging(desk: Desk, company: Cast) -> None:
    pankki = company.pankki.customer_number
    waits, late, again = urgent(company, hours=72), urgent(company, hours=20), urgent(company, hours=72)
    acknowledge_message(actor=company.ines, message=again)
    Message.objects.filter(pk=again.pk).update(number=2, asked_number=2)
    for name in ("acknowledge", "message"):
        desk.look(company.stina, name, pankki, waits.pk)  # her own, and Bob's in his place
    desk.look(company.ines, "acknowledge", pankki, late.pk)
    desk.look(company.ines, "acknowledge", pankki, again.pk)
    for person in (company.ines, company.matti):
        desk.look(person, "acknowledge", pankki, waits.pk, languages=("fi",), then=presses)
        desk.look(person, "acknowledge", pankki, waits.pk)
    assert desk.found == []


def test_the_ladder(desk: Desk, company: Cast) -> None:
    pankki, message = company.pankki.customer_number, urgent(company, hours=72)
    desk.look(company.alice, "message", pankki, message.pk)
    run_due_steps()
    desk.look(company.alice, "message", pankki, message.pk, then=opens_the_logs)
    desk.look(company.matti, "message", pankki, message.pk, then=opens_the_logs)
    assert desk.found == []
