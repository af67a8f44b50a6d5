"""The search follows what is written in a channel: pages, memos, files and tasks, their limits, and what is removed."""

import threading
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Account, Kind, Person, SearchEntry
from channels_app.actions.indexing import index_files, index_pages, reindex
from channels_app.actions.memos import DecisionLine, Minutes, TaskLine, create_memo
from channels_app.actions.page_limits import limit_page
from channels_app.actions.removed_pages import bring_back_page, remove_page
from channels_app.actions.sections import set_section
from channels_app.actions.tasks import remove_task
from channels_app.models import File, Memo, Page, Task
from tests.accounts.test_finding import titles
from tests.cast import Cast, build_cast
from tests.channels_app.page_hands import change, limit_section, section, some_pages, write

pytestmark = pytest.mark.django_db


def entries(account: Account) -> set[tuple[str, str]]:
    return set(SearchEntry.objects.filter(account=account).values_list("kind", "title"))


def put_file(account: Account, by: Person, name: str, page: Page | None = None, **fields: Any) -> File:
    fields.setdefault("attached_at", timezone.now())
    file = File.objects.create(
        account=account, section=section(), page=page, name=name, number=1, added_by=by, **fields
    )
    index_files([file.pk])
    return file


def minutes(**fields: Any) -> Minutes:
    return Minutes(
        topic="Kuukausipalaveri",
        body="<p>Käytiin läpi laatu.</p>",
        held_on=timezone.localdate(),
        meeting=Memo.Meeting.TEAM,
        decisions=(DecisionLine("Kulkulupa haetaan ensin"),),
        tasks=(TaskLine("Tilaa mopit"),),
        **fields,
    )


def test_limits_of_pages_hold_in_the_search(cast: Cast) -> None:
    some_pages(cast)
    expected = {
        "alice": {"Avaimet", "Hinnat", "Sopimus", "Kate"},
        "greta": {"Avaimet", "Hinnat", "Sopimus", "Kate", "Koulun avaimet", "Vakuutuksen avaimet"},
        "saara": {"Avaimet", "Hinnat", "Sopimus"},
        "matti": {"Avaimet", "Hinnat", "Sopimus"},
        "ines": {"Avaimet"},
        "tuula": {"Avaimet"},
        "yrjo": set(),
        "eero": {"Vakuutuksen avaimet"},
        "charlie": {"Koulun avaimet"},
        "dana": set(),
    }
    asked = ("avaimet", "hinta", "sopimus", "kate", "vanha")
    found = {who: set().union(*(titles(getattr(cast, who), words) for words in asked)) for who in expected}
    assert found == expected


def test_page_is_found_as_it_reads_now(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki, "Avaimet", "<p>Vahtimestarilta.</p>")
    change(cast.alice, page, "<h2>Kortit</h2><p>Aulasta.</p>")
    assert titles(cast.bob, "vahtimestari") == set()
    assert titles(cast.bob, "kortti aula") == {"Avaimet"}
    entry = SearchEntry.objects.get()
    assert (entry.text, entry.changed_by, entry.path) == (
        "Kortit\nAulasta.",
        cast.alice,
        f"/accounts/{cast.pankki.customer_number}/pages/{page.pk}/",
    )


def test_page_of_a_contract_is_found_by_its_number(cast: Cast) -> None:
    contract = cast.pankki.contracts.get()
    write(cast.alice, cast.pankki, "Palvelukuvaus", key="contracts", contract=contract)
    assert titles(cast.bob, contract.number) == {"Palvelukuvaus"}


def test_limit_of_a_page_and_of_a_section_move_all_that_hangs_on_them(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki, "Avaimet")
    put_file(cast.pankki, cast.alice, "Avaimet.pdf", page)
    put_file(cast.pankki, cast.alice, "Avainlista.pdf")
    assert titles(cast.ines, "avain") == {"Avaimet", "Avaimet.pdf", "Avainlista.pdf"}
    limit_page(actor=cast.alice, page=page, limit=[Kind.SALES])
    assert titles(cast.ines, "avain") == {"Avainlista.pdf"}
    set_section(actor=cast.alice, account=cast.pankki, section=section(), limit=[Kind.SALES], unused_because="")
    assert titles(cast.ines, "avain") == set()
    assert titles(cast.saara, "avain") == {"Avaimet", "Avaimet.pdf", "Avainlista.pdf"}
    limit_page(actor=cast.alice, page=page, limit=None)
    set_section(actor=cast.alice, account=cast.pankki, section=section(), limit=None, unused_because="")
    assert titles(cast.ines, "avain") == {"Avaimet", "Avaimet.pdf", "Avainlista.pdf"}


