"""The ladder of an urgent message as it is climbed: who is told at which step, over nights and standstills."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.derivation import derive_access
from accounts.jobs import Run
from accounts.lease import Lease
from accounts.models import Assignment, Delivery, Job, Kind, Notice, Person, Substitution
from channels_app import tasks
from channels_app.actions import escalation
from channels_app.actions.acknowledge import acknowledge_message
from channels_app.actions.escalation import lay_ladder, run_due_steps
from channels_app.models import EscalationStep, Message, MessageRecipient, Reminder
from channels_app.queries.ladders import ladder_shown
from kam.lib.dates import ONE_DAY, period
from tests.cast import Cast, assign, make_person, stand_in
from tests.channels_app.urgent import a_monday as a_monday
from tests.channels_app.urgent import acknowledge_all_but, mailed, noticed, on, outcomes, publish, recipient, told

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]


# --- each step ------------------------------------------------------------------------------------------------------
def test_publishing_tells_everybody_and_whoever_stands_in_for_who_is_away(cast: Cast) -> None:
    """Bob is away: his line waits for him in the system, without a mail; Stina is told in his place."""
    message = publish(cast)
    everybody = {"Aaro", "Bob", "Ines", "Matti", "Arja", "Saara", "Tuula", "Stina"}
    assert noticed(message, "urgent") == everybody
    assert mailed(message, "urgent") == everybody - {"Bob"}
    assert noticed(message, "urgent_about") == mailed(message, "urgent_about") == {"Stina"}
    assert told(message, 0)["Stina"] == {("self", "Stina"), ("substitute", "Bob")}
    assert "Bob" not in told(message, 0)
    assert outcomes(message) == ["done", "", "", ""]


def test_after_four_hours_who_has_not_acknowledged_is_reminded(cast: Cast, a_monday: time_machine.Traveller) -> None:
    message = publish(cast)
    acknowledge_all_but(message, cast.ines, cast.bob, cast.tuula)
    a_monday.move_to(on(0, "12:59"))
    assert run_due_steps() == 0
    a_monday.move_to(on(0, "13:00"))
    acknowledge_message(actor=cast.tuula, message=message)
    assert run_due_steps() == 1
    assert told(message, 1) == {"Ines": {("self", "Ines")}, "Stina": {("substitute", "Bob")}}
    assert noticed(message, "urgent_reminder") == {"Ines"}
    about = Notice.objects.get(object_id=message.pk, kind="urgent_about", key__contains=":1:1:")
    assert (about.person, about.who) == (cast.stina, cast.bob)


def test_in_the_next_morning_the_superior_is_told(cast: Cast, a_monday: time_machine.Traveller) -> None:
    """Ines' superior Bob is away, so Matti above him; of Bob, who is away, only Stina hears."""
    message = publish(cast)
    acknowledge_all_but(message, cast.ines, cast.bob)
    a_monday.move_to(on(0, "13:00"))
    run_due_steps()
    a_monday.move_to(on(1, "08:00"))
    assert run_due_steps() == 1
    assert told(message, 2) == {
        "Ines": {("self", "Ines")}, "Matti": {("superior", "Ines")}, "Stina": {("substitute", "Bob")},
    }  # fmt: skip


def test_at_the_deadline_the_superior_and_the_author_are_told(cast: Cast, a_monday: time_machine.Traveller) -> None:
    message = publish(cast)
    acknowledge_all_but(message, cast.ines, cast.bob)
    for moment in (on(0, "13:00"), on(1, "08:00"), on(2, "12:00")):
        a_monday.move_to(moment)
        assert run_due_steps() == 1
    assert told(message, 3) == {
        "Matti": {("superior", "Ines"), ("superior", "Bob")}, "Alice": {("author", "Ines"), ("author", "Bob")},
    }  # fmt: skip
    assert noticed(message, "urgent_over") == {"Matti", "Alice"}
    assert outcomes(message) == ["done"] * 4
    a_monday.move_to(on(9))
    assert run_due_steps() == 0


def test_one_superior_of_several_is_told_once(cast: Cast, a_monday: time_machine.Traveller) -> None:
    others = [make_person(name, superior=cast.matti) for name in ("Outi", "Pekka")]
    for person in others:
        assign(person, cast.branch)
    derive_access()
    message = publish(cast)
    acknowledge_all_but(message, *others)
    a_monday.move_to(on(1, "08:00"))
    run_due_steps()
    assert told(message, 2)["Matti"] == {("superior", "Outi"), ("superior", "Pekka")}
    assert noticed(message, "urgent_some") == {"Matti"}
    assert "Matti" not in noticed(message, "urgent_about")


