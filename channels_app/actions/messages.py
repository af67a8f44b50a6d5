"""Writing messages and what is done with them later: mended, withdrawn, pinned, limited, said once more.

Every text is a wording. One that needs second eyes waits above the message's number until it is approved, and the text
of before stays. Who may do which is settled by the view (queries/messages.py); what nobody's view may let through, an
announcement beyond one's own people, is refused here too.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass, replace

from django.db import connection, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import audit
from accounts.access import Action, Extent, standing
from accounts.actions.refusal import Refusal
from accounts.models import Account, Approval, LedgerEntry, Notice, Person
from accounts.notify import tell
from accounts.second_eyes import ask_for_eyes, stop_asking
from channels_app.actions.drafts import drop_draft
from channels_app.actions.escalation import tell_newcomers
from channels_app.actions.indexing import index_files, index_messages
from channels_app.actions.page_limits import stored_limit
from channels_app.actions.pages import cleaned
from channels_app.actions.publishing import locked_message, news_of, publish_wording, put_files, texts_of
from channels_app.actions.recipients import address
from channels_app.aims import Aim
from channels_app.models import Message, MessageKind, MessageRecipient, Repeat, Wording
from channels_app.queries.messages import (
    ANNOUNCED,
    THING,
    address_of_message,
    latest_wording,
    section_of,
    still_reading,
)
from channels_app.queries.recipients import aimed_at

__all__ = [
    "EditConflict",
    "Words",
    "edit_message",
    "limit_message",
    "needs_eyes",
    "pin_message",
    "publish_wording",
    "repeat_message",
    "withdraw_message",
    "write_message",
]

# The same message by the same person within this time is the same form sent twice.
SENT_TWICE = dt.timedelta(minutes=10)
TO_EVERYBODY = Aim()
# Whoever has not opened it is not asked again more often than this.
REPEATED_AFTER = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Words:
    """A message as written: `body` is HTML, `acknowledge_by` aware and of urgent ones alone, `files` are ids.

    `limit` names the kinds that see it, None everybody; `files` were added by the author and belong to nothing yet.
    """

    kind: str
    subject: str
    body: str
    aim: Aim = TO_EVERYBODY
    limit: Collection[str] | None = None
    pinned_until: dt.date | None = None
    acknowledge_by: dt.datetime | None = None
    critical: bool = False
    files: Collection[int] = ()


class EditConflict(Exception):
    """Somebody wrote `latest` after the wording that the actor had begun from. Nothing was overwritten."""

    def __init__(self, latest: Wording) -> None:
        super().__init__(f"wording {latest.number} came in between")
        self.latest = latest


# --- writing --------------------------------------------------------------------------------------------------------
@transaction.atomic
def write_message(
    *,
    actor: Person,
    account: Account,
    words: Words,
    ask_eyes: bool = False,
    eyes_note: str = "",
    now: dt.datetime | None = None,
) -> Message:
    """Write a message and publish it, or ask for second eyes: when `ask_eyes`, and for an urgent one to everybody.

    The same one sent again within ten minutes is the one that was written. Raises Refusal without a subject or text,
    for an announcement to more than the actor may reach, and for a time to acknowledge by that is not to come.
    """
    now = now or timezone.now()
    _one_at_a_time(actor, account)
    words = _stated(actor, account, words, now)
    if before := _sent_before(actor, account, words, now):
        return before
    section = section_of(words.kind)
    message = Message(account=account, section=section, kind=words.kind, author=actor, created_at=now, changed_at=now)
    _put(message, words)
    message.save()
    message.refresh_from_db(fields=["audience"])
    _written(message, actor, words, ask_eyes, eyes_note, now)
    drop_draft(person=actor, account=account, section_id=section.pk, page=None)
    return Message.objects.select_related("account", "author").get(pk=message.pk)


def needs_eyes(message: Message) -> bool:
    """Say whether every text of the message needs second eyes: an urgent one to everybody, and whatever had them."""
    if message.kind == MessageKind.URGENT and message.to_everybody:
        return True
    return message.pk is not None and Approval.objects.filter(thing=THING, object_id=message.pk).exists()


def _stated(actor: Person, account: Account, words: Words, now: dt.datetime) -> Words:
    """Return the words tidied; raises Refusal for what may not be written so."""
    words = _tidied(account, words)
    if words.kind in ANNOUNCED:
        extent = standing(actor, account).extent(Action.ANNOUNCE)
        if extent is Extent.NONE or (extent is not Extent.ALL and not words.aim.own_people):
            raise Refusal("reach", _("You can announce to your own people only."))
    if words.kind != MessageKind.URGENT:
        return replace(words, acknowledge_by=None, critical=False)
    return _in_time(words, now)


def _tidied(account: Account, words: Words) -> Words:
    words = replace(words, subject=" ".join(words.subject.split())[:200], body=cleaned(account, words.body))
    if not words.subject:
        raise Refusal("no_subject", _("Give the message a subject."))
    return words


def _in_time(words: Words, now: dt.datetime) -> Words:
    if words.acknowledge_by is None:
        raise Refusal("no_time", _("Say by when the message is to be acknowledged."))
    if words.acknowledge_by <= now:
        raise Refusal("too_late", _("The time to acknowledge by has to be in the future."))
    return words


def _put(message: Message, words: Words) -> None:
    message.subject, message.body = words.subject, words.body
    message.limit = stored_limit(words.limit)
    aim = words.aim
    message.aim_roles, message.aim_areas, message.aim_sites = sorted(aim.roles), sorted(aim.areas), sorted(aim.sites)
    message.aim_own_people = aim.own_people
    message.pinned_until = words.pinned_until
    message.acknowledge_by, message.critical = words.acknowledge_by, words.critical


def _written(
    message: Message, actor: Person, words: Words, ask_eyes: bool, note: str, now: dt.datetime, *, again: bool = False
) -> None:
    """Store the next wording; publish it, or ask for second eyes."""
    number = (message.wordings.filter(reply=None).aggregate(last=Max("number"))["last"] or 0) + 1
    wording = Wording.objects.create(
        message=message,
        number=number,
        subject=words.subject,
        body=words.body,
        author=actor,
        written_at=now,
        asks_again=again,
        acknowledge_by=words.acknowledge_by,
    )
    put_files(message, actor, words.body, words.files)
    if not (ask_eyes or needs_eyes(message)):
        publish_wording(actor=actor, message=message, number=number, now=now)
        return
    ask_for_eyes(
        actor=actor,
        account=message.account,
        thing=THING,
        object_id=message.pk,
        texts=texts_of(message, wording),
        title=words.subject,
        path=address_of_message(message),
        audience=message.audience,
        note=note,
        now=now,
    )


def _sent_before(actor: Person, account: Account, words: Words, now: dt.datetime) -> Message | None:
    aim = words.aim
    return Message.objects.filter(
        account=account, author=actor, kind=words.kind, subject=words.subject, body=words.body,
        created_at__gt=now - SENT_TWICE, withdrawn_at=None, number__lte=1, limit=stored_limit(words.limit),
        aim_roles=sorted(aim.roles), aim_areas=sorted(aim.areas), aim_sites=sorted(aim.sites),
        aim_own_people=aim.own_people,
    ).select_related("account", "author").first()  # fmt: skip


def _one_at_a_time(actor: Person, account: Account) -> None:
    """Hold other forms of the same person at the account until this one is written: the second finds the first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"message {account.pk} {actor.pk}"])


