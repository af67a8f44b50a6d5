"""Days and periods in Helsinki. A period is a half-open date range in the database and first-to-last day for people."""

import calendar
import datetime as dt

from django.utils import timezone
from psycopg.types.range import DateRange

ONE_DAY = dt.timedelta(days=1)
# A period without a first or last day is written with these, so that a plain comparison answers "does it run today".
ALWAYS = dt.date.min
UNTIL_FURTHER_NOTICE = dt.date.max
NEVER = DateRange(empty=True)


def today() -> dt.date:
    """Today by the wall clock in Helsinki, whatever time zone a request may have activated."""
    return timezone.localdate(timezone=timezone.get_default_timezone())


def period(first: dt.date | None, last: dt.date | None) -> "DateRange":
    """Return the range of the days from `first` to `last`, both included; None leaves that side open."""
    return DateRange(first, None if last is None or last == UNTIL_FURTHER_NOTICE else last + ONE_DAY, "[)")


def first_day(days: "DateRange") -> dt.date | None:
    """Return the first day of a period, None when it always ran (or never did)."""
    return days.lower


def last_day(days: "DateRange") -> dt.date | None:
    """Return the last day of a period, None until further notice (or when it never ran)."""
    return None if days.isempty or days.upper is None else days.upper - ONE_DAY


def months_later(day: dt.date, months: int) -> dt.date:
    """Return the same day of the month `months` later, or that month's last day when it is too short."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def monday_of(day: dt.date) -> dt.date:
    """Return the Monday of the week (ISO 8601) that `day` is in."""
    return day - day.weekday() * ONE_DAY


def start_of(day: dt.date) -> dt.datetime:
    """Return the moment at which `day` begins in Helsinki, on whichever side of a change of clocks."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min), timezone.get_default_timezone())
