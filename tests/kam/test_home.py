"""The first page: what waits for whom, what is new since when, and how many queries it takes."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.derivation import derive_access
from accounts.models import Account, Assignment, Person, Stay, User
from channels_app.models import Decision
from kam.home import MOST_ACCOUNTS, MOST_AT_ONCE, MOST_OWN_ACCOUNTS, MOST_PER_ACCOUNT
from kam.leftovers import leftovers_at
from kam.lib.dates import period
from tests.accounts.pages import page_of, text_of
from tests.accounts.test_latest import changed
from tests.cast import ONE_DAY, SEES, Cast, assign, direct, make_account, make_person, make_site, stand_in
from tests.channels_app.things import PRICES, make_draft, make_memo, make_page, make_task

pytestmark = pytest.mark.django_db
URL = "/"
HELSINKI = ZoneInfo("Europe/Helsinki")


def leave_a_site(account: Account, cast: Cast) -> Person:
    """Give the account a site that somebody answered for until yesterday, and nobody since."""
    gone = make_person("Mennyt", "Mies")
    assign(gone, make_site(account, "Autio"), last=cast.day - ONE_DAY)
    return gone


def test_home_leads_to_unread_letters_of_accounts_one_still_sees(cast: Cast, client: Client) -> None:
    letter = reverse("handover", args=[cast.pankki.customer_number])
    assert letter not in page_of(client, cast.ines, URL).content.decode()
    Stay.objects.create(account=cast.pankki, person=cast.ines, began_on=cast.day)
    Stay.objects.create(account=cast.koulut, person=cast.ines, began_on=cast.day)  # ended since: no letter to read
    page = page_of(client, cast.ines, URL)
    assert f'href="{letter}"' in page.content.decode()
    assert "Koulut" not in text_of(page)
    client.get(letter)
    assert letter not in client.get(URL).content.decode()


def test_home_names_running_substitutions_on_both_sides_with_their_days(cast: Cast, client: Client) -> None:
    stand_in(cast.charlie, cast.bob, first=cast.day + ONE_DAY, last=cast.day + 9 * ONE_DAY)
    last = cast.day + 5 * ONE_DAY
    absent, standing_in = (page_of(client, person, URL) for person in (cast.bob, cast.stina))
    assert "Stina Sjöberg stands in for you" in text_of(absent)
    assert "Charlie" not in text_of(absent)  # tomorrow
    assert "You stand in for Bob Backman" in text_of(standing_in)
    for page in (absent, standing_in):
        assert f"{last.day} {last:%b %Y}" in text_of(page)
        assert 'href="/substitutions/"' in page.content.decode()


def test_home_counts_what_was_left_at_the_accounts_one_directs(cast: Cast, client: Client) -> None:
    for account in (cast.koulut, cast.koulut, cast.pankki):
        leave_a_site(account, cast)
    arrivals = reverse("arrivals", args=[cast.koulut.customer_number])
    page = page_of(client, cast.kerttu, URL)
    assert "Koulut Oy: 2 things to be taken over" in text_of(page)
    assert f'href="{arrivals}"' in page.content.decode()
    assert "Piilo Oy:" not in text_of(page)
    assert "Pankki" not in text_of(page)
    assert "taken over" not in text_of(page_of(client, cast.charlie, URL))  # answers for a site, directs nothing


def test_leftovers_are_grouped_by_account_the_longest_first(cast: Cast) -> None:
    for account in (cast.koulut, cast.pankki):
        leave_a_site(account, cast)
    Person.objects.filter(pk=cast.aaro.pk).update(left_on=cast.day - 3 * ONE_DAY)
    found = leftovers_at([cast.koulut, cast.pankki, cast.piilo])
    names = {account: [each.person_name for each in leftovers] for account, leftovers in found.items()}
    assert names == {cast.koulut.pk: ["Mennyt Mies"], cast.pankki.pk: ["Aaro Ahola", "Mennyt Mies"]}
    assert all(each.account_id == account for account, leftovers in found.items() for each in leftovers)
    assert leftovers_at([]) == {}


# --- what one must do, and the week ---------------------------------------------------------------------------------
def test_the_most_urgent_comes_first(cast: Cast, client: Client) -> None:
    Stay.objects.create(account=cast.koulut, person=cast.kerttu, began_on=cast.day)
    leave_a_site(cast.koulut, cast)
    make_task(cast.koulut, cast.kerttu, "late", person=cast.kerttu, due_on=cast.day - ONE_DAY)
    make_task(cast.koulut, cast.kerttu, "today", person=cast.kerttu, due_on=cast.day)
    found = page_of(client, cast.kerttu, URL).context["first"]
    assert [todo.state for todo in found] == ["bad", "warn", "warn", "run"]
    assert (found[0].text, found[-1].text) == ("late", "Read the handover letter: Koulut Oy")


def test_what_is_past_a_dozen_opens_under_it(cast: Cast, client: Client) -> None:
    for number in range(MOST_AT_ONCE + 3):
        make_task(cast.pankki, cast.alice, f"task {number}", person=cast.ines, due_on=cast.day)
    page = page_of(client, cast.ines, URL)
    assert (len(page.context["first"]), len(page.context["rest"])) == (MOST_AT_ONCE, 3)
    assert "3 more things to do" in text_of(page)


def test_the_week_stands_by_day_without_what_is_named_above_it(cast: Cast, client: Client, time_machine: Any) -> None:
    time_machine.move_to(dt.datetime(2026, 11, 24, 12, 0, tzinfo=HELSINKI), tick=False)  # a Tuesday
    derive_access()
    for day, title in ((23, "late"), (24, "today"), (26, "on Thursday"), (29, "on Sunday"), (30, "next week")):
        make_task(cast.pankki, cast.alice, title, person=cast.bob, due_on=dt.date(2026, 11, day))
    next_at = dt.datetime(2026, 11, 26, 14, 30, tzinfo=HELSINKI)
    make_memo(cast.pankki, cast.alice, "Kuukausi", present=(cast.bob,), next_at=next_at)
    page = page_of(client, cast.bob, URL)
    assert [(day.day, [todo.text for todo in todos]) for day, todos in page.context["week"]] == [
        (26, ["Meeting: Kuukausi", "on Thursday"]),
        (29, ["on Sunday"]),
    ]
    assert "week 48" in text_of(page)
    assert "Thu 26 Nov Meeting: Kuukausi 14:30 · Pankki Oyj" in text_of(page)


def test_accounts_with_something_waiting_come_first_with_how_much(cast: Cast, client: Client) -> None:
    make_task(cast.piilo, cast.kerttu)
    make_task(cast.piilo, cast.kerttu)
    make_draft(cast.piilo, cast.kerttu)
    found = page_of(client, cast.kerttu, URL).context["accounts"]
    assert [(one.name, one.waiting) for one in found] == [("Piilo Oy", 3), ("Koulut Oy", 0)]


def test_of_many_accounts_the_first_are_named_and_the_rest_counted(cast: Cast, client: Client) -> None:
    for number in range(20):
        direct(cast.kerttu, make_account(f"Asiakas {number}"))
    derive_access()
    make_task(cast.piilo, cast.kerttu)
    page = page_of(client, cast.kerttu, URL)
    assert (page.context["accounts"][0].name, len(page.context["accounts"])) == ("Piilo Oy", MOST_OWN_ACCOUNTS)
    assert "and 7 more" in text_of(page)


def test_empty_parts_say_what_comes_there(cast: Cast, client: Client) -> None:
    text = text_of(page_of(client, cast.ines, URL))
    for words in ("Nothing waits for you", "Nothing with your name this week", "Nothing new in the last two weeks"):
        assert words in text
    assert "You have no accounts yet" in text_of(page_of(client, cast.yrjo, URL))


# --- what is new ----------------------------------------------------------------------------------------------------
def titles(page: Any) -> dict[str, list[str]]:
    return {one.name: [news.title for news in one.news] for one in page.context["news"].accounts}


def test_the_first_visit_looks_back_two_weeks(cast: Cast, client: Client) -> None:
    changed(cast.pankki, "last week", hours_ago=24 * 7)
    changed(cast.pankki, "last month", hours_ago=24 * 30)
    assert titles(page_of(client, cast.bob, URL)) == {"Pankki Oyj": ["last week"]}


def test_after_a_long_absence_it_looks_back_two_months(cast: Cast, client: Client) -> None:
    away = timezone.now() - 200 * ONE_DAY
    User.objects.filter(person=cast.bob).update(last_seen_at=away)
    changed(cast.pankki, "a month ago", hours_ago=24 * 30)
    changed(cast.pankki, "a quarter ago", hours_ago=24 * 90)
    assert titles(page_of(client, cast.bob, URL)) == {"Pankki Oyj": ["a month ago"]}


def test_news_stay_new_all_through_a_visit_and_are_gone_with_the_next(
    cast: Cast, client: Client, time_machine: Any
) -> None:
    start = timezone.now()
    page_of(client, cast.bob, URL)
    time_machine.move_to(start + dt.timedelta(hours=2), tick=False)
    changed(cast.pankki, "while away", hours_ago=1, by=cast.alice)
    changed(cast.pankki, "before", hours_ago=3, by=cast.alice)
    for minutes in (0, 10, 25, 50):
        time_machine.move_to(start + dt.timedelta(hours=2, minutes=minutes), tick=False)
        assert titles(page_of(client, cast.bob, URL)) == {"Pankki Oyj": ["while away"]}, minutes
    time_machine.move_to(start + dt.timedelta(hours=4), tick=False)
    page = page_of(client, cast.bob, URL)
    assert titles(page) == {}
    day = timezone.localtime(start + dt.timedelta(hours=2, minutes=50), HELSINKI)
    assert f"Nothing new since your visit on {day:%a} {day.day} {day:%b}" in text_of(page)


def test_decisions_announced_by_others_stand_first(cast: Cast, client: Client) -> None:
    now = timezone.now()
    changed(cast.koulut, "a page")
    for number, (by, limit, account) in enumerate(
        [(cast.alice, None, cast.koulut), (cast.kerttu, None, cast.koulut), (cast.alice, ["sales"], cast.piilo)]
    ):
        memo = make_memo(account, cast.kerttu, limit=limit)
        Decision.objects.create(memo=memo, position=1, text=f"decision {number}", announced_at=now, announced_by=by)
    assert titles(page_of(client, cast.kerttu, URL)) == {
        "Koulut Oy": ["decision 0", "a page"],
        "Piilo Oy": ["decision 2"],
    }
    assert titles(page_of(client, cast.charlie, URL)) == {"Koulut Oy": ["decision 1", "decision 0", "a page"]}
    assert titles(page_of(client, cast.ines, URL)) == {}


def test_the_rest_of_the_news_is_counted(cast: Cast, client: Client) -> None:
    for number in range(MOST_PER_ACCOUNT + 2):
        changed(cast.koulut, f"{number}", hours_ago=number + 1)
    for number in range(MOST_ACCOUNTS + 1):
        account = make_account(f"Asiakas {number}")
        direct(cast.kerttu, account)
        changed(account, "newer", hours_ago=0)
    derive_access()
    page = page_of(client, cast.kerttu, URL)
    assert len(page.context["news"].accounts) == MOST_ACCOUNTS
    assert "There is news in 2 more accounts." in text_of(page)
    assert "and 2 more" in text_of(page_of(client, cast.charlie, URL))


# --- nothing leaks --------------------------------------------------------------------------------------------------
SECRET = "Salaisuus"


def fill_pankki_with_what_is_limited(cast: Cast) -> None:
    """Put into Pankki one thing of each sort that the first page shows, limited to sales, for everybody of the cast."""
    memo = make_memo(cast.pankki, cast.alice, f"{SECRET} meeting", next_at=timezone.now(), limit=PRICES)
    Decision.objects.create(
        memo=memo, position=1, text=f"{SECRET} decision", announced_at=timezone.now(), announced_by=cast.dana
    )
    page = make_page(cast.pankki, cast.alice, SECRET, limit=PRICES, checked_on=cast.day - 400 * ONE_DAY)
    changed(cast.pankki, f"{SECRET} page", audience=["director", "management", "sales"])
    for name in SEES:
        person = getattr(cast, name)
        memo.participants.create(person=person)
        make_task(cast.pankki, cast.alice, f"{SECRET} task", person=person, memo=memo, due_on=cast.day)
        make_draft(cast.pankki, person, f"{SECRET} draft", page=page)


def test_limited_things_are_on_nobodys_page_who_may_not_see_them(cast: Cast, client: Client) -> None:
    fill_pankki_with_what_is_limited(cast)
    shown = {name: text_of(page_of(client, getattr(cast, name), URL)).count(SECRET) for name in SEES if name != "leena"}
    # task, decision and page for all of them, the meeting, and for those who edit their draft of the page
    assert {name: count for name, count in shown.items() if count} == {"alice": 5, "aaro": 5, "saara": 4, "greta": 4}


def test_everything_is_gone_at_the_next_request_after_access_ended(cast: Cast, client: Client) -> None:
    memo = make_memo(cast.koulut, cast.kerttu, "Kokous", present=(cast.charlie,), next_at=timezone.now())
    Decision.objects.create(memo=memo, position=1, text="Päätös", announced_at=timezone.now(), announced_by=cast.kerttu)
    make_task(cast.koulut, cast.kerttu, person=cast.charlie, due_on=cast.day)
    make_draft(cast.koulut, cast.charlie, key="memos")
    changed(cast.koulut, "Sivu")
    Stay.objects.create(account=cast.koulut, person=cast.charlie, began_on=cast.day)
    page = page_of(client, cast.charlie, URL)
    assert (len(page.context["first"]), len(page.context["week"]), len(titles(page)["Koulut Oy"])) == (3, 1, 2)
    Assignment.objects.filter(person=cast.charlie).update(period=period(None, cast.day - ONE_DAY))
    derive_access()
    page = client.get(URL)
    assert (page.context["first"], page.context["week"], titles(page)) == ([], [], {})
    assert "Koulut" not in page.content.decode()


@pytest.mark.parametrize("more", [0, 40])
def test_home_takes_the_same_queries_with_few_and_many_accounts(
    cast: Cast, client: Client, more: int, django_assert_num_queries: Any
) -> None:
    leave_a_site(cast.koulut, cast)
    for number in range(more):
        account = make_account(f"Asiakas {number}")
        direct(cast.kerttu, account)
        Stay.objects.create(account=account, person=cast.kerttu, began_on=cast.day)
        leave_a_site(account, cast)
        stand_in(cast.kerttu, make_person(), first=cast.day, last=cast.day)
        make_task(account, cast.kerttu, person=cast.kerttu, due_on=cast.day)
        make_memo(account, cast.kerttu, present=(cast.kerttu,), next_at=timezone.now())
        changed(account, "new")
    derive_access()
    page_of(client, cast.kerttu, URL)
    # 2 session, login with person; 1 rail; 4 what was left: directed accounts, their sites, posts, tasks; 2 letters and
    # substitutions; 5 late tasks, pages to check, nobody's tasks, the draft of the contents, drafts; 2 the week's tasks
    # and meetings; 2 announced and changed; 1 accounts
    with django_assert_num_queries(25):
        page = client.get(URL)
    lines = [*page.context["first"], *page.context["rest"]]
    assert len([todo for todo in lines if todo.url.endswith("/arrivals/")]) == more + 1
