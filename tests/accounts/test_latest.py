"""What is new in accounts: exact sets, bounds, limits, barriers, and how many queries it takes."""

import datetime as dt
from itertools import count
from typing import Any

import pytest
from django.utils import timezone

from accounts.access import standing
from accounts.derivation import derive_access
from accounts.models import Account, Person, SearchEntry
from accounts.queries.latest import AccountNews, latest_for, latest_in
from tests.cast import SEES, Cast, direct, make_account

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
DIRECTOR_ONLY = ["director", "management"]
_numbers = count(1)


def changed(
    account: Account,
    title: str,
    *,
    hours_ago: int = 1,
    by: Person | None = None,
    audience: list[str] | None = None,
) -> SearchEntry:
    number = next(_numbers)
    return SearchEntry.objects.create(
        account=account,
        kind="page",
        object_id=number,
        path=f"/accounts/{account.customer_number}/pages/{number}/",
        title=title,
        audience=audience,
        changed_at=timezone.now() - hours_ago * HOUR,
        changed_by=by,
        words="",
    )


def titles(found: list[AccountNews]) -> dict[str, list[str]]:
    return {each.name: [news.title for news in each.news] for each in found}


def since(hours: int) -> dt.datetime:
    return timezone.now() - hours * HOUR


def test_latest_in_names_the_newest_first_with_who_and_where(cast: Cast) -> None:
    for hours in (3, 1, 2):
        entry = changed(cast.pankki, f"{hours} h", hours_ago=hours, by=cast.alice)
    changed(cast.vakuutus, "elsewhere")
    found = latest_in(cast.pankki, standing(cast.bob, cast.pankki), 2)
    assert [news.title for news in found] == ["1 h", "2 h"]
    assert (found[1].url, found[1].who, found[1].kind) == (entry.path, "Alice Alanen", "page")
    assert found[1].account_id == cast.pankki.pk


def test_latest_in_keeps_limits_and_shows_nothing_to_whoever_does_not_see_the_account(cast: Cast) -> None:
    changed(cast.pankki, "prices", audience=[*DIRECTOR_ONLY, "sales"])
    seers = {"alice", "aaro", "greta", "saara"}
    for name in ("alice", "aaro", "greta", "saara", "bob", "ines", "matti", "arja", "tuula", "stina", "eero", "dana"):
        person = getattr(cast, name)
        found = latest_in(cast.pankki, standing(person, cast.pankki), 5)
        assert [news.title for news in found] == (["prices"] if name in seers else []), name


def test_latest_for_groups_by_account_the_one_that_changed_last_first(cast: Cast) -> None:
    changed(cast.koulut, "old in Koulut", hours_ago=5)
    changed(cast.piilo, "newest in Piilo", hours_ago=1)
    changed(cast.koulut, "newer in Koulut", hours_ago=2)
    changed(cast.pankki, "in Pankki", hours_ago=1)
    found = titles(latest_for(cast.kerttu, since(9), 5))
    assert found == {"Piilo Oy": ["newest in Piilo"], "Koulut Oy": ["newer in Koulut", "old in Koulut"]}
    assert list(found) == ["Piilo Oy", "Koulut Oy"]


def test_latest_for_leaves_out_what_was_before_and_ones_own(cast: Cast) -> None:
    changed(cast.pankki, "before", hours_ago=4)
    changed(cast.pankki, "my own", hours_ago=1, by=cast.bob)
    changed(cast.pankki, "another's", hours_ago=1, by=cast.alice)
    changed(cast.pankki, "nobody's", hours_ago=2)
    assert titles(latest_for(cast.bob, since(3), 5)) == {"Pankki Oyj": ["another's", "nobody's"]}
    assert latest_for(cast.bob, since(0), 5) == []


def test_latest_for_names_a_few_an_account_and_counts_the_rest_as_the_reader_sees_them(cast: Cast) -> None:
    for number in range(6):
        changed(cast.pankki, f"{number}", hours_ago=number + 1)
    for number in range(3):
        changed(cast.pankki, f"limited {number}", audience=DIRECTOR_ONLY)
    changed(cast.pankki, "one's own", by=cast.bob)
    [bob] = latest_for(cast.bob, since(9), 4)
    [alice] = latest_for(cast.alice, since(9), 4)
    assert ([news.title for news in bob.news], bob.more) == (["0", "1", "2", "3"], 2)
    assert (len(alice.news), alice.more) == (4, 6)


def test_everybody_gets_the_news_of_exactly_the_accounts_they_see(cast: Cast) -> None:
    for account in (cast.pankki, cast.vakuutus, cast.koulut, cast.piilo):
        changed(account, account.name)
        changed(account, "limited", audience=DIRECTOR_ONLY)
    for name, accounts in SEES.items():
        found = titles(latest_for(getattr(cast, name), since(2), 5))
        assert set(found) == {getattr(cast, account).name for account in accounts}, name
        limited = {account for account, names in found.items() if "limited" in names}
        above = {"alice", "aaro", "greta", "ville", "kerttu"}
        assert limited == (set(found) if name in above else set()), name


@pytest.mark.parametrize("more", [0, 30])
def test_one_query_with_few_and_many(cast: Cast, more: int, django_assert_num_queries: Any) -> None:
    accounts = [cast.koulut, *(make_account(f"Asiakas {number}") for number in range(more))]
    for account in accounts[1:]:
        direct(cast.kerttu, account)
    derive_access()
    for account in accounts:
        for number in range(3):
            changed(account, f"{number}", by=cast.alice)
    seen = standing(cast.kerttu, cast.koulut)
    with django_assert_num_queries(1):
        assert len(latest_for(cast.kerttu, since(2), 2)) == more + 1
    with django_assert_num_queries(1):
        assert len(latest_in(cast.koulut, seen, 9)) == 3
