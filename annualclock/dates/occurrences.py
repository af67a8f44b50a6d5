"""On which days something comes in a year: a cadence's days, moved off weekends, holidays and July, none twice.

The rules, all counted in Finnish working days:

- A day on which nobody works moves on to the next working day. Where that would leave the year, it goes back to the
  last working day before instead.
- What avoids July moves from there to the first working day of August. What would only slip into July, from a weekend
  at the end of June, goes back to the last working day of June instead: it need not wait a month for that.
- Two occurrences fall on one day only where the cadence itself puts both on the same day. Otherwise the later one by
  the cadence moves on to the next free working day of that month or, when there is none, back to the nearest free one.
"""

import datetime as dt
from collections.abc import Container, Iterable
from dataclasses import dataclass

from annualclock.dates.cadences import MONTHS, Cadence, Context
from annualclock.dates.checks import check_whole
from kam.lib.workdays import workday_before, workday_on_or_after, workdays_of_month

JULY, AUGUST = 7, 8
FIRST_YEAR, LAST_YEAR = 2000, 2199


@dataclass(frozen=True)
class Occurrence:
    """One time that something comes: the day that the cadence gives, and the working day that it falls on.

    Within an event its `key` is unique and stays the same however the days come out. What people did to it is added by
    annualclock/dates/overrides.py: then `day` may be any day of the year.
    """

    key: str
    planned: dt.date
    day: dt.date
    moved: bool = False
    skipped_because: str = ""
    done: bool = False

    @property
    def skipped(self) -> bool:
        return bool(self.skipped_because)


def occurrences(cadence: Cadence, year: int, context: Context) -> tuple[Occurrence, ...]:
    """Return what comes in `year`, by day. Raises ValueError for a year outside 2000 to 2199."""
    check_whole("year", year, FIRST_YEAR, LAST_YEAR)
    planned = sorted(cadence.planned(year, context), key=lambda one: (one[1], one[0]))
    days: dict[dt.date, dt.date] = {}
    for _, day in planned:
        if day not in days:
            days[day] = free_workday(shifted(day, avoid_july=cadence.avoid_july), set(days.values()), cadence)
    return in_order(Occurrence(key, day, days[day]) for key, day in planned)


def shifted(day: dt.date, *, avoid_july: bool = False) -> dt.date:
    """Return the working day that `day` moves to by the first two rules; a working day outside July stays."""
    if avoid_july and day.month == JULY:
        return workday_on_or_after(dt.date(day.year, AUGUST, 1))
    working = workday_on_or_after(day)
    if working.year != day.year or (avoid_july and working.month == JULY):
        return workday_before(day)
    return working


def free_workday(day: dt.date, taken: Container[dt.date], cadence: Cadence) -> dt.date:
    """Return the working day `day`, or the one that the third rule moves it to when it is taken."""
    if day not in taken:
        return day
    year = [one for month in MONTHS for one in workdays_of_month(day.year, month)]
    in_its_month = [one for one in year if one > day and one.month == day.month]
    before = [one for one in reversed(year) if one < day]
    after = [one for one in year if one > day and one.month != day.month]
    kept_clear = cadence.avoid_july and day.month != JULY
    free = (one for one in (*in_its_month, *before, *after) if one not in taken)
    return next(one for one in free if not (kept_clear and one.month == JULY))


def in_order(found: Iterable[Occurrence]) -> tuple[Occurrence, ...]:
    return tuple(sorted(found, key=lambda one: (one.day, one.planned, one.key)))
