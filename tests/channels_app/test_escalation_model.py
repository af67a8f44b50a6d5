"""The ladder against a model of it, on a real database: any order of publishing, mending, acknowledging, coming, going,
standing in, nights, clock changes, crashes and workers at once. tests/channels_app/ladder_model.py says what must come.
"""

import datetime as dt
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, ClassVar

import pytest
import time_machine
from django.db import connection
from django.db.models import F
from django.utils import timezone
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from accounts.actions.refusal import Refusal
from accounts.handover import open_and_close_stays
from accounts.models import AccessGrant, Account, Delivery, Kind, Notice, Person, Stay, Substitution
from channels_app.actions import escalation
from channels_app.actions.acknowledge import acknowledge_message
from channels_app.actions.escalation import run_due_steps
from channels_app.actions.publishing import publish_wording
from channels_app.actions.recipients import open_message
from channels_app.models import EscalationStep, Message, MessageRecipient, Reminder, Wording
from channels_app.queries.messages import section_of
from kam.lib.dates import UNTIL_FURTHER_NOTICE, period
from tests.cast import make_account, make_person
from tests.channels_app.ladder_model import DAY, HELSINKI, MINUTE, Company, Model, spoken

SUPERIORS = {"saku": "mari", "sini": "mari", "mari": "arvo", "veera": "olli"}
KINDS = {
    "dan": Kind.DIRECTOR, "ella": Kind.DIRECTOR, "arvo": Kind.SUPERIOR, "mari": Kind.SUPERIOR,
    "saku": Kind.RESPONSIBLE, "sini": Kind.RESPONSIBLE, "veera": Kind.INVITED, "olli": Kind.RESPONSIBLE,
    "kia": Kind.RESPONSIBLE,
}  # fmt: skip
PEOPLE = sorted(KINDS)
AUTHOR = "dan"
OUTSIDE = {"olli", "kia"}  # at the beginning
# Ordinary days and evenings; before both clock changes, Easter, midsummer and Christmas.
BEGINNINGS = [
    "2026-11-23 09:00", "2026-11-23 14:30", "2026-11-23 21:30", "2026-03-27 13:00", "2026-10-23 15:00",
    "2026-10-24 23:00", "2026-04-02 10:00", "2026-06-18 12:00", "2026-12-23 08:00",
]  # fmt: skip
CAUSES: dict[Kind, dict[str, int]] = {
    Kind.DIRECTOR: {"directorship_id": 1},
    Kind.RESPONSIBLE: {"assignment_id": 1},
    Kind.SUPERIOR: {"assignment_id": 1, "via_id": 1},
    Kind.INVITED: {"invitation_id": 1},
}
people = st.sampled_from(PEOPLE)
# Who is away at the beginning, and who stands in.
AWAY = st.sampled_from([{}, {"saku": "kia"}, {"mari": "ella"}, {"saku": "kia", "mari": "veera"}])
HOURS = st.sampled_from([2, 6, 30, 75, 150])  # until the deadline


EXAMPLES, STEPS = 20, 20


class Crash(Exception):
    """What a worker dies of in these tests."""


