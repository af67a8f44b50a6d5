"""axe finds nothing on the pages of questions, feedback and second eyes: empty, full, with mistakes, decided."""

import datetime as dt

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from accounts.models import Approval
from accounts.second_eyes import give_back
from channels_app.actions.questions import turn_into_page
from channels_app.actions.replies import write_reply
from channels_app.aims import Aim
from channels_app.models import Message
from tests.cast import Cast
from tests.channels_app.message_hands import change, write_announcement, write_urgent
from tests.channels_app.question_hands import answer, answered, ask, feedback
from tests.channels_app.routes.files import section_id
from tests.e2e.desk import Desk, mistakes

pytestmark = pytest.mark.django_db(transaction=True)


def fill(company: Cast) -> Message:
    """Ask an open question, an answered one, one without a right answer, one that is a page; give feedback."""
    earlier = timezone.now() - dt.timedelta(days=12)
    ask(company, title="Kuka tilaa koneet?", now=earlier)
    answer(ask(company, title="Milloin ikkunat pestään?"), company.matti, "<p>Keväällä.</p>")
    kept = answered(company, title="Miten lisätyö laskutetaan?", body="<p>Ilmoita ensin.</p>")
    turn_into_page(actor=company.alice, question=kept, section_id=section_id())
    question = ask(company, body="<p>Viikonloppuna ei ole vartijaa.</p>")
    answer(question, company.matti, "<p>Ehkä tiskille.</p>")
    sent = feedback(company, now=earlier)
    write_reply(actor=company.alice, message=sent, body="<p>Tilataan uudet.</p>")
    feedback(company, company.ines, text="Perehdytys oli hyvä.")
    return question


def types_a_question(page: Page) -> None:
    page.fill("#id_title", "miten lisätyöstä laskutetaan")
    page.locator("#similar li").first.wait_for()


def unfolds_the_field(page: Page) -> None:
    page.locator(".to-director > summary").click()
    page.locator("#to-director-text").wait_for()


def unfolds_all(page: Page) -> None:
    for summary in page.locator("main details:not([open]) > summary").all():
        if summary.is_visible():
            summary.click()


def test_questions_with_nothing_in_them(desk: Desk, company: Cast) -> None:
    pankki = company.pankki.customer_number
    desk.look(company.bob, "questions", pankki)
    desk.look(company.bob, "questions", pankki, query="?which=unanswered")
    desk.look(company.bob, "questions", pankki, query="?q=zzz", then=unfolds_the_field)
    desk.look(company.alice, "unanswered")
    desk.look(company.bob, "feedback", pankki)
    desk.look(company.alice, "feedback", pankki)
    desk.look(company.alice, "eyes")
    assert desk.found == []


def test_questions(desk: Desk, company: Cast) -> None:
    pankki, question = company.pankki.customer_number, fill(company)
    desk.look(company.bob, "questions", pankki)
    desk.look(company.bob, "question_new", pankki, then=types_a_question)
    desk.look(company.bob, "question_new", pankki, then=mistakes())
    desk.look(company.stina, "question", pankki, question.pk)
    for title in ("Miten lisätyö laskutetaan?", "Kuka tilaa koneet?"):
        desk.look(company.alice, "question", pankki, Message.objects.get(subject=title).pk)
    unkept = answered(company, title="Kuka avaa oven?")
    desk.look(company.alice, "question", pankki, unkept.pk, then=unfolds_all)
    desk.look(company.alice, "unanswered")
    desk.look(company.alice, "page", pankki, Message.objects.get(page__isnull=False).page_id)
    assert desk.found == []


def test_feedback(desk: Desk, company: Cast) -> None:
    pankki = company.pankki.customer_number
    fill(company)
    desk.look(company.bob, "feedback", pankki)
    desk.look(company.alice, "feedback", pankki)
    desk.look(company.greta, "feedback", pankki, query="?which=open")
    desk.look(company.bob, "write_to_director", pankki)
    desk.look(company.bob, "write_to_director", pankki, then=mistakes("main form"))
    assert desk.found == []


def test_second_eyes(desk: Desk, company: Cast) -> None:
    urgent = write_urgent(company, aim=Aim(), body="<p>Sähköt katkeavat kello 9.</p>")
    mended = write_announcement(company, body="<p>Avain haetaan vartijalta.</p>")
    change(mended, company.alice, body="<p>Avain haetaan tiskiltä.</p>", ask_eyes=True)
    first, second = (Approval.objects.waiting().get(object_id=one.pk) for one in (urgent, mended))
    desk.look(company.aaro, "eyes")
    desk.look(company.alice, "eyes")
    desk.look(company.aaro, "eyes_decide", first.pk, then=unfolds_all)
    desk.look(company.aaro, "eyes_decide", second.pk)
    desk.look(company.greta, "eyes_decide", second.pk, then=gives_back_without_a_word)
    give_back(actor=company.aaro, approval=second, comment="Tiski on kiinni.")
    desk.look(company.greta, "eyes_decide", second.pk)
    assert desk.found == []


def gives_back_without_a_word(page: Page) -> None:
    with page.expect_navigation():
        page.click("button[value=return]")
