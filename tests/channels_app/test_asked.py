"""What messages ask of whom on the first page, and of nobody else."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from time_machine import travel

from accounts.models import Person
from accounts.todo import must_do as accounts_must_do
from channels_app.actions.acknowledge import acknowledge_message
from channels_app.actions.feedback import write_feedback
from channels_app.actions.questions import ask_question
from channels_app.asked import asked_of
from channels_app.models import Message
from tests.cast import ONE_DAY, Cast
from tests.channels_app.message_hands import SALES_ONLY, reply, write, write_urgent

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


def texts(person: Person) -> list[str]:
    return [todo.text for todo in asked_of(person)]


def test_an_urgent_message_is_asked_of_whom_it_is_aimed_at_until_they_acknowledge(cast: Cast) -> None:
    message = write_urgent(cast)
    [todo] = asked_of(cast.ines)
    number = cast.pankki.customer_number
    assert (todo.text, todo.url, todo.state) == (
        "Acknowledge: Sähkökatko", reverse("acknowledge", args=[number, message.pk]), "warn",
    )  # fmt: skip
    assert texts(cast.matti) == texts(cast.alice) == texts(cast.eero) == texts(cast.greta) == []
    acknowledge_message(actor=cast.ines, message=message)
    assert texts(cast.ines) == []


def test_a_substitute_is_asked_for_whom_they_stand_in(cast: Cast) -> None:
    write_urgent(cast)
    assert sorted(texts(cast.stina)) == ["Acknowledge for Bob Backman: Sähkökatko", "Acknowledge: Sähkökatko"]


def test_what_is_over_is_worse_and_what_was_withdrawn_or_lost_is_gone(cast: Cast) -> None:
    message = write_urgent(cast)
    with travel(timezone.now() + 3 * ONE_DAY, tick=False):
        assert [todo.state for todo in asked_of(cast.ines)] == ["bad"]
    Message.objects.filter(pk=message.pk).update(limit=SALES_ONLY)
    assert texts(cast.ines) == []


def test_questions_and_feedback_are_asked_of_whoever_directs(cast: Cast) -> None:
    question = ask_question(actor=cast.bob, account=cast.pankki, title="Mistä avain?", body="<p>Ovelle 3.</p>")
    feedback = write_feedback(actor=cast.bob, account=cast.pankki, text="Imuri on rikki.")
    expected = ["1 question to answer", "Pankki Oyj: 1 message to the director without an answer"]
    assert texts(cast.alice) == texts(cast.aaro) == expected
    for person in (cast.bob, cast.ines, cast.greta, cast.ville, cast.kerttu, cast.dana):
        assert texts(person) == []
    reply(question, cast.ines)
    reply(feedback, cast.aaro)
    assert texts(cast.alice) == []


def test_a_question_that_waits_long_stands_out(cast: Cast) -> None:
    asked = timezone.now() - dt.timedelta(days=14)
    ask_question(actor=cast.bob, account=cast.pankki, title="Mistä avain?", body="", now=asked)
    [todo] = asked_of(cast.alice)
    assert todo.state == "warn"
    assert "the oldest since" in todo.note
    assert todo.by_account == ((cast.pankki.customer_number, 1),)


def test_second_eyes_are_asked_of_whoever_may_decide(cast: Cast) -> None:
    write(cast.alice, cast.pankki, ask_eyes=True)

    def asked(person: Person) -> list[str]:
        return [todo.text for todo in accounts_must_do(person) if "approve" in todo.text]

    assert asked(cast.aaro) == asked(cast.greta) == ["Read and approve: Avaimet vaihtuvat"]
    assert asked(cast.alice) == asked(cast.bob) == asked(cast.ville) == []


def test_as_many_queries_for_many_as_for_one(cast: Cast, django_assert_num_queries) -> None:
    write_urgent(cast)
    ask_question(actor=cast.bob, account=cast.pankki, title="Mistä avain?", body="")
    write_feedback(actor=cast.bob, account=cast.pankki, text="Imuri on rikki.")
    for person in (cast.ines, cast.alice):
        with django_assert_num_queries(3):
            asked_of(person)
    for number in range(5):
        write_urgent(cast, subject=f"Sähkökatko {number}")
        ask_question(actor=cast.bob, account=cast.pankki, title=f"Mistä avain {number}?", body="")
        write_feedback(actor=cast.bob, account=cast.pankki, text=f"Imuri {number} on rikki.")
    for person in (cast.ines, cast.alice):
        with django_assert_num_queries(3):
            assert asked_of(person)
