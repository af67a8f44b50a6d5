"""Reaching people: once each, only those who may see, whatever crashes. Mail goes over real SMTP."""

import datetime as dt
import socket
from typing import Any

import pytest
from django.utils import timezone

from accounts.derivation import derive_access
from accounts.jobs import run_due
from accounts.models import Delivery, Job
from accounts.notify import Message, announce, post, sending, tell_administrators
from accounts.notify.composing import content
from accounts.notify.mails import message_id
from accounts.notify.sending import send_open
from kam.lib.dates import today
from tests.accounts.notify.hands import CONTEXT, TEMPLATE, mails, receivers
from tests.accounts.test_jobs import at_once
from tests.cast import Cast, build_cast, make_person, raise_barrier  # noqa: F401
from tests.conftest import Mailbox

pytestmark = pytest.mark.django_db
State = Delivery.State


def states() -> dict[str, str]:
    return dict(Delivery.objects.values_list("key", "state"))


def test_each_person_is_reached_once_however_often_it_is_announced(cast: Cast, smtp: Mailbox) -> None:
    people = [cast.alice.pk, cast.bob.pk]
    announce("news:1", people, TEMPLATE, account=cast.pankki, context=CONTEXT)
    announce("news:1", [*people, cast.ines.pk], TEMPLATE, account=cast.pankki, context=CONTEXT)
    assert Job.objects.get().name == "deliver"
    run_due()
    assert receivers(smtp) == sorted([cast.alice.email, cast.bob.email, cast.ines.email])
    announce("news:1", people, TEMPLATE, account=cast.pankki, context=CONTEXT)
    run_due()
    assert len(smtp.messages) == 3
    assert set(states().values()) == {State.SENT}


def test_mail_is_in_the_persons_language_in_text_and_html(cast: Cast, smtp: Mailbox) -> None:
    cast.alice.login.language = "en"
    cast.alice.login.save()
    announce("news:1", [cast.alice.pk], TEMPLATE, context=CONTEXT)
    send_open()
    (mail,) = mails(smtp)
    assert mail["Subject"] == "1 new account for you"
    assert mail["Message-ID"] == message_id(Delivery.objects.get())
    text, html = (part.get_content() for part in mail.iter_parts())
    assert "Pankki & Pojat Oyj" in text
    assert "Pankki &amp; Pojat Oyj" in html


def test_person_without_a_login_is_written_to_in_finnish(cast: Cast) -> None:
    from django.utils.translation import get_language

    spoken = []
    content("accounts/email/handovers_test")(lambda delivery: spoken.append(get_language()))
    announce("news:1", [make_person().pk], "accounts/email/handovers_test")
    send_open()
    assert spoken == ["fi"]


def test_nobody_is_reached_who_may_not_see_the_account_by_now(cast: Cast, smtp: Mailbox) -> None:
    people = [cast.ines, cast.eero, cast.yrjo, cast.niilo, cast.leena, cast.dana, cast.tuula]
    announce("news:1", [person.pk for person in people], TEMPLATE, account=cast.pankki, context=CONTEXT)
    # After it was announced and before it is sent, Ines stops answering for her site.
    cast.ines.assignments.update(period=(dt.date(2024, 1, 1), cast.day))
    derive_access()
    run_due()
    assert receivers(smtp) == [cast.tuula.email]
    dropped = Delivery.objects.filter(state=State.DROPPED)
    assert {each.person_id for each in dropped} == {person.pk for person in people} - {cast.tuula.pk}
    assert all("may not see" in each.error for each in dropped)


def test_message_without_an_account_reaches_anybody_with_an_address(cast: Cast, smtp: Mailbox) -> None:
    nameless, shut = make_person(email=""), cast.charlie
    shut.login.is_active = False
    shut.login.save()
    announce("news:1", [cast.leena.pk, nameless.pk, shut.pk], TEMPLATE, context=CONTEXT)
    run_due()
    assert receivers(smtp) == [cast.leena.email]
    reasons = dict(Delivery.objects.values_list("person_id", "error"))
    assert "no e-mail address" in reasons[nameless.pk]
    assert "login is shut" in reasons[shut.pk]


def test_worker_killed_between_claim_and_sending_the_next_one_sends(cast: Cast, smtp: Mailbox) -> None:
    announce("news:1", [cast.alice.pk], TEMPLATE, context=CONTEXT)
    claimed = sending.claim()  # and then the worker is gone
    assert claimed
    run_due()
    assert smtp.messages == []
    assert Job.objects.get().run_after == Delivery.objects.get().lease_until  # it will be looked after
    Delivery.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    assert send_open() == 1
    assert receivers(smtp) == [cast.alice.email]


