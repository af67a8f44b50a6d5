"""When something comes in an account's year. Values in, values out: no database, no clock, nothing of Django."""

from annualclock.dates.cadences import (
    MONTHS,
    SPREAD,
    Anchor,
    Anniversary,
    Cadence,
    Context,
    EveryMonths,
    InMonths,
    Milestones,
    Once,
    TimesAYear,
    Yearly,
    cadence_from_dict,
)
from annualclock.dates.day_rules import LAST, DayOfMonth, DayRule, LastWeek, NthWeekday, WorkingDay, day_rule_from_dict
from annualclock.dates.occurrences import Occurrence, occurrences
from annualclock.dates.overrides import Override, left_over, rolled, with_overrides

__all__ = [
    "LAST",
    "MONTHS",
    "SPREAD",
    "Anchor",
    "Anniversary",
    "Cadence",
    "Context",
    "DayOfMonth",
    "DayRule",
    "EveryMonths",
    "InMonths",
    "LastWeek",
    "Milestones",
    "NthWeekday",
    "Occurrence",
    "Once",
    "Override",
    "TimesAYear",
    "WorkingDay",
    "Yearly",
    "cadence_from_dict",
    "day_rule_from_dict",
    "left_over",
    "occurrences",
    "rolled",
    "with_overrides",
]
