"""The daily summary: who gets one, once a day, what it says when it leaves, and what it keeps to itself."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from accounts import notices
from accounts.actions.notify_choices import unsubscribe
from accounts.derivation import derive_access
from accounts.jobs import run_due
from accounts.models import ABOVE_LIMITS, Account, Delivery, Notice, NotifyChoice, Person
from accounts.notify import News, sending, tell
from accounts.notify.tokens import SUMMARY, Choice
from channels_app.models import Task
from kam.digest import gather, send_digests
from kam.lib.dates import period, today
from kam.tasks import enqueue_digests
from tests.cast import Cast, build_cast

pytestmark = pytest.mark.django_db
# Tuesday, half past six in Helsinki.
TUESDAY = dt.datetime(2026, 11, 24, 4, 30, tzinfo=dt.UTC)


@pytest.fixture
def company() -> Any:
    with time_machine.travel(TUESDAY, tick=False):
        yield build_cast()


def told(person: Person, account: Account, kind: str = "announcement", key: str = "a", **fields: Any) -> Notice:
    tell(News(f"{key}:{person.pk}", kind, account, "Vesikatko", "/accounts/", who=person, **fields), [person.pk])
    Delivery.objects.exclude(template="home/email/digest").delete()
    return Notice.objects.latest("pk")


def task(person: Person, account: Account, due: dt.date) -> Task:
    return Task.objects.create(account=account, title="Tilaa avaimet", person=person, due_on=due, created_by=person)


def people() -> set[int]:
    return set(Delivery.objects.filter(template="home/email/digest").values_list("person", flat=True))


def sent_texts() -> list[str]:
    mail.outbox.clear()
    sending.send_open()
    return [str(one.body) for one in mail.outbox]


def test_those_with_something_get_one_a_day(company: Cast) -> None:
    told(company.bob, company.pankki)
    task(company.ines, company.pankki, today())
    task(company.matti, company.pankki, today() + dt.timedelta(days=3))
    assert send_digests() == 2
    assert people() == {company.bob.pk, company.ines.pk}
    told(company.arja, company.pankki)
    assert send_digests() == 0, "a beat that calls again later finds it done"
    assert sorted(Delivery.objects.values_list("key", flat=True)) == sorted(
        f"digest:2026-11-24:{person.pk}" for person in (company.bob, company.ines)
    )


def test_beat_has_them_sent(company: Cast) -> None:
    told(company.bob, company.pankki)
    enqueue_digests()
    run_due()
    (summary,) = mail.outbox
    assert summary.to == [company.bob.email]
    assert summary.subject.startswith("ti 24.11.: 1 ")
    assert summary.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert Delivery.objects.get().state == Delivery.State.SENT


@pytest.mark.parametrize("day", ["2026-11-28", "2026-12-06", "2026-12-25", "2027-01-06"])
def test_nothing_comes_on_days_on_which_nobody_works(day: str) -> None:
    with time_machine.travel(dt.datetime.fromisoformat(f"{day}T04:30:00+00:00"), tick=False):
        cast = build_cast()
        told(cast.bob, cast.pankki)
        assert send_digests() == 0


@pytest.mark.parametrize("moment", ["2026-03-30T03:30:00+00:00", "2026-10-26T04:30:00+00:00"])
def test_change_of_clocks_loses_and_repeats_nothing(moment: str) -> None:
    """The Monday after each change: what was told on Friday and on Sunday is told once."""
    monday = dt.datetime.fromisoformat(moment)
    friday = monday - dt.timedelta(days=3, hours=1)
    with time_machine.travel(friday, tick=False) as clock:
        cast = build_cast()
        told(cast.bob, cast.pankki, key="thursday")
        assert send_digests() == 1
        assert len(sent_texts()) == 1
        clock.move_to(friday + dt.timedelta(hours=5))
        told(cast.bob, cast.pankki, key="friday")
        clock.move_to(monday)
        assert timezone.localtime().strftime("%H:%M") == "06:30"
        assert send_digests() == 1
        assert [text.count("Vesikatko") for text in sent_texts()] == [1]


def test_what_was_read_chosen_otherwise_or_told_before_is_left_out(company: Cast) -> None:
    bob, pankki = company.bob, company.pankki
    NotifyChoice.objects.create(person=bob, account=None, topic="questions", way="none")
    NotifyChoice.objects.create(person=bob, account=pankki, topic="discussions", way="at_once")
    told(bob, pankki, "question", key="none")
    told(bob, pankki, "reply", key="at-once")
    told(bob, pankki, "urgent", key="mandatory")
    Notice.objects.filter(pk=told(bob, pankki, key="read").pk).update(read_at=timezone.now())
    assert send_digests() == 0
    NotifyChoice.objects.create(person=bob, account=pankki, topic="questions", way="daily")
    assert send_digests() == 1


def test_nothing_from_behind_a_limit_or_barrier_or_of_an_account_no_longer_seen(company: Cast) -> None:
    told(company.bob, company.pankki, key="limited", audience=ABOVE_LIMITS)
    told(company.eero, company.pankki, key="barrier")
    told(company.yrjo, company.pankki, key="over")
    told(company.alice, company.pankki, key="open", audience=ABOVE_LIMITS)
    assert send_digests() == 1
    assert people() == {company.alice.pk}


def test_it_is_filled_when_it_leaves(company: Cast) -> None:
    first = told(company.bob, company.pankki, key="first")
    told(company.ines, company.pankki, key="ines")
    send_digests()
    Notice.objects.filter(pk=first.pk).update(read_at=timezone.now())
    company.ines.assignments.update(period=period(dt.date(2024, 1, 1), today() - dt.timedelta(days=1)))
    derive_access()
    assert sent_texts() == []
    assert set(Delivery.objects.values_list("state", flat=True)) == {Delivery.State.DROPPED}


def test_one_that_was_held_up_until_the_next_day_is_not_sent(company: Cast) -> None:
    told(company.bob, company.pankki)
    send_digests()
    with time_machine.travel(TUESDAY + dt.timedelta(days=1), tick=False):
        assert sent_texts() == []


def test_text_goes_in_only_where_the_account_allows_it(company: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        notices._about, "thing", lambda own: {one.pk: notices.About("Vesi on poikki klo 12", "") for one in own}
    )
    told(company.bob, company.pankki, thing="thing", object_id=1)
    with translation.override("en"):
        withheld = gather(company.bob)
        Account.objects.update(content_in_mail=True)
        allowed = gather(company.bob)
    assert withheld
    assert allowed
    assert [line.text for _account, lines in withheld.news for line in lines] == [""]
    assert [line.text for _account, lines in allowed.news for line in lines] == ["Vesi on poikki klo 12"]


def test_unsubscribing_ends_it(company: Cast) -> None:
    NotifyChoice.objects.create(person=company.bob, account=company.pankki, topic="duties", way="daily")
    told(company.bob, company.pankki)
    task(company.bob, company.pankki, today())
    unsubscribe(Choice(company.bob.pk, SUMMARY))
    assert send_digests() == 0
    ways = NotifyChoice.objects.filter(person=company.bob, account=None)
    assert set(ways.values_list("topic", "way")) == {
        ("announcements", "none"), ("questions", "none"), ("discussions", "none"),
    }  # fmt: skip
    assert set(NotifyChoice.objects.filter(person=company.bob).values_list("way", flat=True)) == {"none"}


def test_shut_login_and_missing_address_get_none(company: Cast) -> None:
    for person in (company.bob, company.ines, company.matti):
        told(person, company.pankki)
    company.bob.login.is_active = False
    company.bob.login.save()
    Person.objects.filter(pk=company.ines.pk).update(email="")
    send_digests()
    assert people() == {company.matti.pk}


def test_choosing_whom_takes_the_same_queries_for_many(company: Cast) -> None:
    def queries() -> int:
        Delivery.objects.all().delete()
        with CaptureQueriesContext(connection) as asked:
            send_digests()
        return len(asked)

    told(company.bob, company.pankki, key="one")
    few = queries()
    for person in Person.objects.all():
        for n in range(3):
            told(person, company.pankki, key=f"many:{n}")
    assert queries() == few == 11
