"""Hands for tests that kill processes: a company with an urgent message, its ladder's clock, and who got what of it."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from itertools import count

from django.utils import timezone

from accounts.derivation import derive_access
from accounts.handover import open_and_close_stays
from accounts.models import Account, Assignment, Delivery, Job, Person
from channels_app.actions.escalation import JOB as ESCALATE
from channels_app.actions.escalation import call_at_next_step
from channels_app.aims import Aim
from channels_app.models import EscalationStep, Message, MessageKind, Reminder
from kam.lib.dates import period, today
from tests.cast import LONG_AGO, ONE_DAY, assign, direct, make_account, make_person, make_site
from tests.channels_app.killed import House, hand_out
from tests.channels_app.message_hands import write
from tests.channels_app.post_office import Letter
from tests.conftest import wait_until

State, What = Delivery.State, EscalationStep.What
FAR_OFF = dt.timedelta(days=20)
_numbers = count(1)


# --- a company, and an urgent message in it -------------------------------------------------------------------------
@dataclass(frozen=True)
class Company:
    """An account with its director, and supervisors under one manager."""

    account: Account
    director: Person
    manager: Person
    people: list[Person]


def make_company(size: int) -> Company:
    account = make_account()
    site = make_site(account)
    director, manager = make_person("Johanna", "Johtaja"), make_person("Pekka", "Päällikkö")
    direct(director, account)
    people = [make_person("Eeva", f"Esimies{number}", superior=manager) for number in range(size)]
    for person in people:
        assign(person, site)
    derive_access()
    open_and_close_stays()
    return Company(account, director, manager, people)


def publish(company: Company) -> Message:
    """Write an urgent message with the ladder of a morning, whose later steps are far off until they `fall_due`."""
    message = write(
        company.director,
        company.account,
        MessageKind.URGENT,
        subject=f"Sähkökatko {next(_numbers)}",
        aim=Aim(roles=("supervisor",)),
        critical=True,
        acknowledge_by=timezone.now() + 2 * FAR_OFF,
    )
    for number, what in enumerate((What.REMIND, What.STAND_IN, What.DEADLINE), 1):
        EscalationStep.objects.update_or_create(
            message=message, asking=1, number=number, defaults={"what": what, "due_at": timezone.now() + FAR_OFF}
        )
    hand_out()
    return message


def fall_due(message: Message, number: int) -> EscalationStep:
    """Have the step fall due in a moment."""
    now = timezone.now()
    step = EscalationStep.objects.get(message=message, number=number)
    EscalationStep.objects.filter(pk=step.pk).update(due_at=now + dt.timedelta(milliseconds=100))
    call_at_next_step(now)
    return step


def wait_for_step(message: Message, number: int) -> None:
    done = EscalationStep.objects.filter(message=message, number=number, outcome=EscalationStep.Outcome.DONE)
    wait_until(done.exists, what=f"step {number} being done")


def end_access(people: Collection[Person]) -> None:
    Assignment.objects.filter(person__in=people).update(period=period(LONG_AGO, today() - ONE_DAY))
    derive_access()


# --- what became of it ----------------------------------------------------------------------------------------------
def deliveries(message: Message) -> dict[int, Delivery]:
    rows = Delivery.objects.filter(notice__thing="message", notice__object_id=message.pk)
    return rows.select_related("person", "notice").in_bulk()


def letters(house: House, message: Message) -> dict[int, list[Letter]]:
    """Return what the server took about `message`, by delivery; each under one Message-ID and to its person."""
    rows = deliveries(message)
    found = house.post.of(set(rows))
    for pk, taken in found.items():
        assert {letter.to for letter in taken} == {rows[pk].person.email}
        assert len({letter.message_id for letter in taken}) == 1
    return found


def mailed(house: House, message: Message) -> dict[str, list[Person]]:
    """Return by kind of notice to whom a mail left, each as often as it did."""
    rows, found = deliveries(message), letters(house, message)
    by_kind: dict[str, list[Person]] = {}
    for pk in sorted(found):
        by_kind.setdefault(rows[pk].notice.kind, []).extend([rows[pk].person] * len(found[pk]))
    return by_kind


def said(message: Message) -> list[tuple[int, int]]:
    """Return (number of the step, whom it told) as the log has it, of themselves."""
    rows = Reminder.objects.filter(step__message=message, told_as="self")
    return sorted(rows.values_list("step__number", "told"))


def wait_for_rest() -> None:
    """Wait until nothing is due: no mail, and no job but the ladders' next ones."""
    wait_until(lambda: not undone(), seconds=90, what=f"everything being settled, of {undone()}")


def undone() -> list[str]:
    later = timezone.now() + dt.timedelta(hours=1)
    jobs = Job.objects.filter(state__in=[Job.State.WAITING, Job.State.RUNNING])
    mail = Delivery.objects.filter(state__in=[State.WAITING, State.SENDING])
    return [
        *(f"job {each}: {each.state}" for each in jobs.exclude(name=ESCALATE, run_after__gt=later)),
        *(f"mail {each}: {each.state}" for each in mail),
    ]
