"""Whom a message asks something of: one statement, however many people and messages (recipients.sql)."""

import datetime as dt
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

from django.db import connection

from accounts.models import Account, Kind
from channels_app.aims import Aim
from channels_app.models import MessageKind
from kam.lib.dates import today

_SQL = (Path(__file__).parent / "recipients.sql").read_text(encoding="utf-8")
# What the form asks about while it is being written: no row yet.
_ASKED_NOW = """
    SELECT 0::bigint, %(account)s::bigint, %(author)s::bigint, %(seeing)s::text[], %(roles)s::text[],
        %(areas)s::bigint[], %(sites)s::bigint[], %(own_people)s::boolean
"""
# Feedback and questions are the directors' to answer, whoever else may read them.
_OF_MESSAGES = """
    SELECT id, account_id, author_id,
        CASE WHEN kind = ANY (%(to_directors)s::text[]) THEN ARRAY['director'] ELSE audience END,
        aim_roles, aim_areas, aim_sites, aim_own_people
    FROM channels_app_message WHERE id = ANY (%(messages)s::bigint[])
"""
OF_MESSAGES_SQL = _SQL.replace("{asks}", _OF_MESSAGES)
_OF_AN_AIM_SQL = _SQL.replace("{asks}", _ASKED_NOW)
TO_DIRECTORS = (MessageKind.FEEDBACK, MessageKind.QUESTION)

Pairs = Sequence[tuple[int, int]]  # (account, person)


def aimed_at(
    account: Account, aim: Aim, audience: Collection[str] | None, author_id: int, day: dt.date | None = None
) -> set[int]:
    """Return the ids of the people that a message with this aim and audience asks on `day` (today unless given)."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_AN_AIM_SQL, _values_of(account, aim, audience, author_id, day))
        return {person for _message, person in cursor.fetchall()}


def count(
    account: Account, aim: Aim, audience: Collection[str] | None, author_id: int, day: dt.date | None = None
) -> int:
    """Return how many people that is, for whoever is choosing the aim."""
    return len(aimed_at(account, aim, audience, author_id, day))


def values_of_messages(
    messages: Collection[int], day: dt.date | None = None, only: Pairs | None = None
) -> dict[str, Any]:
    """Return the parameters of OF_MESSAGES_SQL for the ids `messages`, of these accounts' people only if given."""
    return {
        "messages": sorted(messages),
        "to_directors": [str(kind) for kind in TO_DIRECTORS],
        "day": day or today(),
        "only": only is not None,
        "only_accounts": [account for account, _person in only or ()],
        "only_people": [person for _account, person in only or ()],
    }


def _values_of(
    account: Account, aim: Aim, audience: Collection[str] | None, author_id: int, day: dt.date | None
) -> dict[str, Any]:
    return {
        "account": account.pk,
        "author": author_id,
        "seeing": None if audience is None else [str(Kind(kind)) for kind in audience],
        "roles": list(aim.roles),
        "areas": list(aim.areas),
        "sites": list(aim.sites),
        "own_people": aim.own_people,
        "day": day or today(),
        "only": False,
        "only_accounts": [],
        "only_people": [],
    }
