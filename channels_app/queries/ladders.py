"""The ladder of an urgent message as it is shown: what was and will be done when, and who was told about whom."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

from accounts.models import Person
from channels_app.models import EscalationStep, Message, Reminder

# Lines of a step's log that are shown with it; the rest is a number. Names of all stand on the page of the reach.
MOST_TOLD = 40
What, Outcome = EscalationStep.What, EscalationStep.Outcome


@dataclass(frozen=True)
class ToldAbout:
    """`told` was told about each of `about`, as what they are to them: one of Reminder.As."""

    told: Person
    told_as: str
    about: tuple[Person, ...]

    @property
    def names(self) -> str:
        return ", ".join(person.name for person in self.about)


@dataclass(frozen=True)
class StepShown:
    """A step: `reminded` people were told of themselves; `others` lists those who were told about somebody else."""

    what: str
    words: str
    due_at: dt.datetime
    done_at: dt.datetime | None
    outcome: str
    reminded: int
    others: tuple[ToldAbout, ...]
    more: int

    @property
    def is_done(self) -> bool:
        return self.outcome == Outcome.DONE

    @property
    def is_past(self) -> bool:
        return self.done_at is not None

    @property
    def outcome_words(self) -> str:
        return str(Outcome(self.outcome).label) if self.outcome else ""


def ladder_shown(message: Message, people: Collection[int] | None = None) -> list[StepShown]:
    """Return the steps for what `message` asks now; the log of the person ids `people` only, if given. Two queries."""
    about = Q() if people is None else Q(reminders__about__in=list(people))
    reminded = Count("reminders", filter=about & Q(reminders__told_as=Reminder.As.SELF))
    steps = EscalationStep.objects.filter(message=message, asking=message.asked_number).annotate(reminded=reminded)
    log = Reminder.objects.filter(step__message=message, step__asking=message.asked_number)
    log = log.exclude(told_as=Reminder.As.SELF).select_related("told", "about")
    if people is not None:
        log = log.filter(about__in=list(people))
    others: dict[int, dict[tuple[int, str], list[Reminder]]] = defaultdict(lambda: defaultdict(list))
    for line in log.order_by("told__name_key", "told_id", "about__name_key", "about_id"):
        others[line.step_id][line.told_id, line.told_as].append(line)
    return [_shown(step, [_told(lines) for lines in others[step.pk].values()]) for step in steps.order_by("number")]


def _told(lines: list[Reminder]) -> ToldAbout:
    return ToldAbout(lines[0].told, lines[0].told_as, tuple(line.about for line in lines))


def _shown(step: EscalationStep, others: list[ToldAbout]) -> StepShown:
    return StepShown(
        what=step.what,
        words=str(What(step.what).label),
        due_at=step.due_at,
        done_at=step.done_at,
        outcome=step.outcome,
        reminded=getattr(step, "reminded"),  # noqa: B009  annotated, unknown to the type
        others=tuple(others[:MOST_TOLD]),
        more=max(0, len(others) - MOST_TOLD),
    )