class Ladders(RuleBasedStateMachine):
    """Each rule does something to the database and to the model; then the two must agree."""

    ids: ClassVar[dict[str, int]]
    account: ClassVar[Account]

    def __init__(self) -> None:
        super().__init__()
        self.names = {pk: name for name, pk in self.ids.items()}
        self.models: dict[int, Model] = {}
        self.stays: set[str] = set()
        self.company = Company(SUPERIORS, {"dan", "ella"}, set(PEOPLE) - OUTSIDE)
        self.travel = time_machine.travel(dt.datetime(2026, 1, 1, tzinfo=HELSINKI), tick=False)
        self.clock = self.travel.start()

    def teardown(self) -> None:
        """Leave nothing that the next example would stumble over; old messages stay, withdrawn."""
        Reminder.objects.all().delete()
        EscalationStep.objects.all().delete()
        Message.objects.update(withdrawn_at=timezone.now())
        for rows in (AccessGrant.objects, Stay.objects, Substitution.objects):
            rows.all().delete()
        self.travel.stop()

    # --- the world
    @initialize(
        beginning=st.sampled_from(BEGINNINGS), hours=HOURS, critical=st.booleans(), away=AWAY,
        climbed=st.integers(0, 3),
    )  # fmt: skip
    def begin(self, beginning: str, hours: int, critical: bool, away: dict[str, str], climbed: int) -> None:
        """Begin with a message that some steps have been taken of: what comes later is where the rules are."""
        self.clock.move_to(dt.datetime.strptime(beginning, "%Y-%m-%d %H:%M").replace(tzinfo=HELSINKI))
        self.grant()
        self.letters()
        for absent, substitute in away.items():
            self.stand_in(absent, substitute, 4)
        self.publish(hours, critical)
        for _ in range(climbed):
            self.everybody_was_told_what_they_must_be_and_nothing_else()
            if self._open_steps():
                self.wait_for_a_step(early=False)

    @property
    def now(self) -> dt.datetime:
        return timezone.now()

    @property
    def day(self) -> dt.date:
        return self.now.astimezone(HELSINKI).date()

    def person(self, name: str) -> Person:
        return Person.objects.get(pk=self.ids[name])

    def grant(self) -> None:
        """Write the grants as they would be derived."""
        AccessGrant.objects.all().delete()
        always = {"starts": dt.date(2020, 1, 1), "ends": UNTIL_FURTHER_NOTICE, "since": dt.date(2020, 1, 1)}
        rows = [self._grant(name, KINDS[name], always) for name in sorted(self.company.own)]
        for one in Substitution.objects.all():
            absent = self.names[one.absent_id]
            if absent in self.company.own:
                days = {"starts": one.period.lower, "ends": one.period.upper - DAY, "since": one.period.lower}
                rows.append(self._grant(self.names[one.substitute_id], KINDS[absent], days, one.pk))
        AccessGrant.objects.bulk_create(rows)

    def _grant(self, name: str, kind: Kind, days: dict[str, dt.date], substitution: int | None = None) -> AccessGrant:
        return AccessGrant(
            account=self.account, person_id=self.ids[name], kind=Kind.SUBSTITUTE if substitution else kind,
            acts_as=kind, substitution_id=substitution, **days, **CAUSES[kind],
        )  # fmt: skip

    @rule(pause=st.sampled_from([20 * MINUTE, dt.timedelta(hours=4), dt.timedelta(hours=12), 3 * DAY]))
    def wait(self, pause: dt.timedelta) -> None:
        self.clock.move_to(self.now + pause)

    @precondition(lambda self: self._open_steps())
    @rule(early=st.booleans())
    def wait_for_a_step(self, early: bool) -> None:
        """Until the very minute at which a step is due, or the one before; then the worker looks."""
        self.clock.move_to(max(self.now, min(self._open_steps()) - early * MINUTE))
        self.run(1)

    def _open_steps(self) -> list[dt.datetime]:
        return [rung.due for model in self.models.values() for rung in model.rungs if not rung.outcome]

    def _due(self) -> bool:
        return any(due <= self.now for due in self._open_steps())

    @rule(name=st.sampled_from(["saku", "veera", "olli", "kia", "mari"]), told=st.booleans())
    def come_or_go(self, name: str, told: bool) -> None:
        self.company.own ^= {name}
        self.grant()
        if told:
            self.letters()

    @rule()
    def letters(self) -> None:
        open_and_close_stays()
        there = self.company.sees(self.day)
        came, went = there - self.stays, self.stays - there
        self.stays = there
        for model in self.models.values():
            model.went(went)
            if model.number and not model.withdrawn:
                model.came(came, self.company, self.now, self.day)

    @rule(absent=people, substitute=st.sampled_from(["sini", "veera", "kia", "ella"]), days=st.integers(1, 4))
    def stand_in(self, absent: str, substitute: str, days: int) -> None:
        last = self.day + (days - 1) * DAY
        overlapping = Substitution.objects.filter(
            absent=self.ids[absent], substitute=self.ids[substitute], period__overlap=period(self.day, last)
        )
        if absent == substitute or overlapping.exists():
            return
        Substitution.objects.create(
            absent_id=self.ids[absent], substitute_id=self.ids[substitute], period=period(self.day, last)
        )
        self.company.absences.append((absent, substitute, self.day, last))
        self.grant()

    # --- the message
    @precondition(lambda self: len(self.models) < 2)
    @rule(hours=HOURS, critical=st.booleans())
    def publish(self, hours: int, critical: bool) -> None:
        now = self.now
        message = Message.objects.create(
            account=self.account, author_id=self.ids[AUTHOR], section=section_of("urgent"), kind="urgent",
            subject="Sähkökatko", acknowledge_by=now + dt.timedelta(hours=hours), critical=critical,
        )  # fmt: skip
        Wording.objects.create(message=message, number=1, subject=message.subject, author_id=self.ids[AUTHOR])
        publish_wording(actor=self.person(AUTHOR), message=message, number=1, now=now)
        model = self.models[message.pk] = Model(AUTHOR, message.acknowledge_by, critical)
        model.ask(1, message.acknowledge_by, self.company, now, self.day)

    def _standing(self) -> list[int]:
        return [pk for pk, model in self.models.items() if not model.withdrawn]

    @precondition(lambda self: self._standing())
    @rule(data=st.data(), again=st.booleans())
    def mend(self, data: st.DataObject, again: bool) -> None:
        pk = data.draw(st.sampled_from(self._standing()))
        model, now = self.models[pk], self.now
        deadline = now + dt.timedelta(hours=30) if again else None
        Wording.objects.create(
            message_id=pk, number=model.number + 1, subject="Sähkökatko", author_id=self.ids[AUTHOR],
            asks_again=again, acknowledge_by=deadline,
        )  # fmt: skip
        number = model.number + 1
        publish_wording(actor=self.person(AUTHOR), message=Message.objects.get(pk=pk), number=number, now=now)
        if deadline is not None:
            model.ask(number, deadline, self.company, now, self.day)
        model.number = number

    @rule(data=st.data(), name=people, instead=st.booleans())
    def open_and_acknowledge(self, data: st.DataObject, name: str, instead: bool) -> None:
        pk = data.draw(st.sampled_from(sorted(self.models)))
        others = [other for absent, other in self.company.standing_in(self.day) if absent == name]
        actor = data.draw(st.sampled_from(others or PEOPLE)) if instead else name
        model, message = self.models[pk], Message.objects.get(pk=pk)
        open_message(person=self.person(actor), message=message)
        try:
            acknowledge_message(actor=self.person(actor), message=message, for_person=self.person(name))
        except Refusal:
            assert not model.may_acknowledge(actor, name, self.company, self.day)
        else:
            assert model.may_acknowledge(actor, name, self.company, self.day)
            model.recipients[name].acknowledged = model.number

    @precondition(lambda self: len(self._standing()) > 1)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        pk = data.draw(st.sampled_from(self._standing()))
        Message.objects.filter(pk=pk).update(withdrawn_at=self.now)
        self.models[pk].withdrawn = True

    # --- the work
    @rule(times=st.integers(1, 3))
    def run(self, times: int) -> None:
        for _ in range(times):
            run_due_steps(self.now)
        self._model_runs()

    @precondition(lambda self: self._due())
    @rule()
    def run_twice_at_once(self) -> None:
        """Two workers, each with a connection of its own."""
        now, ready, failed = self.now, threading.Barrier(2), []

        def work() -> None:
            try:
                ready.wait()
                run_due_steps(now)
            except Exception as error:  # of another thread: told below
                failed.append(error)
            finally:
                connection.close()

        workers = [threading.Thread(target=work) for _ in range(2)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        assert not failed
        self._model_runs()

    @precondition(lambda self: self._due())
    @rule(data=st.data())
    def crash(self, data: st.DataObject) -> None:
        """The worker dies in the middle of one message's step, after all has been told and before it is done."""
        victim = data.draw(st.sampled_from(sorted(self.models)))
        with dying_at(victim), suppress(Crash):
            run_due_steps(self.now)
        self._model_runs(but=victim)

    def _model_runs(self, but: int | None = None) -> None:
        for pk, model in self.models.items():
            if pk != but:
                model.run(self.company, self.now, self.day)

    # --- what must be true
    @invariant()
    def everybody_was_told_what_they_must_be_and_nothing_else(self) -> None:
        for pk, model in self.models.items():
            steps = EscalationStep.objects.filter(message=pk).order_by("asking", "number")
            found = [(one.asking, one.number, one.due_at, one.outcome) for one in steps]
            assert found == [(rung.asking, rung.number, rung.due, rung.outcome) for rung in model.rungs]
            log = Reminder.objects.filter(step__message=pk).values_list(
                "step__asking", "step__number", "told", "told_as", "about"
            )
            said = Counter((a, n, self.names[t], told_as, self.names[w]) for a, n, t, told_as, w in log)
            assert said == Counter(model.said)
            lines = {notice.pk: self._line(notice) for notice in Notice.objects.filter(object_id=pk)}
            assert Counter(lines.values()) == Counter(model.lines)
            mails = list(Delivery.objects.filter(notice__in=list(lines), channel="mail").select_related("notice"))
            assert Counter(lines[one.notice_id] for one in mails) == Counter(model.aloud)
            for mail in mails:
                leaves = spoken(mail.notice.created_at, model.critical)
                assert mail.lease_until == (leaves if leaves != mail.notice.created_at else None)

    def _line(self, notice: Notice) -> tuple[str, int, int, int, str]:
        """Take the notice's key apart."""
        _thing, _pk, kind, asking, *rest = notice.key.split(":")
        step, when = ([int(one) for one in rest[:-1]] + [0, 0])[:2]
        return kind, int(asking), step, when, self.names[int(rest[-1])]

    @invariant()
    def recipients_are_as_they_should_be(self) -> None:
        for pk, model in self.models.items():
            rows = MessageRecipient.objects.filter(message=pk).select_related(None)
            found = {self.names[one.person_id]: (one.acknowledged_number, one.left_at is not None) for one in rows}
            assert found == {name: (row.acknowledged, row.left) for name, row in model.recipients.items()}

    @invariant()
    def nobody_was_told_of_who_had_acknowledged(self) -> None:
        """Said of the database alone: a reminder is never later than the acknowledgement that it presses for."""
        late = Reminder.objects.filter(
            step__message__recipients__person_id=F("about_id"),
            step__message__recipients__acknowledged_number__gte=F("step__asking"),
            step__message__recipients__acknowledged_at__lt=F("at"),
        )
        assert not late.exists()


@contextmanager
def dying_at(message_id: int) -> Iterator[None]:
    close = escalation._close

    def die(step: EscalationStep, *given: Any) -> None:
        if step.message_id == message_id:
            raise Crash
        close(step, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(escalation, "_close", die)
        yield


@pytest.mark.django_db(transaction=True)
def test_any_order_of_things_tells_everybody_what_they_must_know_exactly_once() -> None:
    Ladders.account = make_account("Pankki Oyj")
    made = {name: make_person(name.capitalize()) for name in PEOPLE}
    for name, above in SUPERIORS.items():
        Person.objects.filter(pk=made[name].pk).update(superior=made[above])
    Ladders.ids = {name: person.pk for name, person in made.items()}
    run_state_machine_as_test(Ladders, settings=settings(max_examples=EXAMPLES, stateful_step_count=STEPS))