def test_message_that_leaves_twice_carries_the_same_id(cast: Cast, smtp: Mailbox) -> None:
    announce("news:1", [cast.alice.pk], TEMPLATE, context=CONTEXT)
    send_open()
    # Killed after the server took it and before that was written down.
    Delivery.objects.update(state=State.SENDING, lease_until=timezone.now() - dt.timedelta(seconds=1))
    send_open()
    first, second = mails(smtp)
    assert first["Message-ID"] == second["Message-ID"]


def test_worker_that_was_too_slow_does_not_overwrite_the_next_ones_word(cast: Cast, smtp: Mailbox) -> None:
    announce("news:1", [cast.alice.pk], TEMPLATE, context=CONTEXT)
    (slow,) = sending.claim()
    Delivery.objects.update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    send_open()
    sending.rest(slow, timezone.now(), "timed out")
    assert Delivery.objects.get().state == State.SENT


def test_busy_address_is_tried_again_and_keeps_nobody_waiting(cast: Cast, smtp: Mailbox) -> None:
    async def refuse(server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address == cast.alice.email:
            return "450 mailbox busy"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    smtp.handle_RCPT = refuse  # type: ignore[attr-defined]
    announce("news:1", [cast.alice.pk, cast.bob.pk], TEMPLATE, context=CONTEXT)
    rests = []
    for _attempt in range(sending.MAX_ATTEMPTS):
        send_open()
        delivery = Delivery.objects.get(person=cast.alice)
        if delivery.lease_until:
            rests.append(round((delivery.lease_until - timezone.now()).total_seconds() / 60))
        Delivery.objects.filter(state=State.WAITING).update(
            lease_until=timezone.now() - dt.timedelta(seconds=1), created_at=timezone.now() - dt.timedelta(hours=6)
        )
    assert receivers(smtp) == [cast.bob.email]
    assert rests == [1, 4, 16, 64, 256]
    assert delivery.state == State.FAILED
    assert "mailbox busy" in delivery.error


def test_mail_server_that_is_away_costs_no_message_an_attempt(cast: Cast, settings: Any) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    announce("news:1", [cast.alice.pk], TEMPLATE, context=CONTEXT)
    run_due()
    job = Job.objects.get()
    assert (job.state, job.attempts) == (Job.State.WAITING, 1)
    assert "ConnectionRefusedError" in job.reason
    assert Delivery.objects.get().attempts == 0


def test_open_messages_without_a_job_get_one(cast: Cast) -> None:
    announce("news:1", [cast.alice.pk], TEMPLATE, context=CONTEXT)
    sending.resume()
    assert Job.objects.count() == 1
    Job.objects.update(state=Job.State.FAILED)
    sending.resume()
    assert Job.objects.filter(state=Job.State.WAITING).count() == 1


def test_nothing_to_say_any_more_is_not_said(cast: Cast, smtp: Mailbox) -> None:
    content("accounts/email/silent")(lambda delivery: None)
    announce("news:1", [cast.alice.pk], "accounts/email/silent")
    send_open()
    assert smtp.messages == []
    assert Delivery.objects.get().state == State.DROPPED


@pytest.mark.django_db(transaction=True)
def test_several_workers_send_each_message_once(smtp: Mailbox) -> None:
    company = build_cast()
    people = [make_person() for _ in range(40)]
    post(TEMPLATE, [Message(f"news:{person.pk}", person.pk, context=CONTEXT) for person in people])
    sent = at_once(4, send_open)
    assert sum(sent) == 40
    assert receivers(smtp) == sorted(person.email for person in people)
    assert company.alice.email not in receivers(smtp)


def test_ten_thousand_are_announced_in_few_statements(db: None, django_assert_max_num_queries: Any) -> None:
    from accounts.models import Person

    Person.objects.bulk_create(Person(employee_number=f"n{n}", last_name="V") for n in range(10_000))
    with django_assert_max_num_queries(12):
        announce("news:1", Person.objects.values_list("pk", flat=True), TEMPLATE)
    assert Delivery.objects.count() == 10_000


def test_administrators_are_told_who_have_not_left(cast: Cast) -> None:
    left_today = make_person(is_administrator=True, left_on=today())
    make_person(is_administrator=True, left_on=today() - dt.timedelta(days=1))
    for _twice in range(2):
        tell_administrators("news:1", TEMPLATE, CONTEXT)
    working = {cast.dana.pk, left_today.pk}
    assert set(states()) == {f"news:1:{person}" for person in working}
    assert set(Delivery.objects.values_list("person", "template")) == {(person, TEMPLATE) for person in working}
