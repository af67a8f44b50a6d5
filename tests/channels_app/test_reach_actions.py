"""Reach as it comes of what people really do: telling, sending, opening, acknowledging, standing in, leaving."""

from typing import Any

import pytest

from accounts.handover import open_and_close_stays
from accounts.models import AccessGrant, Delivery
from accounts.notify.sending import send_open
from channels_app.actions.acknowledge import acknowledge_message
from channels_app.actions.recipients import open_message
from channels_app.models import Message, MessageRecipient
from channels_app.queries.reach import reach_of
from channels_app.queries.reached import Mail, Narrowed, Reached, Show, reached_people
from tests.cast import ONE_DAY, Cast
from tests.channels_app.message_hands import change, reply, write_announcement, write_urgent

pytestmark = pytest.mark.django_db


def steps(message: Message) -> tuple[int, int, int, int]:
    message.refresh_from_db()
    reach = reach_of(message)
    return reach.asked, reach.delivered, reach.opened, reach.acknowledged


def of(message: Message) -> dict[str, Reached]:
    return {one.name.split()[0]: one for one in reached_people(message, None, Narrowed(Show.ALL))}


def test_an_urgent_message_on_its_way(cast: Cast) -> None:
    message = write_urgent(cast, critical=True)  # so that it leaves at any hour
    asked = MessageRecipient.objects.filter(message=message).count()
    assert steps(message) == (asked, 1, 0, 0)
    # Bob is away: it waits for him in the system, the mail goes to Stina, who stands in for him.
    assert {name: one.mail for name, one in of(message).items() if one.mail != Mail.WAITING} == {"Bob": Mail.TOLD}
    assert {name: one.substitutes for name, one in of(message).items() if one.away} == {"Bob": cast.stina.name}
    send_open()
    assert steps(message) == (asked, asked, 0, 0)
    open_message(person=cast.ines, message=message)
    assert steps(message) == (asked, asked, 1, 0)
    acknowledge_message(actor=cast.ines, message=message)
    acknowledge_message(actor=cast.stina, message=message, for_person=cast.bob)
    assert steps(message)[3] == 2
    found = of(message)
    assert (found["Bob"].acknowledged_by, found["Bob"].opened_at, found["Bob"].missing) == (
        cast.stina.name,
        None,
        False,
    )


def test_asked_anew_all_are_missing_again(cast: Cast) -> None:
    message = write_urgent(cast)
    acknowledge_message(actor=cast.ines, message=message)
    assert steps(message)[3] == 1
    change(message, cast.alice, body="<p>Vasta torstaina.</p>", ask_again=True)
    assert steps(message)[3] == 0
    acknowledge_message(actor=cast.ines, message=message)
    assert steps(message)[3] == 1


def test_a_mail_that_comes_back_delivers_nothing(cast: Cast) -> None:
    message = write_urgent(cast, critical=True)
    send_open()
    mine: Any = Delivery.objects.filter(person=cast.ines, notice__object_id=message.pk)
    mine.update(bounced_at=message.published_at)
    assert (of(message)["Ines"].mail, of(message)["Ines"].delivered) == (Mail.BOUNCED, False)


def test_an_announcement_is_there_for_whoever_gets_the_summary(cast: Cast) -> None:
    message = write_announcement(cast)
    asked, delivered, *_ = steps(message)
    assert asked == delivered > 0
    reply(message, cast.ines)  # what is told of it delivers the message to nobody anew
    assert steps(message) == (asked, delivered, 0, 0)


def test_who_leaves_and_comes_back_keeps_what_they_did(cast: Cast) -> None:
    open_and_close_stays()
    message = write_announcement(cast, pinned_until=cast.day)
    open_message(person=cast.tuula, message=message)
    asked, _delivered, opened, _ = steps(message)
    grants = AccessGrant.objects.filter(person=cast.tuula, account=cast.pankki)
    grants.update(ends=cast.day - ONE_DAY)
    open_and_close_stays()
    assert (reach_of(message).asked, reach_of(message).opened, reach_of(message).left) == (asked - 1, opened - 1, 1)
    grants.update(ends=cast.day)
    open_and_close_stays()
    assert (reach_of(message).asked, reach_of(message).opened, reach_of(message).left) == (asked, opened, 0)
