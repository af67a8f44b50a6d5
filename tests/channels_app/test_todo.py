"""What the channels put on somebody's first page: exactly theirs, as late as it is, and gone with their access."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation

from accounts.derivation import derive_access
from accounts.models import Account, Assignment, Editor, Person, Substitution
from accounts.todo import Todo
from channels_app.models import ContentsVersion, Page, Task
from channels_app.todo import must_do, this_week
from kam.lib.dates import ONE_DAY, period, today
from tests.cast import SEES, Cast, assign, direct, make_account, make_person, make_site, stand_in
from tests.channels_app.things import (
    PRICES,
    finish,
    limit_section,
    make_draft,
    make_memo,
    make_page,
    make_task,
    section,
)

pytestmark = pytest.mark.django_db
HELSINKI = ZoneInfo("Europe/Helsinki")


def texts(found: list[Todo]) -> list[str]:
    return [todo.text for todo in found]


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def end_access(person: Person) -> None:
    """Close as of yesterday whatever `person` or their people answer for, as an import that names them no more."""
    theirs = Assignment.objects.filter(Q(person=person) | Q(person__superior=person))
    theirs.update(period=period(None, today() - ONE_DAY))
    derive_access()


# --- tasks ----------------------------------------------------------------------------------------------------------
def test_late_tasks_and_those_of_today_wait_the_later_ones_do_not(cast: Cast) -> None:
    for days in (-40, -1, 0, 1, None):
        due = None if days is None else cast.day + days * ONE_DAY
        make_task(cast.pankki, cast.alice, f"{days}", person=cast.bob, due_on=due)
    finish(make_task(cast.pankki, cast.alice, "done", person=cast.bob, due_on=cast.day), cast.bob)
    make_task(cast.pankki, cast.alice, "removed", person=cast.bob, due_on=cast.day, removed_at=timezone.now())
    make_task(cast.pankki, cast.alice, "another's", person=cast.ines, due_on=cast.day)
    found = must_do(cast.bob)
    assert [(todo.text, todo.state) for todo in found] == [("-40", "bad"), ("-1", "bad"), ("0", "warn")]
    assert {todo.account for todo in found} == {cast.pankki.customer_number}
    assert found[0].url.startswith(reverse("tasks", args=[cast.pankki.customer_number]))
    assert found[0].note.startswith("Pankki Oyj · ")


def test_a_task_of_a_limited_memo_waits_only_for_whoever_may_see_it(cast: Cast) -> None:
    memo = make_memo(cast.pankki, cast.alice, limit=PRICES)
    for person in (cast.bob, cast.saara, cast.alice):
        make_task(cast.pankki, cast.alice, "prices", person=person, due_on=cast.day, memo=memo)
    waits = {person.first_name for person in (cast.bob, cast.saara, cast.alice) if texts(must_do(person))}
    assert waits == {"Saara", "Alice"}


def test_nobodys_tasks_wait_for_those_who_direct(cast: Cast) -> None:
    for _ in range(3):
        make_task(cast.pankki, cast.alice)
    make_task(cast.koulut, cast.kerttu)
    make_task(cast.vakuutus, cast.ville)
    told = {name: texts(must_do(getattr(cast, name))) for name in SEES}
    assert {name: found for name, found in told.items() if found} == {
        "alice": ["Pankki Oyj: 3 tasks are nobody's"],
        "aaro": ["Pankki Oyj: 3 tasks are nobody's"],
        "kerttu": ["Koulut Oy: 1 task is nobody's"],
        "ville": ["Vakuutus Oyj: 1 task is nobody's"],
    }
    [line] = must_do(cast.alice)
    assert (line.number, line.account, line.state) == (3, cast.pankki.customer_number, "warn")


# --- pages ----------------------------------------------------------------------------------------------------------
def overdue(account: Account, by: Person, **fields: Any) -> Page:
    """Make a page of a section with an interval of 90 days, checked so long ago."""
    return make_page(account, by, checked_on=today() - 90 * ONE_DAY, **fields)


def test_pages_past_their_review_wait_for_directors_and_editors_in_one_line_an_account(cast: Cast) -> None:
    overdue(cast.pankki, cast.alice)
    overdue(cast.pankki, cast.alice, limit=["sales"])
    make_page(cast.pankki, cast.alice, checked_on=cast.day - 89 * ONE_DAY)
    make_page(cast.pankki, cast.alice, checked_on=cast.day - 3 * ONE_DAY, review_days=3)
    overdue(cast.pankki, cast.alice, removed_at=timezone.now())
    overdue(cast.pankki, cast.alice, key="announcements")  # asked for by no interval
    overdue(cast.koulut, cast.kerttu)
    Editor.objects.create(account=cast.pankki, person=cast.bob, named_by=cast.alice)
    Editor.objects.create(account=cast.pankki, person=cast.ines, named_by=cast.alice, ended_at=timezone.now())
    Editor.objects.create(account=cast.pankki, person=cast.charlie, named_by=cast.alice)  # sees nothing of it
    told = {name: texts(must_do(getattr(cast, name))) for name in SEES}
    assert {name: found for name, found in told.items() if found} == {
        "alice": ["Pankki Oyj: 3 pages to check"],
        "aaro": ["Pankki Oyj: 3 pages to check"],
        "bob": ["Pankki Oyj: 2 pages to check"],  # the third is limited
        "kerttu": ["Koulut Oy: 1 page to check"],
    }
    assert must_do(cast.bob)[0].url.startswith(reverse("freshness"))


def test_pages_to_check_at_many_accounts_stand_in_one_line_that_counts_each(cast: Cast) -> None:
    accounts = [cast.koulut, cast.piilo, *(make_account(f"Asiakas {number}") for number in range(2))]
    for account in accounts[2:]:
        direct(cast.kerttu, account)
    derive_access()
    overdue(cast.koulut, cast.kerttu)
    for account in accounts:
        overdue(account, cast.kerttu)
    [line] = must_do(cast.kerttu)
    assert line.text == "5 pages to check in 4 accounts"
    assert dict(line.by_account) == {account.customer_number: 1 for account in accounts} | {
        cast.koulut.customer_number: 2
    }


def test_pages_of_a_section_that_left_the_contents_are_asked_for_by_nobody(cast: Cast) -> None:
    overdue(cast.pankki, cast.alice, review_days=10)
    assert texts(must_do(cast.alice)) == ["Pankki Oyj: 1 page to check"]
    version = ContentsVersion.objects.create(number=2, published_at=timezone.now())
    assert must_do(cast.alice) == []
    version.lines.create(section=section(), position=1, name_fi="Ohjeet", name_en="Working", review_days=200)
    assert texts(must_do(cast.alice)) == ["Pankki Oyj: 1 page to check"]


# --- the draft of the contents, and one's own -----------------------------------------------------------------------
def test_a_draft_of_the_contents_waits_for_whoever_directs_an_account_today(cast: Cast) -> None:
    ContentsVersion.objects.create(based_on=1, edited_by=cast.ville)
    directors = {name for name in SEES if texts(must_do(getattr(cast, name)))}
    assert directors == {"alice", "aaro", "ville", "kerttu"}
    assert must_do(cast.alice)[0].note == "Ville Väisänen"
    stand_in(cast.charlie, cast.alice, first=cast.day, last=cast.day)
    derive_access()
    assert texts(must_do(cast.charlie)) == ["The new table of contents is not published yet"]


def test_ones_own_drafts_lead_back_to_where_they_were_written(cast: Cast) -> None:
    page, memo = make_page(cast.pankki, cast.alice), make_memo(cast.pankki, cast.alice)
    make_draft(cast.pankki, cast.alice, "new page")
    make_draft(cast.pankki, cast.alice, "page", page=page)
    make_draft(cast.pankki, cast.alice, "memo", key="memos", page=memo.page)
    make_draft(cast.pankki, cast.alice, "", key="memos")
    number = cast.pankki.customer_number
    assert {todo.text.partition(": ")[2]: todo.url for todo in must_do(cast.alice)} == {
        "new page": f"{reverse('page_new', args=[number])}?section={section().pk}",
        "page": reverse("page_edit", args=[number, page.pk]),
        "memo": reverse("memo_edit", args=[number, memo.pk]),
        "no title yet": reverse("memo_new", args=[number]),
    }
    assert must_do(cast.aaro) == []  # a draft is its writer's alone


def test_a_draft_waits_for_as_long_as_it_may_be_saved(cast: Cast) -> None:
    page = make_page(cast.pankki, cast.alice)
    editor = Editor.objects.create(account=cast.pankki, person=cast.bob, named_by=cast.alice)
    make_draft(cast.pankki, cast.bob, "page", page=page)
    make_draft(cast.pankki, cast.bob, "new")
    make_draft(cast.pankki, cast.bob, "memo", key="memos")
    assert len(must_do(cast.bob)) == 3
    Page.objects.filter(pk=page.pk).update(limit=PRICES)
    assert {text.rpartition(" ")[2] for text in texts(must_do(cast.bob))} == {"new", "memo"}
    limit_section(cast.pankki, "working")
    assert [text.rpartition(" ")[2] for text in texts(must_do(cast.bob))] == ["memo"]
    limit_section(cast.pankki, "working", ["responsible"])
    assert {text.rpartition(" ")[2] for text in texts(must_do(cast.bob))} == {"new", "memo"}
    editor.ended_at = timezone.now()
    editor.save()
    assert [text.rpartition(" ")[2] for text in texts(must_do(cast.bob))] == ["memo"]  # anybody writes memos
    end_access(cast.bob)
    assert must_do(cast.bob) == []


def test_a_draft_waits_no_more_in_a_section_that_left_the_contents(cast: Cast) -> None:
    make_draft(cast.pankki, cast.alice, "new")
    make_draft(cast.pankki, cast.alice, "page", page=make_page(cast.pankki, cast.alice))
    assert len(must_do(cast.alice)) == 2
    ContentsVersion.objects.create(number=2, published_at=timezone.now())  # without that section
    assert must_do(cast.alice) == []


# --- the week -------------------------------------------------------------------------------------------------------
def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=HELSINKI)


@pytest.mark.parametrize(
    ("now", "first", "last"),
    [
        ("2026-11-22T23:59:59", "2026-11-16", "2026-11-22"),  # Sunday, a second before midnight
        ("2026-11-23T00:00:00", "2026-11-23", "2026-11-29"),  # Monday
        ("2027-01-03T12:00:00", "2026-12-28", "2027-01-03"),  # week 53 lies in two years
        ("2026-12-28T00:00:00", "2026-12-28", "2027-01-03"),
        ("2026-03-29T23:30:00", "2026-03-23", "2026-03-29"),  # clocks went forward that morning
        ("2026-10-25T03:30:00", "2026-10-19", "2026-10-25"),  # an hour that comes twice
        ("2026-10-26T00:00:00", "2026-10-26", "2026-11-01"),
    ],
)
def test_the_week_runs_from_monday_to_sunday_in_helsinki(
    db: None, time_machine: Any, now: str, first: str, last: str
) -> None:
    monday, sunday = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    account, person = make_account(), make_person()
    assign(person, make_site(account))
    time_machine.move_to(at(now), tick=False)
    derive_access()
    for day in (monday - ONE_DAY, monday, sunday, sunday + ONE_DAY):
        make_task(account, person, f"{day}", person=person, due_on=day)
    for moment in (at(f"{first}T00:00:00"), at(f"{last}T23:59:00")):
        make_memo(account, person, f"{moment:%d %H}", present=(person,), next_at=moment)
        outside = moment + (-1 if moment.hour == 0 else 1) * dt.timedelta(minutes=1)
        make_memo(account, person, "outside", present=(person,), next_at=outside)
    found = sorted((todo.due, todo.time, todo.text) for todo in this_week(person) if todo.time)
    assert [(day, time) for day, time, _text in found] == [(monday, dt.time(0)), (sunday, dt.time(23, 59))]
    assert {todo.due for todo in this_week(person) if not todo.time} == {monday, sunday}


def test_meetings_of_the_week_are_those_one_took_part_in_and_still_sees(cast: Cast) -> None:
    now = timezone.now()
    make_memo(cast.pankki, cast.alice, "mine", present=(cast.bob, cast.alice), next_at=now)
    make_memo(cast.pankki, cast.alice, "limited", present=(cast.bob, cast.alice), next_at=now, limit=PRICES)
    make_memo(cast.pankki, cast.alice, "removed", present=(cast.bob,), next_at=now, removed_at=now)
    make_memo(cast.pankki, cast.alice, "without me", present=(cast.ines,), next_at=now)
    make_memo(cast.pankki, cast.alice, "no next one", present=(cast.bob,))
    make_memo(cast.koulut, cast.kerttu, "elsewhere", present=(cast.bob,), next_at=now)
    assert texts(this_week(cast.bob)) == ["Meeting: mine"]
    assert sorted(texts(this_week(cast.alice))) == ["Meeting: limited", "Meeting: mine"]
    end_access(cast.bob)
    assert this_week(cast.bob) == []


# --- everything at once ---------------------------------------------------------------------------------------------
def fill(account: Account, director: Person, person: Person) -> None:
    """Leave one thing of each sort at the account for `person`, who directs it."""
    make_task(account, director, person=person, due_on=today())
    make_task(account, director)
    overdue(account, director)
    make_draft(account, person)
    make_memo(account, director, present=(person,), next_at=timezone.now())


def test_nothing_is_left_of_it_the_moment_access_ends(cast: Cast) -> None:
    fill(cast.koulut, cast.kerttu, cast.charlie)
    Editor.objects.create(account=cast.koulut, person=cast.charlie, named_by=cast.kerttu)
    assert len(must_do(cast.charlie)) == 3
    end_access(cast.charlie)
    assert must_do(cast.charlie) == this_week(cast.charlie) == []
    assert Task.objects.filter(person=cast.charlie).exists()


def test_a_barrier_takes_it_away_as_well(cast: Cast) -> None:
    assign(cast.bob, make_site(cast.vakuutus), first=cast.day)  # on Pankki's side for longer, so that it is blocked
    derive_access()
    fill(cast.vakuutus, cast.ville, cast.bob)
    assert must_do(cast.bob) == this_week(cast.bob) == []


def test_a_substitute_does_not_get_the_tasks_of_whom_they_stand_in_for(cast: Cast) -> None:
    make_task(cast.pankki, cast.alice, person=cast.bob, due_on=cast.day)
    assert Substitution.objects.filter(substitute=cast.stina, absent=cast.bob).exists()
    assert must_do(cast.stina) == []


@pytest.mark.parametrize("more", [0, 30])
def test_queries_are_the_same_with_few_and_many(cast: Cast, more: int, django_assert_num_queries: Any) -> None:
    accounts = [cast.koulut, *(make_account(f"Asiakas {number}") for number in range(more))]
    for account in accounts[1:]:
        direct(cast.kerttu, account)
    ContentsVersion.objects.create(based_on=1)
    derive_access()
    for account in accounts:
        fill(account, cast.kerttu, cast.kerttu)
    with django_assert_num_queries(8):
        assert sum(number for todo in must_do(cast.kerttu) for _, number in todo.by_account) == 4 * len(accounts) + 1
    with django_assert_num_queries(2):
        assert len(this_week(cast.kerttu)) == 2 * len(accounts)
