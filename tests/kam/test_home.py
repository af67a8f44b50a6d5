"""The first page: what waits for whom, and how many queries it takes."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.derivation import derive_access
from accounts.models import Account, Person, Stay
from kam.leftovers import leftovers_at
from tests.accounts.pages import page_of, text_of
from tests.cast import ONE_DAY, Cast, assign, direct, make_account, make_person, make_site, stand_in

pytestmark = pytest.mark.django_db
URL = "/"


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
    derive_access()
    page_of(client, cast.kerttu, URL)
    # 2 session, login with person; 1 rail; 4 what was left: directed accounts, their sites, posts, tasks; 2 letters and
    # substitutions; 5 late tasks, pages to check, nobody's tasks, the draft of the contents, drafts; 2 the week's tasks
    # and meetings; 1 news; 1 accounts
    with django_assert_num_queries(18):
        page = client.get(URL)
    lines = [*page.context["first"], *page.context["rest"]]
    assert len([todo for todo in lines if todo.url.endswith("/arrivals/")]) == more + 1
