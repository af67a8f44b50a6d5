"""Hands that ask, answer and mark at Pankki, by the actions that people use."""

from typing import Any

from accounts.models import Person
from channels_app.actions.feedback import write_feedback
from channels_app.actions.questions import ask_question, mark_right
from channels_app.actions.replies import write_reply
from channels_app.models import Message, Reply
from tests.cast import Cast

KEYS = "Mihin avaimet palautetaan?"
CABINET = "<p>Avainkaappiin, joka on vartijan huoneessa.</p>"


def ask(cast: Cast, actor: Person | None = None, title: str = KEYS, body: str = "", **more: Any) -> Message:
    """Bob asks at Pankki, unless told otherwise."""
    return ask_question(actor=actor or cast.bob, account=cast.pankki, title=title, body=body, **more)


def answer(question: Message, actor: Person, body: str = CABINET, **more: Any) -> Reply:
    reply = write_reply(actor=actor, message=question, body=body, **more)
    question.refresh_from_db()
    return reply


def answered(cast: Cast, title: str = KEYS, body: str = CABINET, **more: Any) -> Message:
    """Bob asks, Ines answers, Alice marks it right."""
    question = ask(cast, title=title, **more)
    return mark_right(actor=cast.alice, question=question, reply=answer(question, cast.ines, body))


def feedback(cast: Cast, actor: Person | None = None, text: str = "Koneet ovat vanhoja.", **more: Any) -> Message:
    """Bob writes to the directors of Pankki, unless told otherwise."""
    return write_feedback(actor=actor or cast.bob, account=cast.pankki, text=text, **more)
