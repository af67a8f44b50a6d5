"""The page of the search: what is typed, chosen and shown, for whom, and that it costs the same whatever there is."""

import datetime as dt
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.derivation import derive_access
from accounts.models import Account, Invitation, SearchEntry
from kam import search as page
from kam.lib.dates import NEVER
from kam.navigation import account_on
from tests.accounts.test_finding import add
from tests.cast import Cast, make_login, make_person
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true", "HTTP_HX_TARGET": "search-results"}


@pytest.fixture
def client() -> Client:
    return Client(headers={"accept-language": "en"})


@pytest.fixture
def bob(cast: Cast, client: Client) -> Client:
    return sign_in(client, cast.bob)


def html(client: Client, **asked: Any) -> str:
    answer = client.get(reverse("search"), asked)
    assert answer.status_code == 200
    return answer.content.decode()


def main(client: Client, **asked: Any) -> str:
    """Return the page without its frame, whose forms carry the reader's token."""
    return html(client, **asked).split("<main")[1].split("</main>")[0]


def results(client: Client, **asked: Any) -> list[str]:
    return [
        re.sub("<[^>]+>", "", title)
        for title in re.findall(r'<a class="t" href="[^"]+">(.*?)</a>', html(client, **asked))
    ]


def chips(text: str) -> dict[str, str]:
    found = re.findall(r'<a class="chip"[^>]*>([^<]+?) <span class="num">([\d+]+)</span>', text)
    return {label.strip(): number for label, number in found}


def fill(cast: Cast) -> None:
    add(cast.pankki, "Laatukäynnit", "Käynti joka kuukausi.")
    add(cast.pankki, "Kuukausipalaveri", "Sovittiin käynnistä.", kind="memo")
    add(cast.pankki, "Salainen käynti", audience=["sales"])
    add(cast.vakuutus, "Vakuutuksen käynti")


def test_before_a_word_it_says_how_it_works(bob: Client) -> None:
    text = html(bob)
    assert "How the search works" in text
    assert "You search the one account that you see." in text
    assert "autofocus" in text


def test_results_by_kind_with_words_marked_and_nothing_hidden(cast: Cast, bob: Client) -> None:
    fill(cast)
    text = html(bob, q="käynti")
    assert results(bob, q="käynti") == ["Laatukäynnit", "Kuukausipalaveri"]
    assert "Laatu<mark>käynnit</mark>" in text
    assert "Sovittiin <mark>käynnistä</mark>." in text
    assert chips(text) == {"Pages": "1", "Memos": "1"}
    assert "2 things found" in text
    assert not re.search("Salainen|Vakuutuksen", text)


def test_every_source_has_its_place(cast: Cast, bob: Client) -> None:
    assert [source.kind for source in page.all_sources()] == [
        "account", "page", "message", "question", "memo", "task", "file", "site", "person",
    ]  # fmt: skip
    add(cast.pankki, "Backman", kind="task")
    assert results(bob, q="pankki") == ["Pankki Oyj"]
    assert results(bob, q="konttori") == ["Keskustan konttori"]
    assert results(bob, q="backman") == ["Backman", "Bob Backman"]


def test_part_of_the_page_is_enough_while_typing(cast: Cast, bob: Client) -> None:
    fill(cast)
    answer = bob.get(reverse("search"), {"q": "käyn"}, **HTMX)
    text = answer.content.decode()
    assert text.lstrip().startswith('<div id="search-results"')
    assert "Laatu<mark>käynnit</mark>" in text


def test_one_letter_is_too_little_and_the_results_stay_empty(cast: Cast, bob: Client) -> None:
    fill(cast)
    for q in ("k", "k l", "?", "\0"):
        text = html(bob, q=q)
        assert "<mark>" not in text
    assert "Write at least two letters" in html(bob, q="k")


def test_nothing_found_says_what_to_try(bob: Client, cast: Cast) -> None:
    text = html(bob, q="avaruusalus robotti", account=cast.pankki.customer_number, kind="file")
    for hint in ("Nothing found with", "Leave a word out", "Search in all my accounts", "Search all kinds"):
        assert hint in text


def test_one_kind_has_pages_of_results(cast: Cast, bob: Client) -> None:
    now = timezone.now()
    for number in range(45):
        add(cast.pankki, f"Avain {number:02}", changed_at=now - dt.timedelta(minutes=number))
    assert len(results(bob, q="avain")) == page.OF_EACH_KIND
    assert results(bob, q="avain", kind="page")[:2] == ["Avain 00", "Avain 01"]
    assert results(bob, q="avain", kind="page", page=3) == [f"Avain {number:02}" for number in range(40, 45)]
    assert results(bob, q="avain", kind="page", page=99) == results(bob, q="avain", kind="page", page=3)
    assert results(bob, q="avain", kind="nonsense") == results(bob, q="avain")


