"""Questions: asked once, answered by whoever knows, marked right, and kept as a page when it is asked time and again.

Answers are replies (actions/replies.py). Who may do which is settled by the view (queries/questions.py).
"""

import datetime as dt
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.refusal import Refusal
from accounts.models import Account, Person
from accounts.notify import tell
from channels_app.actions.indexing import index_messages
from channels_app.actions.messages import Words, write_message
from channels_app.actions.pages import create_page
from channels_app.actions.publishing import locked_message, news_of
from channels_app.models import Message, MessageKind, Page, Reply, Section, SectionKind
from channels_app.queries.messages import still_reading


def ask_question(
    *,
    actor: Person,
    account: Account,
    title: str,
    body: str,
    files: Collection[int] = (),
    now: dt.datetime | None = None,
) -> Message:
    """Ask everybody who sees the account; its directors are told. The same question sent twice is asked once.

    `body` is HTML and may be empty; `files` are ids of files that the actor added and that belong to nothing yet.
    Raises Refusal without a title.
    """
    if not title.strip():
        raise Refusal("no_subject", _("Write what you want to know."))
    words = Words(kind=MessageKind.QUESTION, subject=title, body=body, files=files)
    return write_message(actor=actor, account=account, words=words, now=now)


@transaction.atomic
def mark_right(*, actor: Person, question: Message, reply: Reply, now: dt.datetime | None = None) -> Message:
    """Say that `reply` answers the question, and tell whoever asked and whoever answered. Saying it twice is once.

    Raises Refusal for another question's answer, one that was removed, a withdrawn question, and when somebody has
    marked another answer since `question` was read.
    """
    now, known = now or timezone.now(), question.right_reply_id
    question = locked_message(question)
    answer = Reply.objects.select_for_update(of=("self",)).filter(pk=reply.pk, message=question).first()
    if answer is None or answer.removed_at is not None:
        raise Refusal("removed", _("This answer is not there any more."))
    if question.right_reply_id == answer.pk:
        return question
    if question.right_reply_id not in (None, known):
        raise Refusal("marked", _("Somebody has just marked another answer as the right one."))
    question.right_reply, question.right_by, question.right_at = answer, actor, now
    question.save(update_fields=["right_reply", "right_by", "right_at"])
    index_messages([question.pk])
    people = still_reading(question, {question.author_id, answer.author_id} - {actor.pk})
    key = f"message:{question.pk}:right:{answer.pk}"
    tell(news_of(question, key, "right_answer", actor, at=f"#reply-{answer.pk}"), people, now)
    return question


@transaction.atomic
def unmark_right(*, actor: Person, question: Message) -> Message:
    """Take the mark away: the question is open to another answer. Without a mark nothing changes."""
    question = locked_message(question)
    question.right_reply = question.right_by = question.right_at = None
    question.save(update_fields=["right_reply", "right_by", "right_at"])
    index_messages([question.pk])
    return question


@transaction.atomic
def turn_into_page(*, actor: Person, question: Message, section_id: int, now: dt.datetime | None = None) -> Page:
    """Keep the question and its right answer as a page of the section, to be checked like any other; return it.

    The page is limited as the question is: nobody new reads it by that. Asked twice, it is the page that was made.
    Raises Refusal without a right answer, and for a section that does not hold pages.
    """
    question = locked_message(question)
    if question.page is not None:
        return question.page
    answer = question.right_reply
    if answer is None or answer.removed_at is not None:
        raise Refusal("no_answer", _("Mark one answer as the right one first."))
    sections = Section.objects.filter(pk=section_id, kind=SectionKind.PAGES)
    if not sections.filter(account=None).exists() and not sections.filter(account=question.account_id).exists():
        raise Refusal("no_section", _("Choose a section that holds pages."))
    body = f"{question.body}<hr>{answer.body}" if question.body else answer.body
    page = create_page(
        actor=actor,
        account=question.account,
        section_id=section_id,
        title=question.subject,
        body=body,
        limit=question.audience,
        from_draft=False,
        now=now,
    )
    question.page = page
    question.save(update_fields=["page"])
    return page
