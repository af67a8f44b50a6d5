"""Handing over what is open: claimed in batches, asked about once more just before it leaves, settled one by one.

A worker that dies leaves at most one message of which nobody knows whether the server took it; it is repeated under
the same Message-ID. All others of its batch come free when its lease ends, and leave once.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from smtplib import SMTPRecipientsRefused
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import get_connection
from django.db import Error, InterfaceError, OperationalError, connection, transaction
from django.db.models import Min, Q
from django.db.models.functions import Now
from django.utils import timezone, translation

from accounts.jobs import enqueue
from accounts.models import Delivery, Job
from accounts.notify.bounces import came_back, is_for_good
from accounts.notify.composing import Written, compose_all, language_of
from accounts.notify.telling import Channel, send_soon
from accounts.push import send_push
from kam.lib.dates import today
from kam.lib.sql import planned_rows
from kam.lib.webpush import Gone

logger = structlog.get_logger(__name__)

State = Delivery.State
Progress = Callable[[str, int, int], None]

BATCH = 50
# From so many on, a single connection would keep people waiting (EMAIL_CONNECTIONS).
MANY = 200
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
SETTLE = f"""
WITH settled AS (
    UPDATE accounts_delivery SET state = %(state)s::text, error = %(error)s::text, lease_until = %(lease)s::timestamptz,
        sent_at = CASE WHEN %(state)s::text = 'sent' THEN clock_timestamp() END
    WHERE id = %(id)s::bigint AND state = 'sending' AND attempts = %(attempts)s::int
    RETURNING id
)
SELECT (SELECT count(*) FROM settled), following.* FROM (SELECT) once LEFT JOIN ({STANDING}) following ON TRUE
"""  # noqa: S608  constants
OPEN = Q(state__in=[State.WAITING, State.SENDING])
CLAIMABLE = OPEN & (Q(lease_until=None) | Q(lease_until__lt=Now()))


@dataclass(frozen=True)
class Claim:
    """A delivery that is this worker's to send: `attempts` tells the claim apart from earlier and later ones."""

    delivery_id: int
    attempts: int


def send_open(
    progress: Progress = lambda stage, done, total: None, channel: str = Channel.MAIL, *, alone: bool = True
) -> int:
    """Send all that is open and due of `channel`; return how many left. What rests is asked for when its time comes.

    Where there is much, other workers are asked to send as well, unless this one (not `alone`) is such a helper.

    Raises OSError (or smtplib's own errors, which are such) when the mail server can't be reached at all: then nothing
    is claimed any more, and the job rests as a whole.
    """
    rows = Delivery.objects.filter(channel=channel)
    total, done, sent = rows.filter(CLAIMABLE).count(), 0, 0
    if alone and total >= MANY and channel == Channel.MAIL:
        _ask_for_help()
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


def _ask_for_help() -> None:
    for number in range(2, settings.EMAIL_CONNECTIONS + 1):
        enqueue("deliver", f"deliver:{number}", {"channel": Channel.MAIL, "helps": True})


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
    open_ones = list(claims)
    try:
        standing = _standing([one.delivery_id for one in claims])
        deliveries = _loaded([pk for pk, now in standing.items() if not now.obstacle])
        written = compose_all(each for each in deliveries.values() if each.notice) if channel == Channel.MAIL else {}
        ahead: Standing | None = None
        for one, following in zip_longest(claims, claims[1:]):
            if time.monotonic() > until:
                break
            pk = one.delivery_id
            delivery = deliveries.get(pk)
            if delivery and not delivery.notice:  # it may tell of several accounts: read when its turn comes
                written |= compose_all([delivery])
                ahead = None
            now = ahead or _standing([pk]).get(pk)
            outcome = _send(now, delivery, written.get(pk), server)
            ahead = _put_down(one, outcome, following)
            open_ones.remove(one)
            if outcome and outcome.server_failed:
                _open_again(server)
            yield bool(outcome and outcome.state == State.SENT)
    finally:
        _release(open_ones)


def _loaded(ids: list[int]) -> dict[int, Delivery]:
    """Return the deliveries with what composing needs; accounts and deeds are the same for many, and fetched once."""
    rows = Delivery.objects.select_related("person__login", "notice", "subscription__user")
    return rows.prefetch_related("account", "notice__account", "notice__who").in_bulk(ids)


@dataclass(frozen=True)
class Standing:
    """What is in a delivery's way at this moment, nothing when it may leave, and the address of its person."""

    obstacle: str
    email: str


def _standing(ids: list[int]) -> dict[int, Standing]:
    """Ask how it stands with claimed deliveries now; one query.

    One that is no longer claimed, or only for too short a while to be handed over, is left out.
    """
    rows = planned_rows(STANDING, _asking(ids))
    return {delivery_id: Standing(obstacle, email) for delivery_id, obstacle, email in rows}