def test_account_and_time_narrow_it(cast: Cast, client: Client) -> None:
    greta = sign_in(client, cast.greta)
    fill(cast)
    add(cast.koulut, "Vanha käynti", changed_at=timezone.now() - dt.timedelta(days=100))
    number = cast.koulut.customer_number
    assert results(greta, q="käynti", account=number) == ["Vanha käynti"]
    assert results(greta, q="käynti", account=number, when="month") == []
    assert results(greta, q="käynti", account=number, when="year") == ["Vanha käynti"]
    assert "Vanha käynti" not in results(greta, q="käynti", when="week")
    assert results(greta, q="koulut", when="week") == [], "names have no time"
    text = html(greta, q="käynti")
    assert f'<option value="{number}">Koulut Oy (1)</option>' in text
    assert f'<option value="{number}" selected>' in html(greta, q="käynti", account=number)


def test_account_that_one_does_not_see_reads_like_one_that_is_not_there(cast: Cast, bob: Client) -> None:
    fill(cast)
    hidden = main(bob, q="käynti", account=cast.vakuutus.customer_number)
    assert hidden == main(bob, q="käynti", account="999999") == main(bob, q="käynti")


def test_page_reads_the_same_whether_hidden_things_are_there(cast: Cast, bob: Client) -> None:
    """Neither a number nor a word on the page depends on what the reader may not see."""
    add(cast.pankki, "Laatukäynnit")
    before = {q: main(bob, q=q) for q in ("käynti", "salainen", "eskola", "vakuutus")}
    fill_hidden(cast)
    assert {q: main(bob, q=q) for q in before} == before


def fill_hidden(cast: Cast) -> None:
    for number in range(40):
        add(
            cast.pankki,
            f"Salainen käynti {number}",
            audience=["sales"],
            kind=("page", "memo", "task", "file")[number % 4],
        )
        add(cast.vakuutus, f"Vakuutuksen käynti {number}")


def test_access_that_ends_takes_the_results_along(cast: Cast, client: Client) -> None:
    tuula = sign_in(client, cast.tuula)
    fill(cast)
    assert results(tuula, q="käynti") == ["Laatukäynnit", "Kuukausipalaveri"]
    Invitation.objects.filter(person=cast.tuula).update(period=NEVER)
    derive_access(people=[cast.tuula.pk])
    assert results(tuula, q="käynti") == []
    assert results(tuula, q="pankki") == []


@pytest.mark.parametrize(
    "odd", ["17:foo", "'", "\\", ":*", "&", "</mark><script>", "x" * 9000, "\0", "👍", "\u202eabc", "%%%"]
)
def test_odd_words_are_harmless(odd: str, cast: Cast, bob: Client) -> None:
    fill(cast)
    text = html(bob, q=odd, kind=odd, when=odd, account=odd, page=odd)
    assert "<script>" not in text.replace("<script src", "")
    assert results(bob, q=odd) == []


def test_queries_are_as_many_whatever_there_is(cast: Cast, client: Client, django_assert_num_queries: Any) -> None:
    greta = sign_in(client, cast.greta)
    fill(cast)
    html(greta, q="käynti")
    for rounds in (0, 40):
        for _ in range(rounds):
            fill(cast)
        with django_assert_num_queries(13):
            html(greta, q="käynti")


def test_many_accounts_cost_as_many_queries(cast: Cast, client: Client, django_assert_num_queries: Any) -> None:
    greta = sign_in(client, cast.greta)
    Account.objects.bulk_create(
        Account(customer_number=f"9{number:05}", name=f"Asiakas {number}") for number in range(60)
    )
    derive_access()
    add(cast.pankki, "Asiakas")
    html(greta, q="asiakas")
    with django_assert_num_queries(13):
        text = html(greta, q="asiakas")
    assert chips(text)["Accounts"] == "50+"


def test_somebody_without_accounts_finds_nothing(cast: Cast, client: Client) -> None:
    fill(cast)
    nobody = make_person("Uusi", "Ihminen")
    make_login(nobody)
    newcomer = sign_in(client, nobody)
    assert results(newcomer, q="käynti") == []
    assert "You search the 0 accounts that you see." in html(newcomer)


def test_way_to_the_search_keeps_the_account_that_one_is_on(cast: Cast, bob: Client) -> None:
    number = cast.pankki.customer_number
    text = bob.get(reverse("account", args=[number])).content.decode()
    assert f'<link rel="search" href="/search/?account={number}">' in text
    assert '<link rel="search" href="/search/">' in bob.get(reverse("home")).content.decode()
    assert account_on("/accounts/") == ""
    assert account_on("/accounts/a b&c/x/") == "?account=a+b%26c"
    assert "Search in all my accounts" in html(bob, account=number)


def test_entries_are_only_read_through_visible_to(cast: Cast, bob: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Were the index wrong (an entry whose words were stored for everybody), the rows would still not be shown."""
    thing = add(cast.pankki, "Salainen käynti")
    SearchEntry.objects.filter(object_id=thing.object_id).update(audience=["director", "management"])
    assert results(bob, q="käynti") == []