def test_without_a_superior_in_sight_the_directors_are_told(cast: Cast, a_monday: time_machine.Traveller) -> None:
    """Arja has no superior; Saara's does not see the account, nor does anybody above."""
    Person.objects.filter(pk=cast.saara.pk).update(superior=cast.charlie)
    message = publish(cast)
    acknowledge_all_but(message, cast.arja, cast.saara)
    a_monday.move_to(on(1, "08:00"))
    run_due_steps()
    about = {("superior", "Arja"), ("superior", "Saara")}
    assert told(message, 2) == {
        "Alice": about, "Aaro": about, "Arja": {("self", "Arja")}, "Saara": {("self", "Saara")},
    }  # fmt: skip
    assert noticed(message, "urgent_some") == {"Alice", "Aaro"}


def test_a_substitute_out_of_sight_does_not_count(cast: Cast, a_monday: time_machine.Traveller) -> None:
    """Eero stands in for Ines everywhere but here, where a barrier keeps him out: her superior's superior hears."""
    stand_in(cast.eero, cast.ines, first=cast.day, last=cast.day + ONE_DAY)
    message = publish(cast)
    acknowledge_all_but(message, cast.ines)
    a_monday.move_to(on(0, "13:00"))
    run_due_steps()
    assert told(message, 1) == {"Matti": {("superior", "Ines")}}


def test_who_has_lost_sight_is_not_reminded_nor_told_about(cast: Cast, a_monday: time_machine.Traveller) -> None:
    """Before the letters of the morning have closed the stay; and behind a limit that came later."""
    message = publish(cast)
    acknowledge_all_but(message, cast.ines, cast.saara)
    Assignment.objects.filter(person=cast.ines).update(period=period(None, cast.day - ONE_DAY))
    derive_access()
    Message.objects.filter(pk=message.pk).update(limit=[Kind.DIRECTOR, Kind.MANAGEMENT, Kind.RESPONSIBLE])
    for moment in (on(0, "13:00"), on(1, "08:00"), on(2, "12:00")):
        a_monday.move_to(moment)
        assert run_due_steps() == 1
    assert [told(message, number) for number in (1, 2, 3)] == [{}, {}, {}]
    assert outcomes(message) == ["done", "nobody", "nobody", "nobody"]


def test_whoever_comes_back_is_reminded_themselves_again(cast: Cast, a_monday: time_machine.Traveller) -> None:
    message = publish(cast)
    acknowledge_all_but(message, cast.bob)
    Substitution.objects.update(period=period(cast.day - 5 * ONE_DAY, cast.day))
    a_monday.move_to(on(0, "13:00"))
    run_due_steps()
    derive_access()
    a_monday.move_to(on(1, "08:00"))
    derive_access()
    run_due_steps()
    assert told(message, 1) == {"Stina": {("substitute", "Bob")}}
    assert told(message, 2) == {"Bob": {("self", "Bob")}, "Matti": {("superior", "Bob")}}


# --- nights, standstills, ends --------------------------------------------------------------------------------------
def test_in_the_evening_it_is_there_and_wakes_nobody_until_six(cast: Cast, a_monday: time_machine.Traveller) -> None:
    a_monday.move_to(on(0, "21:00"))
    message, critical = publish(cast), publish(cast, critical=True)
    for one in (message, critical):
        assert len(noticed(one, "urgent")) == 8
        assert outcomes(one)[0] == "done"
    waits = Delivery.objects.filter(notice__object_id=message.pk).values_list("lease_until", flat=True)
    assert set(waits) == {on(1, "06:00")}
    assert len(waits) == 8  # Stina's two, none of Bob's
    leave = Delivery.objects.filter(notice__object_id=critical.pk).values_list("lease_until", flat=True)
    assert set(leave) == {None}


def test_a_step_that_comes_late_waits_for_the_morning_too(cast: Cast, a_monday: time_machine.Traveller) -> None:
    message, critical = publish(cast), publish(cast, critical=True)
    a_monday.move_to(on(0, "23:00"))  # the system stood still since noon
    assert run_due_steps() == 1
    assert outcomes(message) == ["done", "", "", ""]
    assert outcomes(critical) == ["done", "done", "", ""]
    a_monday.move_to(on(1, "06:00"))
    assert run_due_steps() == 1
    assert outcomes(message) == ["done", "done", "", ""]


def test_after_a_standstill_only_the_last_step_is_taken(cast: Cast, a_monday: time_machine.Traveller) -> None:
    message = publish(cast)
    a_monday.move_to(on(3))
    assert run_due_steps() == 3
    assert outcomes(message) == ["done", "overtaken", "overtaken", "done"]
    assert told(message, 1) == told(message, 2) == {}
    assert noticed(message, "urgent_reminder") == set()
    assert "Alice" in noticed(message, "urgent_over")


