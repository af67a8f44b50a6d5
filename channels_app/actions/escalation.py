"""The ladder of an urgent message: laid when it asks, climbed a step at a time until everybody has acknowledged.

A step is carried out in one transaction: its log, what is told, and that it is done. A crash leaves it undone and
nothing told; two workers never share a message; the log's and the notices' keys would refuse a second time anyway.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.jobs import enqueue
from accounts.models import Person
from accounts.notify import News, tell
from channels_app.actions.message_news import urgent_news
from channels_app.ladder import ladder
from channels_app.models import EscalationStep, Message, MessageRecipient, Reminder
from channels_app.models.locks import hold_limits
from channels_app.queries.reminding import around
from channels_app.reminding import SELF, Telling, tellings
from kam.lib.workdays import HELSINKI, after_quiet_hours, is_quiet

JOB = "escalate"
# When another transaction holds a message whose step is due, it is tried again so much later.
SOON = dt.timedelta(minutes=1)
What, Outcome = EscalationStep.What, EscalationStep.Outcome
OPEN = {"done_at": None}


# --- laying it ------------------------------------------------------------------------------------------------------
@transaction.atomic
def lay_ladder(message: Message, now: dt.datetime | None = None) -> None:
    """Lay the steps for what `message` asks now, and take the first one.

    In the transaction that publishes it: everybody is told here, in quiet hours without being woken. What was left of
    an earlier asking ends.
    """
    now = now or timezone.now()
    if message.acknowledge_by is None:
        return
    EscalationStep.objects.filter(message=message, **OPEN).exclude(asking=message.asked_number).update(
        done_at=now, outcome=Outcome.ENDED
    )
    EscalationStep.objects.bulk_create(
        [
            EscalationStep(
                message=message, asking=message.asked_number, number=rung.number, what=rung.what, due_at=rung.due_at
            )
            for rung in ladder(now, message.acknowledge_by, message.critical)
        ],
        ignore_conflicts=True,
    )
    _climb(message, now)
    call_at_next_step(now)


def call_at_next_step(now: dt.datetime) -> None:
    """Have the steps run when the next is due; what is due already somebody else holds, and is looked at again."""
    due = EscalationStep.objects.filter(**OPEN).order_by("due_at").values_list("due_at", flat=True)
    critical, usual = due.filter(message__critical=True).first(), due.filter(message__critical=False).first()
    moments = [moment for moment in (critical, usual and max(usual, after_quiet_hours(now))) if moment]
    if moments:
        enqueue(JOB, JOB, run_after=min(moments) if min(moments) > now else now + SOON)


# --- climbing it ----------------------------------------------------------------------------------------------------
def run_due_steps(now: dt.datetime | None = None) -> int:
    """Carry out what is due, each message in a transaction of its own; return how many steps were closed.

    Any number of workers may do it at once, at any time and again. Raises nothing of one message's before the others
    have had their turn.
    """
    now = now or timezone.now()
    closed, failed = 0, None
    for pk, account_id in list(due_steps(now).order_by().values_list("message", "message__account").distinct()):
        try:
            closed += _run(pk, account_id, now)
        except Exception as error:  # one message must not hold up another; the job is tried again for it
            failed = error
    if failed is not None:
        raise failed
    return closed


def due_steps(now: dt.datetime) -> QuerySet[EscalationStep]:
    """Return the open steps whose time has come; in quiet hours, also late ones wait unless they are critical."""
    due = EscalationStep.objects.filter(due_at__lte=now, **OPEN)
    return due.filter(Q(message__critical=True) | Q(what=What.PUBLISH)) if is_quiet(now) else due


@transaction.atomic
def _run(message_id: int, account_id: int, now: dt.datetime) -> int:
    hold_limits(account_id)
    free = Message.objects.select_for_update(skip_locked=True, no_key=True, of=("self",))
    message = free.select_related("account", "author").filter(pk=message_id).first()
    return _climb(message, now) if message else 0


def _climb(message: Message, now: dt.datetime) -> int:
    """Carry out what is due of a message that the transaction holds; return how many steps were closed.

    After a standstill several are due at once: the last one speaks for those before it. Publishing speaks for itself.
    """
    found = due_steps(now).filter(message=message).select_for_update(skip_locked=True, of=("self",))
    steps = list(found.order_by("asking", "number"))
    current = [step for step in steps if step.asking == message.asked_number and message.is_published]
    carried_out = [step for step in current if step.what == What.PUBLISH or step is current[-1]]
    for step in steps:
        if step in carried_out:
            _carry_out(step, message, now)
        else:
            _close(step, Outcome.OVERTAKEN if step in current else Outcome.ENDED, now)
    return len(steps)


def _carry_out(step: EscalationStep, message: Message, now: dt.datetime) -> None:
    said = _tell(step, message, _pending(message), now)
    _close(step, Outcome.DONE if said else Outcome.NOBODY, now)


def tell_newcomers(message: Message, people: Collection[int], now: dt.datetime) -> None:
    """Tell those of an urgent message who became its recipients later, as the others were told at publishing."""
    publish = EscalationStep.objects.filter(message=message, asking=message.asked_number, what=What.PUBLISH)
    if told := publish.first():
        # The same substitute may hear of one newcomer after another: the moment tells the notices apart.
        _tell(told, message, people, now, f":{told.number}:{int(now.timestamp())}")


def _pending(message: Message) -> list[int]:
    """Return who has not acknowledged, each held: whoever is just doing it is waited for, and not reminded."""
    rows = MessageRecipient.objects.filter(message=message, left_at=None, acknowledged_number__lt=message.asked_number)
    return list(rows.select_for_update(of=("self",)).order_by("person_id").values_list("person_id", flat=True))


def _tell(
    step: EscalationStep, message: Message, pending: Collection[int], now: dt.datetime, mark: str = ""
) -> list[Telling]:
    """Say what the step says about `pending`, and write the log; `mark` tells it from all else said of the message."""
    mark = mark or f":{step.number}"
    people = around(message, pending, now.astimezone(HELSINKI).date())
    said = tellings(step.what, pending, people)
    Reminder.objects.bulk_create(
        [Reminder(step=step, about_id=one.about, told_id=one.told, told_as=one.told_as, at=now) for one in said],
        ignore_conflicts=True,
    )
    themselves = [one.told for one in said if one.told_as == SELF]
    if step.what == What.PUBLISH:
        _say(urgent_news(message), themselves, message, now)
        # Whoever is away finds it when they are back; those who stand in for them are told aloud.
        away = [person for person in pending if person in people.readers and people.is_away(person)]
        tell(urgent_news(message), away, now, aloud=False)
    else:
        _say(urgent_news(message, "urgent_reminder", mark), themselves, message, now)
    _tell_others(step, message, [one for one in said if one.told_as != SELF], now, mark)
    return said


def _say(news: News, people: Collection[int], message: Message, now: dt.datetime) -> None:
    """Tell them, and wake nobody in quiet hours: people publish, and newcomers come, at any time.

    Whoever comes after the deadline finds the message in their letter and on their first page, and gets no mail of it:
    there may be many old ones.
    """
    waits = is_quiet(now) and not message.critical
    over = message.acknowledge_by is not None and message.acknowledge_by < now and news.kind != "urgent_over"
    if people:
        tell(news, people, now, aloud=not over, not_before=after_quiet_hours(now) if waits else None)


def _tell_others(step: EscalationStep, message: Message, said: list[Telling], now: dt.datetime, mark: str) -> None:
    """Tell each of the others once: of one person by name, of several that there are some."""
    about: dict[int, set[int]] = defaultdict(set)
    for one in said:
        about[one.told].add(one.about)
    if step.what == What.DEADLINE:
        _say(urgent_news(message, "urgent_over", mark), about.keys(), message, now)
        return
    several = [told for told, those in about.items() if len(those) > 1]
    _say(urgent_news(message, "urgent_some", mark), several, message, now)
    for person, told in _by_the_only_one(about).items():
        _say(urgent_news(message, "urgent_about", mark, person), told, message, now)


def _by_the_only_one(about: dict[int, set[int]]) -> dict[Person, Collection[int]]:
    told_of: dict[int, list[int]] = defaultdict(list)
    for told, those in about.items():
        if len(those) == 1:
            told_of[next(iter(those))].append(told)
    return {person: told_of[person.pk] for person in Person.objects.filter(pk__in=told_of)}


def _close(step: EscalationStep, outcome: str, now: dt.datetime) -> None:
    EscalationStep.objects.filter(pk=step.pk).update(done_at=now, outcome=outcome)
