"""Whatever dies at whatever point, a reminder is there once, and its mail leaves once: real servers, real processes.

All of it is about critical messages, for which it is never too late in the day.
"""

import random
import signal
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from pytest_django.plugin import DjangoDbBlocker

from accounts.models import Delivery, Notice, Person
from channels_app.actions.escalation import JOB as ESCALATE
from channels_app.models import Message, Reminder
from tests.channels_app.killed import (
    House,
    freeze_whoever_does,
    hand_out,
    in_the_way,
    own_database,
    wait_for_somebody_waiting,
)
from tests.channels_app.killed_hands import (
    Company,
    deliveries,
    end_access,
    fall_due,
    letters,
    mailed,
    make_company,
    publish,
    said,
    wait_for_rest,
    wait_for_step,
)
from tests.channels_app.post_office import DATA, MAIL, PostOffice
from tests.conftest import folder_for_a_server, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
State = Delivery.State
DELIVER = "deliver"
SEED = 20261124


@pytest.fixture(scope="module")
def house(django_db_setup: None, django_db_blocker: DjangoDbBlocker, redis_url: str) -> Iterator[House]:
    """Two workers and two beats on servers of their own, for all tests of this file."""
    with folder_for_a_server() as folder, django_db_blocker.unblock(), PostOffice().open() as post:
        (folder / "var").mkdir()
        with own_database(folder) as server:
            house = House(folder, server, post, redis_url)
            try:
                house.keep_up()
                yield house
            finally:
                house.stop()


@pytest.fixture(autouse=True)
def _all_up(house: House, transactional_db: None) -> Iterator[None]:
    """Each test begins with everything running and nothing to do, and leaves nothing undone."""
    house.keep_up()
    house.wait_for_workers()
    yield
    wait_for_rest()


# --- killed at chosen points of handing over ------------------------------------------------------------------------
def test_killed_between_claiming_and_handing_over_it_leaves_once(house: House) -> None:
    company = make_company(1)
    stop = house.post.stop_at(MAIL)
    message = publish(company)
    stop.wait()
    house.kill_whoever_does(DELIVER)
    house.end_leases()
    wait_for_rest()
    assert mailed(house, message) == {"urgent": company.people}
    assert [each.attempts for each in deliveries(message).values()] == [2]


def test_killed_before_the_server_has_taken_it_it_leaves_once(house: House) -> None:
    company = make_company(1)
    stop = house.post.stop_at(DATA)
    message = publish(company)
    stop.wait()
    house.kill_whoever_does(DELIVER)
    house.end_leases()
    wait_for_rest()
    assert mailed(house, message) == {"urgent": company.people}


def test_killed_between_being_taken_and_writing_it_down_it_is_repeated_under_the_same_id(house: House) -> None:
    """The one case that no sender can decide: the server has said 250, and nobody was left to hear it."""
    company = make_company(3)
    stop = house.post.stop_at(DATA, taken=True)
    message = publish(company)
    stop.wait()
    freeze_whoever_does(DELIVER)
    stop.go.set()
    wait_until(lambda: not house.post.in_hand, what="the server's answer")
    house.kill_whoever_does(DELIVER)
    house.end_leases()
    wait_for_rest()
    found = letters(house, message)
    assert sorted(map(len, found.values())) == [1, 1, 2]
    repeated = next(pk for pk, taken in found.items() if len(taken) == 2)
    assert stop.letter == found[repeated][0]
    assert deliveries(message)[repeated].attempts == 2
    assert Notice.objects.filter(thing="message", object_id=message.pk).count() == 3


def test_killed_while_it_is_being_written_down_it_leaves_once(house: House) -> None:
    """The statement is with the database already, which carries it out for the dead."""
    company = make_company(1)
    stop = house.post.stop_at(DATA, taken=True)
    message = publish(company)
    stop.wait()
    (pk,) = deliveries(message)
    with in_the_way(house.server, "SELECT FROM accounts_delivery WHERE id = %s FOR UPDATE", pk):
        stop.go.set()
        wait_for_somebody_waiting()
        house.kill_whoever_does(DELIVER)
    wait_until(lambda: deliveries(message)[pk].state == State.SENT, what="its being written down")
    house.end_leases()
    wait_for_rest()
    assert mailed(house, message) == {"urgent": company.people}


