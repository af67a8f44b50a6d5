"""The ladder of an urgent message: when who has not acknowledged is reminded, and when others are told (channel.md).

Pure: the author sees it before publishing, the database keeps it from then on.
"""

import datetime as dt
from dataclasses import dataclass

from kam.lib.workdays import HELSINKI, add_working_hours, after_quiet_hours, at_clock, workday_after

# The values of models.EscalationStep.What.
PUBLISH, REMIND, STAND_IN, DEADLINE = "publish", "remind", "stand_in", "deadline"
REMINDED_AFTER_WORKING_HOURS = 4
MORNING = dt.time(8)


@dataclass(frozen=True)
class Rung:
    """A step and the moment (aware) at which it is due. Numbers are of the whole ladder: those dropped leave gaps."""

    number: int
    what: str
    due_at: dt.datetime


def ladder(published_at: dt.datetime, acknowledge_by: dt.datetime, critical: bool) -> tuple[Rung, ...]:
    """Return the steps of a message published at `published_at` and to be acknowledged by then, in their order.

    Unless the message is critical, nobody is reminded or told about between 20 and 6 o'clock: what falls there waits
    until 6, the word that time is up too. A step that would come no earlier than a later one is dropped (the later one
    reminds as well, and four working hours from an afternoon end after the next morning's eight o'clock), and so is
    what is not before the deadline. Publishing is at once: what it tells is there, and leaves the house at 6.
    """

    def told(moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(HELSINKI) if critical else after_quiet_hours(moment)

    next_workday = workday_after(published_at.astimezone(HELSINKI).date())
    publish = Rung(0, PUBLISH, published_at.astimezone(HELSINKI))
    remind = Rung(1, REMIND, told(add_working_hours(published_at, REMINDED_AFTER_WORKING_HOURS)))
    stand_in = Rung(2, STAND_IN, told(at_clock(next_workday, MORNING)))
    deadline = Rung(3, DEADLINE, max(told(acknowledge_by), publish.due_at))
    kept = [publish]
    if remind.due_at < min(stand_in.due_at, acknowledge_by):
        kept.append(remind)
    if stand_in.due_at < acknowledge_by:
        kept.append(stand_in)
    return (*kept, deadline)
