"""Working days, working hours and quiet hours in Finland, by the clock on the wall in Helsinki.

Monday to Friday from 7 to 16, but for public holidays and the two eves on which the country does not work: midsummer's
and Christmas. Hours are counted as they pass, so that a change of clocks makes none longer or shorter.
"""

import calendar
import datetime as dt
from functools import cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

HELSINKI = ZoneInfo("Europe/Helsinki")
WORK_BEGINS, WORK_ENDS = dt.time(7), dt.time(16)
QUIET_BEGINS, QUIET_ENDS = dt.time(20), dt.time(6)
ONE_DAY = dt.timedelta(days=1)
SATURDAY = 5


@cache
def holidays(year: int) -> frozenset[dt.date]:
    """Return the days of `year` on which nobody works: public holidays, midsummer eve and Christmas eve."""
    return frozenset(country_holidays("FI", years=year, categories=("public",)))


def is_workday(day: dt.date) -> bool:
    return day.weekday() < SATURDAY and day not in holidays(day.year)


def workday_after(day: dt.date) -> dt.date:
    """Return the first working day after `day`."""
    day += ONE_DAY
    while not is_workday(day):
        day += ONE_DAY
    return day


def workday_before(day: dt.date) -> dt.date:
    """Return the last working day before `day`."""
    day -= ONE_DAY
    while not is_workday(day):
        day -= ONE_DAY
    return day


def workday_on_or_after(day: dt.date) -> dt.date:
    """Return `day` when people work on it, otherwise the first working day after it."""
    return day if is_workday(day) else workday_after(day)


def add_workdays(day: dt.date, number: int) -> dt.date:
    """Return the working day that comes `number` working days after `day`, or before it when negative; 0 is `day`."""
    step = workday_after if number > 0 else workday_before
    for _ in range(abs(number)):
        day = step(day)
    return day


@cache
def workdays_of_month(year: int, month: int) -> tuple[dt.date, ...]:
    """Return the month's working days in order; a Finnish month has seventeen of them at least."""
    days = (dt.date(year, month, number) for number in range(1, calendar.monthrange(year, month)[1] + 1))
    return tuple(day for day in days if is_workday(day))


def at_clock(day: dt.date, clock: dt.time) -> dt.datetime:
    """Return the moment at which the clocks in Helsinki show `clock` on `day`."""
    return dt.datetime.combine(day, clock, tzinfo=HELSINKI)


def add_working_hours(moment: dt.datetime, hours: float) -> dt.datetime:
    """Return when `hours` of working time have passed since `moment` (aware). Zero hours leave it as it is.

    What is left over at the end of a working day goes on the next morning; hours that fill a day up to its end are
    over then, not the next morning.
    """
    left = dt.timedelta(hours=hours)
    now = moment.astimezone(HELSINKI)
    if not left:
        return now
    day = now.date()
    while True:
        if is_workday(day):
            # Python subtracts times of one zone by what their clocks show: right here, none changes while people work.
            begins, ends = max(now, at_clock(day, WORK_BEGINS)), at_clock(day, WORK_ENDS)
            if begins < ends and left <= ends - begins:
                return begins + left
            left -= max(ends - begins, dt.timedelta(0))
        day += ONE_DAY


def is_quiet(moment: dt.datetime) -> bool:
    """Say whether `moment` (aware) is between 20 and 6 o'clock."""
    clock = moment.astimezone(HELSINKI).time()
    return clock >= QUIET_BEGINS or clock < QUIET_ENDS


def after_quiet_hours(moment: dt.datetime) -> dt.datetime:
    """Return `moment` (aware), or 6 o'clock of the morning that follows when it is in quiet hours."""
    now = moment.astimezone(HELSINKI)
    if not is_quiet(now):
        return now
    return at_clock(now.date() if now.time() < QUIET_ENDS else now.date() + ONE_DAY, QUIET_ENDS)


def workdays_between(first: dt.date, last: dt.date) -> int:
    """Return how many working days come after `first` up to `last`, that day included: how long something waited."""
    days = (first + number * ONE_DAY for number in range(1, (last - first).days + 1))
    return sum(is_workday(day) for day in days)
