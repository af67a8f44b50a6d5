"""Finding things of one kind within one account by their words, among what the reader sees (accounts/finding.py)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django.db import connection

from accounts.access import Standing
from accounts.finding import ANYWHERE, TITLE, held
from accounts.models import Account, SearchEntry
from accounts.queries.finding import text_query
from kam.lib.finnish_words import QueryWord, lexemes, query_words

SHORTEST = 3
# What most questions have in them, in their base forms and out of them: they say nothing about what is asked.
_LITTLE_WORDS = """
ei ehkä että entä ja joka joku jonka jos ketkä kenelle kenen koska kuka kuinka kun me meidän meillä mikä miksi mihin
miltä milloin millä missä mistä miten mitä mitkä montako mutta myös ne nämä on onko olla paljonko pitää pitääkö saa
saada saako se sekä tai tarvitseeko tarvita tehdä tulla täytyy täytyykö tämä tässä vai voi voida voidaanko voiko
about and are can could does for from has have how may must need our shall should that the their there they this what
when where which who whom whose why will with would you your
"""
SAYS_NOTHING = frozenset(_LITTLE_WORDS.split())
# The best first: how many of the words each has, those in its title once more.
_ALIKE = """
SELECT entry.object_id FROM accounts_searchentry entry
CROSS JOIN unnest(%(anywhere)s::text[], %(titles)s::text[]) AS word(anywhere, title)
WHERE entry.account_id = %(account)s AND entry.kind = %(kind)s AND entry.words @@ %(any)s::tsquery
GROUP BY entry.object_id
HAVING sum((entry.words @@ word.anywhere::tsquery)::int) >= %(least)s
ORDER BY sum((entry.words @@ word.anywhere::tsquery)::int + (entry.words @@ word.title::tsquery)::int) DESC,
    entry.object_id DESC
LIMIT %(most)s
"""


def found_in(account: Account, standing: Standing, words: Sequence[QueryWord], kind: str) -> list[int]:
    """Return the ids of the things of `kind` that have all the words, any number of them."""
    query = text_query(words, held(account.pk, standing.kinds), ANYWHERE)
    entries = SearchEntry.objects.within(account, standing.kinds).filter(kind=kind)
    # A ready query: Django's own would be parsed by the database anew, scopes and all.
    matching = entries.extra(where=["accounts_searchentry.words @@ %s::tsquery"], params=[query])
    return list(matching.values_list("object_id", flat=True))


def alike_in(account: Account, standing: Standing, text: str, kind: str, most: int) -> list[int]:
    """Return the ids of at most so many things of `kind` that have half of the text's words, the most alike first.

    A word counts in all its forms, and by any part of a compound word. What most questions have in them does not
    count. One query, none when the text says nothing yet.
    """
    words, scopes = telling_words(text), held(account.pk, standing.kinds)
    if not words or not scopes:
        return []
    anywhere = [text_query([word], scopes, ANYWHERE) for word in words]
    values: dict[str, Any] = {
        "account": account.pk,
        "kind": kind,
        "anywhere": anywhere,
        "titles": [text_query([word], scopes, TITLE) for word in words],
        "any": " | ".join(anywhere),
        "least": (len(words) + 1) // 2,
        "most": most,
    }
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, values)
        return [row[0] for row in cursor.fetchall()]


def telling_words(text: str) -> list[QueryWord]:
    """Return the words of `text` that say what it is about, matching by whatever a text with them would be found by."""
    found = [word for word in query_words(text) if len(word.typed) >= SHORTEST and not _says_nothing(word)]
    return [replace(word, alternatives=word.alternatives | lexemes(word.typed)) for word in found]


def _says_nothing(word: QueryWord) -> bool:
    return word.typed in SAYS_NOTHING or bool(word.alternatives & SAYS_NOTHING)
