"""What is found, by whom: exact sets for everybody of the cast, and an index untouched where one may not see."""

import datetime as dt
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.derivation import derive_access
from accounts.finding import ABOVE, MOST_BYTES, Findable, forget, held, index, scopes
from accounts.models import ABOVE_LIMITS, Account, Invitation, Kind, Person, SearchEntry, Site
from accounts.queries import finding
from accounts.queries.finding import Query, find_entries, seen_by, text_query
from accounts.queries.finding_names import find_accounts, find_people, find_sites
from kam.lib.dates import NEVER
from kam.lib.finnish_words import lexemes, query_words
from tests.cast import SEES, Cast, make_site

pytestmark = pytest.mark.django_db
KINDS = ("page", "memo", "task", "file")
_numbers = count(1)
LIMITS = {"superior": ["superior"], "sales": ["sales"], "directors": [], "superior and sales": ["superior", "sales"]}
# Who sees what of Pankki is limited so, besides whom everybody's sight shows (access.md, "What each kind may do").
OPEN_TO = {
    "superior": {"alice", "aaro", "greta", "bob", "stina", "matti", "arja"},  # Bob stands above Ines, Stina for him
    "sales": {"alice", "aaro", "greta", "saara"},
    "directors": {"alice", "aaro", "greta"},
    "superior and sales": {"alice", "aaro", "greta", "bob", "stina", "matti", "arja", "saara"},
}


def add(account: Account, title: str, text: str = "", *, audience: list[str] | None = None, **fields: Any) -> Findable:
    """Let something be found; `audience` is completed as the database does it."""
    number = next(_numbers)
    thing = Findable(
        kind=fields.get("kind", "page"),
        object_id=number,
        account_id=account.pk,
        path=f"/accounts/{account.customer_number}/pages/{number}/",
        title=title,
        text=text,
        audience=None if audience is None else sorted({*audience, *map(str, ABOVE_LIMITS)}),
        changed_at=fields.get("changed_at", timezone.now()),
        changed_by_id=None,
    )
    index([thing])
    return thing


def query(person: Person, words: str, **fields: Any) -> Query:
    return Query(tuple(query_words(words)), seen_by(person), **fields)


def titles(person: Person, words: str, **fields: Any) -> set[str]:
    """Return the titles of all that `person` finds, and make sure that it is as many as is counted."""
    found = find_entries(person, query(person, words, **fields), KINDS, limit=1000)
    entries = [entry for each in found.entries.values() for entry in each]
    assert sum(found.counts.values()) == len(entries)
    return {entry.title for entry in entries}


# --- who finds what -------------------------------------------------------------------------------------------------
def test_everybody_finds_what_is_theirs_and_nothing_else(cast: Cast) -> None:
    for name in ("pankki", "vakuutus", "koulut", "piilo"):
        add(getattr(cast, name), f"Laatukäynti {name}")
        for limit, audience in LIMITS.items():
            add(getattr(cast, name), f"Laatukäynti {name} {limit}", audience=audience)
    for who, seen in SEES.items():
        expected = {f"Laatukäynti {name}" for name in seen}
        expected |= {f"Laatukäynti pankki {limit}" for limit, people in OPEN_TO.items() if who in people}
        found = titles(getattr(cast, who), "käynnit")
        assert {title for title in found if "pankki" in title or title.count(" ") == 1} == expected, who
        assert {title.split()[1] for title in found} == seen, who


def test_limits_elsewhere_follow_what_somebody_is_there(cast: Cast) -> None:
    """Saara is sales at Piilo; Kerttu directs it; Charlie answers for a site of Koulut and nothing more."""
    add(cast.piilo, "Hinnat", audience=["sales"])
    add(cast.piilo, "Johto", audience=[])
    add(cast.koulut, "Esimiehet", audience=["superior"])
    assert titles(cast.saara, "hinta") == {"Hinnat"}
    assert titles(cast.saara, "johto") == set()
    assert titles(cast.kerttu, "hinta") | titles(cast.kerttu, "johto") == {"Hinnat", "Johto"}
    assert titles(cast.charlie, "esimies") == set()
    assert titles(cast.kerttu, "esimies") == {"Esimiehet"}


