"""The tasks that somebody leaves behind: counted from the day after their access, gone when taken over or done."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.access import standing
from accounts.derivation import derive_access
from accounts.leftovers import Leftover
from accounts.models import Account, Person, Stay
from channels_app.leftovers import left_by
from channels_app.models import Page, Task
from kam.leftovers import leftovers_for
from kam.lib.dates import ONE_DAY
from tests.accounts.pages import page_of, text_of
from tests.cast import Cast, assign, invite, make_account, make_person, make_site
from tests.channels_app.things import PRICES, finish, make_memo, make_task

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def left(*accounts: Account) -> list[tuple[str, str, dt.date]]:
    return [(each.what, each.person_name, each.since) for each in left_by(accounts)]


def test_open_tasks_of_whoever_is_gone_since_the_day_after_their_last(cast: Cast) -> None:
    invite(cast.eero, cast.koulut, first=cast.day - 30 * ONE_DAY, last=cast.day - 4 * ONE_DAY)
    derive_access()
    for person, title in ((cast.eero, "Eero's"), (cast.charlie, "Charlie's"), (cast.bob, "Bob's"), (None, "nobody's")):
        make_task(cast.koulut, cast.kerttu, title, person=person)
    finish(make_task(cast.koulut, cast.kerttu, "done", person=cast.eero), cast.kerttu)
    make_task(cast.pankki, cast.alice, "elsewhere", person=cast.eero)
    Stay.objects.create(
        account=cast.koulut, person=cast.bob, began_on=cast.day - 90 * ONE_DAY, ended_on=cast.day - 11 * ONE_DAY
    )
    assert left(cast.koulut) == [
        ("Task: Eero's", "Eero Eskola", cast.day - 3 * ONE_DAY),
        ("Task: Bob's", "Bob Backman", cast.day - 10 * ONE_DAY),
    ]
    [first, _second] = left_by([cast.koulut])
    assert first.url == f"{reverse('tasks', args=[cast.koulut.customer_number])}#task-{Task.objects.first().pk}"
    assert left_by([]) == []


def test_given_to_somebody_else_or_done_it_is_left_no_more(cast: Cast) -> None:
    mine, theirs = (make_task(cast.koulut, cast.kerttu, person=cast.eero) for _ in range(2))
    assert len(left(cast.koulut)) == 2
    Task.objects.filter(pk=mine.pk).update(person=cast.charlie)
    finish(theirs, cast.kerttu)
    assert left(cast.koulut) == []


def test_a_blocked_person_leaves_their_tasks_from_today_on(cast: Cast) -> None:
    make_task(cast.pankki, cast.alice, person=cast.eero)  # kept out by the barrier, never ended
    assert left(cast.pankki) == [("Task: Tilaa avaimet", "Eero Eskola", cast.day)]


def test_a_task_that_its_person_may_not_see_any_more_is_left_too(cast: Cast) -> None:
    memo = make_memo(cast.pankki, cast.alice)
    for person in (cast.bob, cast.saara, cast.aaro):
        make_task(cast.pankki, cast.alice, person.first_name, person=person, memo=memo)
    assert left(cast.pankki) == []
    Page.objects.filter(pk=memo.pk).update(limit=PRICES)
    assert left(cast.pankki) == [("Task: Bob", "Bob Backman", cast.day)]


def names(person: Person, account: Account) -> list[str]:
    account.standing = standing(person, account)
    return [each.what for each in leftovers_for(person, account)]


def test_superiors_are_told_what_their_people_left_unless_it_is_limited(cast: Cast) -> None:
    """A task of a memo that superiors may not see is not named to them, though it was one of their people's."""
    gone = make_person("Mennyt", "Mies", superior=cast.matti)
    memo = make_memo(cast.pankki, cast.alice, limit=["responsible"])
    make_task(cast.pankki, cast.alice, "open", person=gone)
    make_task(cast.pankki, cast.alice, "limited", person=gone, memo=memo)
    make_task(cast.pankki, cast.alice, "stranger's", person=cast.charlie)
    assert names(cast.matti, cast.pankki) == ["Task: open"]
    assert names(cast.alice, cast.pankki) == ["Task: open", "Task: limited", "Task: stranger's"]
    assert names(cast.greta, cast.pankki) == ["Task: open", "Task: limited", "Task: stranger's"]
    assert names(cast.ines, cast.pankki) == []


def test_the_page_of_who_came_and_left_lists_them(cast: Cast, client: Client) -> None:
    make_task(cast.pankki, cast.alice, "Vie avaimet", person=cast.charlie)
    address = reverse("arrivals", args=[cast.pankki.customer_number])
    assert "Task: Vie avaimet until then Charlie Collin" in text_of(page_of(client, cast.alice, address))
    assert "Vie avaimet" not in text_of(page_of(client, cast.bob, address))


@pytest.mark.parametrize("more", [0, 30])
def test_three_queries_however_many_accounts(cast: Cast, more: int, django_assert_num_queries: Any) -> None:
    accounts = [cast.koulut, *(make_account(f"Asiakas {number}") for number in range(more))]
    for account in accounts:
        gone = make_person()
        assign(gone, make_site(account), last=cast.day - ONE_DAY)
        make_task(account, cast.kerttu, person=gone)
    derive_access()
    with django_assert_num_queries(3):
        found: list[Leftover] = left_by(accounts)
    assert [each.since for each in found] == [cast.day] * (more + 1)