# --- the database away at chosen points -----------------------------------------------------------------------------
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["restarted", "crashed"])
def test_database_away_while_the_server_answers_the_worker_waits_to_write_it_down(
    house: House, how: signal.Signals
) -> None:
    company = make_company(3)
    stop = house.post.stop_at(DATA, taken=True)
    message = publish(company)
    stop.wait()
    with house.database_away(how):
        stop.go.set()
        wait_until(lambda: not house.post.in_hand, what="the server's answer")
    wait_for_rest()
    assert sorted(mailed(house, message)["urgent"], key=lambda person: person.pk) == company.people


# --- access ends while mail waits -----------------------------------------------------------------------------------
def test_whose_access_ends_while_another_mail_is_handed_over_gets_none(house: House) -> None:
    company = make_company(5)
    stop = house.post.stop_at(DATA, taken=True)
    message = publish(company)
    stop.wait()
    assert stop.letter
    gone = [person for person in company.people if person.email != stop.letter.to][:2]
    end_access(gone)
    stop.go.set()
    wait_for_rest()
    staying = [person for person in company.people if person not in gone]
    assert sorted(mailed(house, message)["urgent"], key=lambda person: person.pk) == staying
    dropped = {each.person for each in deliveries(message).values() if each.state == State.DROPPED}
    assert dropped == set(gone)


# --- killed at chosen points of a step ------------------------------------------------------------------------------
RECIPIENTS = "SELECT FROM channels_app_messagerecipient WHERE message_id = %s FOR UPDATE"
LOG = """
INSERT INTO channels_app_reminder (step_id, about_id, told_id, told_as, at)
SELECT s.id, r.person_id, r.person_id, 'self', now()
FROM channels_app_messagerecipient r JOIN channels_app_escalationstep s ON s.message_id = r.message_id AND s.number = 1
WHERE r.message_id = %s
"""
NOTICES = """
INSERT INTO accounts_notice (key, person_id, kind, thing, object_id, title, path, created_at)
SELECT 'message:' || r.message_id || ':urgent_reminder:1:1:' || r.person_id, r.person_id, '', '', 0, '', '', now()
FROM channels_app_messagerecipient r WHERE r.message_id = %s
"""
MAIL_JOB = """
INSERT INTO accounts_job
    (name, key, args, state, run_after, attempts, max_attempts, worker, stage, done, total, error, created_at)
SELECT 'deliver', 'deliver', '{}', 'waiting', now(), 0, 5, '', '', 0, 0, '', now() WHERE %s > 0
ON CONFLICT (name, key) WHERE state IN ('waiting', 'running') DO UPDATE SET args = excluded.args
"""


@pytest.mark.parametrize("statement", [RECIPIENTS, LOG, NOTICES, MAIL_JOB], ids=["begun", "logged", "told", "posted"])
def test_killed_in_the_middle_of_a_step_it_is_done_once(house: House, statement: str) -> None:
    """Each point is held by a transaction that is in the way of the step's own one."""
    company = make_company(3)
    message = publish(company)
    wait_until(lambda: len(letters(house, message)) == 3, what="the mails of its publishing")
    wait_for_rest()
    with in_the_way(house.server, statement, message.pk):
        step = fall_due(message, 1)
        hand_out()
        wait_for_somebody_waiting()
        house.kill_whoever_does(ESCALATE)
        house.empty_redis()
    step.refresh_from_db()
    assert (step.done_at, step.reminders.count()) == (None, 0)
    house.end_leases()
    wait_for_step(message, 1)
    wait_for_rest()
    assert said(message) == [(number, person.pk) for number in (0, 1) for person in company.people]
    assert mailed(house, message) == {"urgent": company.people, "urgent_reminder": company.people}


