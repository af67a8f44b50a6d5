"""Acknowledging: once, oneself or for somebody away, and refused to everybody else."""

import threading
from collections.abc import Callable

import pytest
import time_machine
from django.db import close_old_connections, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from accounts.actions.refusal import Refusal
from accounts.derivation import derive_access
from accounts.models import Kind, Notice, Person, Substitution
from channels_app.actions.acknowledge import acknowledge_message
from channels_app.actions.escalation import lay_ladder
from channels_app.actions.recipients import address
from channels_app.models import Message
from channels_app.queries.acknowledging import acknowledge_state, waiting_acknowledgements
from kam.lib.dates import ONE_DAY, period
from tests.cast import Cast, assign, make_person, stand_in
from tests.channels_app.urgent import MONDAY, make_message, make_urgent, on, recipient
from tests.channels_app.urgent import a_monday as a_monday
from tests.sign_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]


@pytest.fixture
def message(cast: Cast) -> Message:
    """An urgent message to everybody at Pankki, whose first step has been taken."""
    made = make_urgent(cast.pankki, cast.alice, deadline=on(2, "12:00"))
    address(made)
    lay_ladder(made)
    return made


def refused(code: str, work: Callable[[], object]) -> None:
    with pytest.raises(Refusal) as refusal:
        work()
    assert refusal.value.code == code


# --- the action -----------------------------------------------------------------------------------------------------
def test_acknowledging_twice_is_acknowledging_once(
    cast: Cast, message: Message, a_monday: time_machine.Traveller
) -> None:
    acknowledge_message(actor=cast.bob, message=message)
    a_monday.move_to(on(1))
    row = acknowledge_message(actor=cast.bob, message=message)
    assert (row.acknowledged_at, row.acknowledged_number, row.acknowledged_by) == (MONDAY, 1, None)
    assert row.opened_at == MONDAY
    assert recipient(message, cast.ines).acknowledged_at is None


def test_a_substitute_acknowledges_for_whoever_is_away(cast: Cast, message: Message) -> None:
    """That is not the substitute's own, and does not say that the absent person has opened it."""
    row = acknowledge_message(actor=cast.stina, message=message, for_person=cast.bob)
    assert (row.person, row.acknowledged_by, row.acknowledged_number) == (cast.bob, cast.stina, 1)
    assert row.opened_at is None
    assert recipient(message, cast.stina).acknowledged_at is None
    again = acknowledge_message(actor=cast.bob, message=message)  # back, or reading from elsewhere
    assert again.acknowledged_by == cast.stina


def test_nobody_acknowledges_for_whom_they_do_not_stand_in_for(cast: Cast, message: Message) -> None:
    for actor, person in ((cast.ines, cast.bob), (cast.matti, cast.bob), (cast.bob, cast.stina)):
        refused(
            "not_substitute",
            lambda actor=actor, person=person: acknowledge_message(actor=actor, message=message, for_person=person),
        )
    Substitution.objects.update(period=period(cast.day - 5 * ONE_DAY, cast.day - ONE_DAY))
    refused("not_substitute", lambda: acknowledge_message(actor=cast.stina, message=message, for_person=cast.bob))


def test_who_was_not_asked_acknowledges_nothing(cast: Cast, message: Message) -> None:
    refused("not_asked", lambda: acknowledge_message(actor=cast.alice, message=message))  # its author
    aimed = make_urgent(cast.pankki, cast.alice, aim_roles=["instructor"])
    address(aimed)
    acknowledge_message(actor=cast.ines, message=aimed)
    refused("not_asked", lambda: acknowledge_message(actor=cast.bob, message=aimed))
    refused("not_asked", lambda: acknowledge_message(actor=cast.stina, message=aimed, for_person=cast.bob))


def test_without_sight_there_is_nothing_to_acknowledge(cast: Cast, message: Message) -> None:
    for person in (cast.charlie, cast.eero, cast.yrjo, cast.leena, cast.niilo, cast.dana):
        refused("no_access", lambda person=person: acknowledge_message(actor=person, message=message))
    Message.objects.filter(pk=message.pk).update(limit=[Kind.DIRECTOR, Kind.MANAGEMENT])
    refused("no_access", lambda: acknowledge_message(actor=cast.bob, message=message))
    acknowledge_message(actor=cast.aaro, message=message)


