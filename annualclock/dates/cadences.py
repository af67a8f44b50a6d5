"""How often something comes in an account's year, as plain values: no database, and no clock.

A cadence says on which days of a year its rule falls; annualclock/dates/occurrences.py moves them off weekends,
holidays and July. It is written to a JSON field and read back.

Every occurrence has a key that begins with its year. It names the month, or the date of the contract, and never the
day, so that with another rule for the day, or other holidays, what was moved or skipped is still found.
"""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from annualclock.dates.checks import check_day, check_distinct, check_list, check_whole
from annualclock.dates.day_rules import DayRule, check_rule, day_rule_from_dict, month_day
from annualclock.dates.stored import day_from_text, read, written
from kam.lib.workdays import ONE_DAY

MONTHS = tuple(range(1, 13))
# Where so many times a year fall when they are spread: clear of July, of Christmas and of the first weeks of January.
SPREAD = {1: (10,), 2: (3, 10), 3: (2, 5, 10), 4: (2, 5, 9, 11), 5: (2, 4, 6, 9, 11), 6: (2, 4, 6, 8, 10, 11)}
LONGEST_STEP = 60
Planned = tuple[str, dt.date]


class Anchor(StrEnum):
    """A date of a contract."""

    START = "start"
    END = "end"
    OPTION = "option"


@dataclass(frozen=True)
class Context:
    """The dates of the contract that an event follows, as far as they are known.

    `start` is the first day, `end` the last, `option` the day by which an option must be used. Raises ValueError for a
    moment instead of a day: a moment is another day elsewhere.
    """

    start: dt.date | None = None
    end: dt.date | None = None
    option: dt.date | None = None

    def __post_init__(self) -> None:
        for anchor in Anchor:
            if (day := self.day_of(anchor)) is not None:
                check_day(anchor, day)

    def day_of(self, anchor: Anchor) -> dt.date | None:
        return {Anchor.START: self.start, Anchor.END: self.end, Anchor.OPTION: self.option}[anchor]


@dataclass(frozen=True, kw_only=True)
class Cadence(ABC):
    """How often something comes. What is a meeting avoids July, when the customer's people are away."""

    avoid_july: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.avoid_july, bool):
            raise ValueError(f"avoid_july is true or false, not {self.avoid_july!r}.")

    @property
    def by_weekday(self) -> bool:
        """Whether the rule gives the same weekday in every year."""
        on = getattr(self, "on", None)
        return isinstance(on, DayRule) and on.by_weekday

    @abstractmethod
    def planned(self, year: int, context: Context) -> Iterator[Planned]:
        """Give a key and the day of the rule for each time it comes in `year`; holidays are not looked at here."""

    def to_dict(self) -> dict[str, Any]:
        """Return what `cadence_from_dict` makes an equal cadence of: names, whole numbers, days as 2027-05-31."""
        return written(self, CADENCES)


@dataclass(frozen=True, kw_only=True)
class InMonths(Cadence):
    """Once in each of the given months of the year; MONTHS for every month. Keys: 2027-05."""

    months: tuple[int, ...]
    on: DayRule

    def __post_init__(self) -> None:
        super().__post_init__()
        check_list("months", self.months)
        for month in self.months:
            check_whole("months", month, 1, 12)
        check_distinct("months", self.months)
        check_rule(self.on)

    def planned(self, year: int, context: Context) -> Iterator[Planned]:
        return _in_months(year, self.months, self.on)


@dataclass(frozen=True, kw_only=True)
class TimesAYear(Cadence):
    """So many times a year, spread over its months as in SPREAD. Keys: 2027-05."""

    times: int
    on: DayRule

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole("times", self.times, min(SPREAD), max(SPREAD))
        check_rule(self.on)

    def planned(self, year: int, context: Context) -> Iterator[Planned]:
        return _in_months(year, SPREAD[self.times], self.on)


@dataclass(frozen=True, kw_only=True)
class EveryMonths(Cadence):
    """Every so many months, counted on over the years from the month that `since` is in. Keys: 2027-05."""

    every: int
    since: dt.date
    on: DayRule

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole("every", self.every, 1, LONGEST_STEP)
        check_day("since", self.since)
        check_rule(self.on)

    def planned(self, year: int, context: Context) -> Iterator[Planned]:
        after = {month: (year - self.since.year) * 12 + month - self.since.month for month in MONTHS}
        months = tuple(month for month in MONTHS if after[month] >= 0 and after[month] % self.every == 0)
        return _in_months(year, months, self.on)


