"""Replies: who is told, what is kept of before, who mends and removes; feedback's author among them."""

import pytest

from accounts.actions.refusal import Refusal
from accounts.models import Notice, SearchEntry
from channels_app.actions.messages import withdraw_message
from channels_app.actions.replies import edit_reply, remove_reply
from channels_app.models import Message, MessageKind, Reply
from tests.cast import Cast
from tests.channels_app.message_hands import (
    SALES_ONLY,
    EditConflict,
    reply,
    told,
    url,
    write,
    write_announcement,
    write_discussion,
)
from tests.channels_app.test_messages_views import as_

pytestmark = pytest.mark.django_db


def feedback(cast: Cast) -> Message:
    return write(cast.ines, cast.pankki, MessageKind.FEEDBACK, subject="Kiire", limit=["director", "management"])


def test_a_reply_tells_the_author_and_those_who_replied_before(cast: Cast) -> None:
    message = write_discussion(cast, cast.bob)
    reply(message, cast.ines)
    assert told(message, "reply") == {cast.bob}
    reply(message, cast.tuula, "<p>Minäkin.</p>")
    assert told(message, "reply") == {cast.bob, cast.ines}
    assert Notice.objects.filter(kind="reply", person=cast.bob).count() == 2
    reply(message, cast.bob, "<p>Kiitos.</p>")
    assert Notice.objects.filter(kind="reply", person=cast.bob).count() == 2
    assert Notice.objects.filter(kind="reply").latest("pk").path.endswith(f"#reply-{Reply.objects.latest('pk').pk}")


def test_whoever_no_longer_sees_the_message_is_not_told(cast: Cast) -> None:
    message = write_announcement(cast)
    reply(message, cast.ines)
    Message.objects.filter(pk=message.pk).update(limit=SALES_ONLY)
    reply(message, cast.saara, "<p>Hinnoista.</p>")
    assert told(message, "reply") == {cast.alice}


def test_an_answer_says_when_the_question_was_first_answered(cast: Cast) -> None:
    question = write(cast.bob, cast.pankki, MessageKind.QUESTION, subject="Missä avaimet?")
    reply(question, cast.bob, "<p>Tarkennan.</p>")
    question.refresh_from_db()
    assert question.answered_at is None
    answer = reply(question, cast.ines, "<p>Vahtimestarilla.</p>")
    question.refresh_from_db()
    assert question.answered_at == answer.written_at
    assert told(question, "answer") == {cast.bob}
    remove_reply(actor=cast.ines, reply=answer)
    question.refresh_from_db()
    assert question.answered_at is None


def test_the_right_answer_is_not_removed(cast: Cast) -> None:
    question = write(cast.bob, cast.pankki, MessageKind.QUESTION, subject="Missä avaimet?")
    answer = reply(question, cast.ines, "<p>Vahtimestarilla.</p>")
    Message.objects.filter(pk=question.pk).update(right_reply=answer)
    with pytest.raises(Refusal) as refused:
        remove_reply(actor=cast.ines, reply=answer)
    assert refused.value.code == "right"


def test_feedback_is_told_to_the_directors_and_back_to_its_author_beyond_its_limit(cast: Cast) -> None:
    message = feedback(cast)
    assert told(message) == {"feedback": {cast.alice, cast.aaro}}
    reply(message, cast.alice, "<p>Kiitos.</p>")
    assert told(message, "reply") == {cast.aaro, cast.ines}
    mine = Notice.objects.get(kind="reply", person=cast.ines)
    assert (mine.audience, set(Notice.objects.visible_to(cast.ines))) == (None, {mine})
    reply(message, cast.ines, "<p>Ei kestä.</p>")
    assert Notice.objects.filter(kind="reply", person=cast.alice).count() == 1


def test_the_same_reply_sent_twice_is_one(cast: Cast) -> None:
    message = write_discussion(cast)
    assert reply(message, cast.ines) == reply(message, cast.ines)
    assert reply(message, cast.tuula) != reply(message, cast.ines)


