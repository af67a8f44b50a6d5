"""The demo's channels: something sensible in each account, the pilot account complete, nothing twice."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import transaction
from django.test import override_settings
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Account, Editor, Person
from accounts.queries.finding import Query, find_entries, seen_by
from channels_app.actions.pages import cleaned, own_files
from channels_app.models import (
    Decision,
    Draft,
    Essential,
    File,
    FileVersion,
    Memo,
    MemoParticipant,
    Page,
    Revision,
    SectionSetting,
    Task,
)
from kam import demo_channel, demo_company
from kam.demo import PILOT
from kam.demo_accounts import CONTENT, FOLDERS
from kam.demo_people import teams
from kam.demo_texts import as_html, body_at, filled, moment, read, read_all, working_day
from kam.lib.dates import today
from kam.lib.finnish_words import query_words

WRITTEN = (Page, Revision, Memo, MemoParticipant, Decision, Task, File, FileVersion, Essential, Draft, Editor)


@pytest.fixture(scope="module", autouse=True)
def company(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[None]:
    """The demo company, built once for all tests here and rolled back after them."""
    folder = tmp_path_factory.mktemp("demo")
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=folder), transaction.atomic():
        demo_company.build(lambda said: None)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def pilot(db: None) -> Account:
    return Account.objects.get(customer_number=PILOT)


# --- every account ---------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_every_account_has_pages_where_pages_belong_and_memos() -> None:
    wanted = {"brief", "contracts", "working", "induction", "memos"}
    for account in Account.objects.all():
        sections = Counter(account.pages.values_list("section__key", flat=True))
        assert wanted <= set(sections), account
        assert sections["working"] >= 3, account
        assert sections["memos"] >= 2, account
        assert sections["brief"] == 1, account
        assert set(account.contracts.all()) == {page.contract for page in account.pages.exclude(contract=None)}
        assert account.tasks.exists(), account


@pytest.mark.django_db
def test_every_text_is_as_the_editor_would_have_stored_it() -> None:
    for page in Page.objects.select_related("account", "question"):
        assert page.body == cleaned(page.account, page.body), page
        assert page.body == page.revisions.get(number=page.number).body
        if hasattr(page, "question"):  # as people asked and answered it
            continue
        assert "<h2>" in page.body or "<ul>" in page.body or "<ol>" in page.body or "<table>" in page.body, page
        assert not re.search(r"[{}|]|\*\*|//\s", page.body + page.title), page


@pytest.mark.django_db
def test_no_account_reads_of_another() -> None:
    bare = {account.pk: re.sub(r" (Oyj?|Ab)$", "", account.name) for account in Account.objects.all()}
    for page in Page.objects.all():
        text = f"{page.title} {page.body}"
        assert [name for pk, name in bare.items() if name in text and pk != page.account_id] == [], page


@pytest.mark.django_db
def test_accounts_of_one_industry_do_not_read_alike() -> None:
    bodies = Page.objects.filter(section__key="brief").values_list("body", flat=True)
    assert len(set(bodies)) == len(bodies)


@pytest.mark.django_db
def test_whoever_wrote_or_was_there_belongs_to_the_account() -> None:
    for memo in Memo.objects.select_related("page__author").prefetch_related("participants__person"):
        people = [memo.page.author, *(one.person for one in memo.participants.all())]
        for person in people:
            assert person.grants.filter(account=memo.page.account_id).exists(), (memo, person)


@pytest.mark.django_db
def test_running_again_adds_nothing() -> None:
    before = [model.objects.count() for model in WRITTEN]
    said: list[str] = []
    demo_channel.fill(said.append)
    assert [model.objects.count() for model in WRITTEN] == before
    assert said == []


# --- the pilot account -----------------------------------------------------------------------------------------------
def test_pilot_is_complete(pilot: Account) -> None:
    pages = pilot.pages.filter(memo=None)
    memos = Memo.objects.filter(page__account=pilot)
    assert pages.count() + memos.count() >= 40
    assert memos.count() >= 12
    assert pages.filter(section__account=pilot, section__local_name="Asiakkaan tapahtumat").count() == 2
    assert pages.filter(limit=["sales", "superior"], contract__isnull=False).count() == 1
    assert Essential.objects.filter(page__account=pilot).values("page").distinct().count() >= 2
    assert SectionSetting.objects.get(account=pilot).unused_because
    assert Editor.objects.filter(account=pilot, ended_at=None).exists()
    assert Draft.objects.filter(account=pilot).count() == 1


def test_pilot_pages_have_histories_of_several_people_that_differ(pilot: Account) -> None:
    several = [page for page in pilot.pages.all() if page.number > 2]
    assert len(several) >= 5
    assert any(page.revisions.values("author").distinct().count() > 1 for page in several)
    for page in pilot.pages.all():
        bodies = list(page.revisions.order_by("number").values_list("body", flat=True))
        assert len(set(bodies)) == len(bodies) == page.number, page
        moments = list(page.revisions.order_by("number").values_list("saved_at", flat=True))
        assert moments == sorted(moments), page
        assert timezone.localdate(page.changed_at) <= page.checked_on <= today(), page


def test_pilot_has_fresh_pages_and_some_overdue_ones(pilot: Account) -> None:
    working = pilot.pages.filter(section__key="working", review_days=None)
    overdue = [page for page in working if (today() - page.checked_on).days >= 90]
    assert 0 < len(overdue) < working.count() / 2


def test_pilot_pictures_and_files_belong_to_their_pages(pilot: Account) -> None:
    shown = {int(pk) for page in pilot.pages.all() for pk in own_files(pilot).findall(page.body)}
    pictures = File.objects.filter(pk__in=shown)
    assert len(shown) == pictures.count() >= 4
    assert all(file.page and file.attached_at for file in pictures)
    files = pilot.files.exclude(pk__in=shown)
    kinds = {Path(name).suffix for name in files.values_list("name", flat=True)}
    assert kinds == {".pdf", ".xlsx", ".docx"}
    assert files.filter(number=2).count() == 1
    assert not pilot.files.filter(attached_at=None).exists()


def test_pilot_tasks_are_done_open_late_and_nobodys(pilot: Account) -> None:
    tasks = Task.objects.filter(account=pilot)
    assert tasks.filter(done_at__isnull=False).exists()
    assert tasks.open_ones().filter(due_on__gte=today()).exists()
    assert tasks.open_ones().filter(due_on__lt=today()).exists()
    assert tasks.open_ones().filter(person=None).exists()
    memos = Memo.objects.filter(page__account=pilot)
    assert memos.filter(next_at__date__gt=today()).exists()
    assert Decision.objects.filter(memo__in=memos, announced_at__isnull=False).exists()
    assert Decision.objects.filter(memo__in=memos, announced_at=None).exists()


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("avaimen", "Avaimet ja kulkuluvat"),
        ("noroviruksesta", "Norovirus ja muut tartunnat"),
        ("laatukäynti", "Laatukäynnit ja laaduntarkastus"),
        ("lattian hoito", "Lattianhoito"),
    ],
)
def test_pilot_is_found_by_other_forms_of_a_word(pilot: Account, asked: str, found: str) -> None:
    supervisor = teams([pilot])[pilot.pk].who("supervisor1")
    assert found in titles_found(supervisor, pilot, asked, "page")


def test_prices_are_found_by_those_they_are_open_to(pilot: Account) -> None:
    team = teams([pilot])[pilot.pk]
    limited = "Hinnat ja hinnantarkistus", "Hinnantarkistuksen ja option valmistelu"
    for who, seen in [("supervisor1", False), ("instructor1", False), ("sales", True), ("director", True)]:
        titles = titles_found(team.who(who), pilot, "hinnantarkistus", "page", "memo")
        assert [title in titles for title in limited] == [seen, seen], who


def titles_found(person: Person, account: Account, asked: str, *kinds: str) -> list[str]:
    here = tuple(seen for seen in seen_by(person) if seen.pk == account.pk)
    found = find_entries(person, Query(tuple(query_words(asked)), here), kinds, limit=30)
    return [entry.title for entries in found.entries.values() for entry in entries]


# --- texts -----------------------------------------------------------------------------------------------------------
def test_every_industry_has_its_texts() -> None:
    for folder in set(FOLDERS.values()):
        names = Counter(text.one("section") or "memo" for text in read_all(CONTENT / "toimialat" / folder))
        assert names == {"brief": 1, "contracts": 1, "working": 3, "memo": 1}, folder


def test_a_line_stands_from_or_until_a_revision() -> None:
    body = "aina\n{2}uusi\n{<2}vanha\n{<3}kauan"
    assert [body_at(body, number) for number in (1, 2, 3)] == ["aina\nvanha\nkauan", "aina\nuusi\nkauan", "aina\nuusi"]


def test_choices_are_the_account_s_own_and_lasting(tmp_path: Path) -> None:
    path = tmp_path / "sivu.md"
    path.write_text("title: {?yksi // kaksi}\n---\n{account} {?a // b // c // d}\n", "utf-8")
    text = read(path)
    chosen = {filled(text, {"account": "Pankki"}, f"{number}").body for number in range(40)}
    assert chosen == {f"Pankki {letter}\n" for letter in "abcd"}
    assert filled(text, {"account": "Pankki"}, "7") == filled(text, {"account": "Pankki"}, "7")
    with pytest.raises(KeyError):
        filled(text, {}, "7")


def test_html_of_the_writer_is_no_html() -> None:
    assert as_html("<script>alert(1)</script>") == "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"


@pytest.mark.parametrize("days", range(-14, 1))
def test_nothing_happens_on_a_weekend(days: int) -> None:
    assert working_day(days).weekday() < 5
    assert moment(-days, 1, "x") < moment(-days, 2, "x")