# --- all of it at once ----------------------------------------------------------------------------------------------
def test_whatever_dies_whenever_each_is_told_each_step_once(house: House) -> None:
    """Forty people, three steps and the deadline, while all is killed, emptied and restarted at random points."""
    company = make_company(40)
    house.kills = 0
    message = publish(company)
    gone, ended_at = storm(house, company, message, random.Random(SEED))
    wait_for_rest()
    fall_due(message, 3)
    house.kill_worker()
    house.keep_up()
    wait_for_step(message, 3)
    wait_for_rest()

    staying = [person for person in company.people if person not in gone]
    check_rows(message, company, staying)
    check_mail(house, message, company, staying)
    late = [letter for taken in letters(house, message).values() for letter in taken if letter.at > ended_at]
    assert not {letter.to for letter in late} & {person.email for person in gone}


def storm(house: House, company: Company, message: Message, chance: random.Random) -> tuple[list[Person], float]:
    """Let it blow while the first three steps are told; return whose access ended in its middle, and when."""
    before = len(house.post.taken)

    def after(count: int) -> None:
        house.post.wait_for(before + count)
        time.sleep(chance.uniform(0, 0.08))

    after(5)
    fall_due(message, 1)
    house.kill_worker(chance.randrange(2))
    house.empty_redis()
    house.keep_up()
    after(20)
    house.kill_pool(chance.randrange(2))
    wait_for_step(message, 1)
    fall_due(message, 2)
    after(40)
    with house.database_away(signal.SIGQUIT):
        house.empty_redis()
    house.kill_beat(chance.randrange(2))
    house.keep_up()
    wait_for_step(message, 2)
    after(60)
    with house.post.closed():
        house.kill_worker()
        house.kill_worker()
        wait_until(lambda: not house.post.in_hand, what="the server's noticing that nobody is there")
        waiting = [each.person for each in deliveries(message).values() if each.state != State.SENT]
        gone = chance.sample(sorted(set(waiting) & set(company.people), key=lambda person: person.pk), 6)
        end_access(gone)
        ended_at = time.time()
    house.empty_redis()
    house.keep_up()
    return gone, ended_at


def check_rows(message: Message, company: Company, staying: list[Person]) -> None:
    """In the system each was told of each step once: whose access ended too, up to then."""
    people, manager, director = company.people, company.manager, company.director
    expected = Counter({("urgent", person.pk): 1 for person in people})
    expected += Counter({("urgent_reminder", person.pk): 2 for person in people})
    expected += Counter([("urgent_some", manager.pk), ("urgent_over", manager.pk), ("urgent_over", director.pk)])
    notices = Notice.objects.filter(thing="message", object_id=message.pk)
    assert Counter(notices.values_list("kind", "person")) == expected
    log = Counter((number, person.pk, person.pk) for number in (0, 1, 2) for person in people)
    log += Counter((2, person.pk, manager.pk) for person in people)
    log += Counter((3, person.pk, above.pk) for person in staying for above in (manager, director))
    rows = Reminder.objects.filter(step__message=message)
    assert Counter(rows.values_list("step__number", "about", "told")) == log


def check_mail(house: House, message: Message, company: Company, staying: list[Person]) -> None:
    """Each mail was taken by the server, and twice only where its worker died before it could write down the first."""
    rows, found = deliveries(message), letters(house, message)
    to_them = {pk for pk, each in rows.items() if each.person in [*staying, company.manager, company.director]}
    assert len(to_them) == 3 * len(staying) + 3
    assert to_them <= set(found)
    assert {rows[pk].state for pk in to_them} == {State.SENT}
    assert {each.state for each in rows.values()} <= {State.SENT, State.DROPPED}
    repeated = {pk: taken for pk, taken in found.items() if len(taken) > 1}
    assert sum(len(taken) - 1 for taken in repeated.values()) <= house.kills
    for pk, taken in repeated.items():
        assert rows[pk].attempts >= len(taken)
        assert all(map(house.post.was_its_last, taken[:-1]))
