"""Freshness: the pure rule on its days, and the list of what a person has to check."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.access import account_for, edited_by, edits
from accounts.derivation import derive_access
from accounts.models import Account, Editor, Person
from channels_app.actions.pages import create_page
from channels_app.actions.removed_pages import remove_page
from channels_app.actions.sections import add_local_section
from channels_app.models import Page
from channels_app.queries.contents import contents_of
from channels_app.queries.freshness import AccountFreshness, Freshness, freshness, to_check
from channels_app.queries.sections import overdue_pages
from tests.accounts.pages import page_of, text_of
from tests.cast import ONE_DAY, Cast, direct, make_account
from tests.channels_app.page_hands import change, checked_on, limit_section, section, write
from tests.sign_in import sign_in

# --- the rule -------------------------------------------------------------------------------------------------------
DAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("checked", "days", "state", "due"),
    [
        (dt.date(2026, 11, 24), None, Freshness.NEVER_ASKED, None),
        (dt.date(2020, 1, 1), None, Freshness.NEVER_ASKED, None),
        (dt.date(2026, 11, 24), 90, Freshness.FRESH, dt.date(2027, 2, 22)),
        (dt.date(2026, 9, 26), 90, Freshness.FRESH, dt.date(2026, 12, 25)),  # 31 days from now
        (dt.date(2026, 9, 25), 90, Freshness.DUE_SOON, dt.date(2026, 12, 24)),  # 30 days
        (dt.date(2026, 8, 27), 90, Freshness.DUE_SOON, dt.date(2026, 11, 25)),  # tomorrow
        (dt.date(2026, 8, 26), 90, Freshness.OVERDUE, dt.date(2026, 11, 24)),  # today
        (dt.date(2026, 1, 1), 90, Freshness.OVERDUE, dt.date(2026, 4, 1)),
        (dt.date(2026, 11, 24), 30, Freshness.DUE_SOON, dt.date(2026, 12, 24)),
    ],
)
def test_freshness_by_the_day(checked: dt.date, days: int | None, state: Freshness, due: dt.date | None) -> None:
    found = freshness(checked, days, DAY)
    assert (found.state, found.due, found.overdue) == (state, due, state is Freshness.OVERDUE)


@pytest.mark.parametrize(
    ("utc", "helsinki_day"),
    [
        ("2026-11-24T21:59:59Z", dt.date(2026, 11, 24)),  # winter: midnight is 22.00 UTC
        ("2026-11-24T22:00:00Z", dt.date(2026, 11, 25)),
        ("2026-06-24T20:59:59Z", dt.date(2026, 6, 24)),  # summer: 21.00 UTC
        ("2026-06-24T21:00:00Z", dt.date(2026, 6, 25)),
        ("2026-03-28T21:59:59Z", dt.date(2026, 3, 28)),  # the night the clocks go forward
        ("2026-03-28T22:00:00Z", dt.date(2026, 3, 29)),
        ("2026-03-29T20:59:59Z", dt.date(2026, 3, 29)),
        ("2026-03-29T21:00:00Z", dt.date(2026, 3, 30)),
        ("2026-10-24T20:59:59Z", dt.date(2026, 10, 24)),  # the night they go back
        ("2026-10-24T21:00:00Z", dt.date(2026, 10, 25)),
        ("2026-10-25T21:59:59Z", dt.date(2026, 10, 25)),
        ("2026-10-25T22:00:00Z", dt.date(2026, 10, 26)),
    ],
)
@pytest.mark.django_db
def test_a_page_is_checked_on_the_day_it_is_in_helsinki(utc: str, helsinki_day: dt.date, cast: Cast) -> None:
    page = write(cast.alice, cast.pankki, now=dt.datetime.fromisoformat(utc))
    assert page.checked_on == helsinki_day


@pytest.mark.parametrize(
    ("last_fresh", "first_overdue"),
    [
        ("2027-02-21T21:59:59Z", "2027-02-21T22:00:00Z"),  # checked 24.11., 90 days: due 22.2., a winter midnight
        ("2027-02-21T12:00:00Z", "2027-02-22T12:00:00Z"),
    ],
)
@pytest.mark.django_db
def test_a_page_is_overdue_from_midnight_in_helsinki(last_fresh: str, first_overdue: str, cast: Cast) -> None:
    page = checked_on(write(cast.kerttu, cast.koulut), dt.date(2026, 11, 24))
    states = []
    for moment in (last_fresh, first_overdue):
        with time_machine.travel(dt.datetime.fromisoformat(moment), tick=False):
            (one,) = to_check(cast.kerttu)
            states.append((len(one.overdue), [check.page for check in one.overdue]))
    assert states == [(0, []), (1, [page])]


# --- the list -------------------------------------------------------------------------------------------------------
def titles(found: list[AccountFreshness]) -> dict[str, tuple[set[str], set[str], int]]:
    """Return by account: titles overdue, titles due soon, the number of pages."""
    return {
        one.account.name: (
            {check.page.title for check in one.overdue},
            {check.page.title for check in one.soon},
            one.pages,
        )
        for one in found
    }


@pytest.mark.django_db
def test_to_check_has_what_one_directs_or_edits_and_may_see(cast: Cast) -> None:
    long_ago, lately = cast.day - 400 * ONE_DAY, cast.day - 70 * ONE_DAY
    checked_on(write(cast.alice, cast.pankki, "Vanha"), long_ago)
    checked_on(write(cast.alice, cast.pankki, "Pian"), lately)
    write(cast.alice, cast.pankki, "Tuore")
    checked_on(write(cast.alice, cast.pankki, "Omalla välillä", review_days=30), lately)
    checked_on(write(cast.alice, cast.pankki, "Rajattu", limit=[]), long_ago)
    checked_on(write(cast.alice, cast.pankki, "Ei kysytä", key="memos"), long_ago)
    removed = checked_on(write(cast.alice, cast.pankki, "Poistettu"), long_ago)
    remove_page(actor=cast.alice, page=removed)
    checked_on(write(cast.ville, cast.vakuutus, "Toisella puolella"), long_ago)
    checked_on(write(cast.kerttu, cast.koulut, "Koululla"), long_ago)
    seen = {"Pankki Oyj": ({"Vanha", "Omalla välillä", "Rajattu"}, {"Pian"}, 5)}
    assert titles(to_check(cast.alice)) == titles(to_check(cast.aaro)) == seen
    assert titles(to_check(cast.kerttu)) == {"Koulut Oy": ({"Koululla"}, set(), 1)}
    for nobody in (cast.bob, cast.greta, cast.dana, cast.ines):
        assert to_check(nobody) == []
    Editor.objects.create(account=cast.pankki, person=cast.ines, named_by=cast.alice)
    Editor.objects.create(account=cast.koulut, person=cast.ines, named_by=cast.kerttu)  # which she does not see
    assert titles(to_check(cast.ines)) == {"Pankki Oyj": ({"Vanha", "Omalla välillä"}, {"Pian"}, 4)}
    limit_section(cast.pankki, "working", ["sales"])
    assert titles(to_check(cast.ines)) == {}


@pytest.mark.django_db
def test_overdue_pages_of_an_account_are_those_that_the_reader_sees(cast: Cast) -> None:
    def overdue(person: Person, most: int = 9) -> list[str]:
        account = account_for(person, cast.pankki.customer_number)
        contents = contents_of(account, account.standing)
        return [page.title for page in overdue_pages(account, contents, most)]

    long_ago, lately = cast.day - 400 * ONE_DAY, cast.day - 70 * ONE_DAY
    assert overdue(cast.alice) == []
    checked_on(write(cast.alice, cast.pankki, "Omalla välillä", review_days=30), lately)
    checked_on(write(cast.alice, cast.pankki, "Pian"), lately)
    checked_on(write(cast.alice, cast.pankki, "Vanha"), long_ago)
    checked_on(write(cast.alice, cast.pankki, "Rajattu", limit=[]), long_ago)
    checked_on(write(cast.alice, cast.pankki, "Ei kysytä", key="memos"), long_ago)
    remove_page(actor=cast.alice, page=checked_on(write(cast.alice, cast.pankki, "Poistettu"), long_ago))
    checked_on(write(cast.kerttu, cast.koulut, "Koululla"), long_ago)
    assert overdue(cast.alice) == ["Vanha", "Rajattu", "Omalla välillä"]
    assert overdue(cast.alice, 1) == ["Vanha"]
    assert overdue(cast.bob) == ["Vanha", "Omalla välillä"]
    limit_section(cast.pankki, "working", ["sales"])
    assert overdue(cast.bob) == []
    assert overdue(cast.alice) == ["Vanha", "Rajattu", "Omalla välillä"]


@pytest.mark.django_db
def test_edited_by_agrees_with_edits_person_by_person(cast: Cast) -> None:
    for person, account in ((cast.ines, cast.pankki), (cast.ines, cast.koulut), (cast.greta, cast.koulut)):
        Editor.objects.create(account=account, person=person, named_by=cast.kerttu)
    for person in Person.objects.all():
        one_by_one = {account for account in Account.objects.all() if edits(person, account)}
        assert set(edited_by(person)) == one_by_one


@pytest.mark.django_db
def test_the_most_overdue_accounts_and_pages_come_first_with_their_share(cast: Cast, client: Client) -> None:
    for number, age in enumerate((100, 300, 200, 1)):
        checked_on(write(cast.kerttu, cast.koulut, f"Koulu {number}"), cast.day - age * ONE_DAY)
    checked_on(write(cast.kerttu, cast.piilo, "Varasto"), cast.day - 300 * ONE_DAY)
    first, second = to_check(cast.kerttu)
    assert [check.page.title for check in first.overdue] == ["Koulu 1", "Koulu 2", "Koulu 0"]
    assert (first.account, first.fresh, first.percent, second.account, second.percent) == (
        cast.koulut, 1, 25, cast.piilo, 0,
    )  # fmt: skip
    text = text_of(page_of(client, cast.kerttu, reverse("freshness")))
    assert "4 pages past their review" in text
    assert "1 of 4 checked in time, 25 %" in text


@pytest.mark.django_db
def test_the_channels_home_and_the_list_count_the_same_pages(cast: Cast) -> None:
    for title, age in (("Fresh", 1), ("Old", 100)):
        checked_on(write(cast.kerttu, cast.koulut, title), cast.day - age * ONE_DAY)
    local = add_local_section(actor=cast.kerttu, account=cast.koulut, name="Oma").pk
    for title, days in (("Own interval", 30), ("Never asked", None)):
        page = create_page(
            actor=cast.kerttu, account=cast.koulut, section_id=local, title=title, body="<p>a</p>", review_days=days
        )
        checked_on(page, cast.day - 100 * ONE_DAY)
    account = account_for(cast.kerttu, cast.koulut.customer_number)
    contents = contents_of(account, account.standing)
    [listed] = to_check(cast.kerttu)
    assert contents.fresh == (listed.fresh, listed.pages) == (1, 3)
    assert contents.fresh_percent == listed.percent == 33


@pytest.mark.django_db
def test_a_page_with_an_interval_where_its_section_has_none_is_overdue_by_its_own(cast: Cast) -> None:
    local = add_local_section(actor=cast.kerttu, account=cast.koulut, name="Oma").pk
    page = create_page(
        actor=cast.kerttu, account=cast.koulut, section_id=local, title="Oma", body="<p>a</p>", review_days=30
    )
    checked_on(page, cast.day - 100 * ONE_DAY)
    account = account_for(cast.kerttu, cast.koulut.customer_number)
    assert [one.title for one in overdue_pages(account, contents_of(account, account.standing), 9)] == ["Oma"]


@pytest.mark.django_db
def test_a_long_list_shows_the_first_and_counts_the_rest(cast: Cast, client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("channels_app.queries.freshness.MOST_SHOWN", 3)
    for number, age in enumerate((400, 300, 200, 70, 69)):
        checked_on(write(cast.kerttu, cast.koulut, f"Koulu {number}"), cast.day - age * ONE_DAY)
    checked_on(write(cast.kerttu, cast.piilo, "Varasto"), cast.day - 70 * ONE_DAY)
    koulut, piilo = to_check(cast.kerttu)
    assert [check.page.title for check in koulut.overdue] == ["Koulu 0", "Koulu 1", "Koulu 2"]
    assert (koulut.soon, koulut.overdue_count, koulut.soon_count, koulut.fresh, koulut.more) == ([], 3, 2, 2, 2)
    assert ([check.page.title for check in piilo.soon], piilo.more) == (["Varasto"], 0)
    assert "2 more after these" in text_of(page_of(client, cast.kerttu, reverse("freshness")))


@pytest.mark.django_db
def test_still_right_in_the_list_changes_its_row_alone(cast: Cast, client: Client) -> None:
    page = checked_on(write(cast.alice, cast.pankki), cast.day - 400 * ONE_DAY)
    sign_in(client, cast.alice)
    address = reverse("page_checked", args=[cast.pankki.customer_number, page.pk])
    posts = {"number": "1", "back": "freshness"}
    answer = client.post(address, posts, headers={"HX-Request": "true", "Accept-Language": "en"})
    assert answer.content.decode().strip().startswith("<li>")
    assert "still right: checked by you today" in text_of(answer, main=False)
    assert to_check(cast.alice)[0].overdue == []
    checked_on(page, cast.day - 400 * ONE_DAY)
    assert client.post(address, posts)["Location"] == reverse("freshness")


@pytest.mark.django_db
def test_writing_a_page_is_checking_it(cast: Cast) -> None:
    page = checked_on(write(cast.alice, cast.pankki), cast.day - 400 * ONE_DAY)
    change(cast.aaro, page, "<p>uusi</p>")
    page.refresh_from_db()
    assert (page.checked_by, page.checked_on) == (cast.aaro, cast.day)


@pytest.mark.django_db
def test_a_page_of_a_section_that_left_the_contents_is_asked_for_by_nobody(cast: Cast) -> None:
    checked_on(write(cast.alice, cast.pankki, review_days=30), cast.day - 400 * ONE_DAY)
    assert to_check(cast.alice) != []
    section().lines.all().delete()
    assert to_check(cast.alice) == []


@pytest.mark.django_db
def test_the_list_costs_the_same_with_few_and_many(cast: Cast) -> None:
    checked_on(write(cast.alice, cast.pankki), cast.day - 400 * ONE_DAY)
    client = sign_in(Client(), cast.alice)
    client.get(reverse("freshness"))

    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert client.get(reverse("freshness")).status_code == 200
        return len(found)

    few = queries()
    for number in range(3):
        account = make_account(f"Asiakas {number}")
        direct(cast.alice, account)
        derive_access()
        for other in range(4):
            checked_on(write(cast.alice, account, f"Sivu {other}"), cast.day - 400 * ONE_DAY)
    assert Page.objects.count() == 13
    assert queries() == few == 6
