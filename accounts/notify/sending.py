"""Handing over what is open: claimed in batches, asked about once more just before it leaves, settled one by one.

A worker that dies leaves at most one message of which nobody knows whether the server took it; it is repeated under
the same Message-ID. All others of its batch come free when its lease ends, and leave once.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any

import structlog
from django.core.mail import get_connection
from django.db import Error, InterfaceError, OperationalError, connection, transaction
from django.db.models import Min, Q
from django.db.models.functions import Now
from django.utils import timezone, translation

from accounts.models import Delivery, Job
from accounts.notify.bounces import came_back, is_for_good
from accounts.notify.composing import Written, compose_all, language_of
from accounts.notify.telling import Channel, send_soon
from accounts.push import send_push
from kam.lib.dates import today
from kam.lib.webpush import Gone

logger = structlog.get_logger(__name__)

State = Delivery.State
Progress = Callable[[str, int, int], None]

BATCH = 50
# What a batch has not handed over by then goes back: it was written a while ago, and its lease must not run out.
BATCH_SECONDS = 15
# Longer than that and than a server may take to answer each step of handing one message over (EMAIL_TIMEOUT).
LEASE_SECONDS = 180
# How long what has left is tried to be written down. While the database is away nobody else can send it again.
SETTLE_SECONDS = 900
SETTLE_EVERY = 0.25
FIRST_REST, LONGEST_REST = dt.timedelta(minutes=1), dt.timedelta(minutes=256)
MAX_ATTEMPTS = 6
# Attempts alone don't end it: a worker that dies spends one too.
GIVE_UP_AFTER = dt.timedelta(hours=5)

CLAIM = """
WITH due AS MATERIALIZED (
    SELECT id FROM accounts_delivery
    WHERE state IN ('waiting', 'sending') AND (lease_until IS NULL OR lease_until < clock_timestamp())
        AND channel = %(channel)s
    ORDER BY id LIMIT %(batch)s FOR UPDATE SKIP LOCKED
)
UPDATE accounts_delivery d SET state = 'sending', attempts = attempts + 1,
    lease_until = clock_timestamp() + %(lease)s * interval '1 second'
FROM due WHERE d.id = due.id
RETURNING d.id, d.attempts
"""
RELEASE = """
UPDATE accounts_delivery d SET state = 'waiting', lease_until = NULL, attempts = d.attempts - 1
FROM unnest(%(ids)s::bigint[], %(attempts)s::int[]) AS claim(id, attempts)
WHERE d.id = claim.id AND d.attempts = claim.attempts AND d.state = 'sending'
"""
STANDING = (Path(__file__).parent / "standing.sql").read_text(encoding="utf-8")
OPEN = Q(state__in=[State.WAITING, State.SENDING])
CLAIMABLE = OPEN & (Q(lease_until=None) | Q(lease_until__lt=Now()))


@dataclass(frozen=True)
class Claim:
    """A delivery that is this worker's to send: `attempts` tells the claim apart from earlier and later ones."""

    delivery_id: int
    attempts: int


def send_open(progress: Progress = lambda stage, done, total: None, channel: str = Channel.MAIL) -> int:
    """Send all that is open and due of `channel`; return how many left. What rests is asked for when its time comes.

    Raises OSError (or smtplib's own errors, which are such) when the mail server can't be reached at all: then nothing
    is claimed any more, and the job rests as a whole.
    """
    rows = Delivery.objects.filter(channel=channel)
    total, done, sent = rows.filter(CLAIMABLE).count(), 0, 0
    if total:
        with _server(channel) as server:
            while claims := claim(channel):
                for left in _send_batch(claims, channel, server):
                    sent += left
                    done += 1
                    progress("sending", done, max(done, total))
    if rest := rows.filter(OPEN).aggregate(next=Min("lease_until"))["next"]:
        send_soon(channel, run_after=rest)
    return sent


def resume() -> None:
    """Have sent what is due while no job is there to send it: its job may have failed for good."""
    for channel in Delivery.objects.filter(CLAIMABLE).order_by().values_list("channel", flat=True).distinct():
        key = "deliver" if channel == Channel.MAIL else channel
        busy = Job.objects.filter(name="deliver", key=key, state__in=[Job.State.WAITING, Job.State.RUNNING])
        if not busy.exists():
            send_soon(channel)


@contextmanager
def _server(channel: str) -> Iterator[Any]:
    if channel == Channel.MAIL:
        with get_connection() as server:
            yield server
    else:
        yield None


# --- a batch --------------------------------------------------------------------------------------------------------
def claim(channel: str = Channel.MAIL, batch: int = BATCH) -> list[Claim]:
    """Claim the next deliveries for this worker; nobody else has them before their lease is over."""
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"channel": channel, "batch": batch, "lease": LEASE_SECONDS})
        return sorted((Claim(*row) for row in cursor.fetchall()), key=lambda one: one.delivery_id)


