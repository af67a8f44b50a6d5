"""Publishing a message's wording: it reads so from then on, those it is aimed at are told, the search knows it.

Called when somebody writes what needs no second eyes, and by whoever approves what does: in the same transaction, so
that what was approved is what is published.
"""

import datetime as dt
import json
from collections.abc import Collection

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.refusal import Refusal
from accounts.models import Account, Person
from accounts.notify import News, tell
from channels_app.actions.escalation import lay_ladder
from channels_app.actions.indexing import index_files, index_messages
from channels_app.actions.mentions import put_mentions
from channels_app.actions.pages import own_files
from channels_app.actions.recipients import address
from channels_app.models import File, Message, MessageKind, MessageRecipient, Reply, Wording
from channels_app.models.locks import hold_limits
from channels_app.queries.messages import THING, address_of_message


@transaction.atomic
def publish_wording(*, actor: Person, message: Message, number: int, now: dt.datetime | None = None) -> Message:
    """Let the message read as its wording `number` does, and tell whoever is to know. Doing it twice is doing it once.

    `actor` is who publishes: its author, or the second eyes. The first publication reaches all that it is aimed at; a
    later one those newly mentioned, and when it asks again, everybody. Raises Refusal for a withdrawn message, and for
    an urgent one whose time to acknowledge has passed while it waited.
    """
    now = now or timezone.now()
    message = locked_message(message)
    wording = Wording.objects.select_related("author").get(message=message, reply=None, number=number)
    if message.number >= number:
        return message
    first = message.published_at is None
    asks = message.kind == MessageKind.URGENT and (first or wording.asks_again)
    if asks and wording.acknowledge_by is not None:
        message.acknowledge_by = wording.acknowledge_by
    if asks and message.acknowledge_by is not None and message.acknowledge_by <= now:
        raise Refusal("too_late", _("The time to acknowledge by has passed: the author has to set a later one."))
    message.number, message.subject, message.body = number, wording.subject, wording.body
    message.changed_at = now
    message.published_at = message.published_at or now
    message.asked_number = number if asks else message.asked_number
    changed = ["number", "subject", "body", "changed_at", "published_at", "asked_number", "acknowledge_by"]
    message.save(update_fields=changed)
    Wording.objects.filter(pk=wording.pk).update(published_at=now)
    attach_files(message, now)
    mentioned = put_mentions(message, wording.body)
    reached = set(address(message, now)) if first else set()
    if asks:
        lay_ladder(message, now)  # tells everybody whom it asks, as its first step
        reached = _asked_now(message)
    _tell(message, wording.author, reached, mentioned, now)
    index_messages([message.pk])
    return message


def _asked_now(message: Message) -> set[int]:
    rows = MessageRecipient.objects.filter(message=message, left_at=None)
    return set(rows.values_list("person_id", flat=True))


def _tell(message: Message, author: Person, reached: set[int], mentioned: set[int], now: dt.datetime) -> None:
    """Tell each once: those it is aimed at that it is there, those mentioned beside them that they are."""
    key = f"message:{message.pk}"
    if message.kind == MessageKind.DISCUSSION:
        reached = reached - mentioned  # being named in it says more than that it has begun
    if reached and message.kind != MessageKind.URGENT:
        tell(news_of(message, f"{key}:{message.kind}:1", message.kind, message.author), reached, now)
    if others := mentioned - reached:
        tell(news_of(message, f"{key}:mention:{message.number}", "mention", author), others, now)


def news_of(
    message: Message, key: str, kind: str, who: Person | None, *, to_author: bool = False, at: str = ""
) -> News:
    """Return what there is to tell of the message; `at` is an anchor within its page.

    Of feedback its author is told `to_author`: it is limited to others, and yet theirs.
    """
    own = to_author and message.kind == MessageKind.FEEDBACK
    return News(
        key=key,
        kind=kind,
        account=message.account,
        title=message.subject,
        path=address_of_message(message) + at,
        thing=THING,
        object_id=message.pk,
        audience=None if own else message.audience,
        who=who,
    )


# --- what every change of a message does ----------------------------------------------------------------------------
def locked_message(message: Message) -> Message:
    """Return the message as it is now, locked; raises Refusal when it was withdrawn."""
    hold_limits(message.account_id)
    found = Message.objects.select_for_update(of=("self",)).select_related("account", "author")
    locked: Message = found.get(pk=message.pk)
    if locked.withdrawn_at is not None:
        raise Refusal("withdrawn", _("The message has been withdrawn."))
    return locked


def texts_of(message: Message, wording: Wording) -> tuple[str, ...]:
    """Return all that second eyes read and approve: words and files, whom they reach, by when they are acknowledged."""
    aim = (message.aim_roles, message.aim_areas, message.aim_sites, message.aim_own_people, message.limit)
    by_when = wording.acknowledge_by or message.acknowledge_by
    deadline = by_when.astimezone(dt.UTC).isoformat() if by_when else ""
    files = File.objects.filter(message=message, reply=None, removed_at=None).order_by("pk").values_list("pk", "number")
    how = f"{deadline} {message.critical} {wording.asks_again}"
    return wording.subject, wording.body, json.dumps(aim), how, json.dumps(list(files))


# --- files ----------------------------------------------------------------------------------------------------------
def put_files(
    message: Message, actor: Person, body: str, files: Collection[int] = (), reply: Reply | None = None
) -> None:
    """Let the files that the actor put into the text, or beside it, be the message's or a reply's.

    They are shown with it once it is published (`attach_files`). Only files of the actor's own that belong to nothing
    yet: whatever belongs to something has readers of its own.
    """
    named = {*(int(number) for number in own_files(message.account).findall(body)), *files}
    if named:
        waiting = unattached_files(actor, message.account, message.section_id, named)
        taken = list(waiting.select_for_update().values_list("pk", flat=True))
        File.objects.filter(pk__in=taken).update(message=message, reply=reply)


def attach_files(message: Message, now: dt.datetime, reply: Reply | None = None) -> None:
    """Show the files that wait with the message, or with a reply, to its readers, and let them be found."""
    waiting = File.objects.filter(message=message, reply=reply, attached_at=None, removed_at=None)
    if shown := list(waiting.values_list("pk", flat=True)):
        File.objects.filter(pk__in=shown).update(attached_at=now)
        index_files(shown)


def unattached_files(actor: Person, account: Account, section_id: int, files: Collection[int]) -> QuerySet[File]:
    """Return those of `files` that the actor has added there and that belong to nothing yet: to be sent along."""
    own = File.objects.filter(pk__in=list(files), account=account, section=section_id, added_by=actor)
    return own.filter(page=None, contract=None, message=None, attached_at=None, removed_at=None)
