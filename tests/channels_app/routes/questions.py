"""Who gets in at the addresses of questions and of second eyes."""

from typing import Any

from accounts.models import Approval
from channels_app.models import Message
from tests.cast import Cast
from tests.channels_app.message_hands import write_announcement
from tests.channels_app.question_hands import answer, answered, ask
from tests.channels_app.routes.files import section_id
from tests.matrix import DIRECTORS, SEE_PANKKI, SIGNED_IN, Route, pankki


def a_question(cast: Cast) -> dict[str, Any]:
    """Bob's question at Pankki, with an answer of Matti's."""
    question = Message.objects.filter(kind="question").first()
    if question is None:
        question = ask(cast)
        answer(question, cast.matti)
    return pankki(cast) | {"pk": question.pk}


def mattis_answer(cast: Cast) -> dict[str, Any]:
    return {"reply": Message.objects.get(pk=a_question(cast)["pk"]).replies.get().pk}


def an_answered_question(cast: Cast) -> dict[str, Any]:
    return pankki(cast) | {"pk": answered(cast, title="Kuka tilaa koneet?").pk}


def alices_text(cast: Cast) -> dict[str, Any]:
    """What Alice wants others to read first."""
    waiting = Approval.objects.waiting().first()
    return {"pk": waiting.pk if waiting else _asked(cast)}


def _asked(cast: Cast) -> int:
    message = write_announcement(cast, ask_eyes=True, subject="Toisille silmille")
    return Approval.objects.get(object_id=message.pk).pk


ROUTES: dict[str, Route] = {
    "questions": Route(SEE_PANKKI, pankki),
    "question_new": Route(SEE_PANKKI, pankki),
    "question_similar": Route(SEE_PANKKI, pankki),
    "question": Route(SEE_PANKKI, a_question),
    # Nobody marks their own answer, but for whoever asked and directors.
    "answer_right": Route(SEE_PANKKI - {"manager"}, a_question, "post", mattis_answer),
    "question_to_page": Route(DIRECTORS, an_answered_question, "post", lambda cast: {"section": section_id()}),
    "unanswered": Route(DIRECTORS),
    "eyes": Route(SIGNED_IN),
    # Its author is led to the text itself.
    "eyes_decide": Route(DIRECTORS | {"management"}, alices_text),
}
