"""Which day of a month is meant: its second Tuesday, its last week, its eighth working day, its 31st or else last."""

import calendar
import datetime as dt
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar

from annualclock.dates.checks import check_whole
from annualclock.dates.stored import read, written
from kam.lib.workdays import ONE_DAY, workdays_of_month

LAST = -1


@dataclass(frozen=True)
class DayRule(ABC):
    """Which day of a month is meant."""

    by_weekday: ClassVar[bool] = False

    @abstractmethod
    def day_in(self, year: int, month: int) -> dt.date:
        """Return that day of the month, on whichever weekday or holiday."""

    def to_dict(self) -> dict[str, Any]:
        return written(self, DAY_RULES)


@dataclass(frozen=True)
class NthWeekday(DayRule):
    """The month's first to fourth such weekday, or its last (nth=LAST). `weekday` is 0 for Monday, as in datetime."""

    weekday: int
    nth: int

    by_weekday: ClassVar[bool] = True

    def __post_init__(self) -> None:
        check_whole("weekday", self.weekday, 0, 6)
        if self.nth != LAST:
            check_whole("nth", self.nth, 1, 4)

    def day_in(self, year: int, month: int) -> dt.date:
        if self.nth == LAST:
            last = month_day(year, month, 31)
            return last - (last.weekday() - self.weekday) % 7 * ONE_DAY
        first = dt.date(year, month, 1)
        return first + ((self.weekday - first.weekday()) % 7 + 7 * (self.nth - 1)) * ONE_DAY


@dataclass(frozen=True)
class LastWeek(DayRule):
    """The Monday of the week that the month's last day is in; when that is a holiday, the week's next working day."""

    by_weekday: ClassVar[bool] = True

    def day_in(self, year: int, month: int) -> dt.date:
        last = month_day(year, month, 31)
        return last - last.weekday() * ONE_DAY


@dataclass(frozen=True)
class DayOfMonth(DayRule):
    """The day of that number, or the last one of a month that is shorter."""

    day: int

    def __post_init__(self) -> None:
        check_whole("day", self.day, 1, 31)

    def day_in(self, year: int, month: int) -> dt.date:
        return month_day(year, month, self.day)


@dataclass(frozen=True)
class WorkingDay(DayRule):
    """The month's working day of that number, or the last one of a month that has fewer: 23 is always the last."""

    number: int

    def __post_init__(self) -> None:
        check_whole("number", self.number, 1, 23)

    def day_in(self, year: int, month: int) -> dt.date:
        days = workdays_of_month(year, month)
        return days[min(self.number, len(days)) - 1]


DAY_RULES: dict[str, type[Any]] = {
    "nth_weekday": NthWeekday,
    "last_week": LastWeek,
    "day_of_month": DayOfMonth,
    "working_day": WorkingDay,
}


def day_rule_from_dict(data: object) -> DayRule:
    """Return the rule that `to_dict` wrote. Raises ValueError saying what is wrong with it."""
    rule: DayRule = read(data, DAY_RULES, "rule for a day")
    return rule


def check_rule(rule: object) -> None:
    if not isinstance(rule, DayRule):
        raise ValueError(f"on is a rule for a day, not {rule!r}.")


def month_day(year: int, month: int, number: int) -> dt.date:
    """Return the day of that number, or the last of a month that is shorter."""
    return dt.date(year, month, min(number, calendar.monthrange(year, month)[1]))