def _asking(ids: list[int]) -> dict[str, Any]:
    return {"ids": ids, "day": today(), "left": LEASE_SECONDS - 2 * BATCH_SECONDS}


@dataclass(frozen=True)
class Outcome:
    """What became of a message; `came_back` is it when its address was refused for good."""

    state: str
    error: str = ""
    came_back: Delivery | None = None
    tried_at: dt.datetime | None = None  # when it was first to be sent, for one that has to be tried again
    server_failed: bool = False


def _send(now: Standing | None, delivery: Delivery | None, written: Written, server: Any) -> Outcome | None:
    """Send one message; None when the claim is somebody else's by now, or soon."""
    if now is None:
        return None
    if now.obstacle or delivery is None:
        return Outcome(State.DROPPED, now.obstacle or "Something was in the way a moment before.")
    if delivery.channel == Channel.MAIL and written is None:
        return Outcome(State.DROPPED, "There was nothing to say any more.")
    if now.email != delivery.person.email:
        return Outcome(State.WAITING, "It was written to another address.")
    try:
        _hand_over(delivery, written, server)
    except Exception as error:  # a refused address or a broken template must not keep the others waiting
        return _not_taken(delivery, error, server is not None and error is not written)
    return Outcome(State.SENT)


def _hand_over(delivery: Delivery, written: Written, server: Any) -> None:
    if isinstance(written, Exception):
        raise written
    if written is None:
        with translation.override(language_of(delivery.person)):
            send_push(delivery)
    else:
        written.connection = server
        written.send()


def _not_taken(delivery: Delivery, error: Exception, of_server: bool) -> Outcome:
    """Say whether to try again, or to end it where it can't arrive."""
    text = f"{type(error).__name__}: {error}".replace("\0", "")[:2000]
    if isinstance(error, Gone):
        return Outcome(State.DROPPED, "The telephone takes no more notifications.")
    if is_for_good(error):
        logger.warning("an address was refused for good", delivery=delivery.pk, error=text)
        return Outcome(State.FAILED, text, came_back=delivery)
    logger.error("a message could not be sent", delivery=delivery.pk, exc_info=error)
    failed = of_server and not isinstance(error, SMTPRecipientsRefused)
    return Outcome(State.WAITING, text, tried_at=delivery.created_at, server_failed=failed)


def _open_again(server: Any) -> None:
    """Begin anew with a server in whatever state; raises OSError when it has gone away altogether."""
    server.close()
    server.open()


# --- what became of it ----------------------------------------------------------------------------------------------
def _put_down(one: Claim, outcome: Outcome | None, following: Claim | None) -> Standing | None:
    """Write down what became of a claim; return how it then stands with the following one, where that was asked."""
    if outcome is None:
        return None
    if outcome.state == State.SENT:
        return settle(one, State.SENT, following=following)[1]
    if outcome.tried_at:
        rest(one, outcome.tried_at, outcome.error)
    elif outcome.came_back:
        with transaction.atomic():
            if settle(one, outcome.state, error=outcome.error)[0]:
                came_back(outcome.came_back, outcome.came_back.person.email)
    else:
        settle(one, outcome.state, error=outcome.error)
    return None


def rest(one: Claim, created_at: dt.datetime, text: str) -> None:
    """Try again after 1, 4, 16 … minutes; give up after the sixth time, and not before five hours."""
    if one.attempts >= MAX_ATTEMPTS and timezone.now() - created_at > GIVE_UP_AFTER:
        settle(one, State.FAILED, error=text)
        return
    pause = min(FIRST_REST * 4 ** min(one.attempts - 1, MAX_ATTEMPTS), LONGEST_REST)
    settle(one, State.WAITING, error=text, lease_until=timezone.now() + pause)


def settle(
    one: Claim, state: str, *, error: str = "", lease_until: dt.datetime | None = None, following: Claim | None = None
) -> tuple[bool, Standing | None]:
    """Write down what became of the claim, and ask in the same breath how it stands with the `following` one.

    False when it was too slow and another worker has claimed it since. A database that is away is waited for: what has
    left would otherwise leave again.
    """
    values = {"id": one.delivery_id, "attempts": one.attempts, "state": state, "error": error, "lease": lease_until}
    values |= _asking([following.delivery_id] if following else [])
    until = time.monotonic() + SETTLE_SECONDS
    while True:
        try:
            ((settled, asked, obstacle, email),) = planned_rows(SETTLE, values)
            return bool(settled), None if asked is None else Standing(obstacle, email)
        except (OperationalError, InterfaceError) as away:
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            logger.warning("waiting for the database to write down", delivery=one.delivery_id, error=str(away))
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
