"""Limits as the database keeps them: whatever is written, by whomever and in whatever order, nothing is open to more
than its own limit and its section's let through, and directors and the management group see it all.
"""

import threading
from collections.abc import Callable, Collection
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.access import standing
from accounts.derivation import derive_access
from accounts.models import ABOVE_LIMITS, Account, Kind, Person, SearchEntry
from channels_app.actions.sections import set_section
from channels_app.models import File, Page, Section, SectionSetting, Task
from channels_app.models.locks import hold_limits
from tests.cast import SEES, Cast, build_cast, stand_in
from tests.channels_app.things import make_memo, make_page, make_task

pytestmark = pytest.mark.django_db
ABOVE = {str(kind) for kind in ABOVE_LIMITS}
# What each of the cast may act as at Pankki, written down by hand from access.md.
ACTS_AS: dict[str, set[str]] = {
    "alice": {"director"},
    "aaro": {"director"},
    "bob": {"responsible", "superior"},
    "ines": {"responsible"},
    "matti": {"superior"},
    "arja": {"superior"},
    "saara": {"sales"},
    "greta": {"management"},
    "tuula": {"invited"},
    "stina": {"responsible", "superior"},  # stands in for Bob, as what he is
}
KINDS = [str(kind) for kind in Kind if kind is not Kind.SUBSTITUTE]
LIMITS = st.none() | st.lists(st.sampled_from(KINDS), unique=True)
Limit = Collection[str] | None


def open_to(*limits: Limit) -> set[str] | None:
    """Return the kinds that limits on top of each other let through, None when there is no limit: the plain rule."""
    given = [set(limit) for limit in limits if limit is not None]
    return set.intersection(*given) | ABOVE if given else None


def readers(*limits: Limit) -> set[str]:
    """Return who of the cast sees what is limited so, at Pankki."""
    kinds = open_to(*limits)
    return {who for who, acts_as in ACTS_AS.items() if kinds is None or acts_as & kinds}


def as_set(audience: list[str] | None) -> set[str] | None:
    return None if audience is None else set(audience)


def working() -> Section:
    return Section.objects.get(key="working")


def limit(account: Account, kinds: Limit, section: Section | None = None) -> None:
    where = {"account": account, "section": section or working()}
    SectionSetting.objects.update_or_create(**where, defaults={"limit": None if kinds is None else list(kinds)})


def make_file(account: Account, by: Person, page: Page | None = None, section: Section | None = None) -> File:
    where = page.section if page else section or working()
    file = File.objects.create(account=account, section=where, page=page, name="Avaimet.pdf", number=1, added_by=by)
    file.refresh_from_db()
    return file


def audience(thing: Any) -> set[str] | None:
    thing.refresh_from_db()
    return as_set(thing.audience)


# --- what comes of limits -------------------------------------------------------------------------------------------
class TestAudiences(TestCase):
    """Of a page, its file, a file of the section, a memo's task: whatever was set first, and however often."""

    def setUp(self) -> None:
        self.cast = build_cast()

    @settings(max_examples=25)
    @given(before=LIMITS, own=LIMITS, section=LIMITS, own_later=LIMITS, section_later=LIMITS)
    def test_they_are_the_least_of_all_limits(
        self, before: Limit, own: Limit, section: Limit, own_later: Limit, section_later: Limit
    ) -> None:
        cast, memos = self.cast, Section.objects.get(key="memos")
        limit(cast.pankki, before)
        limit(cast.pankki, before, memos)
        page = make_page(cast.pankki, cast.alice, limit=own)
        memo = make_memo(cast.pankki, cast.alice, limit=own)
        of_page, of_section = make_file(cast.pankki, cast.alice, page), make_file(cast.pankki, cast.alice)
        task, alone = make_task(cast.pankki, cast.alice, memo=memo), make_task(cast.pankki, cast.alice)
        for own_now, section_now in ((own, before), (own, section), (own_later, section), (own_later, section_later)):
            Page.objects.filter(pk__in=[page.pk, memo.pk]).update(limit=own_now)
            limit(cast.pankki, section_now)
            limit(cast.pankki, section_now, memos)
            expected = open_to(own_now, section_now)
            assert [audience(one) for one in (page, memo.page, of_page, task)] == [expected] * 4
            assert audience(of_section) == open_to(section_now)
            assert audience(alone) is None
        elsewhere = make_page(cast.koulut, cast.kerttu)
        assert elsewhere.audience is None


def test_a_page_that_changes_sections_takes_the_limits_of_the_new_one(cast: Cast):
    limit(cast.pankki, ["sales"])
    page = make_page(cast.pankki, cast.alice)
    file = make_file(cast.pankki, cast.alice, page)
    page.section = Section.objects.get(key="induction")
    page.save()
    assert audience(page) is None
    assert audience(file) is None
    page.section = working()
    page.save()
    assert audience(page) == audience(file) == {"sales"} | ABOVE