# --- mending --------------------------------------------------------------------------------------------------------
@transaction.atomic
def edit_message(
    *,
    actor: Person,
    message: Message,
    words: Words,
    based_on: int,
    ask_again: bool = False,
    ask_eyes: bool = False,
    eyes_note: str = "",
    now: dt.datetime | None = None,
) -> Message:
    """Save what `actor` wrote over wording `based_on`; the text of before stays in the history.

    Of a published message the words, and with `ask_again` the time to acknowledge by, are changed: whom it is aimed
    at, limited to and pinned for stays as it is. What is not published yet can be changed in everything. The same
    words again change nothing. Raises EditConflict when somebody wrote in between, Refusal as for a new message.
    """
    now = now or timezone.now()
    message = locked_message(message)
    latest = latest_wording(message)
    if message.published_at is None:
        words = _stated(actor, message.account, words, now)
        _put(message, words)
        message.changed_at = now
        message.save()
        message.refresh_from_db(fields=["audience"])
    else:
        words = _of_published(message, words, ask_again, now)
    same = (latest.subject, latest.body) == (words.subject, words.body)
    if latest.number != based_on and not (same and latest.author_id == actor.pk):
        raise EditConflict(latest)
    if not same or words.files or ask_again or message.published_at is None:
        again = ask_again and message.published_at is not None
        _written(message, actor, words, ask_eyes, eyes_note, now, again=again)
    return Message.objects.select_related("account", "author").get(pk=message.pk)