@dataclass(frozen=True, kw_only=True)
class Yearly(Cadence):
    """Once a year. The key is the year alone, so that it stays the same one when it is given another month."""

    month: int
    on: DayRule

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole("month", self.month, 1, 12)
        check_rule(self.on)

    def planned(self, year: int, context: Context) -> Iterator[Planned]:
        yield str(year), self.on.day_in(year, self.month)


@dataclass(frozen=True, kw_only=True)
class Once(Cadence):
    """On one date, in one year only. The key is the year."""

    date: dt.date

    def __post_init__(self) -> None:
        super().__post_init__()
        check_day("date", self.date)

    def planned(self, year: int, context: Context) -> Iterator[Planned]:
        if self.date.year == year:
            yield str(year), self.date


@dataclass(frozen=True, kw_only=True)
class Anniversary(Cadence):
    """Each year after the first on the day the contract began, or so many days before (negative) or after it.

    A contract of 29 February has it on the 28th of other years. None comes after the contract's end. The key is the
    year in which it falls; a second one in one year, as 60 days before 1 March in a leap year, is 2028-2.
    """

    days: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_whole("days", self.days, -180, 180)

    def planned(self, year: int, context: Context) -> Iterator[Planned]:
        start, found = context.start, 0
        for of in (year - 1, year, year + 1):
            if start is None or of <= start.year:
                continue
            anniversary = month_day(of, start.month, start.day)
            day = anniversary + self.days * ONE_DAY
            if day.year == year and (context.end is None or anniversary <= context.end):
                found += 1
                yield str(year) if found == 1 else f"{year}-{found}", day


@dataclass(frozen=True, kw_only=True)
class Milestones(Cadence):
    """So many months before each of the contract's dates, and so many days before (negative) or after that.

    Thirty days before the end is months_before=(0,), days=-30. Keys: 2027-end-12, for twelve months before the end. An
    option on the contract's last day is that same date and comes once, as the end.
    """

    of: tuple[Anchor, ...]
    months_before: tuple[int, ...]
    days: int = 0

    def __post_init__(self) -> None:
        super().__post_init__()
        check_list("of", self.of)
        if unknown := [anchor for anchor in self.of if anchor not in list(Anchor)]:
            raise ValueError(f"A contract has no date {unknown[0]!r}: of is a list of {', '.join(Anchor)}.")
        check_distinct("of", self.of)
        check_list("months_before", self.months_before)
        for months in self.months_before:
            check_whole("months_before", months, 0, LONGEST_STEP)
        check_distinct("months_before", self.months_before)
        check_whole("days", self.days, -366, 366)

    def planned(self, year: int, context: Context) -> Iterator[Planned]:
        for anchor in self.of:
            date = context.day_of(anchor)
            # Beyond these years nothing falls into this one; "until further notice" is the last day there is.
            if date is None or not year - 2 <= date.year <= year + 7:
                continue
            if anchor == Anchor.OPTION and date == context.end and Anchor.END in self.of:
                continue
            for months in self.months_before:
                day = _months_before(date, months) + self.days * ONE_DAY
                if day.year == year:
                    yield f"{year}-{anchor}-{months}", day


CADENCES: dict[str, type[Any]] = {
    "in_months": InMonths,
    "times_a_year": TimesAYear,
    "every_months": EveryMonths,
    "yearly": Yearly,
    "once": Once,
    "anniversary": Anniversary,
    "milestones": Milestones,
}
PARTS: dict[str, Callable[[Any], Any]] = {
    "on": day_rule_from_dict,
    "since": day_from_text,
    "date": day_from_text,
}


def cadence_from_dict(data: object) -> Cadence:
    """Return the cadence that `to_dict` wrote. Raises ValueError saying what is wrong with it."""
    cadence: Cadence = read(data, CADENCES, "cadence", PARTS)
    return cadence


def _in_months(year: int, months: tuple[int, ...], on: DayRule) -> Iterator[Planned]:
    return ((f"{year}-{month:02}", on.day_in(year, month)) for month in months)


def _months_before(day: dt.date, months: int) -> dt.date:
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return month_day(year, month + 1, day.day)