def _send_batch(claims: list[Claim], channel: str, server: Any) -> Iterator[bool]:
    """Send what is claimed, yield for each whether it left; what time does not allow goes back."""
    until = time.monotonic() + BATCH_SECONDS
    mine = {one.delivery_id: one for one in claims}
    try:
        standing = _standing(list(mine))
        deliveries = _loaded([each for each in mine if (now := standing.get(each)) and not now.obstacle])
        composed = compose_all(deliveries.values()) if channel == Channel.MAIL else {}
        for delivery_id in list(mine):
            if time.monotonic() > until:
                break
            one = mine[delivery_id]
            yield _send(one, deliveries.get(delivery_id), composed.get(delivery_id), server)
            del mine[delivery_id]
    finally:
        _release(list(mine.values()))


def _loaded(ids: list[int]) -> dict[int, Delivery]:
    named = ("person__login", "account", "notice__account", "notice__who", "subscription__user")
    return Delivery.objects.select_related(*named).in_bulk(ids)


@dataclass(frozen=True)
class Standing:
    """What is in a delivery's way at this moment, nothing when it may leave, and the address of its person."""

    obstacle: str
    email: str


def _standing(ids: list[int]) -> dict[int, Standing]:
    """Ask how it stands with claimed deliveries now; one query.

    One that is no longer claimed, or only for too short a while to be handed over, is left out.
    """
    with connection.cursor() as cursor:
        cursor.execute(STANDING, {"ids": ids, "day": today(), "left": LEASE_SECONDS - 2 * BATCH_SECONDS})
        return {delivery_id: Standing(obstacle, email) for delivery_id, obstacle, email in cursor.fetchall()}


def _send(one: Claim, delivery: Delivery | None, written: Written, server: Any) -> bool:
    """Send one message that is claimed; say whether it left."""
    now = _standing([one.delivery_id]).get(one.delivery_id)
    if now is None:  # the claim is somebody else's by now, or soon
        return False
    if now.obstacle or delivery is None:
        settle(one, state=State.DROPPED, error=now.obstacle or "Something was in the way a moment before.")
        return False
    if delivery.channel == Channel.MAIL and written is None:
        settle(one, state=State.DROPPED, error="There was nothing to say any more.")
        return False
    try:
        _hand_over(delivery, written, now.email, server)
    except Exception as error:  # a refused address or a broken template must not keep the others waiting
        _not_taken(one, delivery, error, server)
        return False
    settle(one, state=State.SENT, error="", sent_at=timezone.now())
    return True


def _hand_over(delivery: Delivery, written: Written, email: str, server: Any) -> None:
    if isinstance(written, Exception):
        raise written
    if written is None:
        with translation.override(language_of(delivery.person)):
            send_push(delivery)
    else:
        delivery.person.email = written.to[0] = email
        written.connection = server
        written.send()


def _not_taken(one: Claim, delivery: Delivery, error: Exception, server: Any) -> None:
    """Let it rest, or end it where it can't arrive; raises OSError when the mail server has gone away altogether."""
    text = f"{type(error).__name__}: {error}".replace("\0", "")[:2000]
    if isinstance(error, Gone):
        settle(one, state=State.DROPPED, error="The telephone takes no more notifications.")
    elif is_for_good(error):
        logger.warning("an address was refused for good", delivery=one.delivery_id, error=text)
        with transaction.atomic():
            if settle(one, state=State.FAILED, error=text):
                came_back(delivery, delivery.person.email)
    else:
        logger.error("a message could not be sent", delivery=one.delivery_id, exc_info=error)
        rest(one, delivery.created_at, text)
    if server and not isinstance(error, SMTPRecipientsRefused):
        server.close()  # whatever state it was in
        server.open()


def rest(one: Claim, created_at: dt.datetime, text: str) -> None:
    """Try again after 1, 4, 16 … minutes; give up after the sixth time, and not before five hours."""
    if one.attempts >= MAX_ATTEMPTS and timezone.now() - created_at > GIVE_UP_AFTER:
        settle(one, state=State.FAILED, error=text)
        return
    pause = min(FIRST_REST * 4 ** min(one.attempts - 1, MAX_ATTEMPTS), LONGEST_REST)
    settle(one, state=State.WAITING, error=text, lease_until=timezone.now() + pause)


# --- what became of it ----------------------------------------------------------------------------------------------
def settle(one: Claim, **fields: Any) -> bool:
    """Write down what became of the claim; False when it was too slow and another worker has claimed it since.

    A database that is away is waited for: what has left would otherwise leave again.
    """
    claimed = Delivery.objects.filter(pk=one.delivery_id, state=State.SENDING, attempts=one.attempts)
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            return bool(claimed.update(**{"lease_until": None, **fields}))
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            logger.warning("waiting for the database to write down", delivery=one.delivery_id, error=str(error))
            connection.close()
            time.sleep(SETTLE_EVERY)


def _release(claims: list[Claim]) -> None:
    """Give back what was not tried. Should that fail, the lease ends by itself."""
    if not claims:
        return
    values = {"ids": [one.delivery_id for one in claims], "attempts": [one.attempts for one in claims]}
    try:
        with connection.cursor() as cursor:
            cursor.execute(RELEASE, values)
    except Error as error:
        logger.warning("claims could not be given back, their lease will end", error=str(error))
