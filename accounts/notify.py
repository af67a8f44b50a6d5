"""The one place that reaches people. A message is a row first, claimed before it is sent, and written once.

Whoever has something to say calls `announce` (or `post`) inside the transaction that makes it true; a job then sends
what is open. Access is asked again at the moment of sending: a message about an account goes to nobody who may not
see it by then. A message that a crash makes leave twice carries the same Message-ID both times.
"""

import datetime as dt
import hashlib
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import connection
from django.db.models import Min, Q
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.utils import timezone, translation

from accounts.access import sees
from accounts.jobs import enqueue
from accounts.models import Account, Delivery, Job, Person
from accounts.notices import DEFAULT_WAYS, KINDS
from kam.lib.dates import today

logger = structlog.get_logger(__name__)

State = Delivery.State
NOTICE = "accounts/email/notice"
# Longer than the server may take to answer each step of handing a message over (EMAIL_TIMEOUT).
LEASE_SECONDS = 180
FIRST_REST = dt.timedelta(minutes=1)
MAX_ATTEMPTS = 6
Content = Callable[[Delivery], dict[str, Any] | None]
Progress = Callable[[str, int, int], None]

_contents: dict[str, Content] = {}


@dataclass(frozen=True)
class Message:
    """Something to say to one person once; `key` names it among all that is ever said."""

    key: str
    person_id: int
    account_id: int | None = None
    context: dict[str, Any] = field(default_factory=dict)


def content(template: str) -> Callable[[Content], Content]:
    """Register what fills `template` at the moment of sending, in the reader's language.

    It returns the context, or None when there is nothing to say any more. Without one, a delivery's own context does.
    """

    def register(fill: Content) -> Content:
        _contents[template] = fill
        return fill

    return register


def announce(
    key: str,
    people: Iterable[int],
    template: str,
    *,
    account: Account | None = None,
    context: dict[str, Any] | None = None,
) -> None:
    """Say the same to each of the person ids `people`, once each, however often it is asked for."""
    account_id = account.pk if account else None
    post(template, (Message(f"{key}:{person}", person, account_id, context or {}) for person in people))


def tell_administrators(key: str, template: str, context: dict[str, Any]) -> None:
    """Say the same to every administrator who has not left, once each, however often it is asked for."""
    working = Q(left_on=None) | Q(left_on__gte=today())
    administrators = Person.objects.filter(working, is_administrator=True)
    announce(key, administrators.values_list("pk", flat=True), template, context=context)


def post(template: str, messages: Iterable[Message]) -> None:
    """Have `messages` sent after the caller's transaction commits; a key that was used before says nothing again.

    `template` names `<template>.txt`, `.html` and `_subject.txt`.
    """
    rows = [
        Delivery(
            key=message.key,
            person_id=message.person_id,
            account_id=message.account_id,
            template=template,
            context=message.context,
        )
        for message in messages
    ]
    if rows:
        Delivery.objects.bulk_create(rows, batch_size=2000, ignore_conflicts=True)
        enqueue("deliver", "deliver")


@dataclass(frozen=True)
class News:
    """What to tell several people once each. `key` names it among all that is ever said, `kind` is of accounts/notices.

    `audience` is that of the thing at this moment; `title` may stand in mails and on locked telephones.
    """

    key: str
    kind: str
    account: Account | None
    title: str
    path: str
    thing: str = ""
    object_id: int | None = None
    audience: Collection[str] | None = None
    who: Person | None = None


# The notice is the truth; a delivery carries it out of the house where its reader chose so, or must be reached.
TELL = """
WITH told AS (
    INSERT INTO accounts_notice
        (key, person_id, account_id, kind, thing, object_id, title, path, audience, who_id, created_at)
    SELECT %(key)s || ':' || person, person, %(account)s, %(kind)s, %(thing)s, %(object_id)s, %(title)s, %(path)s,
        %(audience)s, %(who)s, %(now)s
    FROM unnest(%(people)s::bigint[]) AS person ORDER BY person
    ON CONFLICT (key) DO NOTHING
    RETURNING id, key, person_id
), mailed AS (
    INSERT INTO accounts_delivery (key, person_id, account_id, channel, notice_id, subscription_id, template, context,
        state, attempts, created_at, error)
    SELECT 'mail:' || key, person_id, %(account)s, 'mail', id, NULL, %(template)s, '{}'::jsonb,
        'waiting', 0, %(now)s, ''
    FROM told
    WHERE %(mandatory)s OR 'at_once' = coalesce(
        (SELECT way FROM accounts_notifychoice c
         WHERE c.person_id = told.person_id AND c.topic = %(topic)s
            AND (c.account_id = %(account)s OR c.account_id IS NULL)
         ORDER BY c.account_id NULLS LAST LIMIT 1), %(default)s)
    UNION ALL
    SELECT 'push:' || s.id || ':' || told.key, told.person_id, %(account)s, 'push', told.id, s.id, '', '{}'::jsonb,
        'waiting', 0, %(now)s, ''
    FROM told JOIN accounts_user u ON u.person_id = told.person_id AND u.is_active
        JOIN accounts_pushsubscription s ON s.user_id = u.id
    WHERE %(wakes)s
    RETURNING id
)
SELECT (SELECT count(*) FROM told), (SELECT count(*) FROM mailed)
"""


