"""axe finds nothing on the pages of reach and of the yearly summary: empty, full, each tab, each kind of reader."""

import pytest

from channels_app.models import Message
from tests.cast import Cast
from tests.channels_app.reach_hands import acknowledged, make_message, reached, told
from tests.channels_app.test_activity import answer
from tests.e2e.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)
TABS = ("", "?show=all", "?show=areas", "?show=superiors", "?show=time", "?show=left")


def urgent(company: Cast) -> Message:
    """Make an urgent message with recipients in every state."""
    for person in (company.ines, company.matti):
        person.phone, person.area = "+358 40 123", company.area
        person.save()
    people = [company.bob, company.ines, company.matti, company.arja, company.tuula, company.stina, company.leena]
    message = make_message(company.pankki, company.alice, people)
    acknowledged(message, company.bob)
    acknowledged(message, company.stina, by=company.bob)
    reached(message, company.ines, opened=1, came_later=True)
    told(message, company.matti, "failed")
    told(message, company.arja, "sent", bounced=True)
    told(message, company.tuula, "waiting")
    return message


def test_reach(desk: Desk, company: Cast) -> None:
    pankki, message = company.pankki.customer_number, urgent(company)
    for tab in TABS:
        desk.look(company.alice, "message_reach", pankki, message.pk, query=tab)
    desk.look(company.bob, "message_reach", pankki, message.pk)
    assert desk.found == []


def test_reach_of_nobody_and_of_everybody(desk: Desk, company: Cast) -> None:
    nobody = make_message(company.pankki, company.alice, kind="announcement")
    all_of_them = make_message(company.pankki, company.alice, [company.bob], kind="discussion")
    reached(all_of_them, company.bob, opened=1)
    for message in (nobody, all_of_them):
        desk.look(company.aaro, "message_reach", company.pankki.customer_number, message.pk)
    assert desk.found == []


def test_the_yearly_summary(desk: Desk, company: Cast) -> None:
    desk.look(company.kerttu, "activity")
    answer(company.pankki, company.bob, company.alice)
    answer(company.koulut, company.charlie, company.kerttu)
    desk.look(company.greta, "activity")
    desk.look(company.alice, "activity", query=f"?account={company.pankki.customer_number}")
    desk.look(company.alice, "me")
    assert desk.found == []