def test_revoked_access_finds_nothing_at_the_next_search(cast: Cast) -> None:
    add(cast.pankki, "Laatukäynti")
    assert titles(cast.tuula, "käynti") == {"Laatukäynti"}
    Invitation.objects.filter(person=cast.tuula).update(period=NEVER)
    derive_access(people=[cast.tuula.pk])
    assert titles(cast.tuula, "käynti") == set()


def test_accounts_of_a_query_are_only_a_question_never_a_permit(cast: Cast) -> None:
    """Even a query that names an account which is not the reader's shows nothing of it: the rows are filtered again."""
    add(cast.pankki, "Laatukäynti")
    of_bob = query(cast.bob, "käynti")
    found = find_entries(cast.charlie, of_bob, KINDS, limit=10)
    assert found.entries["page"] == []


def test_limit_that_changes_moves_a_thing_at_once(cast: Cast) -> None:
    thing = add(cast.pankki, "Laatukäynti")
    index([Findable(**{**thing.__dict__, "audience": ["director", "management", "sales"]})])
    assert titles(cast.bob, "käynti") == set()
    assert titles(cast.saara, "käynti") == {"Laatukäynti"}
    index([thing])
    assert titles(cast.bob, "käynti") == {"Laatukäynti"}


def test_forgotten_things_are_found_no_more(cast: Cast) -> None:
    thing, other = add(cast.pankki, "Laatukäynti"), add(cast.pankki, "Käynti")
    forget("memo", [thing.object_id])
    forget("page", [thing.object_id])
    assert titles(cast.bob, "käynti") == {"Käynti"}
    assert SearchEntry.objects.get().object_id == other.object_id


# --- what is found --------------------------------------------------------------------------------------------------
def test_words_of_title_and_text_together(cast: Cast) -> None:
    add(cast.pankki, "Avaimet", "Kortit ovat työnjohtajalla.")
    add(cast.pankki, "Kortit", "Ruokalan kassa.")
    assert titles(cast.bob, "avain kortti") == {"Avaimet"}
    assert titles(cast.bob, "kortti") == {"Avaimet", "Kortit"}
    assert titles(cast.bob, "avain kassa") == set()


def test_titles_first_then_the_newest(cast: Cast) -> None:
    now = timezone.now()
    for hours, title, text in (
        (1, "Uusi", "avain"),
        (9, "Avain vanha", ""),
        (5, "Keski", "avain"),
        (2, "Avain uusi", ""),
    ):
        add(cast.pankki, title, text, changed_at=now - dt.timedelta(hours=hours))
    found = find_entries(cast.bob, query(cast.bob, "avain"), ["page"], limit=10)
    assert [entry.title for entry in found.entries["page"]] == ["Avain uusi", "Avain vanha", "Uusi", "Keski"]
    pages = [
        [
            entry.title
            for entry in find_entries(cast.bob, query(cast.bob, "avain"), ["page"], limit=2, offset=at).entries["page"]
        ]
        for at in (0, 2, 4)
    ]
    assert pages == [["Avain uusi", "Avain vanha"], ["Uusi", "Keski"], []]


def test_since_leaves_out_what_is_older(cast: Cast) -> None:
    now = timezone.now()
    add(cast.pankki, "Avain uusi", changed_at=now)
    add(cast.pankki, "Avain vanha", changed_at=now - dt.timedelta(days=40))
    assert titles(cast.bob, "avain", since=now - dt.timedelta(days=7)) == {"Avain uusi"}


def test_counts_are_by_kind_and_account(cast: Cast) -> None:
    add(cast.pankki, "Avain")
    add(cast.pankki, "Avain", kind="memo")
    add(cast.koulut, "Avain")
    add(cast.koulut, "Avaimet", audience=["sales"])
    found = find_entries(cast.greta, query(cast.greta, "avain"), ["memo"], limit=5)
    assert found.counts == {(cast.pankki.pk, "page"): 1, (cast.pankki.pk, "memo"): 1, (cast.koulut.pk, "page"): 2}
    assert [entry.kind for each in found.entries.values() for entry in each] == ["memo"]


