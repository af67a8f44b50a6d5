"""axe finds nothing on the pages of messages: empty, full, waiting, withdrawn, with mistakes, a draft, a conflict."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import Page as BrowserPage

from channels_app.actions.drafts import keep_draft
from channels_app.actions.files import add_file
from channels_app.actions.messages import repeat_message, withdraw_message
from channels_app.actions.replies import edit_reply, remove_reply
from channels_app.models import Message, Reply
from tests.cast import ONE_DAY, Cast
from tests.channels_app.message_hands import (
    SALES_ONLY,
    change,
    reply,
    write_announcement,
    write_discussion,
    write_urgent,
)
from tests.e2e.desk import Desk, mistakes

pytestmark = pytest.mark.django_db(transaction=True)
FORM = "form.message-form"


def fill(company: Cast) -> Message:
    """Write messages of every kind and state; return an announcement that has all there is in one."""
    section = write_discussion(company).section_id
    added = {"actor": company.alice, "account": company.pankki, "section_id": section, "attached": False}
    file = add_file(content=ContentFile(b"Avainlista", name="avaimet.txt"), name="avaimet.txt", **added)
    message = write_announcement(
        company, body="<h2>Avaimet</h2><p>@Bob Backman auttaa.</p>", pinned_until=company.day + ONE_DAY,
        files=[file.pk],
    )  # fmt: skip
    change(message, company.alice, body="<h2>Avaimet</h2><p>@Bob Backman ja @Ines Ilola auttavat.</p>")
    first = reply(message, company.bob)
    edit_reply(actor=company.bob, reply=first, body="<p>Selvä.</p>", based_on=1)
    remove_reply(actor=company.alice, reply=reply(message, company.ines, "<p>Poistuva.</p>"))
    repeat_message(actor=company.alice, message=message)
    write_urgent(company, now=timezone.now() - dt.timedelta(hours=1))
    write_announcement(company, subject="Hinnat", limit=SALES_ONLY)
    write_announcement(company, subject="Odottaa", ask_eyes=True)
    withdraw_message(actor=company.alice, message=write_announcement(company, subject="Peruttu"), because="Väärä päivä")
    return message


def chooses_some(page: BrowserPage) -> None:
    page.check('input[name="to"][value="chosen"]')
    page.check('input[name="roles"][value="supervisor"]')
    page.locator("#reach strong").wait_for()
    page.locator("details.more > summary").click()
    page.check('input[name="who"][value="chosen"]')
    page.check('input[name="ask_eyes"]')


def names_somebody(page: BrowserPage) -> None:
    page.locator("#id_body").press_sequentially("@ilola")
    page.locator(".mention-list li").wait_for()


def test_with_nothing_in_it(desk: Desk, company: Cast) -> None:
    pankki = company.pankki.customer_number
    desk.look(company.alice, "messages", pankki)
    desk.look(company.bob, "messages", pankki, query="?tab=discussions")
    assert desk.found == []


def test_reading(desk: Desk, company: Cast) -> None:
    pankki, message = company.pankki.customer_number, fill(company)
    named = {one.subject: one.pk for one in Message.objects.all()}
    desk.look(company.alice, "messages", pankki)
    desk.look(company.bob, "messages", pankki)
    desk.look(company.bob, "messages", pankki, query="?tab=discussions")
    desk.look(company.alice, "message", pankki, message.pk)
    desk.look(company.bob, "message", pankki, message.pk, then=names_somebody)
    desk.look(company.bob, "message", pankki, named["Sähkökatko"])
    desk.look(company.saara, "message", pankki, named["Hinnat"])
    desk.look(company.alice, "message", pankki, named["Odottaa"])
    desk.look(company.aaro, "message", pankki, named["Odottaa"])
    desk.look(company.bob, "message", pankki, named["Peruttu"])
    desk.look(company.alice, "message", pankki, named["Peruttu"])
    desk.look(company.bob, "message_history", pankki, message.pk)
    assert desk.found == []


def test_writing(desk: Desk, company: Cast) -> None:
    pankki = company.pankki.customer_number
    keep = {"person": company.greta, "account": company.pankki, "page": None, "based_on": 0}
    section = fill(company).section_id
    keep_draft(**keep, section_id=section, title="Kesken", body="<p>Alku.</p>", fields={"kind": "announcement"})
    desk.look(company.greta, "message_new", pankki)
    desk.look(company.alice, "message_new", pankki, query="?kind=announcement&draft=1", then=chooses_some)
    desk.look(company.aaro, "message_new", pankki, query="?kind=urgent&draft=1", then=mistakes(FORM))
    desk.look(company.matti, "message_new", pankki, query="?kind=announcement&draft=1")
    desk.look(company.ines, "message_new", pankki, query="?draft=1")
    assert desk.found == []


def test_changing(desk: Desk, company: Cast) -> None:
    pankki, message = company.pankki.customer_number, fill(company)
    urgent = Message.objects.get(subject="Sähkökatko")
    desk.look(company.alice, "message_edit", pankki, message.pk)
    desk.look(company.alice, "message_edit", pankki, urgent.pk, then=mistakes(FORM))
    for name in ("message_withdraw", "message_pin", "message_limit"):
        desk.look(company.alice, name, pankki, message.pk)
    desk.look(company.bob, "reply_edit", pankki, Reply.objects.get(author=company.bob).pk)
    assert desk.found == []
