"""What notices about messages still have to tell when they are sent."""

import pytest
from django.utils import timezone

from accounts.actions.invitations import end_invitation
from accounts.models import Invitation, Notice, Person
from channels_app.actions.messages import limit_message, withdraw_message
from channels_app.actions.replies import remove_reply
from channels_app.models import MessageRecipient
from channels_app.tellers import MOST_CHARACTERS, tell_of_messages
from tests.cast import Cast
from tests.channels_app.message_hands import SALES_ONLY, reply, write_announcement, write_discussion, write_urgent

pytestmark = pytest.mark.django_db
# By night nobody is told of what is urgent: its first step waits for the morning.
NOON = timezone.now().replace(hour=10, minute=0)


def telling(kind: str = "") -> dict[Person, str]:
    """Return what each person would be told now, by notices of the kind."""
    notices = list(Notice.objects.filter(kind__startswith=kind).select_related("person"))
    found = tell_of_messages(notices)
    return {notice.person: found[notice.pk].text for notice in notices if notice.pk in found}


def test_an_announcement_is_told_to_whoever_still_sees_it(cast: Cast) -> None:
    message = write_announcement(cast, body="<p>Uudet <strong>avaimet</strong>.</p>")
    assert telling()[cast.tuula] == "Uudet avaimet."
    end_invitation(actor=cast.alice, invitation=Invitation.objects.get(person=cast.tuula))
    assert cast.tuula not in telling()
    limit_message(actor=cast.alice, message=message, limit=SALES_ONLY)
    assert set(telling()) == {cast.saara, cast.aaro}
    withdraw_message(actor=cast.alice, message=message)
    assert telling() == {}


def test_nobody_is_told_to_acknowledge_what_they_have(cast: Cast) -> None:
    message = write_urgent(cast, now=NOON)
    assert set(telling("urgent")) == {cast.bob, cast.ines, cast.stina}
    rows = MessageRecipient.objects.filter(message=message, person=cast.bob)
    rows.update(acknowledged_at=NOON, acknowledged_number=1)
    assert set(telling("urgent")) == {cast.ines, cast.stina}


def test_a_reply_tells_its_own_words_and_none_once_removed(cast: Cast) -> None:
    message = write_discussion(cast)
    answer = reply(message, cast.ines, "<p>Minä.</p>")
    assert telling("reply") == {cast.bob: "Minä."}
    remove_reply(actor=cast.ines, reply=answer)
    assert telling("reply") == {cast.bob: ""}


def test_second_eyes_are_asked_while_they_may_decide(cast: Cast) -> None:
    message = write_announcement(cast, ask_eyes=True)
    assert telling() == {cast.aaro: ""}
    withdraw_message(actor=cast.alice, message=message)
    assert telling() == {}


def test_a_long_text_is_shortened_at_a_word(cast: Cast) -> None:
    write_announcement(cast, body=f"<p>{'avain ' * 400}</p>")
    text = telling()[cast.bob]
    assert len(text) <= MOST_CHARACTERS + 2
    assert text.endswith("avain …")


def test_many_cost_no_more_than_few(cast: Cast, django_assert_num_queries) -> None:
    write_urgent(cast, now=NOON)
    reply(write_discussion(cast), cast.ines)
    few = list(Notice.objects.all())
    with django_assert_num_queries(QUERIES):
        tell_of_messages(few)
    for number in range(3):
        write_urgent(cast, subject=f"Katko {number}", now=NOON)
        reply(write_discussion(cast, subject=f"Lumi {number}"), cast.ines)
    write_announcement(cast, ask_eyes=True)
    many = list(Notice.objects.all())
    with django_assert_num_queries(QUERIES + 1):
        tell_of_messages(many)


QUERIES = 4