def tell(news: News, people: Collection[int], now: dt.datetime | None = None) -> int:
    """Tell each of the person ids `people` once, in the caller's transaction; return how many had not been told.

    One statement, however many people. Whoever calls has made sure that they see the account and what is told of;
    both are asked again before anything leaves the house.
    """
    kind = KINDS[news.kind]
    values: dict[str, Any] = {
        "key": news.key,
        "account": news.account and news.account.pk,
        "kind": news.kind,
        "thing": news.thing,
        "object_id": news.object_id,
        "title": news.title[:300],
        "path": news.path,
        "audience": None if news.audience is None else sorted(news.audience),
        "who": news.who and news.who.pk,
        "now": now or timezone.now(),
        "people": sorted(set(people)),
        "template": NOTICE,
        "mandatory": kind.mandatory,
        "topic": kind.topic,
        "default": DEFAULT_WAYS[kind.topic],
        "wakes": kind.wakes,
    }
    with connection.cursor() as cursor:
        cursor.execute(TELL, values)
        told, deliveries = cursor.fetchone()
    if deliveries:
        enqueue("deliver", "deliver")
    return int(told)


# --- sending --------------------------------------------------------------------------------------------------------
CLAIM = """
UPDATE accounts_delivery SET state = 'sending', attempts = attempts + 1,
    lease_until = clock_timestamp() + %s * interval '1 second'
WHERE id = (SELECT id FROM accounts_delivery
            WHERE state IN ('waiting', 'sending') AND (lease_until IS NULL OR lease_until < clock_timestamp())
            ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id
"""
OPEN = Q(state__in=[State.WAITING, State.SENDING])
CLAIMABLE = OPEN & (Q(lease_until=None) | Q(lease_until__lt=Now()))


def send_open(progress: Progress = lambda stage, done, total: None) -> int:
    """Send all that is open and due; return how many left. What rests is asked for again when its time comes.

    Raises OSError (or smtplib's own errors, which are such) when the mail server can't be reached at all: then nothing
    is claimed, and the job rests as a whole.
    """
    total, done, sent = Delivery.objects.filter(CLAIMABLE).count(), 0, 0
    if total:
        with get_connection() as server:
            while delivery := _claim():
                sent += _deliver(delivery, server)
                done += 1
                progress("sending", done, max(done, total))
    if rest := Delivery.objects.filter(OPEN).aggregate(next=Min("lease_until"))["next"]:
        enqueue("deliver", "deliver", run_after=rest)
    return sent


def resume() -> None:
    """Have sent what is due while no job is there to send it: its job may have failed for good."""
    busy = Job.objects.filter(name="deliver", state__in=[Job.State.WAITING, Job.State.RUNNING])
    if Delivery.objects.filter(CLAIMABLE).exists() and not busy.exists():
        enqueue("deliver", "deliver")


def _claim() -> Delivery | None:
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [LEASE_SECONDS])
        row = cursor.fetchone()
    found = Delivery.objects.select_related("person__login", "account")
    return found.get(pk=row[0]) if row else None


def _deliver(delivery: Delivery, server: Any) -> bool:
    """Send one message that is claimed; say whether it left."""
    if obstacle := _obstacle(delivery):
        _settle(delivery, state=State.DROPPED, error=obstacle)
        return False
    try:
        message = compose(delivery)
        if message is None:
            _settle(delivery, state=State.DROPPED, error="There was nothing to say any more.")
            return False
        message.connection = server
        message.send()
    except Exception as error:  # a refused address or a broken template must not keep the others waiting
        logger.exception("a message could not be sent", delivery=delivery.pk)
        _rest(delivery, error)
        server.close()  # whatever state it was in; the next message opens it again
        return False
    _settle(delivery, state=State.SENT, error="", sent_at=timezone.now())
    return True


def _obstacle(delivery: Delivery) -> str:
    """Say why the message must not or can't go to the person now; empty when nothing is in the way."""
    person = delivery.person
    login = getattr(person, "login", None)
    if delivery.account_id and person.pk not in sees([person.pk], delivery.account_id):
        return "The person may not see the account any more."
    if login and not login.is_active:
        return "The person's login is shut."
    if not person.email:
        return "The person has no e-mail address."
    return ""


def compose(delivery: Delivery) -> EmailMultiAlternatives | None:
    """Write the message in the person's language; None when there is nothing to say any more."""
    fill = _contents.get(delivery.template)
    person = delivery.person
    login = getattr(person, "login", None)
    with translation.override((login and login.language) or settings.LANGUAGE_CODE):
        filled = fill(delivery) if fill else delivery.context
        if filled is None:
            return None
        context = {"person": person, "account": delivery.account, **filled}
        context["subject"] = " ".join(render_to_string(f"{delivery.template}_subject.txt", context).split())
        message = EmailMultiAlternatives(
            subject=context["subject"],
            body=render_to_string(f"{delivery.template}.txt", context),
            to=[person.email],
            headers={"Message-ID": message_id(delivery.key), "Auto-Submitted": "auto-generated"},
        )
        message.attach_alternative(render_to_string(f"{delivery.template}.html", context), "text/html")
    return message


def message_id(key: str) -> str:
    """Return the Message-ID that the message `key` carries, however often it leaves."""
    name = hashlib.sha256(f"{settings.SECRET_KEY}:{key}".encode()).hexdigest()[:32]
    return f"<{name}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


def _rest(delivery: Delivery, error: Exception) -> None:
    """Try again after 1, 4, 16 … minutes, and give up after the sixth time."""
    text = f"{type(error).__name__}: {error}".replace("\0", "")[:2000]
    if delivery.attempts >= MAX_ATTEMPTS:
        _settle(delivery, state=State.FAILED, error=text)
    else:
        rest = FIRST_REST * 4 ** (delivery.attempts - 1)
        _settle(delivery, state=State.WAITING, error=text, lease_until=timezone.now() + rest)


def _settle(delivery: Delivery, **fields: Any) -> None:
    """Write down what became of the claim, unless it was too slow and another worker has claimed it since."""
    claim = Delivery.objects.filter(pk=delivery.pk, state=State.SENDING, attempts=delivery.attempts)
    claim.update(**{"lease_until": None, **fields})
