"""Saying something to people: rows, written in the transaction that makes it true, by a key that says it once."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.models import Q
from django.utils import timezone

from accounts.jobs import enqueue
from accounts.models import Account, Delivery, Person
from accounts.notices import DEFAULT_WAYS, KINDS
from kam.lib.dates import today

Channel = Delivery.Channel
NOTICE = "accounts/email/notice"


@dataclass(frozen=True)
class Message:
    """Something to say to one person once; `key` names it among all that is ever said."""

    key: str
    person_id: int
    account_id: int | None = None
    context: dict[str, Any] = field(default_factory=dict)


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
        send_soon(Channel.MAIL)


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
    SELECT %(key)s || ':' || person, person, %(account)s::bigint, %(kind)s, %(thing)s, %(object_id)s::bigint,
        %(title)s, %(path)s, %(audience)s, %(who)s::bigint, %(now)s
    FROM unnest(%(people)s::bigint[]) AS person ORDER BY person
    ON CONFLICT (key) DO NOTHING
    RETURNING id, key, person_id
), mailed AS (
    INSERT INTO accounts_delivery (key, person_id, account_id, channel, notice_id, subscription_id, template, context,
        state, attempts, created_at, lease_until, error)
    SELECT 'mail:' || key, person_id, %(account)s::bigint, 'mail', id, NULL::bigint, %(template)s, '{}'::jsonb,
        'waiting', 0, %(now)s, %(not_before)s::timestamptz, ''
    FROM told
    WHERE %(aloud)s AND (%(mandatory)s OR 'at_once' = coalesce(
        (SELECT way FROM accounts_notifychoice c
         WHERE c.person_id = told.person_id AND c.topic = %(topic)s
            AND (c.account_id = %(account)s::bigint OR c.account_id IS NULL)
         ORDER BY c.account_id NULLS LAST LIMIT 1), %(default)s))
    UNION ALL
    SELECT 'push:' || s.id || ':' || told.key, told.person_id, %(account)s::bigint, 'push', told.id, s.id, '',
        '{}'::jsonb, 'waiting', 0, %(now)s, %(not_before)s::timestamptz, ''
    FROM told JOIN accounts_user u ON u.person_id = told.person_id AND u.is_active
        JOIN accounts_pushsubscription s ON s.user_id = u.id
    WHERE %(aloud)s AND %(wakes)s
    RETURNING channel
)
SELECT (SELECT count(*) FROM told), (SELECT array_agg(DISTINCT channel) FROM mailed)
"""


def tell(
    news: News,
    people: Collection[int],
    now: dt.datetime | None = None,
    *,
    aloud: bool = True,
    not_before: dt.datetime | None = None,
) -> int:
    """Tell each of the person ids `people` once, in the caller's transaction; return how many had not been told.

    One statement, however many people. What is not said `aloud` waits in the system: no mail, no telephone, for
    whoever is away and has somebody standing in. What is leaves the house `not_before` that moment. Whoever calls has
    made sure that they see the account and what is told of; both are asked again before anything leaves.
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
        "aloud": aloud,
        "not_before": not_before,
    }
    with connection.cursor() as cursor:
        cursor.execute(TELL, values)
        told, channels = cursor.fetchone()
    for channel in channels or ():
        send_soon(channel, not_before)
    return int(told)


def send_soon(channel: str, run_after: dt.datetime | None = None) -> None:
    """Have what is open of `channel` sent after the caller's transaction, not before `run_after`.

    A job for each: a telephone waits for no mail server.
    """
    enqueue("deliver", "deliver" if channel == Channel.MAIL else channel, {"channel": channel}, run_after=run_after)
