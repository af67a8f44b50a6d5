"""Reach: the three steps, who counts, whose names one sees."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.access import account_for, standing
from accounts.models import AccessGrant, Account, Person
from channels_app.models import Message, MessageRecipient, Wording
from channels_app.queries.reach import Reach, reach_line, reach_of, reach_of_many, reach_over_time, sight_of
from channels_app.queries.reached import Mail, Narrowed, Show, reach_by_area, reach_by_superior, reached_people
from kam.lib.dates import today
from tests.cast import ONE_DAY, Cast
from tests.channels_app.reach_hands import HOUR, acknowledged, make_message, reached, told
from tests.channels_app.things import PRICES

pytestmark = pytest.mark.django_db


@pytest.fixture
def urgent(cast: Cast) -> Message:
    """An urgent message of Alice's to six people: Bob acknowledged, Ines opened, Matti had it, Arja's mail came back,
    Tuula's waits, Stina acknowledged by Bob's hand; Leena has left since.
    """
    people = [cast.bob, cast.ines, cast.matti, cast.arja, cast.tuula, cast.stina, cast.leena]
    message = make_message(cast.pankki, cast.alice, people)
    acknowledged(message, cast.bob)
    reached(message, cast.ines, opened=1)
    told(message, cast.bob, "sent")
    told(message, cast.matti, "sent")
    told(message, cast.arja, "sent", bounced=True)
    told(message, cast.tuula, "waiting")
    acknowledged(message, cast.stina, 5, by=cast.bob)
    return message


def names(message: Message, people: list[Person] | None = None, **narrowed: object) -> set[str]:
    ids = None if people is None else [person.pk for person in people]
    return {one.name for one in reached_people(message, ids, Narrowed(**narrowed))}  # type: ignore[arg-type]


def summary(reach: Reach) -> tuple[int, ...]:
    return (reach.asked, reach.delivered, reach.opened, reach.acknowledged, reach.missing, reach.left)


# --- numbers --------------------------------------------------------------------------------------------------------
def test_the_three_steps_are_counted_of_those_who_see_it(urgent: Message) -> None:
    reach = reach_of(urgent)
    assert summary(reach) == (6, 3, 2, 2, 4, 1)  # delivered: Bob, Matti, and Ines, who has opened it
    # Somebody else acknowledged for Stina: that she was never told is no trouble any more.
    assert (reach.waiting, reach.bounced, reach.failed, reach.untold) == (1, 1, 0, 0)


def test_what_is_not_urgent_is_missed_by_whoever_has_not_opened_it(cast: Cast) -> None:
    message = make_message(cast.pankki, cast.alice, [cast.bob, cast.ines], kind="announcement")
    reached(message, cast.ines, opened=1)
    reach = reach_of(message)
    assert (reach.asks, reach.done, reach.missing) == (False, 1, 1)
    assert names(message) == {"Bob Backman"}


def test_an_acknowledgement_of_an_earlier_wording_does_not_count(cast: Cast, urgent: Message) -> None:
    Message.objects.filter(pk=urgent.pk).update(number=2, asked_number=2)
    urgent.refresh_from_db()
    at = timezone.now() - HOUR
    Wording.objects.create(message=urgent, number=2, author=cast.alice, published_at=at, asks_again=True)
    acknowledged(urgent, cast.matti, 5.5, number=2)
    assert (reach_of(urgent).acknowledged, reach_over_time(urgent).since) == (1, at)
    assert {cast.bob.name, cast.stina.name} < names(urgent)
    assert cast.matti.name not in names(urgent)


@pytest.mark.parametrize(
    ("state", "bounced", "mail", "delivered"),
    [
        ("sent", False, Mail.SENT, True),
        ("sent", True, Mail.BOUNCED, False),
        ("waiting", False, Mail.WAITING, False),
        ("sending", False, Mail.WAITING, False),
        ("failed", False, Mail.FAILED, False),
        ("dropped", False, Mail.FAILED, False),
        ("", False, Mail.TOLD, True),
    ],
)
def test_delivered_by_what_became_of_the_mail(
    cast: Cast, state: str, bounced: bool, mail: Mail, delivered: bool
) -> None:
    message = make_message(cast.pankki, cast.alice, [cast.bob, cast.ines])
    told(message, cast.bob, state, bounced=bounced)
    told(message, cast.ines, "sent", kind="urgent_about")  # about somebody else: brings her nothing
    found = {one.name: (one.mail, one.delivered) for one in reached_people(message, None, Narrowed())}
    assert found == {"Bob Backman": (mail, delivered), cast.ines.name: (Mail.NONE, False)}
    assert reach_of(message).delivered == int(delivered)


def test_a_mail_that_left_counts_though_another_failed(cast: Cast) -> None:
    message = make_message(cast.pankki, cast.alice, [cast.bob])
    told(message, cast.bob, "failed")
    told(message, cast.bob, "sent", kind="urgent_reminder")
    assert reach_of(message).delivered == 1


def test_over_time(urgent: Message) -> None:
    reach = reach_over_time(urgent)
    assert [(one.code, one.opened, one.acknowledged) for one in reach.moments] == [
        ("1h", 1, 0), ("4h", 2, 1), ("now", 2, 2),
    ]  # fmt: skip
    assert (reach.stretches[-1].opened, reach.stretches[-1].acknowledged) == (2, 2)
    assert [one.number for one in reach.stretches] == sorted({one.number for one in reach.stretches})


# --- who counts -----------------------------------------------------------------------------------------------------
def test_whoever_leaves_drops_out_and_is_named_apart(cast: Cast, urgent: Message) -> None:
    assert names(urgent, show=Show.LEFT) == {cast.leena.name}
    AccessGrant.objects.filter(person=cast.tuula).update(ends=today() - ONE_DAY)
    assert summary(reach_of(urgent))[0] == 5
    assert names(urgent, show=Show.LEFT) == {cast.leena.name, cast.tuula.name}
    assert cast.tuula.name not in names(urgent, show=Show.ALL) | names(urgent)


def test_whoever_a_barrier_keeps_away_does_not_count(cast: Cast, urgent: Message) -> None:
    MessageRecipient.objects.create(message=urgent, person=cast.eero)
    assert cast.eero.name not in names(urgent, show=Show.ALL)
    assert summary(reach_of(urgent))[0] == 6


def test_a_limit_laid_on_later_takes_those_out_who_no_longer_see_it(cast: Cast) -> None:
    message = make_message(cast.pankki, cast.alice, [cast.bob, cast.saara, cast.greta])
    Message.objects.filter(pk=message.pk).update(limit=PRICES)
    message.refresh_from_db()
    assert names(message, show=Show.ALL) == {cast.saara.name, cast.greta.name}
    assert names(message, show=Show.LEFT) == {cast.bob.name}


# --- whose names ----------------------------------------------------------------------------------------------------
def _sight(person: Person, account: Account, message: Message) -> set[int] | str | None:
    sight = sight_of(person, standing(person, account), message)
    return None if sight is None else "everybody" if sight.people is None else set(sight.people)


def test_who_sees_whose_reach(cast: Cast, urgent: Message) -> None:
    everybody = {cast.alice, cast.aaro, cast.greta}
    for person in everybody:
        assert _sight(person, cast.pankki, urgent) == "everybody"
    assert _sight(cast.bob, cast.pankki, urgent) == {cast.ines.pk}
    assert _sight(cast.matti, cast.pankki, urgent) == {cast.bob.pk, cast.ines.pk, cast.niilo.pk}
    assert _sight(cast.arja, cast.pankki, urgent) == {cast.matti.pk, cast.bob.pk, cast.ines.pk, cast.niilo.pk}
    for person in (cast.ines, cast.saara, cast.tuula, cast.eero, cast.leena, cast.niilo, cast.dana, cast.charlie):
        assert _sight(person, cast.pankki, urgent) is None


def test_an_author_sees_all_of_their_own(cast: Cast) -> None:
    message = make_message(cast.pankki, cast.ines, [cast.bob, cast.saara], kind="discussion")
    assert _sight(cast.ines, cast.pankki, message) == "everybody"
    assert _sight(cast.saara, cast.pankki, message) is None


def test_what_is_withdrawn_is_for_its_author_and_those_above(cast: Cast) -> None:
    now = timezone.now()
    message = make_message(cast.pankki, cast.matti, [cast.bob], withdrawn_at=now, withdrawn_by=cast.alice)
    assert {_sight(person, cast.pankki, message) for person in (cast.matti, cast.alice)} == {"everybody"}
    assert _sight(cast.arja, cast.pankki, message) is None


def test_what_waits_for_second_eyes_has_no_reach(cast: Cast) -> None:
    message = make_message(cast.pankki, cast.alice, published_at=None, asked_number=0)
    assert _sight(cast.alice, cast.pankki, message) is None


def test_a_superior_gets_numbers_and_names_of_own_people_alone(cast: Cast, urgent: Message) -> None:
    MessageRecipient.objects.create(message=urgent, person=cast.niilo)  # has not begun: sees nothing yet
    own = [cast.bob, cast.ines, cast.niilo]
    assert summary(reach_of(urgent, [person.pk for person in own])) == (2, 2, 2, 1, 1, 1)
    assert names(urgent, own) == {cast.ines.name}
    assert names(urgent, own, show=Show.ALL) == {cast.bob.name, cast.ines.name}
    assert names(urgent, own, show=Show.LEFT) == {cast.niilo.name}
    ids = [person.pk for person in own]
    assert [(one.name, one.asked) for one in reach_by_superior(urgent, ids)] == [
        (cast.bob.name, 1), (cast.matti.name, 1),
    ]  # fmt: skip
    assert sum(one.asked for one in reach_by_area(urgent, ids)) == 2


def test_nobodys_people_are_nobody(urgent: Message) -> None:
    assert summary(reach_of(urgent, [])) == (0, 0, 0, 0, 0, 0)
    assert names(urgent, [], show=Show.ALL) == set()


# --- names and groups -----------------------------------------------------------------------------------------------
def test_a_name_comes_with_what_a_director_in_a_hurry_needs(cast: Cast, urgent: Message) -> None:
    Person.objects.filter(pk=cast.ines.pk).update(phone="+358 40 5", area=cast.area)
    [ines] = [one for one in reached_people(urgent, None, Narrowed()) if one.person_id == cast.ines.pk]
    assert (ines.title, ines.phone, ines.area, ines.superior) == (
        cast.ines.title,
        "+358 40 5",
        "Uusimaa",
        "Bob Backman",
    )
    assert (list(ines.roles), ines.sites, list(ines.kinds)) == (["instructor"], 1, [])
    assert ines.opened_at
    assert ines.missing


def test_somebody_else_acknowledged(cast: Cast, urgent: Message) -> None:
    found = {one.name: one for one in reached_people(urgent, None, Narrowed(Show.ALL))}
    stina = found[cast.stina.name]
    assert (stina.acknowledged_by, stina.opened_at, stina.missing) == ("Bob Backman", None, False)


def test_groups_and_their_names_agree(cast: Cast, urgent: Message) -> None:
    Person.objects.filter(pk__in=[cast.ines.pk, cast.bob.pk]).update(area=cast.area)
    areas = {one.name: one for one in reach_by_area(urgent, None)}
    assert {name: (one.asked, one.missing) for name, one in areas.items()} == {"Uusimaa": (2, 1), "": (4, 3)}
    assert names(urgent, area=areas["Uusimaa"].id) == {cast.ines.name}
    assert names(urgent, area=areas[""].id) == {cast.matti.name, cast.arja.name, cast.tuula.name}
    superiors = {one.name: one for one in reach_by_superior(urgent, None)}
    assert names(urgent, superior=superiors["Bob Backman"].id, show=Show.ALL) == {cast.ines.name}
    assert {name: one.asked for name, one in superiors.items()} == {
        "Bob Backman": 1, cast.matti.name: 1, cast.arja.name: 1, "": 3,
    }  # fmt: skip


def test_names_come_by_pages_in_their_order(cast: Cast, urgent: Message) -> None:
    everybody = [one.name for one in reached_people(urgent, None, Narrowed(Show.ALL), limit=None)]
    first = [one.name for one in reached_people(urgent, None, Narrowed(Show.ALL), limit=4)]
    rest = [one.name for one in reached_people(urgent, None, Narrowed(Show.ALL), offset=4, limit=4)]
    assert first + rest == everybody
    assert len(everybody) == 6


# --- the line and the list ------------------------------------------------------------------------------------------
def test_the_line_of_a_messages_page(cast: Cast, urgent: Message) -> None:
    account = account_for(cast.alice, cast.pankki.customer_number)
    line = reach_line(cast.alice, account, urgent)
    assert line
    assert (line.numbers.asked, line.numbers.done, line.numbers.missing, line.own_people) == (6, 2, 4, False)
    account = account_for(cast.bob, cast.pankki.customer_number)
    line = reach_line(cast.bob, account, urgent)
    assert line
    assert (line.numbers.asked, line.numbers.done, line.own_people) == (1, 0, True)
    for person in (cast.ines, cast.saara, cast.tuula):
        assert reach_line(person, account_for(person, cast.pankki.customer_number), urgent) is None


def test_a_superior_without_people_among_them_reads_no_line(cast: Cast) -> None:
    message = make_message(cast.pankki, cast.alice, [cast.saara])
    assert reach_line(cast.bob, account_for(cast.bob, cast.pankki.customer_number), message) is None


def test_many_at_once(cast: Cast, urgent: Message, django_assert_num_queries: object) -> None:
    other = make_message(cast.koulut, cast.kerttu, [cast.charlie, cast.bob], kind="announcement")
    reached(other, cast.charlie, opened=1)
    nobody = make_message(cast.pankki, cast.alice, kind="announcement")
    with django_assert_num_queries(1):  # type: ignore[operator]
        found = reach_of_many([urgent, other, nobody])
    assert {pk: (one.asked, one.done) for pk, one in found.items()} == {
        urgent.pk: (6, 2), other.pk: (1, 1), nobody.pk: (0, 0),
    }  # fmt: skip
    assert reach_of_many([]) == {}


def test_numbers_agree_with_each_other_after_a_month(cast: Cast, urgent: Message) -> None:
    AccessGrant.objects.filter(person=cast.ines).update(blocked=True)
    later = timezone.now() + dt.timedelta(days=30)
    grown = reach_over_time(urgent, now=later)
    assert [one.code for one in grown.moments] == ["1h", "4h", "1d", "due", "3d", "7d", "now"]
    assert grown.until == urgent.acknowledge_by
    assert reach_over_time(urgent, [cast.bob.pk]).stretches[-1].acknowledged == 1
    assert reach_of(urgent).asked == len(names(urgent, show=Show.ALL)) == reach_of_many([urgent])[urgent.pk].asked