def test_more_than_is_read_is_said(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "MOST_ROWS", 5)
    monkeypatch.setattr(finding, "FAIR_SHARE", 5)
    for number in range(4):
        add(cast.pankki, f"Ohje {number}", "avain")
    assert find_entries(cast.bob, query(cast.bob, "avain"), ["page"], limit=3).full == frozenset()
    for number in range(4):
        add(cast.pankki, f"Ohje 1{number}", "avain")
    add(cast.pankki, "Avain")
    found = find_entries(cast.bob, query(cast.bob, "avain"), ["page"], limit=3)
    assert found.full == {cast.pankki.pk}
    assert found.entries["page"][0].title == "Avain", "what has it in its title is found even so"


@pytest.mark.parametrize(
    "odd",
    ["17:foo", "1.above:avain", "'", "\\", ":*", "&", "a & b", "avain' | 'x", "!", "x" * 5000, "👍", "\u202eabc",
     "a\0b", "%", "½"],
)  # fmt: skip
def test_odd_queries_are_harmless(odd: str, cast: Cast) -> None:
    add(cast.vakuutus, "avain foo x abc")
    add(cast.pankki, "muuta")
    words = query_words(odd)
    if words:
        assert titles(cast.bob, odd) == set()


def test_scope_cannot_be_typed(cast: Cast) -> None:
    """The index holds "17:avain"; nobody can ask for it under another account's number."""
    add(cast.vakuutus, "Avain")
    for typed in (f"{cast.vakuutus.pk}:avain", f"{cast.vakuutus.pk}:ava", f"{cast.vakuutus.pk}.{ABOVE}:avain"):
        assert titles(cast.bob, typed) == set()


def test_a_pasted_book_fits(cast: Cast) -> None:
    text = " ".join(f"sana{number:06}{'x' * 30}" for number in range(60_000))
    add(cast.pankki, "Kirja", text, audience=["sales", "superior", "responsible", "invited"])
    add(cast.pankki, "Kirja")
    assert titles(cast.arja, "kirja") == {"Kirja"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT max(length(words)), max(pg_column_size(words)) FROM accounts_searchentry")
        assert cursor.fetchone()[0] < MOST_BYTES


def test_queries_are_as_many_whatever_is_found(cast: Cast, django_assert_num_queries: Any) -> None:
    for rounds in (1, 30):
        for _ in range(rounds):
            add(cast.pankki, "Avain", kind="memo")
            add(cast.koulut, "Avain")
        asked = query(cast.greta, "avain")
        with django_assert_num_queries(5):  # a savepoint and its end, settings, the search, the rows
            find_entries(cast.greta, asked, KINDS, limit=20)


# --- names ----------------------------------------------------------------------------------------------------------
def test_accounts_sites_and_people_are_found_where_one_sees_them(cast: Cast) -> None:
    for who, seen in SEES.items():
        person = getattr(cast, who)
        accounts = {hit.title for hit in find_accounts(query(person, "oy"), 50)}
        assert accounts == {getattr(cast, name).name for name in seen}, who
    sites = {who: {hit.title for hit in find_sites(query(getattr(cast, who), "kont"), 50)} for who in SEES}
    assert {who for who, found in sites.items() if "Keskustan konttori" in found} == {
        who for who, seen in SEES.items() if "pankki" in seen
    }
    assert {who for who, found in sites.items() if "Vakuutuksen pääkonttori" in found} == {
        who for who, seen in SEES.items() if "vakuutus" in seen
    }
    people = {who: {hit.title for hit in find_people(query(getattr(cast, who), "esimies"), 50)} for who in SEES}
    assert {who for who, found in people.items() if "Bob Backman" in found} == {
        who for who, seen in SEES.items() if "pankki" in seen
    }
    assert {who for who, found in people.items() if "Eero Eskola" in found} == {
        who for who, seen in SEES.items() if "vakuutus" in seen
    }


def test_site_leads_to_its_account_with_its_address(cast: Cast) -> None:
    cast.branch.street_address, cast.branch.city = "Mallikatu 5", "Jyväskylä"
    cast.branch.save()
    (hit,) = find_sites(query(cast.bob, "mallikadulla jyväskylä"), 5)
    assert hit.accounts == ("Pankki Oyj",)
    assert hit.text == f"{cast.branch.number} · Mallikatu 5, Jyväskylä"
    assert hit.path.startswith(f"/accounts/{cast.pankki.customer_number}/sites/?q=")
    assert [hit.title for hit in find_sites(query(cast.bob, cast.branch.number), 5)] == ["Keskustan konttori"]


# --- the same as reading everything ---------------------------------------------------------------------------------
WORDS = ["avain", "avaimet", "käynti", "laatukäynnit", "sopimus", "lisätyöt", "S-12", "cleaning"]
THING = st.tuples(
    st.sampled_from(["pankki", "vakuutus", "koulut", "piilo"]),
    st.sampled_from(KINDS),
    st.sampled_from([None, [], ["sales"], ["superior"], ["responsible", "invited"]]),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=2),
    st.lists(st.sampled_from(WORDS), max_size=3),
)


