"""What somebody finds: asked for within the scopes that they hold today, and nothing else (see accounts/finding.py)."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

from django.db import connection, transaction
from django.utils.functional import Promise

from accounts.access import running
from accounts.finding import ANYWHERE, TITLE, held
from accounts.models import AccessGrant, Person, SearchEntry
from kam.lib.finnish_words import QueryWord

_FINDING_SQL = (Path(__file__).parent / "finding.sql").read_text(encoding="utf-8")
# How many rows of a query are read, shared out among the accounts that are searched; a fair share is never below this.
MOST_ROWS = 8_000
FAIR_SHARE = 16
# Titles are fewer: those of so many accounts are looked up at once.
AT_ONCE = 25


@dataclass(frozen=True)
class SeenAccount:
    """An account that the reader sees today, and the kinds they act as there."""

    pk: int
    customer_number: str
    name: str
    industry: str
    kinds: frozenset[str]


@dataclass(frozen=True)
class Query:
    """What is asked: words, in which of the reader's accounts, from which moment on. The words are never none."""

    words: tuple[QueryWord, ...]
    accounts: tuple[SeenAccount, ...]
    since: dt.datetime | None = None

    @property
    def account_ids(self) -> list[int]:
        return [account.pk for account in self.accounts]


@dataclass(frozen=True)
class Hit:
    """Something found: what it is called, where it leads, what is said of it, and the names of the accounts it is of.

    Texts are plain; which letters of them match is found out where they are shown.
    """

    kind: str
    title: str
    path: str
    accounts: tuple[str, ...] = ()
    text: str = ""
    who: str = ""
    at: dt.datetime | None = None
    phone: str = ""
    # A name, number or address: compared letter for letter too.
    is_name: bool = False


@dataclass(frozen=True)
class Source:
    """A kind of thing that may be found, as an app offers it in `search.py: sources`.

    Things in the index need nothing more. Others are looked up as they are now by `find(query, limit)`, which asks for
    nothing outside the query's accounts; they have no time, so that a search of the last week leaves them out.
    """

    kind: str
    label: Promise
    icon: str
    order: int
    find: Callable[[Query, int], list[Hit]] | None = None


@dataclass(frozen=True)
class Found:
    """The entries asked for by kind, the best first, and how many there are by (account id, kind).

    `full` are the accounts of which no more rows were read: there may be more than was counted.
    """

    entries: dict[str, list[SearchEntry]] = field(default_factory=dict)
    counts: dict[tuple[int, str], int] = field(default_factory=dict)
    full: frozenset[int] = frozenset()


def seen_by(person: Person) -> tuple[SeenAccount, ...]:
    """Return the accounts that `person` sees today with the kinds they act as, in Finnish order; one query."""
    grants = AccessGrant.objects.filter(running(), person=person).order_by("account__name_key", "account_id")
    columns = ("account_id", "account__customer_number", "account__name", "account__industry")
    kinds: dict[tuple[int, str, str, str], set[str]] = {}
    for *account, kind in grants.values_list(*columns, "acts_as"):
        kinds.setdefault(tuple(account), set()).add(kind)
    return tuple(SeenAccount(*account, frozenset(held)) for account, held in kinds.items())


def find_entries(person: Person, query: Query, kinds: Collection[str], *, limit: int, offset: int = 0) -> Found:
    """Return what `person` finds in the index, `limit` of each of the kinds from `offset` on; two queries.

    Titles come first, then what changed last. What the rows say is read only of what the person may see.
    """
    if not query.accounts:
        return Found()
    most = max(FAIR_SHARE, MOST_ROWS // len(query.accounts))
    counts: dict[tuple[int, str], int] = {}
    order: dict[str, dict[int, None]] = {kind: {} for kind in kinds}  # of each kind its entries, each once
    for what, row_id, kind, number in _rows(query, kinds, most, offset + limit):
        if what == "count":
            counts[row_id, kind] = number
        else:
            order[kind].setdefault(row_id)
    wanted = {kind: list(ids)[offset : offset + limit] for kind, ids in order.items()}
    visible = SearchEntry.objects.visible_to(person).select_related("account", "changed_by").defer("words")
    by_id = visible.in_bulk([entry_id for ids in wanted.values() for entry_id in ids])
    entries = {kind: [by_id[entry_id] for entry_id in ids if entry_id in by_id] for kind, ids in wanted.items()}
    return Found(entries, counts, _full(counts, most))


def text_query(words: Iterable[QueryWord], scopes: Iterable[str], place: str) -> str:
    """Return the tsquery, as text, of all `words` in one of `scopes` at `place` (ANYWHERE or TITLE)."""
    return " | ".join(f"({' & '.join(_any_form(word, scope + place) for word in words)})" for scope in scopes)


def _any_form(word: QueryWord, before: str) -> str:
    forms = [_quoted(before + form) for form in sorted(word.alternatives) if not _begins(form, word.prefix)]
    forms += [_quoted(before + word.prefix) + ":*"] if word.prefix else []
    return f"({' | '.join(forms)})"


def _begins(form: str, prefix: str) -> bool:
    return bool(prefix) and form.startswith(prefix)


def _quoted(lexeme: str) -> str:
    """Return a lexeme as tsquery takes it, though lexemes are letters and digits alone."""
    return "'" + lexeme.replace("\\", "\\\\").replace("'", "''") + "'"


def _rows(query: Query, kinds: Collection[str], most: int, until: int) -> list[tuple[str, int, str, int]]:
    scopes = [held(account.pk, account.kinds) for account in query.accounts]
    together = [list(chain(*scopes[at : at + AT_ONCE])) for at in range(0, len(scopes), AT_ONCE)]
    values = {
        "titles": [text_query(query.words, of, TITLE) for of in together],
        "anywhere": [text_query(query.words, of, ANYWHERE) for of in scopes],
        "since": query.since,
        "kinds": list(kinds),
        "most": most,
        "most_titles": max(most * AT_ONCE, until),
        "until": until,
    }
    with transaction.atomic(), connection.cursor() as cursor:
        # The planner cannot know how rare a word is in a scope: without this it may read every row there is, also of
        # what the reader may not see.
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL jit = off")
        cursor.execute(_FINDING_SQL, values)
        rows: list[tuple[str, int, str, int]] = cursor.fetchall()
    return rows


def _full(counts: dict[tuple[int, str], int], most: int) -> frozenset[int]:
    by_account: dict[int, int] = {}
    for (account_id, _kind), number in counts.items():
        by_account[account_id] = by_account.get(account_id, 0) + number
    return frozenset(account_id for account_id, number in by_account.items() if number >= most)
