"""The channel and its search, full: 500 accounts, 100,000 pages and memos, 1,000,000 revisions, 10,000 people.

The texts are made of the sentences of the demo's own texts, the words that are looked for are words of theirs.
"""

import json
import random
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client

from accounts.access import seen_accounts
from accounts.derivation import derive_access
from accounts.finding import TITLE
from accounts.models import Account, Person, SearchEntry, User
from accounts.queries.finding import Query, find_entries, seen_by
from benchmarks.bare import Page, against_bare, signed_in
from benchmarks.measure import Figure
from benchmarks.place import empty_database
from channels_app.actions.indexing import index_pages
from channels_app.models import Page as ChannelPage
from channels_app.models import Revision
from kam.lib.finnish_words import lexemes, query_words
from kam.lib.sql import run_script
from kam.search import Asked, found

HERE = Path(__file__).parent
TEXTS = HERE.parent / "demo" / "channel"
FULL = {"accounts": 500, "people": 10_000, "pages": 100_000}
SMALL = {"accounts": 1, "people": 200, "pages": 10}
WORDS = 200
# In none of the texts; each is put into a page in five hundred, in turn: two hundred pages have one, ten each the same.
RARE = """
linoleumi höyrypesuri kumimatto pölynimurinpussi kattolista lumilapio räystäskouru hiekoitushiekka kemikaalikaappi
ensiapulaukku suojavisiiri kuivausrumpu pyykkisäkki saniteettitila portaikko lämpöpatteri postiluukku vahakerros
sadevesikaivo kulkuvalo
""".split()  # noqa: SIM905  words in a row are easier to keep in order


def figures() -> Iterator[Figure]:
    """Yield the figures of the channel."""
    few = _asked(_filled(SMALL))
    readers = _filled(FULL)
    yield from _sizes()
    many = _asked(readers)
    for name in few:
        yield Figure(
            f"queries of {name}, full / with ten things", many[name] - few[name], 0, "more", note=f"{few[name]}"
        )
    for name, reader in readers.items():
        yield _searching(name, reader)
        yield _rare_words(name, reader)
    director = readers["a director of 15 accounts"]
    account = Account.objects.filter(pk__in=seen_accounts(director)).order_by("pk")[0]
    home = f"/accounts/{account.customer_number}/"
    for what, address in {"channel's home": home, "page of a channel": _page_address(account, home)}.items():
        page = Page(f"{what} / its bare view", address, "channels_app.views.parts")
        yield against_bare(page, director, limit=2)


def _filled(size: dict[str, int]) -> dict[str, Person]:
    """Fill the database with a company of that size; return its readers by what they are."""
    empty_database()
    sentences = _sentences()
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.sentence, pg_temp.title, pg_temp.rare")
        cursor.execute("CREATE TEMP TABLE sentence (n int, text text, lexemes text[])")
        cursor.execute("CREATE TEMP TABLE title (n int, lexemes text[])")
        cursor.execute("CREATE TEMP TABLE rare (n int, word text, lexemes text[])")
        for n, text in enumerate(sentences):
            cursor.execute("INSERT INTO sentence VALUES (%s, %s, %s)", [n, text, sorted(lexemes(text))])
            cursor.execute("INSERT INTO title VALUES (%s, %s)", [n, sorted(lexemes(text[:60]))])
        for n, word in enumerate(RARE):
            cursor.execute("INSERT INTO rare VALUES (%s, %s, %s)", [n, word, sorted(lexemes(word))])
        run_script(cursor, HERE / "channel.sql", size)
    derive_access()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    _check_entries()
    people = list(Person.objects.order_by("pk")[:51])
    readers = {"a supervisor": people[50], "a director of 15 accounts": people[12], "the management group": people[0]}
    for reader in readers.values():
        User.objects.create_user(reader.email, person=reader)
    return readers


def _sentences() -> list[str]:
    """Return the sentences of the demo's texts, three words or longer, each once."""
    found: dict[str, None] = {}
    for file in sorted(TEXTS.rglob("*.md")):
        text = file.read_text(encoding="utf-8").split("---\n", 1)[-1]
        for piece in re.split(r"[.!?]\s|\n", re.sub(r"[*#|{}<>&]|^\s*[-\d.]+ ", " ", text, flags=re.MULTILINE)):
            sentence = " ".join(piece.split())
            if sentence.count(" ") >= 2:
                found[sentence] = None
    return list(found)


