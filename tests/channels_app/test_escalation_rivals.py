"""Steps of the ladder that crash, are killed, or are taken by several workers at once: everybody is told once."""

import signal
import sys
import threading
from typing import Any

import pytest
import time_machine
from django.db import close_old_connections, connection, transaction

from accounts.models import Notice
from channels_app.actions import escalation
from channels_app.actions.acknowledge import acknowledge_message
from channels_app.actions.escalation import run_due_steps
from channels_app.models import Message, Reminder
from tests.cast import Cast
from tests.channels_app.urgent import a_monday as a_monday
from tests.channels_app.urgent import (
    acknowledge_all_but,
    noticed,
    on,
    outcomes,
    publish,
    told,
)
from tests.conftest import Start, wait_until

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("a_monday")]


def test_a_crash_in_the_middle_of_a_step_leaves_nothing_of_it(
    cast: Cast, a_monday: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = publish(cast)
    acknowledge_all_but(message, cast.ines)
    a_monday.move_to(on(1, "08:00"))
    with monkeypatch.context() as patch:
        patch.setattr(escalation, "_close", lambda *given: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            run_due_steps()
    assert told(message, 2) == {}
    assert noticed(message, "urgent_reminder") == set()
    run_due_steps()
    assert noticed(message, "urgent_reminder") == {"Ines"}
    assert Reminder.objects.filter(step__message=message, told=cast.ines).count() == 2  # at publishing, and now


def test_one_broken_message_holds_up_no_other(
    cast: Cast, a_monday: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = publish(cast), publish(cast)
    a_monday.move_to(on(1, "08:00"))
    around = escalation.around

    def fails(message: Message, *given: Any) -> object:
        if message.pk == broken.pk:
            raise ValueError("broken")
        return around(message, *given)

    monkeypatch.setattr(escalation, "around", fails)
    with pytest.raises(ValueError, match="broken"):
        run_due_steps()
    assert outcomes(whole) == ["done", "overtaken", "done", ""]
    assert outcomes(broken) == ["done", "", "", ""]


DIES = """
import django; django.setup()
import datetime as dt, os, signal
from channels_app.actions import escalation
escalation._close = lambda *given: os.kill(os.getpid(), signal.SIGKILL)
escalation.run_due_steps(dt.datetime.fromisoformat("{now}"))
"""


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_is_killed_in_a_step_has_told_nobody(
    cast: Cast, a_monday: time_machine.Traveller, start: Start, process_env: dict[str, str]
) -> None:
    """A real process, killed when all is written and nothing is committed."""
    message = publish(cast)
    now = on(1, "08:00")
    worker = start(sys.executable, "-c", DIES.format(now=now.isoformat()), env=process_env)
    assert worker.wait(60) == -signal.SIGKILL
    assert outcomes(message) == ["done", "", "", ""]
    assert noticed(message, "urgent_reminder") == set()
    a_monday.move_to(now)
    assert run_due_steps() == 2
    assert len(noticed(message, "urgent_reminder")) == 6
    assert Notice.objects.filter(object_id=message.pk, kind="urgent_reminder").count() == 6


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_take_each_step_once(cast: Cast, a_monday: time_machine.Traveller) -> None:
    made = [publish(cast) for _ in range(3)]
    a_monday.move_to(on(1, "08:00"))
    ready, closed = threading.Barrier(4), []

    def work() -> None:
        try:
            ready.wait()
            closed.append(run_due_steps(on(1, "08:00")))
        finally:
            close_old_connections()
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    run_due_steps()
    for message in made:
        assert outcomes(message) == ["done", "overtaken", "done", ""]
        reminders = Notice.objects.filter(object_id=message.pk, kind="urgent_reminder")
        assert reminders.count() == 6  # all but Bob, who is away, and Tuula, who was invited until yesterday


@pytest.mark.django_db(transaction=True)
def test_a_step_waits_for_whoever_is_just_acknowledging(cast: Cast, a_monday: time_machine.Traveller) -> None:
    message = publish(cast)
    acknowledge_all_but(message, cast.ines)
    a_monday.move_to(on(0, "13:00"))
    done: list[int] = []

    def work() -> None:
        try:
            done.append(run_due_steps(on(0, "13:00")))
        finally:
            connection.close()

    with transaction.atomic():
        acknowledge_message(actor=cast.ines, message=message)
        worker = threading.Thread(target=work)
        worker.start()
        wait_until(_somebody_waits, what="the step waiting for the row")
    worker.join()
    assert done == [1]
    assert outcomes(message)[1] == "nobody"
    assert noticed(message, "urgent_reminder") == set()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])