@pytest.mark.parametrize("body", ["", "  ", "<p></p>"])
def test_a_reply_says_something(cast: Cast, body: str) -> None:
    with pytest.raises(Refusal) as refused:
        reply(write_discussion(cast), cast.ines, body)
    assert refused.value.code == "no_words"


def test_nobody_replies_to_what_is_withdrawn_or_waits(cast: Cast) -> None:
    message = write_announcement(cast)
    withdraw_message(actor=cast.alice, message=message)
    for closed in (message, write_announcement(cast, subject="Odottaa", ask_eyes=True)):
        with pytest.raises(Refusal):
            reply(closed, cast.aaro)


def test_mending_keeps_the_text_of_before_and_asks_whoever_comes_second(cast: Cast) -> None:
    answer = reply(write_discussion(cast), cast.ines, "<p>Minä.</p>")
    changed = edit_reply(actor=cast.ines, reply=answer, body="<p>Minä ja Bob.</p>", based_on=1)
    assert (changed.number, [w.body for w in changed.wordings.order_by("number")]) == (
        2,
        ["<p>Minä.</p>", "<p>Minä ja Bob.</p>"],
    )
    with pytest.raises(EditConflict):
        edit_reply(actor=cast.ines, reply=answer, body="<p>Toisin.</p>", based_on=1)


def test_the_search_finds_the_words_of_replies_and_no_removed_ones(cast: Cast) -> None:
    message = write_discussion(cast)
    answer = reply(message, cast.ines, "<p>Hiekkaa on varastossa.</p>")
    assert "varastossa" in SearchEntry.objects.get(kind="message", object_id=message.pk).text
    remove_reply(actor=cast.ines, reply=answer)
    assert "varastossa" not in SearchEntry.objects.get(kind="message", object_id=message.pk).text


# --- pages ----------------------------------------------------------------------------------------------------------
def test_a_reply_is_sent_from_the_message(cast: Cast) -> None:
    message = write_discussion(cast)
    address = url("reply_new", cast.pankki, message.pk)
    answer = as_(cast.ines).post(address, {"body": "Minä.\n\n<b>Heti</b> https://x.example"})
    written = Reply.objects.get()
    assert answer["Location"] == f"{url('message', cast.pankki, message.pk)}#reply-{written.pk}"
    assert written.body.startswith("<p>Minä.</p>")
    assert "&lt;b&gt;Heti&lt;/b&gt;" in written.body
    assert 'href="https://x.example"' in written.body
    empty = as_(cast.ines).post(address, {"body": ""})
    assert (empty.status_code, list(empty.context["form"].errors)) == (422, ["body"])
    assert as_(cast.eero).post(address, {"body": "Hei"}).status_code == 404


def test_a_reply_is_mended_by_its_author_alone_and_removed_by_the_directors_too(cast: Cast) -> None:
    message = write_discussion(cast)
    answer = reply(message, cast.ines)
    edit, remove = url("reply_edit", cast.pankki, answer.pk), url("reply_remove", cast.pankki, answer.pk)
    assert as_(cast.alice).get(edit).status_code == 404
    assert as_(cast.bob).post(remove).status_code == 404
    assert as_(cast.ines).post(edit, {"body": "<p>Toisin.</p>", "based_on": 1}).status_code == 302
    both = as_(cast.ines).post(edit, {"body": "<p>Kolmas.</p>", "based_on": 1})
    assert (both.status_code, both.context["theirs"].number) == (409, 2)
    assert as_(cast.alice).post(remove).status_code == 302
    assert as_(cast.ines).get(edit).status_code == 404
    page = as_(cast.bob).get(url("message", cast.pankki, message.pk)).content.decode()
    assert "Toisin" not in page


def test_a_reply_to_a_limited_message_is_missing_for_others(cast: Cast) -> None:
    answer = reply(write_announcement(cast, limit=SALES_ONLY), cast.saara)
    assert as_(cast.bob).post(url("reply_remove", cast.pankki, answer.pk)).status_code == 404
    assert as_(cast.saara).get(url("reply_edit", cast.pankki, answer.pk)).status_code == 200
