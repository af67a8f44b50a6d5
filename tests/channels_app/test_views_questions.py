"""The pages of questions: asking beside what was asked before, answering, marking, keeping, who finds them missing."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from channels_app.actions.messages import withdraw_message
from channels_app.actions.questions import mark_right
from channels_app.actions.removed_pages import remove_page
from channels_app.models import Message, Page, Reply
from tests.cast import Cast
from tests.channels_app.page_hands import limit_section
from tests.channels_app.question_hands import KEYS, answer, answered, ask
from tests.channels_app.routes.files import section_id
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

SALES = ["sales"]


def url(name: str, cast: Cast, *args: Any) -> str:
    return reverse(name, args=[cast.pankki.customer_number, *args])


def test_asking_shows_what_was_asked_before_and_posts_when_it_has_been_seen(client: Client, cast: Cast) -> None:
    question = answered(cast)
    sign_in(client, cast.stina)
    typed = {"title": "Mihin avain palautetaan?", "body": "Lauantaina.\n\nEntä sunnuntaina?"}
    page = client.post(url("question_new", cast), typed)
    assert page.status_code == 200
    assert KEYS in page.content.decode()
    assert "Lauantaina." in page.content.decode()
    assert Message.objects.count() == 1
    asked = client.post(url("question_new", cast), typed | {"shown": [question.pk]})
    mine = Message.objects.exclude(pk=question.pk).get()
    assert asked["Location"] == url("question", cast, mine.pk)
    assert mine.body == "<p>Lauantaina.</p><p>Entä sunnuntaina?</p>"


def test_asking_without_a_question_keeps_what_was_typed(client: Client, cast: Cast) -> None:
    sign_in(client, cast.stina)
    page = client.post(url("question_new", cast), {"title": "", "body": "Lauantaina."})
    assert page.status_code == 422
    assert "Lauantaina." in page.content.decode()
    assert not Message.objects.exists()


def test_the_fragment_while_typing_has_what_is_alike_and_nothing_else(client: Client, cast: Cast) -> None:
    question = answered(cast)
    answered(cast, title="Kuka tilaa koneet?", body="<p>Matti.</p>")
    sign_in(client, cast.stina)
    shown = client.get(url("question_similar", cast), {"title": "avainten palautus"}).content.decode()
    assert f'value="{question.pk}"' in shown
    assert "koneet" not in shown
    assert "<html" not in shown
    assert not client.get(url("question_similar", cast), {"title": "mitä"}).content.strip()


def test_the_page_of_a_question_has_the_right_answer_first(client: Client, cast: Cast) -> None:
    question = ask(cast)
    answer(question, cast.matti, "<p>Ehkä tiskille.</p>")
    mark_right(actor=cast.alice, question=question, reply=answer(question, cast.ines))
    sign_in(client, cast.stina)
    shown = client.get(url("question", cast, question.pk)).content.decode()
    assert shown.index("Avainkaappiin") < shown.index("Ehkä tiskille")
    assert shown.count("Avainkaappiin") == 1


def test_an_answer_is_posted_marked_and_unmarked(client: Client, cast: Cast) -> None:
    question = ask(cast)
    sign_in(client, cast.ines)
    client.post(url("reply_new", cast, question.pk), {"body": "Kaappiin."})
    reply = Reply.objects.get()
    sign_in(client, cast.bob)
    mark = url("answer_right", cast, question.pk)
    assert client.post(mark, {"reply": reply.pk})["Location"] == url("question", cast, question.pk)
    question.refresh_from_db()
    assert (question.right_reply, question.right_by) == (reply, cast.bob)
    sign_in(client, cast.stina)
    assert client.post(mark, {}).status_code == 404
    sign_in(client, cast.alice)
    client.post(mark, {})
    question.refresh_from_db()
    assert question.right_reply is None
    for odd in ("0", "x", "9" * 30, str(answer(ask(cast, title="Muu?"), cast.ines).pk)):
        assert client.post(mark, {"reply": odd}).status_code == 404


def test_an_answer_that_is_empty_keeps_the_question_on_the_page(client: Client, cast: Cast) -> None:
    question = ask(cast)
    sign_in(client, cast.ines)
    page = client.post(url("reply_new", cast, question.pk), {"body": ""})
    assert page.status_code == 422
    assert KEYS in page.content.decode()


def test_a_page_is_made_and_both_lead_to_each_other(client: Client, cast: Cast) -> None:
    question = answered(cast)
    sign_in(client, cast.alice)
    made = client.post(url("question_to_page", cast, question.pk), {"section": section_id()})
    page = Page.objects.get()
    assert made["Location"] == url("page", cast, page.pk)
    assert url("question", cast, question.pk) in client.get(made["Location"]).content.decode()
    assert made["Location"] in client.get(url("question", cast, question.pk)).content.decode()
    assert (
        client.post(url("question_to_page", cast, question.pk), {"section": section_id()})["Location"]
        == made["Location"]
    )
    remove_page(actor=cast.alice, page=page)
    assert made["Location"] not in client.get(url("question", cast, question.pk)).content.decode()


def test_a_section_that_holds_no_pages_makes_none(client: Client, cast: Cast) -> None:
    question = answered(cast)
    sign_in(client, cast.alice)
    for number in ("", "x", section_id("memos")):
        back = client.post(url("question_to_page", cast, question.pk), {"section": number})
        assert back["Location"] == url("question", cast, question.pk)
    assert not Page.objects.exists()


def test_a_withdrawn_question_shows_its_words_to_whoever_asked_alone(client: Client, cast: Cast) -> None:
    question = ask(cast, body="<p>Salainen yksityiskohta.</p>")
    withdraw_message(actor=cast.bob, message=question)
    for person, seen in ((cast.bob, True), (cast.alice, True), (cast.stina, False)):
        shown = client.get(url("question", cast, question.pk)) if sign_in(client, person) else None
        assert shown
        assert ("Salainen yksityiskohta" in shown.content.decode()) is seen
    listed = sign_in(client, cast.stina).get(url("questions", cast)).content.decode()
    assert KEYS not in listed


def test_a_limited_section_of_questions_is_missing_for_others(client: Client, cast: Cast) -> None:
    question = ask(cast)
    limit_section(cast.pankki, "questions", SALES)
    for person, status in ((cast.saara, 200), (cast.alice, 200), (cast.stina, 404)):
        sign_in(client, person)
        for name, args in (
            ("questions", []),
            ("question_new", []),
            ("question_similar", []),
            ("question", [question.pk]),
        ):
            assert client.get(url(name, cast, *args)).status_code == status, (person, name)


@pytest.mark.parametrize("number", [1, 6])
def test_the_queries_of_the_pages_stay_the_same(client: Client, cast: Cast, number: int) -> None:
    for each in range(number):
        question = answered(cast, title=f"Mihin avaimet {each}?")
        ask(cast, title=f"Auki {each}?")
    for each in range(number):
        answer(question, cast.tuula, f"<p>Muu vastaus {each}.</p>")
    sign_in(client, cast.alice)
    pages = {
        "list": url("questions", cast),
        "found": url("questions", cast) + "?q=avaimet&which=answered",
        "alike": url("question_similar", cast) + "?title=avaimet",
        "one": url("question", cast, question.pk),
        "waiting": reverse("unanswered"),
    }
    assert {name: queries_of(client, address) for name, address in pages.items()} == {
        "list": 8,
        "found": 9,
        "alike": 7,
        "one": 17,
        "waiting": 6,
    }


def queries_of(client: Client, address: str) -> int:
    """Return the number of queries of a page that has been opened before."""
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)
