"""What the handover letter says of messages, and what of them somebody leaves behind."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone, translation

from accounts.access import standing
from accounts.models import AccessGrant, Account, Approval, Person
from channels_app.handover import letter_parts
from channels_app.leftovers import left_by
from channels_app.models import Message
from kam.leftovers import leftovers_for
from kam.lib.dates import ONE_DAY
from tests.cast import Cast
from tests.channels_app.reach_hands import acknowledged, make_message
from tests.channels_app.things import PRICES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with translation.override("en"):
        yield


def letter(person: Person, account: Account) -> dict[str, list[str]]:
    """Return what the letter says of messages, by its headings."""
    parts = letter_parts(person, account)[:3]
    return {part.heading: [item.text for item in part.items] for part in parts if part.items}


# --- the letter -----------------------------------------------------------------------------------------------------
def test_what_must_be_acknowledged_stands_in_the_letter_until_it_is(cast: Cast) -> None:
    message = make_message(cast.pankki, cast.alice, [cast.bob, cast.ines])
    make_message(cast.pankki, cast.alice, [cast.ines], subject="ei Bobille")
    make_message(cast.pankki, cast.alice, [cast.bob], subject="pois", withdrawn_at=timezone.now())
    assert letter(cast.bob, cast.pankki) == {"To be acknowledged": ["Avainten vaihto"]}
    [item] = letter_parts(cast.bob, cast.pankki)[0].items
    assert item.url == reverse("message", args=[cast.pankki.customer_number, message.pk])
    assert item.note.startswith("by ")
    acknowledged(message, cast.bob)
    assert letter(cast.bob, cast.pankki) == {}
    Message.objects.filter(pk=message.pk).update(number=2, asked_number=2)  # everybody is asked anew
    assert letter(cast.bob, cast.pankki) == {"To be acknowledged": ["Avainten vaihto"]}


def test_what_is_pinned_today_stands_in_the_letter(cast: Cast) -> None:
    for subject, days in (("tänään", 0), ("eilen", -1)):
        until = cast.day + days * ONE_DAY
        make_message(cast.pankki, cast.alice, kind="announcement", subject=subject, pinned_until=until)
    make_message(cast.koulut, cast.kerttu, kind="announcement", subject="muualla", pinned_until=cast.day)
    limited: dict[str, Any] = {"pinned_until": cast.day, "limit": PRICES}
    make_message(cast.pankki, cast.alice, kind="announcement", subject="hinnat", **limited)
    assert letter(cast.bob, cast.pankki) == {"Pinned": ["tänään"]}
    assert letter(cast.saara, cast.pankki) == {"Pinned": ["hinnat", "tänään"]}
    assert letter(cast.eero, cast.pankki) == {}


def test_own_questions_without_an_answer_stand_in_the_letter(cast: Cast) -> None:
    make_message(cast.pankki, cast.bob, kind="question", subject="Milloin?")
    make_message(cast.pankki, cast.bob, kind="question", subject="Missä?", answered_at=timezone.now())
    make_message(cast.pankki, cast.ines, kind="question", subject="Kuka?")
    make_message(cast.pankki, cast.bob, kind="feedback", subject="Hyvin", limit=["director", "management"])
    assert letter(cast.bob, cast.pankki) == {"Your questions that nobody has answered": ["Milloin?"]}


# --- left behind ----------------------------------------------------------------------------------------------------
def left(person: Person, account: Account) -> list[tuple[str, str]]:
    account.standing = standing(person, account)
    return [
        (each.what, each.person_name) for each in leftovers_for(person, account) if each.what[:4] in ("Ques", "Wait")
    ]


def leave(person: Person, cast: Cast) -> None:
    AccessGrant.objects.filter(person=person, account=cast.pankki).update(ends=cast.day - ONE_DAY)


def waits(cast: Cast, author: Person) -> Approval:
    """Let an announcement of the author's wait for second eyes."""
    message = make_message(cast.pankki, author, kind="announcement", subject="Hinnat", published_at=None)
    return Approval.objects.create(
        account=cast.pankki,
        thing="message",
        object_id=message.pk,
        title="Hinnat",
        path="/",
        fingerprint="x",
        author=author,
    )


def test_questions_nobody_answered_are_left_behind(cast: Cast) -> None:
    question = make_message(cast.pankki, cast.ines, kind="question", subject="Milloin?")
    make_message(cast.pankki, cast.ines, kind="question", subject="Missä?", answered_at=timezone.now())
    make_message(cast.pankki, cast.ines, kind="question", subject="pois", withdrawn_at=timezone.now())
    make_message(cast.pankki, cast.ines, kind="discussion", subject="muuta")
    make_message(cast.pankki, cast.bob, kind="question", subject="Bobin")
    assert left_by([cast.pankki]) == []
    leave(cast.ines, cast)
    [leftover] = left_by([cast.pankki])
    assert (leftover.what, leftover.person_name, leftover.since) == ("Question: Milloin?", cast.ines.name, cast.day)
    assert leftover.url == reverse("question", args=[cast.pankki.customer_number, question.pk])
    for person in (cast.alice, cast.bob, cast.matti):  # the director, and those above her
        assert left(person, cast.pankki) == [("Question: Milloin?", cast.ines.name)]
    assert left(cast.saara, cast.pankki) == []
    Message.objects.filter(pk=question.pk).update(answered_at=timezone.now())
    assert left_by([cast.pankki]) == []


def test_a_question_behind_a_limit_is_left_to_those_within_it(cast: Cast) -> None:
    make_message(cast.pankki, cast.ines, kind="question", subject="Hinta?", limit=PRICES)
    assert left(cast.alice, cast.pankki) == [("Question: Hinta?", cast.ines.name)]
    assert left(cast.bob, cast.pankki) == []


def test_what_waits_for_second_eyes_is_left_to_those_who_decide(cast: Cast) -> None:
    approval = waits(cast, cast.bob)
    assert left(cast.alice, cast.pankki) == []
    leave(cast.bob, cast)
    for person in (cast.alice, cast.aaro, cast.greta):
        assert left(person, cast.pankki) == [("Waits for second eyes: Hinnat", cast.bob.name)]
    assert left(cast.matti, cast.pankki) == []  # Bob is his, but nobody below the director knows of the text
    decided = {"verdict": "approved", "decided_by": cast.alice, "decided_at": timezone.now()}
    Approval.objects.filter(pk=approval.pk).update(**decided)
    assert left(cast.alice, cast.pankki) == []
