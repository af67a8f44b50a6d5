"""Replies: to a discussion, an announcement, feedback; of a question, answers. Whoever sees the message may write one.

Each tells those whom it concerns once: whoever is mentioned, the message's author, those who replied before, of
feedback its readers in charge. Nobody is told of their own.
"""

import datetime as dt
from collections.abc import Collection

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import running
from accounts.actions.refusal import Refusal
from accounts.models import AccessGrant, Kind, Person
from accounts.notify import tell
from channels_app.actions.indexing import index_files, index_messages
from channels_app.actions.mentions import put_mentions
from channels_app.actions.messages import SENT_TWICE, EditConflict
from channels_app.actions.pages import cleaned
from channels_app.actions.publishing import attach_files, locked_message, news_of, put_files
from channels_app.models import Mention, Message, MessageKind, Reply, Wording
from channels_app.queries.messages import still_reading


@transaction.atomic
def write_reply(
    *, actor: Person, message: Message, body: str, files: Collection[int] = (), now: dt.datetime | None = None
) -> Reply:
    """Reply to the message. The same words sent again within ten minutes are the reply that was written.

    `files` are ids of files that the actor has added and that belong to nothing yet. Raises Refusal without words,
    and when the message is not published or has been withdrawn.
    """
    now = now or timezone.now()
    _one_at_a_time(actor, message)
    message = _open_for_replies(message)
    body = _said(message, body)
    before = Reply.objects.filter(message=message, author=actor, body=body, removed_at=None, number=1)
    if sent := before.filter(written_at__gt=now - SENT_TWICE).first():
        return sent
    reply = Reply.objects.create(message=message, author=actor, body=body, written_at=now, changed_at=now)
    _keep_wording(reply, actor, now)
    put_files(message, actor, body, files, reply)
    attach_files(message, now, reply)
    mentioned = put_mentions(message, body, reply)
    if message.kind == MessageKind.QUESTION:
        _count_answers(message)
    index_messages([message.pk])
    _tell(reply, message, mentioned, now)
    return reply


@transaction.atomic
def edit_reply(*, actor: Person, reply: Reply, body: str, based_on: int, now: dt.datetime | None = None) -> Reply:
    """Save the author's mended reply over its wording `based_on`; the text of before stays in the history.

    Only those newly mentioned are told. Raises EditConflict when it was changed in between (in another window), and
    Refusal as a new one, and for a removed one.
    """
    now = now or timezone.now()
    message = _open_for_replies(reply.message)
    reply = _standing(reply, message)
    body = _said(message, body)
    if body == reply.body:
        return reply
    if reply.number != based_on:
        raise EditConflict(Wording.objects.select_related("author").get(reply=reply, number=reply.number))
    reply.body, reply.number, reply.changed_at = body, reply.number + 1, now
    reply.save(update_fields=["body", "number", "changed_at"])
    _keep_wording(reply, actor, now)
    put_files(message, actor, body, (), reply)
    attach_files(message, now, reply)
    mentioned = put_mentions(message, body, reply)
    index_messages([message.pk])
    key = f"message:{message.pk}:mention:reply:{reply.pk}:{reply.number}"
    tell(news_of(message, key, "mention", actor, at=f"#reply-{reply.pk}"), mentioned, now)
    return reply


@transaction.atomic
def remove_reply(*, actor: Person, reply: Reply, now: dt.datetime | None = None) -> Reply:
    """Take a reply's words out of sight; its place stays. Removing twice is removing once.

    Raises Refusal for the answer that somebody marked as the right one.
    """
    message = locked_message(reply.message)
    reply = Reply.objects.select_for_update(of=("self",)).select_related("author").get(pk=reply.pk)
    if reply.removed_at is not None:
        return reply
    if message.right_reply_id == reply.pk:
        raise Refusal("right", _("This is marked as the right answer: take the mark away first."))
    reply.removed_at, reply.removed_by = now or timezone.now(), actor
    reply.save(update_fields=["removed_at", "removed_by"])
    Mention.objects.filter(reply=reply).delete()
    if message.kind == MessageKind.QUESTION:
        _count_answers(message)
    index_messages([message.pk])
    index_files(list(reply.files.values_list("pk", flat=True)))
    return reply


def _open_for_replies(message: Message) -> Message:
    message = locked_message(message)
    if not message.is_published:
        raise Refusal("unpublished", _("The message has not been published yet."))
    return message


def _standing(reply: Reply, message: Message) -> Reply:
    reply = Reply.objects.select_for_update(of=("self",)).select_related("author").get(pk=reply.pk)
    if reply.removed_at is not None:
        raise Refusal("removed", _("The reply has been removed."))
    reply.message = message
    return reply


def _said(message: Message, body: str) -> str:
    body = cleaned(message.account, body)
    if not body.strip():
        raise Refusal("no_words", _("Write something first."))
    return body


def _keep_wording(reply: Reply, actor: Person, now: dt.datetime) -> None:
    Wording.objects.create(
        message=reply.message, reply=reply, number=reply.number, body=reply.body, author=actor, written_at=now,
        published_at=now,
    )  # fmt: skip


def _count_answers(message: Message) -> None:
    """Say when the question was first answered by somebody else, null while nobody's answer stands."""
    answers = Reply.objects.filter(message=message, removed_at=None).exclude(author=message.author_id)
    first = answers.order_by("written_at").values_list("written_at", flat=True).first()
    Message.objects.filter(pk=message.pk).update(answered_at=first)


def _one_at_a_time(actor: Person, message: Message) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"reply {message.pk} {actor.pk}"])


# --- who is told ----------------------------------------------------------------------------------------------------
def _tell(reply: Reply, message: Message, mentioned: set[int], now: dt.datetime) -> None:
    actor, at, key = reply.author, f"#reply-{reply.pk}", f"message:{message.pk}"
    kind = "answer" if message.kind == MessageKind.QUESTION and actor.pk != message.author_id else "reply"
    concerned = still_reading(message, _concerned(message) - mentioned - {actor.pk})
    author = {message.author_id} if message.kind == MessageKind.FEEDBACK else set()
    if mentioned:
        news = news_of(message, f"{key}:mention:reply:{reply.pk}:1", "mention", actor, at=at)
        tell(news, mentioned - author, now)
    if others := concerned - author:
        tell(news_of(message, f"{key}:{kind}:{reply.pk}", kind, actor, at=at), others, now)
    if own := (concerned | mentioned) & author:
        # Feedback is limited to others and yet its author's: their notice stands outside that limit.
        tell(news_of(message, f"{key}:{kind}:{reply.pk}", kind, actor, to_author=True, at=at), own, now)


def _concerned(message: Message) -> set[int]:
    """Return the ids of the message's author, of whoever replied, and of feedback those of the account's directors."""
    replied = Reply.objects.filter(message=message, removed_at=None).values_list("author_id", flat=True)
    found = {message.author_id, *replied}
    if message.kind == MessageKind.FEEDBACK:
        directing = AccessGrant.objects.filter(running(), account=message.account_id, acts_as=Kind.DIRECTOR)
        found |= set(directing.values_list("person_id", flat=True))
    return found
