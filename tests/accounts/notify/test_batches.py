"""Sending in batches: each message is asked about just before it leaves and settled on its own, whatever happens."""

import datetime as dt
import smtplib
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from django.core import mail
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import notices
from accounts.jobs import run_due
from accounts.models import ABOVE_LIMITS, AccessGrant, Delivery, Job, Notice, Person
from accounts.notices import About
from accounts.notify import News, announce, sending, tell
from accounts.notify.composing import compose_all
from accounts.notify.mails import Form, Own, message_id
from accounts.notify.sending import Claim, claim, send_open, settle
from kam.lib.dates import today
from kam.lib.webpush import Gone
from tests.accounts.notify.hands import CONTEXT, TEMPLATE, mails, receivers
from tests.cast import Cast, make_login, make_person
from tests.conftest import Mailbox

pytestmark = pytest.mark.django_db
State = Delivery.State


def say(cast: Cast, *people: Person, kind: str = "urgent", **fields: Any) -> None:
    given = {"title": "Vesikatko", "path": "/me/", "who": cast.alice, **fields}
    tell(
        News(key=f"news:{Notice.objects.count()}", kind=kind, account=cast.pankki, **given), [one.pk for one in people]
    )


def seeing(cast: Cast, number: int) -> list[Person]:
    """Make people who see Pankki, each with a login."""
    invitation = AccessGrant.objects.filter(account=cast.pankki, kind="invited").latest("pk").invitation_id
    people = [make_person(last_name=f"Seppä{n}") for n in range(number)]
    for person in people:
        make_login(person)
        AccessGrant.objects.create(
            account=cast.pankki, person=person, kind="invited", acts_as="invited", starts=today(), ends=dt.date.max,
            since=today(), invitation_id=invitation,
        )  # fmt: skip
    return people


def end_access(person: Person) -> None:
    AccessGrant.objects.filter(person=person).update(ends=today() - dt.timedelta(days=1), starts=dt.date(2020, 1, 1))


def states() -> dict[int, str]:
    return dict(Delivery.objects.values_list("person", "state"))