def _check_entries() -> None:
    """Make sure that what was written set-based is what the system writes."""
    page = ChannelPage.objects.order_by("pk").exclude(audience=None).first() or ChannelPage.objects.all()[0]
    entries = SearchEntry.objects.filter(object_id=page.pk, kind__in=("page", "memo"))
    before = entries.values_list("words", "audience").get()
    index_pages([page.pk])
    after = entries.values_list("words", "audience").get()
    assert TITLE in before[0]
    assert before == after, "the benchmark's entries differ from those of accounts/finding.py"


# --- searching ------------------------------------------------------------------------------------------------------
def _words() -> list[str]:
    words = {word.lower() for sentence in _sentences() for word in re.findall(r"[^\W\d_]{3,}", sentence)}
    return random.Random(20261124).sample(sorted(words), WORDS)


def _searching(name: str, reader: Person) -> Figure:
    """Return how long a word takes in the database, in all sources, at the 95th percentile; the note has the median."""
    seen = seen_by(reader)
    times = sorted(_in_database(partial(found, reader, _asking(word), seen)) for word in _words())
    note = f"median {times[WORDS // 2]:.1f} ms, {len(seen)} accounts"
    return Figure(
        f"one word for {name}, 95th percentile, in the database", times[WORDS * 95 // 100 - 1], 50, "ms", note=note
    )


def _asking(word: str) -> Asked:
    return Asked(q=word, account="", kind="", when="", page=1)


def _find(reader: Person, word: str, seen: Any) -> int:
    these = find_entries(reader, Query(tuple(query_words(word)), seen), ("page", "memo", "task", "file"), limit=5)
    return sum(these.counts.values())


def _rare_words(name: str, reader: Person) -> Figure:
    """Return how many times longer ILIKE over the same rows takes than a search, medians of the rare words."""
    seen, visible = seen_by(reader), SearchEntry.objects.visible_to(reader)
    ours = sorted(_in_database(partial(_find, reader, word, seen)) for word in RARE)
    theirs = sorted(
        _in_database(lambda word=word: list(visible.filter(text__icontains=word).values_list("pk")))  # type: ignore[misc]
        for word in RARE[:7]
    )
    middle, baseline = ours[len(ours) // 2], theirs[len(theirs) // 2]
    note = f"{baseline:.1f} ms / {middle:.2f} ms"
    return Figure(f"a rare word for {name}: ILIKE / ours", baseline / middle, 20, "times", at_least=True, note=note)


def _in_database(work: Callable[[], Any]) -> float:
    """Return how many milliseconds the statements of `work` take in the database, which runs each of them twice."""
    taken = []

    def explain(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.lstrip().startswith(("SELECT", "WITH", "--")):
            execute(sql, params, many, context)  # what it reads is in memory then
            execute(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {sql}", params, many, context)
            plan = context["cursor"].fetchone()[0]
            taken.append((json.loads(plan) if isinstance(plan, str) else plan)[0]["Execution Time"])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        work()
    return sum(taken)


# --- pages ----------------------------------------------------------------------------------------------------------
def _asked(readers: dict[str, Person]) -> dict[str, int]:
    """Return how many queries the channel's home, a page and the search take for the director."""
    director = readers["a director of 15 accounts"]
    account = Account.objects.filter(pk__in=seen_accounts(director)).order_by("pk")[0]
    home, client = f"/accounts/{account.customer_number}/", signed_in(director)
    title = ChannelPage.objects.filter(account=account)[0].title
    addresses = {
        "the channel's home": home,
        "a page": _page_address(account, home),
        "the search": f"/search/?q={title.split()[0]}",
    }
    return {name: _count(client, address) for name, address in addresses.items()}


def _page_address(account: Account, home: str) -> str:
    page = ChannelPage.objects.filter(account=account, memo=None, audience=None).order_by("pk")[0]
    return f"{home}pages/{page.pk}/"


def _count(client: Client, address: str) -> int:
    asked = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append(sql)
        return execute(sql, params, many, context)

    client.get(address)
    with connection.execute_wrapper(keep):
        assert client.get(address).status_code == 200, address
    return len(asked)


def _sizes() -> Iterator[Figure]:
    """Yield the sizes of the tables, and what their rows and indexes take of that; told, with no limit that matters."""
    assert Revision.objects.count() == 10 * FULL["pages"]
    for table in ("channels_app_page", "channels_app_revision", "accounts_searchentry", "accounts_accessgrant"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_table_size(%s), pg_indexes_size(%s), pg_relation_size(%s)", [table] * 3)
            whole, indexes, rows = (size / 1e6 for size in cursor.fetchone())
        note = f"indexes {indexes:.0f} MB, rows themselves {rows:.0f} MB"
        yield Figure(f"size of {table}", whole + indexes, 4000, "MB", note=note)