def test_a_withdrawn_message_presses_nobody(cast: Cast, a_monday: time_machine.Traveller) -> None:
    message = publish(cast)
    Message.objects.filter(pk=message.pk).update(withdrawn_at=on(0))
    a_monday.move_to(on(3))
    assert run_due_steps() == 3
    assert outcomes(message) == ["done", "ended", "ended", "ended"]
    assert noticed(message, "urgent_over") == set()


def test_a_message_that_asks_again_has_a_new_ladder(cast: Cast, a_monday: time_machine.Traveller) -> None:
    message = publish(cast)
    acknowledge_all_but(message, cast.ines)
    a_monday.move_to(on(0, "14:00"))
    run_due_steps()
    Message.objects.filter(pk=message.pk).update(number=2, asked_number=2)
    message.refresh_from_db()
    lay_ladder(message)
    steps = EscalationStep.objects.filter(message=message).values_list("asking", "number", "outcome")
    assert list(steps) == [
        (1, 0, "done"), (1, 1, "done"), (1, 2, "ended"), (1, 3, "ended"), (2, 0, "done"), (2, 2, ""), (2, 3, ""),
    ]  # fmt: skip
    again = Notice.objects.filter(object_id=message.pk, kind="urgent", key__contains=":urgent:2:")
    assert again.count() == 8


def test_laying_a_ladder_twice_lays_it_once(cast: Cast) -> None:
    message = publish(cast)
    before = Notice.objects.count()
    lay_ladder(message)
    assert EscalationStep.objects.count() == 4
    assert Notice.objects.count() == before


# --- jobs and pages -------------------------------------------------------------------------------------------------
def test_each_ladder_asks_for_its_next_step(cast: Cast, a_monday: time_machine.Traveller) -> None:
    publish(cast)
    job = Job.objects.get(name="escalate")
    assert job.run_after == on(0, "13:00")
    Job.objects.all().delete()
    a_monday.move_to(on(0, "12:00"))
    tasks.enqueue_due_steps()
    assert not Job.objects.filter(name="escalate").exists()
    a_monday.move_to(on(0, "13:05"))
    tasks.enqueue_due_steps()
    assert Job.objects.filter(name="escalate").exists()


def test_the_job_takes_what_is_due_and_asks_for_what_comes_next(
    cast: Cast, a_monday: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = publish(cast)
    a_monday.move_to(on(0, "13:00"))
    run = Run(job_id=0, args={}, attempt=1, lease=Lease(0, "", 30))
    Job.objects.all().delete()
    tasks.escalate(run)
    assert outcomes(message) == ["done", "done", "", ""]
    assert Job.objects.get(name="escalate").run_after == on(1, "08:00")
    Job.objects.all().delete()
    a_monday.move_to(on(1, "08:00"))
    monkeypatch.setattr(escalation, "around", lambda *given: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        tasks.escalate(run)
    assert Job.objects.get(name="escalate").run_after == on(1, "08:01")


@pytest.mark.parametrize("many", [2, 30])
def test_a_step_is_as_many_statements_for_any_number(cast: Cast, a_monday: time_machine.Traveller, many: int) -> None:
    for number in range(many):
        assign(make_person(f"Uusi{number}", superior=cast.matti), cast.branch)
    derive_access()
    message = publish(cast)
    a_monday.move_to(on(1, "08:00"))
    with CaptureQueriesContext(connection) as asked:
        run_due_steps()
    assert outcomes(message)[2] == "done"
    assert len(asked) == 26


def test_the_ladder_as_it_is_shown(cast: Cast, a_monday: time_machine.Traveller) -> None:
    message = publish(cast)
    acknowledge_all_but(message, cast.ines, cast.bob)
    a_monday.move_to(on(1, "08:00"))
    run_due_steps()
    shown = ladder_shown(message)
    assert [(step.what, step.outcome, step.reminded) for step in shown] == [
        ("publish", "done", 7), ("remind", "overtaken", 0), ("stand_in", "done", 1), ("deadline", "", 0),
    ]  # fmt: skip
    lines = [(line.told.first_name, line.told_as, line.names) for line in shown[2].others]
    assert lines == [("Matti", "superior", "Ines Ilola"), ("Stina", "substitute", "Bob Backman")]
    below_bob = ladder_shown(message, {cast.ines.pk})
    assert [(step.reminded, len(step.others)) for step in below_bob] == [(1, 0), (0, 0), (1, 1), (0, 0)]


def test_the_log_stays_with_whoever_left(cast: Cast) -> None:
    message = publish(cast)
    MessageRecipient.objects.filter(pk=recipient(message, cast.ines).pk).update(left_at=on(0))
    assert Reminder.objects.filter(step__message=message, about=cast.ines).count() == 1