# --- asked just before it leaves ------------------------------------------------------------------------------------
def test_who_loses_access_while_the_batch_is_being_sent_gets_nothing(
    cast: Cast, smtp: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(cast, cast.bob, cast.ines, cast.matti)
    original = sending.settle

    def ends_then_settles(one: Claim, *args: Any, **fields: Any) -> Any:
        end_access(cast.ines)  # the first has left, the whole batch is written
        return original(one, *args, **fields)

    monkeypatch.setattr(sending, "settle", ends_then_settles)
    done: list[int] = []
    send_open(lambda stage, number, total: done.append(number))
    assert receivers(smtp) == sorted([cast.bob.email, cast.matti.email])
    assert states() == {cast.bob.pk: State.SENT, cast.ines.pk: State.DROPPED, cast.matti.pk: State.SENT}
    assert done == [1, 2, 3]


def test_thing_that_is_limited_while_it_waits_leaves_to_those_above_limits(cast: Cast) -> None:
    say(cast, cast.alice, cast.greta, cast.bob, cast.saara, thing="message", object_id=1)
    Notice.objects.update(audience=sorted(ABOVE_LIMITS), thing="")
    send_open()
    assert {one.to[0] for one in mail.outbox} == {cast.alice.email, cast.greta.email}
    assert states()[cast.bob.pk] == State.DROPPED


def test_other_side_of_a_barrier_gets_nothing(cast: Cast) -> None:
    say(cast, cast.eero, cast.bob)
    send_open()
    assert [one.to[0] for one in mail.outbox] == [cast.bob.email]


def test_address_that_changes_while_it_waits_is_written_to_anew(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    say(cast, cast.bob)
    original = sending.compose_all

    def then_moves(deliveries: Any) -> Any:
        written = original(deliveries)
        Person.objects.filter(pk=cast.bob.pk).update(email="new@yritysx.example")
        return written

    monkeypatch.setattr(sending, "compose_all", then_moves)
    send_open()
    assert [one.to[0] for one in mail.outbox] == ["new@yritysx.example"]


def test_nothing_that_has_been_dealt_with_is_sent(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    say(cast, cast.bob, cast.ines, thing="thing", object_id=1)
    told: dict[int, About] = {}
    monkeypatch.setitem(notices._about, "thing", lambda own: told | {own[0].pk: About("", "Lue")})
    send_open()
    assert sorted(states().values()) == [State.DROPPED, State.SENT]


def test_one_kind_of_thing_that_fails_keeps_nobody_waiting(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(own: Any) -> dict[int, About]:
        raise ValueError("broken")

    monkeypatch.setitem(notices._about, "broken", fails)
    say(cast, cast.bob, thing="broken", object_id=1)
    say(cast, cast.ines)
    send_open()
    assert [one.to[0] for one in mail.outbox] == [cast.ines.email]
    broken = Delivery.objects.get(person=cast.bob)
    assert (broken.state, "broken" in broken.error) == (State.WAITING, True)


# --- statements -----------------------------------------------------------------------------------------------------
def test_a_message_more_costs_one_statement_more(cast: Cast, smtp: Mailbox) -> None:
    def statements(number: int) -> int:
        say(cast, *seeing(cast, number))
        with CaptureQueriesContext(connection) as asked:
            assert send_open() == number
        return len(asked)

    statements(1)
    few, many = statements(2), statements(42)
    assert many - few == 40


# --- alike, and each its own ----------------------------------------------------------------------------------------
def test_mails_that_are_alike_differ_in_what_is_their_own(cast: Cast, smtp: Mailbox) -> None:
    cast.ines.login.language = "en"
    cast.ines.login.save()
    people = [cast.bob, cast.matti, cast.ines]
    for person in people:
        person.notify_choices.create(topic="announcements", way="at_once")
    say(cast, *people, kind="announcement")
    send_open()
    by_person = {one["To"]: one for one in mails(smtp)}
    assert set(by_person) == {person.email for person in people}
    for delivery in Delivery.objects.select_related("person"):
        one = by_person[delivery.person.email]
        text, html = (part.get_content() for part in one.iter_parts())
        assert one["Message-ID"] == message_id(delivery)
        for body in (text, html, one["List-Unsubscribe"]):
            assert "/unsubscribe/" in body
            assert ".invalid" not in body
        assert f"/notices/{delivery.notice_id}/" in text
        assert f"/notices/{delivery.notice_id}/" in html
        assert text.count("/notices/") == 2  # its own, and the way to choose otherwise
        assert one["Auto-Submitted"] == "auto-generated"
    words = {person: by_person[person.email]["List-Unsubscribe"] for person in people}
    assert len(set(words.values())) == 3


def test_written_together_and_written_alone_are_the_same(cast: Cast) -> None:
    say(cast, cast.bob, cast.matti)
    rows = Delivery.objects.select_related("person__login", "account", "notice__account", "notice__who").order_by("pk")
    together = compose_all(rows)
    for delivery in rows:
        alone, one = compose_all([delivery])[delivery.pk], together[delivery.pk]
        assert isinstance(alone, mail.EmailMultiAlternatives)
        assert isinstance(one, mail.EmailMultiAlternatives)
        assert (alone.body, alone.to, alone.subject) == (one.body, one.to, one.subject)
        assert alone.alternatives == one.alternatives


@pytest.mark.parametrize("text", ["lyhyt", "pitkä " + "x" * 2000, "ä" * 1500 + " & <b>\n.\n..\n"])
def test_form_of_any_text_gives_each_mail_its_own(text: str) -> None:
    notice = Notice(title="Vesikatko", created_at=timezone.now())
    context = {"notice": notice, "phrase": "Tiedote", "text": text, "label": "Lue"}
    form = Form("accounts/email/notice", context, with_end=True)
    for n in range(2):
        own = Own(f"p{n}@x.example", f"<{n}.a@x.example>", f"https://x.example/{n}/", f"https://x.example/end/{n}/")
        message: Any = form.mail(own).message()
        raw = message.as_bytes(linesep="\r\n")
        assert max(len(line) for line in raw.split(b"\r\n")) <= 998
        parsed = message_from_bytes(raw, EmailMessage, policy=default)
        body = next(iter(parsed.iter_parts())).get_content()
        assert (parsed["To"], parsed["Message-ID"]) == (own.to, own.message_id)
        assert own.url in body
        assert own.unsubscribe in parsed["List-Unsubscribe"]
        assert b"stand-in" not in raw


# --- claims ---------------------------------------------------------------------------------------------------------
def test_batch_that_takes_too_long_gives_back_what_it_has_not_tried(
    cast: Cast, smtp: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(cast, *seeing(cast, 3))
    monkeypatch.setattr(sending, "BATCH_SECONDS", -1)
    assert list(sending._send_batch(claim(), Delivery.Channel.MAIL, None)) == []
    assert set(Delivery.objects.values_list("state", "attempts", "lease_until")) == {(State.WAITING, 0, None)}


def test_worker_that_is_told_to_stop_gives_back_the_rest(cast: Cast, smtp: Mailbox) -> None:
    say(cast, *seeing(cast, 3))

    def stop(stage: str, done: int, total: int) -> None:
        raise RuntimeError("another worker has the job")

    with pytest.raises(RuntimeError):
        send_open(stop)
    assert len(smtp.messages) == 1
    assert sorted(states().values()) == [State.SENT, State.WAITING, State.WAITING]
    assert send_open() == 2


def test_claim_that_is_nearly_over_is_not_sent_any_more(cast: Cast, smtp: Mailbox) -> None:
    say(cast, cast.bob)
    claims = claim()
    Delivery.objects.update(lease_until=timezone.now() + dt.timedelta(seconds=sending.LEASE_SECONDS / 2))
    assert list(sending._send_batch(claims, Delivery.Channel.MAIL, None)) == [False]
    assert smtp.messages == []


def test_claims_are_no_more_than_asked_for_and_nobody_elses(cast: Cast) -> None:
    say(cast, *seeing(cast, 5))
    first, second = claim(batch=3), claim(batch=3)
    assert (len(first), len(second), claim()) == (3, 2, [])
    assert {one.delivery_id for one in first}.isdisjoint(one.delivery_id for one in second)


def test_server_that_goes_away_in_the_middle_lets_the_job_rest(cast: Cast, smtp: Mailbox) -> None:
    class Server:
        opened = 0

        def open(self) -> None:
            raise ConnectionRefusedError

        def close(self) -> None:
            pass

        def send_messages(self, messages: Any) -> int:
            raise smtplib.SMTPServerDisconnected("gone")

    say(cast, *seeing(cast, 3))
    with pytest.raises(ConnectionRefusedError):
        list(sending._send_batch(claim(), Delivery.Channel.MAIL, Server()))
    found = sorted(Delivery.objects.values_list("state", "attempts"))
    assert found == [(State.WAITING, 0), (State.WAITING, 0), (State.WAITING, 1)]


@pytest.mark.django_db(transaction=True)
def test_database_that_is_away_is_waited_for(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    announce("news:1", [cast.bob.pk], TEMPLATE, context=CONTEXT)
    (one,) = claim()
    original, calls = sending.planned_rows, []

    def away_twice(sql: str, values: Any) -> Any:
        calls.append(1)
        if len(calls) < 3:
            raise OperationalError("the database system is shutting down")
        return original(sql, values)

    monkeypatch.setattr(sending, "planned_rows", away_twice)
    monkeypatch.setattr(sending, "SETTLE_EVERY", 0.01)
    assert settle(one, State.SENT) == (True, None)
    assert states() == {cast.bob.pk: State.SENT}


def test_lost_claim_is_not_settled(cast: Cast) -> None:
    announce("news:1", [cast.bob.pk], TEMPLATE, context=CONTEXT)
    (one,) = claim()
    assert settle(Claim(one.delivery_id, one.attempts + 1), State.SENT) == (False, None)
    assert states() == {cast.bob.pk: State.SENDING}


# --- many, and telephones -------------------------------------------------------------------------------------------
def test_others_are_asked_to_help_with_many(cast: Cast, smtp: Mailbox, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "MANY", 3)
    say(cast, *seeing(cast, 3))
    run_due()
    assert len(smtp.messages) == 3
    assert set(Job.objects.values_list("key", "state")) == {("deliver", "done"), ("deliver:2", "done")}


def test_telephones_wait_for_no_mail_and_one_that_is_gone_is_dropped(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n, person in enumerate((cast.bob, cast.ines)):
        person.login.push_subscriptions.create(endpoint=f"https://push.example/{n}", p256dh="x", auth="y")
    woken = []

    def wake(delivery: Delivery) -> None:
        if delivery.person_id == cast.ines.pk:
            raise Gone
        woken.append(delivery.person_id)

    monkeypatch.setattr(sending, "send_push", wake)
    say(cast, cast.bob, cast.ines, cast.eero)
    assert set(Job.objects.values_list("key", flat=True)) == {"deliver", "push"}
    assert send_open(channel=Delivery.Channel.PUSH) == 1
    assert woken == [cast.bob.pk]
    pushed = Delivery.objects.filter(channel="push").values_list("person", "state")
    assert set(pushed) == {(cast.bob.pk, State.SENT), (cast.ines.pk, State.DROPPED)}
    assert mail.outbox == []


def test_telephone_that_is_somebody_elses_by_now_sleeps_on(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    phone = cast.bob.login.push_subscriptions.create(endpoint="https://push.example/1", p256dh="x", auth="y")
    say(cast, cast.bob)
    phone.user = cast.ines.login
    phone.save()
    monkeypatch.setattr(sending, "send_push", lambda delivery: pytest.fail("woken"))
    assert send_open(channel=Delivery.Channel.PUSH) == 0
    assert Delivery.objects.get(channel="push").state == State.DROPPED