def test_a_file_taken_into_a_page_is_open_to_the_page_s_readers(cast: Cast):
    page, file = make_page(cast.pankki, cast.alice, limit=["sales"]), make_file(cast.pankki, cast.alice)
    assert audience(file) is None
    File.objects.filter(pk=file.pk).update(page=page)
    assert audience(file) == {"sales"} | ABOVE


def test_removing_a_setting_lifts_its_limit(cast: Cast):
    limit(cast.pankki, [])
    page = make_page(cast.pankki, cast.alice, limit=["sales"])
    assert audience(page) == ABOVE
    SectionSetting.objects.all().delete()
    assert audience(page) == {"sales"} | ABOVE


# --- no way to widen ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("widened", [None, [], KINDS, ["invited"], ["sales", "director", "management"]])
def test_an_audience_that_somebody_writes_is_not_believed(cast: Cast, widened: list[str] | None):
    limit(cast.pankki, ["superior"])
    page = make_page(cast.pankki, cast.alice, limit=["superior", "invited"], audience=widened)
    memo = make_memo(cast.pankki, cast.alice, limit=["superior"])
    things = [page, make_file(cast.pankki, cast.alice, page), make_file(cast.pankki, cast.alice)]
    things.append(make_task(cast.pankki, cast.alice, memo=memo, audience=widened))
    for thing in things:
        type(thing).objects.filter(pk=thing.pk).update(audience=widened)
        assert audience(thing) == {"superior"} | ABOVE
    Page.objects.bulk_create(
        Page(
            account=cast.pankki, section=working(), title="Joukossa", audience=widened, checked_on=cast.day,
            author=cast.alice, changed_by=cast.alice, checked_by=cast.alice,
        )
        for _ in range(2)
    )  # fmt: skip
    assert {frozenset(one.audience or ()) for one in Page.objects.filter(title="Joukossa")} == {
        frozenset({"superior"} | ABOVE)
    }


def test_an_audience_without_those_above_limits_cannot_be_stored(cast: Cast):
    entry = {"kind": "page", "object_id": 1, "path": "/", "title": "x", "words": ""}
    for audience in (["sales"], ["director"], []):
        with pytest.raises(IntegrityError), transaction.atomic():
            SearchEntry.objects.create(
                account=cast.pankki, audience=audience, changed_at="2026-11-24T12:00:00+02:00", **entry
            )


# --- who sees it ----------------------------------------------------------------------------------------------------
TABLE: list[tuple[Limit, Limit]] = [
    (own, section)
    for own in (None, [], ["sales"], ["superior"], ["responsible", "invited"], KINDS)
    for section in (None, [], ["superior", "sales"], ["responsible"], ["management"])
]


def test_queries_of_one_and_of_all_accounts_agree_with_the_rule(cast: Cast):
    page, memo = make_page(cast.pankki, cast.alice), make_memo(cast.pankki, cast.alice)
    file, task = make_file(cast.pankki, cast.alice, page), make_task(cast.pankki, cast.alice, memo=memo)
    for own, section in TABLE:
        for key in ("working", "memos"):
            limit(cast.pankki, section, Section.objects.get(key=key))
        Page.objects.filter(pk__in=[page.pk, memo.pk]).update(limit=own)
        expected = readers(own, section)
        for thing in (page, memo, file, task):
            rows = type(thing).objects.all()
            found = seeing(cast, lambda who, rows=rows: rows.visible_to(who), thing)
            here = seeing(cast, lambda who, rows=rows: rows.within(cast.pankki, kinds_at(who, cast.pankki)), thing)
            assert (found, here) == (expected, expected), (thing, own, section)


def seeing(cast: Cast, rows_of: Callable[[Person], QuerySet[Any]], thing: Any) -> set[str]:
    people = {who: one for who, one in vars(cast).items() if isinstance(one, Person)}
    return {who for who, one in people.items() if rows_of(one).filter(pk=thing.pk).exists()}


def kinds_at(person: Person, account: Account) -> frozenset[Kind]:
    return standing(person, account).kinds


def test_the_whole_cast_sees_exactly_its_accounts_rows(cast: Cast):
    for name in ("pankki", "vakuutus", "koulut", "piilo"):
        make_page(getattr(cast, name), cast.greta, name)
    for who, accounts in SEES.items():
        assert {page.title for page in Page.objects.visible_to(getattr(cast, who))} == accounts, who
    assert not Page.objects.visible_to(None).exists()
    assert not Page.objects.within(cast.pankki, []).exists()


def test_what_one_is_elsewhere_opens_nothing_here(cast: Cast):
    """Kerttu directs Koulut; whoever she stands in for at Pankki, she is that there and no director."""
    page = make_page(cast.pankki, cast.alice, limit=["sales"])
    stand_in(cast.kerttu, cast.ines, first=cast.day, last=cast.day)
    derive_access()
    assert not Page.objects.visible_to(cast.kerttu).filter(pk=page.pk).exists()
    Page.objects.filter(pk=page.pk).update(limit=["responsible"])
    assert Page.objects.visible_to(cast.kerttu).filter(pk=page.pk).exists()


