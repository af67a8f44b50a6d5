"""Keeping a message's recipients: those it is aimed at when it is published, who comes later, who leaves.

The rows count and remind; they give no sight of anything. One statement each, however many people; rows are locked in
the order of messages, then of people.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Notice, Person
from accounts.notify import tell
from channels_app.actions.escalation import tell_newcomers
from channels_app.actions.message_news import news_of
from channels_app.models import Message, MessageKind, MessageRecipient
from channels_app.queries.recipients import OF_MESSAGES_SQL, Pairs, values_of_messages

# Whoever left comes back with what they had opened and acknowledged. `new` tells those apart who never were asked.
ADDRESS = f"""
INSERT INTO channels_app_messagerecipient AS r (message_id, person_id, added_at, came_later, acknowledged_number)
SELECT message_id, person_id, %(now)s, %(only)s, 0 FROM ({OF_MESSAGES_SQL}) AS aimed ORDER BY message_id, person_id
ON CONFLICT (message_id, person_id) DO UPDATE SET left_at = NULL WHERE r.left_at IS NOT NULL
RETURNING message_id, person_id, xmax = 0
"""  # noqa: S608  constants
LEAVE = """
WITH leaving AS (
    SELECT r.id
    FROM unnest(%(accounts)s::bigint[], %(people)s::bigint[]) AS gone (account_id, person_id)
    JOIN channels_app_messagerecipient r ON r.person_id = gone.person_id AND r.left_at IS NULL
    JOIN channels_app_message m ON m.id = r.message_id AND m.account_id = gone.account_id
    ORDER BY r.message_id, r.person_id FOR UPDATE OF r
)
UPDATE channels_app_messagerecipient r SET left_at = %(now)s FROM leaving WHERE r.id = leaving.id
"""
Stays = list[tuple[int, int, int]]  # (stay, account, person)


def address(message: Message, now: dt.datetime | None = None) -> list[int]:
    """Make everybody that `message` is aimed at its recipient; return the ids of those who had not been.

    In the transaction that publishes it, or that changes its aim. Whom a narrower aim leaves out stays a recipient:
    they were asked, and what they answered counts.
    """
    return [person for _message, person, new in _address([message.pk], now or timezone.now(), None) if new]


def follow_access(opened: Stays, closed: Stays, now: dt.datetime | None = None) -> None:
    """Have standing messages ask whoever came to an account, and no longer count whoever left; told in the letters'
    own transaction (accounts/handover.py)."""
    now = now or timezone.now()
    if closed:
        pairs = _pairs(closed)
        with connection.cursor() as cursor:
            cursor.execute(LEAVE, {"now": now, "accounts": [a for a, _p in pairs], "people": [p for _a, p in pairs]})
    if opened:
        pairs = _pairs(opened)
        standing = Message.objects.standing().filter(account__in={account for account, _person in pairs})
        messages = {message.pk: message for message in standing.select_related("account", "author")}
        came: dict[int, list[int]] = defaultdict(list)
        for message, person, new in _address(list(messages), now, pairs):
            if new:
                came[message].append(person)
        for pk in sorted(came):
            _tell_newcomers(messages[pk], came[pk], now)


def _pairs(stays: Stays) -> Pairs:
    return [(account, person) for _stay, account, person in stays]


def _address(messages: Collection[int], now: dt.datetime, only: Pairs | None) -> list[tuple[int, int, bool]]:
    """Return (message, person, whether they are new to it) of whoever has become a recipient."""
    if not messages:
        return []
    with connection.cursor() as cursor:
        cursor.execute(ADDRESS, {**values_of_messages(messages, only=only), "now": now})
        return cursor.fetchall()


def _tell_newcomers(message: Message, people: list[int], now: dt.datetime) -> None:
    """Under the keys of those who were told when it was published: nobody is told of one message twice."""
    if message.kind == MessageKind.URGENT:
        tell_newcomers(message, people, now)
    else:
        tell(news_of(message, "announcement", "1"), people, now)


@transaction.atomic
def open_message(*, person: Person, message: Message, now: dt.datetime | None = None) -> bool:
    """Set down that `person`, signed in, has opened the message, and that they have read what was told of it.

    The view has made sure that they see it. Returns whether it was the first time for a recipient.
    """
    now = now or timezone.now()
    unread = Notice.objects.filter(thing="message", object_id=message.pk, person=person, read_at=None)
    unread.update(read_at=now)
    rows = MessageRecipient.objects.filter(message=message, person=person, opened_at=None)
    return bool(rows.update(opened_at=now))