def test_memo_is_found_by_decisions_and_those_present_and_its_tasks_follow_its_limit(cast: Cast) -> None:
    memo = create_memo(actor=cast.alice, account=cast.pankki, minutes=minutes(participants=frozenset({cast.bob.pk})))
    assert entries(cast.pankki) == {("memo", "Kuukausipalaveri"), ("task", "Tilaa mopit")}
    assert titles(cast.ines, "kulkulupa backman") == {"Kuukausipalaveri"}
    limit_page(actor=cast.alice, page=memo.page, limit=[])
    assert titles(cast.ines, "kulkulupa") | titles(cast.ines, "moppi") == set()
    assert titles(cast.alice, "moppi") == {"Tilaa mopit"}
    remove_task(task=Task.objects.get())
    assert titles(cast.alice, "moppi") == set()


def test_removed_page_is_forgotten_with_its_files_until_it_is_brought_back(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki, "Avaimet")
    put_file(cast.pankki, cast.alice, "Avaimet.pdf", page)
    remove_page(actor=cast.alice, page=page)
    assert entries(cast.pankki) == set()
    bring_back_page(actor=cast.alice, page=page)
    assert entries(cast.pankki) == {("page", "Avaimet"), ("file", "Avaimet.pdf")}


def test_file_in_a_draft_is_not_found(cast: Cast) -> None:
    put_file(cast.pankki, cast.alice, "Kesken.pdf", attached_at=None)
    assert entries(cast.pankki) == set()


def test_reindexing_makes_good_whatever_was_there(cast: Cast) -> None:
    some_pages(cast)
    create_memo(actor=cast.alice, account=cast.pankki, minutes=minutes())
    put_file(cast.pankki, cast.alice, "Avaimet.pdf")
    before = {
        entry.object_id: (entry.kind, entry.title, entry.text, entry.audience, entry.words)
        for entry in SearchEntry.objects.all()
    }
    page = Page.objects.get(title="Avaimet")
    SearchEntry.objects.filter(object_id=page.pk, kind="page").delete()
    SearchEntry.objects.filter(title="Hinnat").update(audience=None, title="Väärä", words="")
    stray = {"path": "/", "changed_at": timezone.now(), "words": ""}
    SearchEntry.objects.create(account=cast.pankki, kind="page", object_id=10**9, title="Poissa", **stray)
    call_command("reindex")
    after = {
        entry.object_id: (entry.kind, entry.title, entry.text, entry.audience, entry.words)
        for entry in SearchEntry.objects.all()
    }
    assert after == before


def test_reindexing_one_account_leaves_the_others(cast: Cast, capsys: pytest.CaptureFixture[str]) -> None:
    some_pages(cast)
    SearchEntry.objects.all().delete()
    call_command("reindex", account=cast.koulut.customer_number)
    assert capsys.readouterr().out == "1 things may be found.\n"
    assert set(SearchEntry.objects.values_list("title", flat=True)) == {"Koulun avaimet"}
    with pytest.raises(CommandError, match="No account has the customer number 999999"):
        call_command("reindex", account="999999")


def test_reindexing_takes_a_batch_at_a_time(
    cast: Cast, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    monkeypatch.setattr("channels_app.actions.indexing._AT_ONCE", 2)
    for number in range(5):
        write(cast.alice, cast.pankki, f"Sivu {number}")
    SearchEntry.objects.all().delete()
    assert reindex(cast.pankki.pk) == 5


@pytest.mark.django_db(transaction=True)
def test_reindexing_waits_for_whoever_is_writing_and_stores_what_they_wrote() -> None:
    cast = build_cast()
    page = write(cast.alice, cast.pankki, "Avaimet", "<p>vanha teksti</p>")
    begun, done = threading.Event(), threading.Event()

    def rebuild() -> None:
        begun.set()
        reindex(cast.pankki.pk)
        connection.close()
        done.set()

    with transaction.atomic():
        change(cast.alice, page, "<p>uusi teksti</p>")
        thread = threading.Thread(target=rebuild)
        thread.start()
        begun.wait(10)
        assert not done.wait(0.5), "it should wait for the page"
    thread.join(30)
    assert done.is_set()
    assert SearchEntry.objects.get(kind="page").text == "uusi teksti"


def test_limited_section_is_never_found_between(cast: Cast) -> None:
    """A section that is limited before anything is written there: the entry is limited from its first moment."""
    limit_section(cast.pankki, "contracts", ["sales"])
    page = write(cast.alice, cast.pankki, "Sopimus", key="contracts")
    entry = SearchEntry.objects.get(object_id=page.pk)
    assert entry.audience == ["director", "management", "sales"]
    assert ":" in str(entry.words)
    assert f"'{cast.pankki.pk}:" not in str(entry.words)
    index_pages([page.pk])
    assert titles(cast.ines, "sopimus") == set()