@pytest.mark.parametrize(
    ("absent", "where", "kinds"),
    [
        ("saara", "pankki", ["sales"]),
        ("tuula", "pankki", ["invited"]),
        ("alice", "pankki", []),
        ("greta", "koulut", []),
    ],
)
def test_substitutes_see_what_they_mirror(cast: Cast, absent: str, where: str, kinds: list[str]):
    account = getattr(cast, where)
    page = make_page(account, cast.alice, limit=kinds)
    assert not Page.objects.visible_to(cast.charlie).filter(pk=page.pk).exists()
    stand_in(cast.charlie, getattr(cast, absent), first=cast.day, last=cast.day)
    derive_access()
    assert Page.objects.visible_to(cast.charlie).filter(pk=page.pk).exists()
    assert Page.objects.within(account, kinds_at(cast.charlie, account)).filter(pk=page.pk).exists()


# --- at the same time -----------------------------------------------------------------------------------------------
def at_once(*deeds: Callable[[], Any]) -> None:
    """Do them in as many threads, each on its own connection, and raise what any of them raised."""
    errors: list[BaseException] = []
    start = threading.Barrier(len(deeds))

    def run(deed: Callable[[], Any]) -> None:
        try:
            start.wait()
            deed()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[deed]) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@pytest.mark.django_db(transaction=True)
def test_a_page_written_while_its_section_is_limited_is_never_left_open():
    """The writer has read the limits of before and has not committed when the limit comes."""
    cast = build_cast()
    written, limited = threading.Event(), threading.Event()
    made: list[Page] = []

    def write() -> None:
        with transaction.atomic():
            hold_limits(cast.pankki.pk)
            made.append(make_page(cast.pankki, cast.alice))
            make_file(cast.pankki, cast.alice, made[0])
            assert made[0].audience is None
            written.set()
            assert not limited.wait(0.5), "the limit did not wait for the writer"

    def set_limit() -> None:
        assert written.wait(5)
        set_section(actor=cast.alice, account=cast.pankki, section=working(), limit=["sales"], unused_because="")
        limited.set()

    at_once(write, set_limit)
    assert audience(made[0]) == audience(made[0].files.get()) == {"sales"} | ABOVE


@pytest.mark.django_db(transaction=True)
def test_a_writer_who_comes_while_a_limit_is_set_waits_for_it():
    cast = build_cast()
    setting, written = threading.Event(), threading.Event()
    made: list[Page] = []

    def set_limit() -> None:
        with transaction.atomic():
            limit(cast.pankki, ["sales"])
            setting.set()
            assert not written.wait(0.5), "the writer did not wait for the limit"

    def write() -> None:
        assert setting.wait(5)
        made.append(make_page(cast.pankki, cast.alice))  # not even asked to hold the limits: the trigger does
        written.set()

    at_once(set_limit, write)
    assert audience(made[0]) == {"sales"} | ABOVE


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_limits_at_once_leave_everything_as_the_limits_say():
    cast = build_cast()
    page = make_page(cast.pankki, cast.alice)
    memo = make_memo(cast.pankki, cast.alice)

    def write_pages() -> None:
        for number in range(8):
            with transaction.atomic():
                hold_limits(cast.pankki.pk)
                make_page(cast.pankki, cast.alice, f"Sivu {number}", limit=["sales", "invited"] if number % 2 else None)

    def write_files_and_tasks() -> None:
        for _ in range(8):
            with transaction.atomic():
                hold_limits(cast.pankki.pk)
                make_file(cast.pankki, cast.alice, page)
                make_file(cast.pankki, cast.alice)
                make_task(cast.pankki, cast.alice, memo=memo)

    def limit_the_section() -> None:
        for kinds in (["sales"], None, ["superior"], ["sales", "superior"]):
            set_section(actor=cast.alice, account=cast.pankki, section=working(), limit=kinds, unused_because="")

    def limit_the_pages() -> None:
        for kinds in (["invited"], None, ["sales"]):
            for pk in (page.pk, memo.pk):
                with transaction.atomic():
                    hold_limits(cast.pankki.pk)
                    locked = Page.objects.select_for_update(of=("self",)).get(pk=pk)
                    locked.limit = kinds
                    locked.save(update_fields=["limit"])

    at_once(write_pages, write_files_and_tasks, limit_the_section, limit_the_pages)
    section = ["sales", "superior"]
    for one in Page.objects.filter(section=working()):
        assert as_set(one.audience) == open_to(one.limit, section)
    for file in File.objects.all():
        assert as_set(file.audience) == open_to(file.page.limit if file.page else None, section)
    assert {frozenset(task.audience or ()) for task in Task.objects.all()} == {frozenset({"sales"} | ABOVE)}
    assert (Page.objects.count(), File.objects.count(), Task.objects.count()) == (10, 16, 8)
