"""Writing what the search finds. Each app calls `index` and `forget` in the transaction that changes the thing.

A lexeme stands in the index behind the scope in which it may be found: "17:käynti" for everybody who sees account 17,
"17.sales:käynti" once for each kind of access that a limited thing is open to; those of a title once more, as
"17=käynti". A search asks for the scopes that the reader holds and for nothing else, so that what they may not see
costs it no time, not even inside the index.
"""

import datetime as dt
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.models import ABOVE_LIMITS, SearchEntry
from kam.lib.finnish_words import lexemes, normal

# Everything limited is open to those above limits (access.md): for them one scope, whatever their kind.
ABOVE = "above"
# Between a scope and a lexeme: where in the thing it stands.
ANYWHERE, TITLE = ":", "="
# A tsvector holds a megabyte of text (1,048,575 bytes), whatever somebody may paste.
MOST_BYTES = 900_000
_AT_ONCE = 500


@dataclass(frozen=True)
class Findable:
    """A thing that may be found, as it stands now. `audience` is None for everybody who sees the account."""

    kind: str
    object_id: int
    account_id: int
    path: str
    title: str
    text: str
    audience: Collection[str] | None
    changed_at: dt.datetime
    changed_by_id: int | None


def index(things: Iterable[Findable]) -> None:
    """Store how `things` are found from now on, in the caller's transaction."""
    # In one order, so that two writers wait for each other and never both at once.
    rows = [_row(thing) for thing in sorted(things, key=lambda thing: (thing.kind, thing.object_id))]
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _AT_ONCE):
            cursor.executemany(_STORE, rows[start : start + _AT_ONCE])


def forget(kind: str, object_ids: Collection[int]) -> None:
    """Let the things be found no more, in the caller's transaction."""
    SearchEntry.objects.filter(kind=kind, object_id__in=object_ids).delete()


def held(account_id: int, kinds: Collection[str]) -> list[str]:
    """Return the scopes that somebody who acts as `kinds` at the account holds."""
    if set(kinds) & set(ABOVE_LIMITS):
        return [f"{account_id}", f"{account_id}.{ABOVE}"]
    return [f"{account_id}", *(f"{account_id}.{kind}" for kind in sorted(kinds))] if kinds else []


def scopes(account_id: int, audience: Collection[str] | None) -> Iterator[str]:
    """Yield the scopes in which something of the account with that audience stands."""
    if audience is None:
        yield f"{account_id}"
    else:
        yield f"{account_id}.{ABOVE}"
        yield from sorted(f"{account_id}.{kind}" for kind in set(audience) - set(ABOVE_LIMITS))


_STORE = """
INSERT INTO accounts_searchentry
    (kind, object_id, account_id, path, title, text, audience, changed_at, changed_by_id, words)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, array_to_tsvector(%s::text[]))
ON CONFLICT (kind, object_id) DO UPDATE SET
    account_id = excluded.account_id, path = excluded.path, title = excluded.title, text = excluded.text,
    audience = excluded.audience, changed_at = excluded.changed_at, changed_by_id = excluded.changed_by_id,
    words = excluded.words
"""


def _row(thing: Findable) -> tuple[Any, ...]:
    title, text = normal(thing.title)[:300], normal(thing.text)
    in_title = lexemes(title)
    places = [(TITLE, sorted(in_title)), (ANYWHERE, [*sorted(in_title), *sorted(lexemes(text) - in_title)])]
    found = [f"{place}{word}" for place, words in places for word in words]
    return (
        thing.kind,
        thing.object_id,
        thing.account_id,
        thing.path,
        title,
        text,
        None if thing.audience is None else sorted(thing.audience),
        thing.changed_at,
        thing.changed_by_id,
        list(_fitting(found, list(scopes(thing.account_id, thing.audience)))),
    )


def _fitting(found: list[str], of: list[str]) -> Iterator[str]:
    """Yield what is found in each of the scopes, the title's words first, as far as there is room."""
    used = 0
    for word in found:
        used += sum(len(scope) + len(word.encode()) for scope in of)
        if used > MOST_BYTES:
            return
        yield from (scope + word for scope in of)
