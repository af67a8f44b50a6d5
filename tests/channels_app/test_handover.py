"""What a channel tells somebody new: the pages to read first, open tasks, the last memos, and nothing limited."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from accounts.handover import LetterPart
from accounts.models import Account, Person
from channels_app.handover import letter_parts
from channels_app.models import Essential, Page, Revision
from kam.handover import letter_parts as parts_of_letter
from kam.lib.dates import ONE_DAY
from tests.accounts.pages import page_of, text_of
from tests.cast import Cast
from tests.channels_app.things import PRICES, finish, limit_section, make_memo, make_page, make_task, section

pytestmark = pytest.mark.django_db
TO_ACKNOWLEDGE, PINNED, QUESTIONS, TO_READ, TASKS, MEMOS = range(6)


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def part(person: Person, account: Account, which: int) -> LetterPart:
    return letter_parts(person, account)[which]


def texts(person: Person, account: Account, which: int) -> list[str]:
    return [item.text for item in part(person, account, which).items]


def test_pages_to_read_first_are_the_account_in_brief_working_and_induction(cast: Cast) -> None:
    for key, title, position in (
        ("induction", "Perehdytys", 0),
        ("working", "Vaatteet", 2),
        ("working", "Avaimet", 1),
        ("brief", "Asiakas", 0),
        ("contracts", "Sopimus", 0),
    ):
        make_page(cast.pankki, cast.alice, title, key=key, position=position)
    make_page(cast.pankki, cast.alice, "poistettu", removed_at=timezone.now())
    make_page(cast.koulut, cast.kerttu, "muualla")
    found = part(cast.bob, cast.pankki, TO_READ)
    assert (found.heading, [item.text for item in found.items]) == (
        "Pages to read first",
        ["Asiakas", "Avaimet", "Vaatteet", "Perehdytys"],
    )
    page = Page.objects.get(title="Asiakas")
    assert found.items[0].url == reverse("page", args=[cast.pankki.customer_number, page.pk])


def test_of_a_full_section_the_first_pages_are_named_and_the_rest_counted(cast: Cast) -> None:
    for number in range(9):
        make_page(cast.pankki, cast.alice, f"{number}", position=number)
    make_page(cast.pankki, cast.alice, "limited", limit=PRICES)
    make_page(cast.pankki, cast.alice, "induction", key="induction")
    assert texts(cast.bob, cast.pankki, TO_READ) == [*"012345", "3 more pages in the section", "induction"]
    more = part(cast.bob, cast.pankki, TO_READ).items[6]
    assert more.url == reverse("section", args=[cast.pankki.customer_number, section().pk])


def test_what_is_limited_is_named_only_to_whom_it_is_open(cast: Cast) -> None:
    make_page(cast.pankki, cast.alice, "limited page", limit=PRICES)
    memo = make_memo(cast.pankki, cast.alice, "limited memo", limit=PRICES)
    make_task(cast.pankki, cast.alice, "limited task", memo=memo)
    make_page(cast.pankki, cast.alice, "in a limited section", key="induction")
    limit_section(cast.pankki, "induction")
    for person in (cast.bob, cast.ines, cast.matti, cast.arja, cast.tuula, cast.stina):
        assert [each.items for each in letter_parts(person, cast.pankki)] == [()] * 6, person.first_name
    for person in (cast.alice, cast.aaro, cast.saara, cast.greta):
        assert texts(person, cast.pankki, TO_READ) == ["limited page", "in a limited section"], person.first_name
        assert (texts(person, cast.pankki, TASKS), texts(person, cast.pankki, MEMOS)) == (
            ["limited task"],
            ["limited memo"],
        )
    for person in (cast.charlie, cast.eero, cast.dana, cast.leena):
        assert [each.items for each in letter_parts(person, cast.pankki)] == [()] * 6, person.first_name


def test_essentials_are_those_of_the_nearest_superior(cast: Cast) -> None:
    page = make_page(cast.pankki, cast.alice)
    for author in (cast.arja, cast.matti, cast.alice):
        Essential.objects.create(page=page, author=author, text=f"by {author.first_name}", page_number=1)
    notes = {person: part(person, cast.pankki, TO_READ).items[0].note for person in (cast.bob, cast.matti, cast.tuula)}
    assert notes == {cast.bob: "Matti Mäkelä: by Matti", cast.matti: "Arja Aalto: by Arja", cast.tuula: ""}
    Essential.objects.filter(author=cast.matti).update(text="x" * 900)
    assert len(part(cast.bob, cast.pankki, TO_READ).items[0].note) < 330


def test_essentials_of_what_the_reader_might_not_see_are_left_out(cast: Cast) -> None:
    page = make_page(cast.pankki, cast.alice, limit=["superior"])
    Essential.objects.create(page=page, author=cast.matti, text="tells of prices", page_number=1)
    Page.objects.filter(pk=page.pk).update(limit=None, number=2)
    Revision.objects.create(page=page, number=2, title="open", author=cast.alice)
    Revision.objects.filter(page=page, number=1).update(audience=["director", "management", "superior"])
    assert part(cast.ines, cast.pankki, TO_READ).items[0].note == ""
    assert "tells of prices" in part(cast.bob, cast.pankki, TO_READ).items[0].note  # acts as a superior too


def test_open_tasks_are_the_readers_own_and_nobodys_with_their_days(cast: Cast) -> None:
    make_task(cast.pankki, cast.alice, "mine", person=cast.bob, due_on=cast.day)
    make_task(cast.pankki, cast.alice, "nobody's", due_on=cast.day + ONE_DAY)
    make_task(cast.pankki, cast.alice, "without a day")
    make_task(cast.pankki, cast.alice, "another's", person=cast.ines)
    finish(make_task(cast.pankki, cast.alice, "done", person=cast.bob), cast.bob)
    found = {item.text: item.note for item in part(cast.bob, cast.pankki, TASKS).items}
    assert set(found) == {"mine", "nobody's", "without a day"}
    assert found["mine"] == f"by {cast.day.day} {cast.day:%b %Y}"
    assert found["without a day"] == "nobody's"


def test_the_last_two_memos_the_latest_meeting_first(cast: Cast) -> None:
    for days in (3, 1, 2):
        make_memo(cast.pankki, cast.alice, f"{days}", held_on=cast.day - days * ONE_DAY)
    make_memo(cast.pankki, cast.alice, "removed", removed_at=timezone.now())
    assert texts(cast.bob, cast.pankki, MEMOS) == ["1", "2"]


def test_the_letter_has_the_parts_and_leaves_out_empty_ones(cast: Cast, client: Client) -> None:
    assert parts_of_letter(cast.ines, cast.pankki) == []
    make_page(cast.pankki, cast.alice, "Lue tämä")
    page = page_of(client, cast.ines, reverse("handover", args=[cast.pankki.customer_number]))
    assert "Pages to read first Lue tämä" in text_of(page)
    assert "The latest memos" not in text_of(page)


@pytest.mark.parametrize("more", [0, 12])
def test_queries_are_the_same_with_few_and_many(cast: Cast, more: int, django_assert_num_queries: Any) -> None:
    for _ in range(more + 1):
        page = make_page(cast.pankki, cast.alice)
        Essential.objects.create(page=page, author=cast.matti, text="in short", page_number=1)
        make_task(cast.pankki, cast.alice)
        make_memo(cast.pankki, cast.alice)
    with django_assert_num_queries(9):
        *_messages, read, tasks, memos = letter_parts(cast.bob, cast.pankki)
    assert (len(read.items), len(tasks.items), len(memos.items)) == (min(7, more + 1), more + 1, min(2, more + 1))