@given(
    st.lists(THING, max_size=12),
    st.sampled_from(sorted(SEES)),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=2),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_finds_and_counts_what_reading_all_visible_rows_does(
    cast: Cast, things: list[Any], who: str, asked: list[str]
) -> None:
    SearchEntry.objects.all().delete()
    for account, kind, audience, title, text in things:
        add(getattr(cast, account), " ".join(title), " ".join(text), audience=audience, kind=kind)
    person = getattr(cast, who)
    words = query_words(" ".join(asked))
    expected = [
        entry
        for entry in SearchEntry.objects.visible_to(person)
        if all(any(word.matches(lexeme) for lexeme in lexemes(f"{entry.title} {entry.text}")) for word in words)
    ]
    found = find_entries(person, query(person, " ".join(asked)), KINDS, limit=100)
    assert {entry.pk for each in found.entries.values() for entry in each} == {entry.pk for entry in expected}
    counts: dict[tuple[int, str], int] = {}
    for entry in expected:
        counts[entry.account_id, entry.kind] = counts.get((entry.account_id, entry.kind), 0) + 1
    assert found.counts == counts


# --- the index itself -----------------------------------------------------------------------------------------------
def test_scopes_written_and_held_meet_exactly_where_one_may_see() -> None:
    kinds = [str(kind) for kind in Kind if kind != Kind.SUBSTITUTE]
    for audience in (None, [], ["sales"], ["superior", "responsible"]):
        full = None if audience is None else [*audience, *map(str, ABOVE_LIMITS)]
        written = set(scopes(7, full))
        for kind in kinds:
            may = full is None or kind in full
            assert bool(written & set(held(7, [kind]))) is may, (audience, kind)
            assert not written & set(held(17, [kind]))
    assert held(7, []) == []


