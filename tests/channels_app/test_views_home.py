"""The channel's home: whom to ask, what is to be done, what is one's own."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.derivation import derive_access
from accounts.models import Stay
from tests.accounts.pages import page_of, text_of
from tests.cast import ONE_DAY, Cast, assign, make_person, make_site

pytestmark = pytest.mark.django_db


def address(cast: Cast, name: str = "account") -> str:
    return reverse(name, args=[cast.pankki.customer_number])


def test_home_names_director_sites_contract_and_the_reason(cast: Cast, client: Client) -> None:
    cast.alice.phone = "+358 40 111"
    cast.alice.save()
    response = page_of(client, cast.bob, address(cast))
    text = text_of(response)
    assert "Director Alice Alanen 1 site contract until" in text
    assert 'href="tel:+35840111"' in response.content.decode()
    assert "Your sites All sites Keskustan konttori" in text
    assert "You see this account because you answer as supervisor for the site Keskustan konttori (since" in text
    assert "Who sees this account" not in text
    assert "Who sees this account" in text_of(page_of(client, cast.alice, address(cast)))


def test_home_leads_to_the_letter_while_it_is_news_and_to_those_who_came(cast: Cast, client: Client) -> None:
    url, letter, arrivals = address(cast), address(cast, "handover"), address(cast, "arrivals")
    stay = Stay.objects.create(account=cast.pankki, person=cast.ines, began_on=cast.day - 91 * ONE_DAY)
    text = text_of(page_of(client, cast.ines, url))
    assert "Read the handover letter" in text
    assert "Who came and who left" not in text  # an instructor has no people of their own
    assert page_of(client, cast.ines, letter).status_code == 200
    assert letter not in page_of(client, cast.ines, url).content.decode()  # read, and long here
    Stay.objects.filter(pk=stay.pk).update(began_on=cast.day - 90 * ONE_DAY)
    assert "Handover letter" in text_of(page_of(client, cast.ines, url))
    Stay.objects.filter(pk=stay.pk).update(announced=False)  # has seen it since before the system
    assert letter not in page_of(client, cast.ines, url).content.decode()
    assert arrivals in page_of(client, cast.matti, url).content.decode()


@pytest.mark.parametrize("more", [2, 130])
def test_home_takes_the_same_queries_with_few_and_many_sites(
    cast: Cast, client: Client, more: int, django_assert_num_queries
) -> None:
    for number in range(more):
        site = make_site(cast.pankki, f"Kohde {number}", area=cast.area)
        assign(cast.bob, site)
        assign(make_person("Ohjaaja", str(number), superior=cast.bob), site, "instructor")
    derive_access()
    page_of(client, cast.bob, address(cast))
    # session, login with person, rail, account, standing, contents, sites, cause, contracts, contacts, letter, editor,
    # tasks, latest, decisions
    with django_assert_num_queries(15):
        assert client.get(address(cast)).status_code == 200
