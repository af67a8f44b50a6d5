"""The channel's home: whom to ask, what is to be done, what is one's own."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import standing
from accounts.derivation import derive_access
from accounts.models import Person, Stay
from channels_app.actions.acknowledge import acknowledge_message
from channels_app.actions.indexing import index_pages
from channels_app.actions.messages import withdraw_message
from channels_app.actions.sections import set_section
from channels_app.models import Memo, Page, Section, SectionSetting
from channels_app.queries.standing_messages import standing_messages
from tests.accounts.pages import page_of, text_of
from tests.cast import ONE_DAY, Cast, assign, make_person, make_site
from tests.channels_app.message_hands import SALES_ONLY, write, write_announcement, write_discussion, write_urgent
from tests.channels_app.things import make_memo, make_page, make_task

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
    with django_assert_num_queries(16):
        assert client.get(address(cast)).status_code == 200


def announce(memo: Memo, text: str) -> None:
    memo.decisions.create(position=1, text=text, announced_at=memo.page.created_at, announced_by=memo.page.author)


def test_home_shows_what_is_to_do_here_to_whose_it_is(cast: Cast, client: Client) -> None:
    late = cast.day - 90 * ONE_DAY
    make_page(cast.pankki, cast.alice, "Hygienia", checked_on=late)
    make_page(cast.koulut, cast.kerttu, "Koulujen hygienia", checked_on=late)
    make_task(cast.pankki, cast.alice, "Tilaa avaimet", person=cast.bob, due_on=cast.day - ONE_DAY)
    make_task(cast.pankki, cast.alice, "Sovi katselmus", person=cast.alice)
    make_task(cast.koulut, cast.kerttu, "Koulujen tehtävä", person=cast.bob)
    alices = text_of(page_of(client, cast.alice, address(cast)))
    assert "For you to do here Sovi katselmus task Hygienia checked by Alice Alanen" in alices
    assert "0 % of the pages checked in time" in alices
    bobs = text_of(page_of(client, cast.bob, address(cast)))
    assert "For you to do here Tilaa avaimet task · by" in bobs
    for hidden in ("Hygienia", "Sovi katselmus", "Koulujen"):
        assert hidden not in bobs
    assert "For you to do here" not in text_of(page_of(client, cast.ines, address(cast)))


def test_home_shows_what_is_new_by_the_reader_s_limits(cast: Cast, client: Client) -> None:
    pages = [
        make_page(cast.pankki, cast.alice, "Avaimet"),
        make_page(cast.pankki, cast.alice, "Hinnat", limit=["sales"]),
    ]
    pages.append(make_page(cast.koulut, cast.kerttu, "Koulun avaimet"))
    index_pages([page.pk for page in pages])
    announce(make_memo(cast.pankki, cast.alice), "Avaimet vaihdetaan")
    announce(make_memo(cast.pankki, cast.alice, limit=["sales"]), "Hinta nousee")
    bobs = text_of(page_of(client, cast.bob, address(cast)))
    assert "Decided lately All Announced decisions Avaimet vaihdetaan" in bobs
    assert "Latest changes AA Avaimet page Alice Alanen" in bobs
    for hidden in ("Hinnat", "Hinta nousee", "Koulun"):
        assert hidden not in bobs
    saaras = text_of(page_of(client, cast.saara, address(cast)))
    assert "Hinnat" in saaras
    assert "Hinta nousee" in saaras
    announcements = Section.objects.get(key="announcements")
    SectionSetting.objects.create(account=cast.pankki, section=announcements, limit=["sales"])
    assert "Avaimet vaihdetaan" not in text_of(page_of(client, cast.bob, address(cast)))
    assert "Avaimet vaihdetaan" in text_of(page_of(client, cast.saara, address(cast)))


@pytest.mark.parametrize("more", [1, 30])
def test_home_takes_the_same_queries_with_few_and_many_pages(
    cast: Cast, client: Client, more: int, django_assert_num_queries
) -> None:
    for number in range(more):
        make_page(cast.pankki, cast.alice, f"Sivu {number}", checked_on=cast.day - 100 * ONE_DAY)
        make_task(cast.pankki, cast.alice, f"Tehtävä {number}", person=cast.alice)
        announce(make_memo(cast.pankki, cast.alice), f"Päätös {number}")
    index_pages(list(Page.objects.values_list("pk", flat=True)))
    page_of(client, cast.alice, address(cast))
    # session, login with person, rail, account, standing, contents, sites, cause, contracts, contacts, letter,
    # pages to check, tasks, latest, decisions
    with django_assert_num_queries(16):
        assert client.get(address(cast)).status_code == 200


# --- messages above all else ----------------------------------------------------------------------------------------
def shown(cast: Cast, person: Person) -> list[tuple[str, bool]]:
    """Return the subjects on the home, in their order, and whether each is to be acknowledged by the reader."""
    cast.pankki.standing = standing(person, cast.pankki)
    return [(one.subject, one.unacknowledged) for one in standing_messages(cast.pankki, person, 8)]


def test_home_shows_what_is_to_be_acknowledged_then_pinned_then_latest(cast: Cast) -> None:
    old = timezone.now() - 30 * ONE_DAY
    write_announcement(cast, subject="Vanha", now=old)
    write_announcement(cast, subject="Kiinni", now=old, pinned_until=cast.day)
    write_announcement(cast, subject="Uusi")
    urgent = write_urgent(cast)
    write_discussion(cast)
    assert shown(cast, cast.ines) == [("Sähkökatko", True), ("Kiinni", False), ("Uusi", False)]
    assert ("Sähkökatko", False) in shown(cast, cast.matti)  # nothing is asked of him
    acknowledge_message(actor=cast.ines, message=urgent)
    assert ("Sähkökatko", True) not in shown(cast, cast.ines)


def test_home_shows_no_message_of_another_side_behind_a_limit_or_withdrawn(cast: Cast) -> None:
    write_announcement(cast, subject="Hinnat", limit=SALES_ONLY)
    withdrawn = write_announcement(cast, subject="Peruttu")
    withdraw_message(actor=cast.alice, message=withdrawn)
    write(cast.ville, cast.vakuutus, subject="Toinen puoli")
    write(cast.alice, cast.pankki, subject="Odottaa", ask_eyes=True)
    assert shown(cast, cast.bob) == []
    assert shown(cast, cast.eero) == []
    assert shown(cast, cast.saara) == [("Hinnat", False)]
    assert shown(cast, cast.alice) == [("Hinnat", False)]


def test_home_page_has_the_button_to_acknowledge(cast: Cast, client: Client) -> None:
    message = write_urgent(cast)
    page = page_of(client, cast.ines, address(cast))
    assert reverse("acknowledge", args=[cast.pankki.customer_number, message.pk]) in page.content.decode()
    assert "Alice Alanen asks you to acknowledge it by" in text_of(page)
    other = page_of(client, cast.matti, address(cast))
    assert reverse("acknowledge", args=[cast.pankki.customer_number, message.pk]) not in other.content.decode()


def test_home_without_the_section_of_messages_for_some_shows_them_none(cast: Cast, client: Client) -> None:
    write_announcement(cast)
    section = Section.objects.get(key="announcements")
    set_section(actor=cast.alice, account=cast.pankki, section=section, limit=SALES_ONLY, unused_because="")
    assert "Avaimet vaihtuvat" not in text_of(page_of(client, cast.bob, address(cast)))
    assert "Avaimet vaihtuvat" in text_of(page_of(client, cast.saara, address(cast)))