def _of_published(message: Message, words: Words, ask_again: bool, now: dt.datetime) -> Words:
    """Return the words that are changed of a published message: by when to acknowledge only where it asks again."""
    words = _tidied(message.account, replace(words, kind=message.kind))
    if message.kind == MessageKind.URGENT and ask_again:
        return _in_time(words, now)
    return replace(words, acknowledge_by=None)


# --- afterwards -----------------------------------------------------------------------------------------------------
@transaction.atomic
def withdraw_message(*, actor: Person, message: Message, because: str = "", now: dt.datetime | None = None) -> Message:
    """Take the message out of every list and the search; nothing is deleted. Withdrawing twice is withdrawing once.

    Nobody is reminded of it any more, and second eyes are asked no longer.
    """
    now = now or timezone.now()
    try:
        message = locked_message(message)
    except Refusal:
        return Message.objects.select_related("account", "author").get(pk=message.pk)
    message.withdrawn_at, message.withdrawn_by = now, actor
    message.withdrawn_because = " ".join(because.split())[:200]
    message.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_because"])
    stop_asking(thing=THING, object_id=message.pk, now=now)
    Notice.objects.unread().filter(thing=THING, object_id=message.pk).update(read_at=now)
    index_messages([message.pk])
    index_files(list(message.files.values_list("pk", flat=True)))
    return message


@transaction.atomic
def pin_message(*, actor: Person, message: Message, until: dt.date | None) -> Message:
    """Show the message first until the day `until`, that day included; None, or a day gone by, ends it.

    While it is pinned, whoever comes to the account is asked to read it too.
    """
    message = locked_message(message)
    message.pinned_until = until
    message.save(update_fields=["pinned_until"])
    return message


@transaction.atomic
def limit_message(
    *, actor: Person, message: Message, limit: Collection[str] | None, now: dt.datetime | None = None
) -> Message:
    """Limit the message to the kinds of `limit`, None to none but its section's, and write it to the ledger.

    Whoever no longer sees it drops out of its count; whoever sees it now and is meant is asked and told.
    """
    now = now or timezone.now()
    message = locked_message(message)
    before, kinds = message.limit, stored_limit(limit)
    if kinds == before:
        return message
    message.limit = kinds
    message.save(update_fields=["limit"])
    message.refresh_from_db(fields=["audience"])
    if message.is_published:
        _follow_limit(message, now)
    index_messages([message.pk])
    index_files(list(message.files.values_list("pk", flat=True)))
    cause = {
        "what": "message limited",
        "message": message.pk,
        "title": message.subject,
        "before": before,
        "after": kinds,
    }
    audit.record(LedgerEntry.Event.EDITED, actor=actor, account=message.account, cause=cause)
    return message


def _follow_limit(message: Message, now: dt.datetime) -> None:
    aimed = aimed_at(message.account, Aim.of(message), message.audience, message.author_id)
    standing_ones = MessageRecipient.objects.filter(message=message, left_at=None)
    standing_ones.exclude(person__in=aimed).update(left_at=now)
    if new := address(message, now):
        if message.kind == MessageKind.URGENT:
            tell_newcomers(message, new, now)
        else:
            tell(news_of(message, f"message:{message.pk}:{message.kind}:1", message.kind, message.author), new, now)


@transaction.atomic
def repeat_message(*, actor: Person, message: Message, now: dt.datetime | None = None) -> Repeat:
    """Say the message once more to those it is aimed at who have not opened it and still see it; who and when is kept.

    Raises Refusal before it is published, within an hour of the last time, and when everybody has opened it.
    """
    now = now or timezone.now()
    message = locked_message(message)
    if not message.is_published:
        raise Refusal("unpublished", _("The message has not been published yet."))
    last = message.repeats.order_by("-number").first()
    if last and last.at > now - REPEATED_AFTER:
        raise Refusal("too_soon", _("They were reminded less than an hour ago."))
    waiting = MessageRecipient.objects.filter(message=message, opened_at=None, left_at=None)
    people = still_reading(message, list(waiting.values_list("person_id", flat=True)))
    if not people:
        raise Refusal("nobody", _("Everybody has opened the message."))
    number = last.number + 1 if last else 1
    repeat = Repeat.objects.create(message=message, number=number, by=actor, at=now, people=len(people))
    tell(news_of(message, f"message:{message.pk}:repeat:{number}", "repeat", actor), people, now)
    return repeat
