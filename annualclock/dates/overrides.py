"""What people changed in a year's occurrences: put onto them, and carried over to the next year.

How a change is carried over:

- What was moved stays moved. Where the cadence goes by weekdays ("the second Tuesday"), it keeps its distance in days,
  and so its own weekday: the Thursday of that week, the Tuesday after. Where it goes by dates or working days, it keeps
  its distance in working days from the day that the clock had shown. Neither leaves the year, nor moves into July what
  avoids July and was not there before, nor onto a day that another occurrence has, unless both had one day before.
- What was skipped is not skipped again: its reason was that year's. What was done is to be done again.
- What the cadence does not give in the next year has nothing to carry over.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from annualclock.dates.cadences import Cadence, Context
from annualclock.dates.checks import check_day
from annualclock.dates.occurrences import JULY, Occurrence, free_workday, in_order, occurrences, shifted
from kam.lib.workdays import add_workdays, workday_before, workdays_between


@dataclass(frozen=True)
class Override:
    """What was changed in the occurrence of that key: moved, skipped with a reason, done.

    A person may move it to any day of its year, a Saturday or one of July too. Raises ValueError for a day of another
    year, for a blank reason, and for what is skipped and done at once.
    """

    key: str
    moved_to: dt.date | None = None
    skipped_because: str = ""
    done: bool = False

    def __post_init__(self) -> None:
        if self.moved_to is not None:
            check_day("moved_to", self.moved_to)
            if not self.key.startswith(f"{self.moved_to.year:04}"):
                raise ValueError(f"{self.key} can be moved within its year only, not to {self.moved_to}.")
        if self.skipped_because and not self.skipped_because.strip():
            raise ValueError(f"{self.key} is skipped with a reason.")
        if self.skipped_because and self.done:
            raise ValueError(f"{self.key} is either skipped or done.")


def with_overrides(found: Iterable[Occurrence], overrides: Iterable[Override]) -> tuple[Occurrence, ...]:
    """Return the same occurrences as people changed them, by day; overrides of other keys change nothing.

    Raises ValueError for two overrides of one key.
    """
    by_key = _by_key(overrides)
    return in_order(_changed(one, by_key[one.key]) if one.key in by_key else one for one in found)


def left_over(found: Iterable[Occurrence], overrides: Iterable[Override]) -> tuple[Override, ...]:
    """Return the overrides of keys that are not among the occurrences: of a cadence that was another one before."""
    keys = {one.key for one in found}
    return tuple(override for override in overrides if override.key not in keys)


def rolled(overrides: Iterable[Override], cadence: Cadence, year: int, context: Context) -> tuple[Override, ...]:
    """Return the overrides of the year after `year` that keep what `overrides` changed in it, by the rules above."""
    shown = {one.key: one for one in occurrences(cadence, year, context)}
    changed = with_overrides(shown.values(), overrides)
    moves = {_next_key(one.key): one for one in changed if one.moved and not one.skipped}
    together = Counter(one.day for one in changed if not one.skipped)
    coming = occurrences(cadence, year + 1, context)
    taken = {one.day for one in coming if one.key not in moves}
    result = []
    for one in coming:
        if (before := moves.get(one.key)) is None:
            continue
        day = _moved_alike(one, before, shown[before.key].day, cadence)
        if together[before.day] == 1:
            day = free_workday(day, taken, cadence)
        taken.add(day)
        if day != one.day:
            result.append(Override(one.key, moved_to=day))
    return tuple(result)


def _by_key(overrides: Iterable[Override]) -> dict[str, Override]:
    by_key: dict[str, Override] = {}
    for override in overrides:
        if override.key in by_key:
            raise ValueError(f"{override.key} is changed by two overrides.")
        by_key[override.key] = override
    return by_key


def _changed(one: Occurrence, override: Override) -> Occurrence:
    day = override.moved_to or one.day
    moved = one.moved or day != one.day
    return replace(one, day=day, moved=moved, skipped_because=override.skipped_because, done=override.done)


def _next_key(key: str) -> str:
    year, *rest = key.split("-")
    return "-".join([str(int(year) + 1), *rest])


def _moved_alike(one: Occurrence, before: Occurrence, shown: dt.date, cadence: Cadence) -> dt.date:
    """Return the day as far from `one` as `before` was moved: from its planned day, or from the day `shown` then."""
    year = one.planned.year
    if cadence.by_weekday:
        day = one.planned + (before.day - before.planned)
    else:
        day = add_workdays(one.day, _workdays_from(shown, shifted(before.day)))
    day = shifted(max(dt.date(year, 1, 1), min(day, dt.date(year, 12, 31))))
    if cadence.avoid_july and day.month == JULY and before.day.month != JULY:
        return workday_before(dt.date(year, JULY, 1)) if before.day.month < JULY else shifted(day, avoid_july=True)
    return day


def _workdays_from(first: dt.date, last: dt.date) -> int:
    """Return how many working days `last` comes after `first`, negative when before it; both are working days."""
    return workdays_between(first, last) - workdays_between(last, first)
