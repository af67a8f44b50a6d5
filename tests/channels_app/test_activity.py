"""The yearly summary: what counts and what does not, at whose accounts, and staying out of it."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.access import overseen_by
from accounts.models import AccessGrant, Account, Person
from channels_app.actions.freshness import check_page
from channels_app.actions.pages import restore_revision
from channels_app.models import Message, Page, PageCheck, Reply
from channels_app.queries.activity import activity_in
from kam.lib.dates import today
from tests.accounts.pages import text_of
from tests.cast import ONE_DAY, Cast, make_person
from tests.channels_app.page_hands import change, checked_on, write
from tests.channels_app.reach_hands import acknowledged, make_message
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
Numbers = tuple[int, int, int]


def answer(account: Account, by: Person, marked_by: Person, **fields: Any) -> Message:
    """Make a question with an answer that somebody marked right."""
    question = make_message(account, marked_by, kind="question", subject="Mistä avaimet?")
    reply = Reply.objects.create(message=question, author=by, body="<p>Vahtimestarilta.</p>")
    fields = {"right_at": timezone.now(), "right_by": marked_by} | fields
    Message.objects.filter(pk=question.pk).update(right_reply=reply, **fields)
    return question


def urgent(account: Account, author: Person, person: Person, **how: Any) -> Message:
    """Make an urgent message that `person` acknowledged."""
    message = make_message(account, author, [person])
    acknowledged(message, person, **how)
    return message


def found(reader: Person, year: int | None = None) -> dict[str, Numbers]:
    helpers = activity_in(list(overseen_by(reader)), year or today().year).helpers
    return {one.name.split()[0]: (one.answers, one.pages, one.acknowledged) for one in helpers}


def sums(reader: Person) -> dict[str, tuple[int, int, int, int]]:
    accounts = activity_in(list(overseen_by(reader)), today().year).accounts
    return {one.name: (one.answers, one.pages, one.acknowledged, one.people) for one in accounts}


# --- what counts ----------------------------------------------------------------------------------------------------
def test_answers_that_others_marked_right_count(cast: Cast) -> None:
    answer(cast.pankki, cast.bob, cast.ines)
    answer(cast.pankki, cast.bob, cast.alice)
    answer(cast.pankki, cast.matti, cast.matti)  # by himself
    answer(cast.pankki, cast.saara, cast.alice, withdrawn_at=timezone.now(), withdrawn_by=cast.alice)
    removed = answer(cast.pankki, cast.arja, cast.alice)
    Reply.objects.filter(message=removed).update(removed_at=timezone.now(), removed_by=cast.arja)
    make_message(cast.pankki, cast.ines, kind="discussion")  # a post is nothing
    assert found(cast.alice) == {"Bob": (2, 0, 0)}


def test_pages_kept_in_time_count_once_each(cast: Cast) -> None:
    early, late = (
        write(cast.alice, cast.pankki, review_days=30),
        write(cast.alice, cast.pankki, "Toinen", review_days=30),
    )
    never = write(cast.alice, cast.pankki, "Kolmas", key="webinars")
    assert not PageCheck.objects.exists()  # writing a new page keeps nothing fresh
    checked_on(early, today() - 29 * ONE_DAY)
    checked_on(late, today() - 30 * ONE_DAY)
    for page in (early, late, never):
        check_page(actor=cast.aaro, page=page, number=page.number)
    assert set(PageCheck.objects.values_list("page", "in_time")) == {(early.pk, True), (late.pk, False)}
    PageCheck.objects.create(page=early, person=cast.aaro, on=today() - ONE_DAY, in_time=True)
    assert found(cast.alice, today().year) == {"Aaro": (0, 1, 0)}


def test_saving_and_restoring_check_by_the_interval_that_held_until_then(cast: Cast) -> None:
    page = checked_on(write(cast.alice, cast.pankki, review_days=30), today() - 40 * ONE_DAY)
    change(cast.aaro, page, "<p>Uusi.</p>")
    change(cast.aaro, page, "<p>Uusin.</p>")  # on the same day: the first counts
    page.refresh_from_db()
    restore_revision(actor=cast.alice, page=page, revision=page.revisions.get(number=1))
    assert set(PageCheck.objects.values_list("person", "on", "in_time")) == {
        (cast.aaro.pk, today(), False), (cast.alice.pk, today(), True),
    }  # fmt: skip


def test_a_pages_section_says_how_often_when_the_page_does_not(cast: Cast) -> None:
    page = checked_on(write(cast.alice, cast.pankki, key="working"), today() - 89 * ONE_DAY)
    check_page(actor=cast.alice, page=page, number=1)
    checked_on(page, today() - 90 * ONE_DAY)
    check_page(actor=cast.aaro, page=page, number=1)
    assert dict(PageCheck.objects.values_list("person", "in_time")) == {cast.alice.pk: True, cast.aaro.pk: False}


def test_acknowledgements_in_time_count_for_whoever_gave_them(cast: Cast) -> None:
    urgent(cast.pankki, cast.alice, cast.bob)
    urgent(cast.pankki, cast.alice, cast.ines, by=cast.bob)
    urgent(cast.pankki, cast.alice, cast.matti, hours=60)  # after 54 hours it was late
    late = urgent(cast.pankki, cast.alice, cast.arja)
    Message.objects.filter(pk=late.pk).update(number=2, asked_number=2)  # asked again, not acknowledged again
    assert found(cast.alice) == {"Bob": (0, 0, 2)}


def test_a_year_is_the_year_in_helsinki(cast: Cast) -> None:
    answer(cast.pankki, cast.bob, cast.alice, right_at=dt.datetime(2025, 12, 31, 21, 59, tzinfo=dt.UTC))
    answer(cast.pankki, cast.ines, cast.alice, right_at=dt.datetime(2025, 12, 31, 22, 0, tzinfo=dt.UTC))
    assert found(cast.alice, 2025) == {"Bob": (1, 0, 0)}
    assert found(cast.alice, 2026) == {"Ines": (1, 0, 0)}


def test_the_order_is_the_one_that_the_page_states(cast: Cast) -> None:
    for person in (cast.ines, cast.bob):
        urgent(cast.pankki, cast.alice, person)
    for _n in range(2):
        urgent(cast.pankki, cast.alice, cast.tuula)
    answer(cast.pankki, cast.saara, cast.alice)
    page = write(cast.alice, cast.pankki)
    PageCheck.objects.create(page=page, person=cast.matti, on=today(), in_time=True)
    assert list(found(cast.alice)) == ["Saara", "Matti", "Tuula", "Bob", "Ines"]


# --- at whose accounts ----------------------------------------------------------------------------------------------
@pytest.fixture
def helpers(cast: Cast) -> None:
    answer(cast.pankki, cast.bob, cast.alice)
    answer(cast.vakuutus, cast.eero, cast.ville)
    answer(cast.koulut, cast.charlie, cast.kerttu)
    urgent(cast.pankki, cast.alice, cast.ines)


@pytest.mark.usefixtures("helpers")
def test_whoever_reads_sees_the_accounts_they_answer_for_alone(cast: Cast) -> None:
    assert set(found(cast.alice)) == {"Bob", "Ines"} == set(found(cast.aaro))
    assert set(found(cast.ville)) == {"Eero"}
    assert set(found(cast.kerttu)) == {"Charlie"}
    assert set(found(cast.greta)) == {"Bob", "Ines", "Eero", "Charlie"}
    for person in (cast.bob, cast.matti, cast.arja, cast.saara, cast.tuula, cast.stina, cast.dana, cast.leena):
        assert not overseen_by(person).exists()


@pytest.mark.usefixtures("helpers")
def test_what_a_barrier_blocks_is_not_counted(cast: Cast) -> None:
    AccessGrant.objects.filter(person=cast.greta, account=cast.vakuutus).update(blocked=True)
    assert set(found(cast.greta)) == {"Bob", "Ines", "Charlie"}
    assert set(sums(cast.greta)) == {"Pankki Oyj", "Koulut Oy"}


@pytest.mark.usefixtures("helpers")
def test_whoever_stays_out_is_in_no_name_and_no_sum(cast: Cast, client: Client) -> None:
    assert sums(cast.alice) == {"Pankki Oyj": (1, 0, 1, 2)}
    client = sign_in(client, cast.bob)
    assert client.post(reverse("activity_choice"), {"outside": "1"}).status_code == 302
    assert set(found(cast.alice)) == {"Ines"}
    assert sums(cast.alice) == {"Pankki Oyj": (0, 0, 1, 1)}
    client.post(reverse("activity_choice"), {"outside": "0"})
    assert sums(cast.alice) == {"Pankki Oyj": (1, 0, 1, 2)}


# --- the page -------------------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("helpers")
def test_the_page_by_account_and_year(cast: Cast, client: Client) -> None:
    client, url = sign_in(client, cast.greta), reverse("activity")
    text = text_of(client.get(url))
    assert all(one.name in text for one in (cast.bob, cast.ines, cast.eero, cast.charlie))
    text = text_of(client.get(url, {"account": cast.vakuutus.customer_number}))
    assert cast.eero.name in text
    assert cast.bob.name not in text
    assert cast.bob.name not in text_of(client.get(url, {"year": today().year - 1}))
    for query in ({"account": "999999"}, {"year": "1999"}, {"year": today().year + 1}):
        assert client.get(url, query).status_code == 404


@pytest.mark.usefixtures("helpers")
def test_an_account_of_somebody_elses_is_not_found(cast: Cast, client: Client) -> None:
    client = sign_in(client, cast.alice)
    assert client.get(reverse("activity"), {"account": cast.vakuutus.customer_number}).status_code == 404
    assert client.get(reverse("activity"), {"account": "a\0b"}).status_code == 404
    assert sign_in(client, cast.matti).get(reverse("activity")).status_code == 404


def test_my_page_offers_the_choice_and_the_way_to_the_summary(cast: Cast, client: Client) -> None:
    way = f'href="{reverse("activity")}"'
    assert way in sign_in(client, cast.alice).get(reverse("me")).content.decode()
    answer = sign_in(client, cast.bob).get(reverse("me")).content.decode()
    assert way not in answer
    assert reverse("activity_choice") in answer


def test_what_the_page_costs_does_not_grow(cast: Cast, client: Client) -> None:
    client = sign_in(client, cast.greta)
    client.get(reverse("activity"))
    counts = []
    for more in (1, 20):
        for n in range(more):
            urgent(cast.pankki, cast.alice, make_person(f"Etu{n}", "Suku"))
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("activity"))
        counts.append(len(asked))
    assert counts == [5, 5]


def test_pages_of_all_are_counted_though_some_are_gone(cast: Cast) -> None:
    page = write(cast.alice, cast.pankki)
    PageCheck.objects.create(page=page, person=cast.alice, on=today(), in_time=True)
    Page.objects.filter(pk=page.pk).update(removed_at=timezone.now(), removed_by=cast.alice)
    assert found(cast.alice) == {"Alice": (0, 1, 0)}