def explained(person: Person, words: str) -> tuple[dict[str, Any], list[str]]:
    """Return the plan of the search's one statement as it ran, and the text queries of its index conditions."""
    asked: list[str] = []

    def keep(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if "MATERIALIZED" in sql:
            execute(f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {sql}", params, many, context)
            asked.extend([*params["titles"], *params["anywhere"]])
            plans.append(context["cursor"].fetchone()[0])
        return execute(sql, params, many, context)

    plans: list[Any] = []
    with connection.execute_wrapper(keep):
        find_entries(person, query(person, words), KINDS, limit=5)
    plan = plans[0]
    return (json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"], asked


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", []):
        yield from nodes(below)


def read(plan: dict[str, Any]) -> tuple[list[float], int]:
    """Return the rows that each scan of the table and its index gave, and the buffers that the statement touched."""
    scans = [node for node in nodes(plan) if "Bitmap" in node["Node Type"]]
    rows = [node["Actual Rows"] * node["Actual Loops"] for node in scans]
    return rows, plan["Shared Hit Blocks"] + plan["Shared Read Blocks"]


def test_only_the_index_is_read_and_only_in_the_readers_scopes(cast: Cast) -> None:
    add(cast.pankki, "Avain")
    plan, asked = explained(cast.ines, "avain")
    scans = [node for node in nodes(plan) if "Relation Name" in node or "Index Name" in node]
    assert {node["Node Type"] for node in scans} == {"Bitmap Heap Scan", "Bitmap Index Scan"}
    assert {node["Index Name"] for node in scans if "Index Name" in node} == {"search_words"}
    lexemes_asked = {part.split("'")[0] for text in asked for part in text.split("'")[1::2]}
    scopes_asked = {lexeme.replace("=", ":").split(":")[0] for lexeme in lexemes_asked}
    assert scopes_asked == {f"{cast.pankki.pk}", f"{cast.pankki.pk}.responsible"}


def test_hidden_things_cost_the_search_nothing(cast: Cast) -> None:
    """Thousands of matches elsewhere, and limited ones in the same account: the same rows and buffers are touched."""
    for _ in range(20):
        add(cast.pankki, "Avain", "kortti")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_searchentry")
    before = read(explained(cast.bob, "avain")[0])
    hidden = [
        Findable(
            kind="page",
            object_id=next(_numbers),
            account_id=account.pk,
            path="/",
            title="Avain",
            text="avain avaimet kortti",
            audience=audience,
            changed_at=timezone.now(),
            changed_by_id=None,
        )
        for account, audience in ((cast.vakuutus, None), (cast.pankki, ["director", "management", "sales"]))
        for _ in range(1500)
    ]
    index(hidden)
    after = read(explained(cast.bob, "avain")[0])
    assert after[0] == before[0]
    # A taller tree inside the index is all that may differ: a page a descent.
    assert abs(after[1] - before[1]) <= 8
    assert titles(cast.bob, "avain") == {"Avain"}


def test_text_query_keeps_words_of_one_thing_in_one_scope() -> None:
    first, second = query_words("avain kort")
    asked = text_query([first, second], ["7", "7.sales"], ":")
    assert asked == "(('7:avain') & ('7:kort':*)) | (('7.sales:avain') & ('7.sales:kort':*))"


def test_sites_and_people_of_others_are_not_even_compared(cast: Cast) -> None:
    """The words go over the reader's own sites and people alone, each looked up by its number."""
    Site.objects.bulk_create(Site(number=f"H{number:05}", name="Konttori") for number in range(3000))
    asked = query(cast.bob, "konttori")
    for find in (find_sites, find_people):
        plans: list[str] = []

        def keep(execute: Any, sql: str, params: Any, many: bool, context: Any, plans: list[str] = plans) -> Any:
            execute(f"EXPLAIN (ANALYZE, TIMING OFF) {sql}", params, many, context)
            plans.append("\n".join(line for (line,) in context["cursor"].fetchall()))
            return execute(sql, params, many, context)

        with connection.execute_wrapper(keep):
            find(asked, 50)
        (plan,) = plans
        assert re.search(r"Index Scan using \w+_pkey on accounts_(site|person)", plan), plan
        assert not re.search(r"Seq Scan on accounts_(site|person)", plan), plan


def test_management_finds_sites_and_people_of_all_in_their_order(cast: Cast) -> None:
    make_site(cast.koulut, "Konttori Ö")
    make_site(cast.pankki, "Konttori A")
    make_site(cast.pankki, "Konttori B", last=cast.day - dt.timedelta(days=1))
    asked = query(cast.greta, "konttori")
    assert [hit.title for hit in find_sites(asked, 50)] == [
        "Keskustan konttori", "Konttori A", "Konttori Ö", "Vakuutuksen pääkonttori",
    ]  # fmt: skip
    assert [hit.title for hit in find_sites(asked, 2)] == ["Keskustan konttori", "Konttori A"]
    one = replace(asked, accounts=tuple(each for each in asked.accounts if each.pk == cast.koulut.pk))
    assert [hit.title for hit in find_sites(one, 50)] == ["Konttori Ö"]
    people = find_people(query(cast.greta, "asiakkuusjohtaja"), 50)
    assert [hit.title for hit in people] == ["Aaro Ahola", "Alice Alanen", "Kerttu Koskinen", "Ville Väisänen"]
    assert people[2].accounts == ("Koulut Oy", "Piilo Oy")