def test_what_is_withdrawn_waiting_or_not_urgent_asks_for_nothing(cast: Cast, message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(withdrawn_at=MONDAY)
    refused("withdrawn", lambda: acknowledge_message(actor=cast.bob, message=message))
    waiting = make_urgent(cast.pankki, cast.alice, published_at=None, acknowledge_by=on(2), asked_number=0)
    refused("withdrawn", lambda: acknowledge_message(actor=cast.bob, message=waiting))
    announcement = make_message(cast.pankki, cast.alice)
    address(announcement)
    refused("not_urgent", lambda: acknowledge_message(actor=cast.bob, message=announcement))


def test_a_wording_that_asks_again_is_acknowledged_anew(cast: Cast, message: Message) -> None:
    acknowledge_message(actor=cast.bob, message=message, number=1)
    Message.objects.filter(pk=message.pk).update(number=2)  # mended without asking again
    assert acknowledge_state(cast.bob, Message.objects.get(pk=message.pk)).waiting == []
    Message.objects.filter(pk=message.pk).update(number=3, asked_number=3)
    assert recipient(message, cast.bob).acknowledged_number == 1
    # whoever had the earlier wording before them has not read this one
    acknowledge_message(actor=cast.ines, message=message, number=2)
    current = Message.objects.get(pk=message.pk)
    for person in (cast.bob, cast.ines):
        state = acknowledge_state(person, current)
        assert [one.earlier for one in state.waiting] == [True]
        assert acknowledge_message(actor=person, message=message, number=3).acknowledged_number == 3
        assert acknowledge_state(person, current).waiting == []


# --- what waits -----------------------------------------------------------------------------------------------------
def test_what_waits_for_somebody_and_for_whoever_is_away(cast: Cast, message: Message) -> None:
    earlier = make_urgent(cast.piilo, cast.kerttu, "Vesikatko", deadline=on(1))
    address(earlier)
    found = waiting_acknowledgements(cast.saara)
    assert [(one.message, one.for_person) for one in found] == [(earlier, None), (message, None)]
    assert [one.deadline for one in found] == [on(1), on(2, "12:00")]
    waits = [(one.message, one.for_person) for one in waiting_acknowledgements(cast.stina)]
    assert waits == [(message, cast.bob), (message, None)]
    assert [one.for_person for one in waiting_acknowledgements(cast.bob)] == [None]
    acknowledge_message(actor=cast.stina, message=message, for_person=cast.bob)
    assert waiting_acknowledgements(cast.bob) == []
    assert [one.for_person for one in waiting_acknowledgements(cast.stina)] == [None]
    for nobody in (cast.alice, cast.greta, cast.eero, cast.yrjo, cast.dana):
        assert waiting_acknowledgements(nobody) == []
    Message.objects.filter(pk=message.pk).update(withdrawn_at=MONDAY)
    assert waiting_acknowledgements(cast.stina) == []


def test_a_substitute_is_not_shown_who_may_not_see_the_message(cast: Cast) -> None:
    """Stina stands in for Tuula too, whom a limit that came later keeps from it."""
    message = make_urgent(cast.pankki, cast.alice)
    address(message)
    stand_in(cast.stina, cast.tuula, first=cast.day, last=cast.day)
    assert {one.person for one in acknowledge_state(cast.stina, message).each} == {cast.stina, cast.bob, cast.tuula}
    Message.objects.filter(pk=message.pk).update(limit=[Kind.DIRECTOR, Kind.MANAGEMENT, Kind.RESPONSIBLE])
    message.refresh_from_db()
    assert {one.person for one in acknowledge_state(cast.stina, message).each} == {cast.stina, cast.bob}


@pytest.mark.parametrize("many", [1, 12])
def test_what_waits_is_one_query_for_any_number(cast: Cast, many: int) -> None:
    for number in range(many):
        address(make_urgent(cast.pankki, cast.alice, f"Katko {number}"))
    with CaptureQueriesContext(connection) as asked:
        assert len(waiting_acknowledgements(cast.stina)) == 2 * many
    assert len(asked) == 1
    message = Message.objects.select_related("account").get(subject="Katko 0")
    with CaptureQueriesContext(connection) as asked:
        acknowledge_state(cast.stina, message)
    assert len(asked) == 1


# --- the page -------------------------------------------------------------------------------------------------------
def page(message: Message) -> str:
    return reverse("acknowledge", args=[message.account.customer_number, message.pk])


def thanks() -> str:
    with translation.override("fi"):
        return translation.gettext("Thank you. Your acknowledgement has been recorded.")


def test_one_press_acknowledges(client: Client, cast: Cast, message: Message) -> None:
    sign_in(client, cast.ines)
    shown = client.get(page(message))
    assert shown.status_code == 200
    assert "Sähkökatko" in shown.content.decode()
    assert recipient(message, cast.ines).opened_at == MONDAY
    assert not Notice.objects.filter(person=cast.ines, read_at=None).exists()
    pressed = client.post(page(message), {"number": "1"}, follow=True)
    assert pressed.redirect_chain == [(reverse("message", args=[cast.pankki.customer_number, message.pk]), 302)]
    assert thanks() in pressed.content.decode()
    assert recipient(message, cast.ines).acknowledged_at == MONDAY
    assert client.post(page(message), {"number": "1"}).status_code == 302
    # who comes by the link again is shown that it is done
    assert client.get(page(message)).status_code == 200


def test_one_press_for_whoever_is_away(client: Client, cast: Cast, message: Message) -> None:
    sign_in(client, cast.stina)
    assert "Bob Backman" in client.get(page(message)).content.decode()
    client.post(page(message), {"number": "1", "person": cast.bob.pk})
    assert recipient(message, cast.bob).acknowledged_by == cast.stina
    assert recipient(message, cast.stina).acknowledged_at is None


def test_the_part_of_the_page_changes_alone(client: Client, cast: Cast, message: Message) -> None:
    sign_in(client, cast.ines)
    part = client.post(page(message), {"number": "1"}, headers={"HX-Request": "true"})
    assert part.status_code == 200
    assert "<html" not in part.content.decode()
    assert thanks() in part.content.decode()


def test_who_read_an_earlier_text_is_asked_to_read_the_new_one(client: Client, cast: Cast, message: Message) -> None:
    """It was mended and asks again while the page lay open."""
    sign_in(client, cast.ines)
    Message.objects.filter(pk=message.pk).update(number=2, asked_number=2)
    part = client.post(page(message), {"number": "1"}, headers={"HX-Request": "true"}).content.decode()
    assert thanks() not in part
    assert 'name="number" value="2"' in part
    assert client.post(page(message), {"number": "1"}).status_code == 302
    assert acknowledge_state(cast.ines, Message.objects.get(pk=message.pk)).waiting
    client.post(page(message), {"number": "2"})
    assert recipient(message, cast.ines).acknowledged_number == 2


@pytest.mark.parametrize("posted", [{"person": "999999999"}, {"person": "x"}, {"person": "other"}])
def test_for_nobody_else(client: Client, cast: Cast, message: Message, posted: dict[str, str]) -> None:
    sign_in(client, cast.ines)
    if posted["person"] == "other":
        posted = {"person": str(cast.bob.pk)}
    refused_page = client.post(page(message), {"number": "1", **posted})
    assert refused_page.status_code == 404
    assert recipient(message, cast.bob).acknowledged_at is None
    assert recipient(message, cast.ines).acknowledged_at is None


def test_who_sees_nothing_of_it_finds_no_page(client: Client, cast: Cast, message: Message) -> None:
    for person in (cast.eero, cast.charlie, cast.yrjo, cast.dana):
        sign_in(client, person)
        assert client.get(page(message)).status_code == client.post(page(message)).status_code == 404
    Message.objects.filter(pk=message.pk).update(limit=[Kind.DIRECTOR, Kind.MANAGEMENT])
    sign_in(client, cast.bob)
    assert client.get(page(message)).status_code == client.post(page(message)).status_code == 404
    assert recipient(message, cast.bob).acknowledged_at is None


def test_whom_it_does_not_ask_is_led_to_the_message(client: Client, cast: Cast, message: Message) -> None:
    sign_in(client, cast.alice)
    assert client.get(page(message)).status_code == 302
    assert client.post(page(message), {"number": "1"}).status_code == 404


def test_a_withdrawn_message_says_so(client: Client, cast: Cast, message: Message) -> None:
    Message.objects.filter(pk=message.pk).update(withdrawn_at=MONDAY)
    sign_in(client, cast.ines)
    assert client.get(page(message)).status_code == 302
    assert client.post(page(message), {"number": "1"}).status_code == 404


@pytest.mark.parametrize("many", [1, 15])
def test_the_page_is_as_many_queries_for_any_number(client: Client, cast: Cast, many: int) -> None:
    """Of people that it asks, and of those whom the reader stands in for."""
    message = make_urgent(cast.pankki, cast.alice)
    absent = [make_person(f"Poissa{number}") for number in range(many)]
    for person in absent:
        assign(person, cast.branch)
        stand_in(cast.stina, person, first=cast.day, last=cast.day)
    derive_access()
    address(message)
    sign_in(client, cast.stina)
    client.get(page(message))
    with CaptureQueriesContext(connection) as asked:
        shown = client.get(page(message)).content.decode()
    assert shown.count("acknowledge-button") == many + 2
    assert len(asked) == 12


# --- two at once ----------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_are_one(cast: Cast, message: Message) -> None:
    """Bob on his telephone and Stina for him: whoever is first is written down, and stays."""
    ready = threading.Barrier(2)

    def press(actor: Person, person: Person) -> None:
        try:
            ready.wait()
            acknowledge_message(actor=actor, message=message, for_person=person)
        finally:
            close_old_connections()
            connection.close()

    both = [threading.Thread(target=press, args=(actor, cast.bob)) for actor in (cast.bob, cast.stina)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    row = recipient(message, cast.bob)
    assert row.acknowledged_number == 1
    assert row.acknowledged_by in (None, cast.stina)
