"""Cadences and rules for a day: what is refused, and that what is stored is read back."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given

from annualclock.dates import (
    LAST,
    MONTHS,
    Anchor,
    Anniversary,
    Cadence,
    Context,
    DayOfMonth,
    DayRule,
    EveryMonths,
    InMonths,
    LastWeek,
    Milestones,
    NthWeekday,
    Once,
    TimesAYear,
    WorkingDay,
    Yearly,
    cadence_from_dict,
    day_rule_from_dict,
)
from tests.annualclock.strategies import cadences, day_rules

NOON = dt.datetime(2027, 5, 31, 12, tzinfo=dt.UTC)
ON = DayOfMonth(day=15)


@given(cadences)
def test_a_stored_cadence_is_read_back(cadence: Cadence) -> None:
    assert cadence_from_dict(json.loads(json.dumps(cadence.to_dict()))) == cadence


@given(day_rules)
def test_a_stored_rule_for_a_day_is_read_back(rule: DayRule) -> None:
    assert day_rule_from_dict(json.loads(json.dumps(rule.to_dict()))) == rule


@pytest.mark.parametrize(
    ("cadence", "stored"),
    [
        (
            InMonths(months=(2, 5), on=NthWeekday(weekday=1, nth=LAST), avoid_july=True),
            {
                "kind": "in_months", "months": [2, 5], "on": {"kind": "nth_weekday", "weekday": 1, "nth": -1},
                "avoid_july": True,
            },
        ),
        (TimesAYear(times=4, on=LastWeek()), {"kind": "times_a_year", "times": 4, "on": {"kind": "last_week"}}),
        (
            EveryMonths(every=18, since=dt.date(2026, 11, 1), on=WorkingDay(number=8)),
            {
                "kind": "every_months", "every": 18, "since": "2026-11-01",
                "on": {"kind": "working_day", "number": 8},
            },
        ),
        (Yearly(month=10, on=ON), {"kind": "yearly", "month": 10, "on": {"kind": "day_of_month", "day": 15}}),
        (Once(date=dt.date(2027, 5, 31)), {"kind": "once", "date": "2027-05-31"}),
        (Anniversary(), {"kind": "anniversary"}),
        (Anniversary(days=-14), {"kind": "anniversary", "days": -14}),
        (
            Milestones(of=(Anchor.END, Anchor.OPTION), months_before=(12, 6, 3)),
            {"kind": "milestones", "of": ["end", "option"], "months_before": [12, 6, 3]},
        ),
    ],
)  # fmt: skip
def test_what_is_stored(cadence: Cadence, stored: dict[str, Any]) -> None:
    assert cadence.to_dict() == stored
    assert cadence_from_dict(stored) == cadence


@pytest.mark.parametrize(
    ("stored", "because"),
    [
        (None, "an object with a kind"),
        ([], "an object with a kind"),
        ("yearly", "an object with a kind"),
        ({}, "an object with a kind"),
        ({"kind": 3}, "an object with a kind"),
        ({"kind": "fortnightly"}, "'fortnightly' is no kind of cadence"),
        ({"kind": "day_of_month", "day": 3}, "no kind of cadence"),
        ({"kind": "yearly", "month": 10}, "yearly lacks on"),
        ({"kind": "once"}, "once lacks date"),
        ({"kind": "anniversary", "hours": 3}, "anniversary has no hours"),
        ({"kind": "anniversary", "days": "14"}, "days: a whole number from -180 to 180"),
        ({"kind": "anniversary", "days": 1.0}, "days: a whole number"),
        ({"kind": "anniversary", "days": True}, "days: a whole number"),
        ({"kind": "anniversary", "days": None}, "days: a whole number"),
        ({"kind": "anniversary", "avoid_july": 1}, "avoid_july is true or false"),
        ({"kind": "once", "date": "31.5.2027"}, "written as 2027-05-31"),
        ({"kind": "once", "date": "2027-W22-1"}, "written as 2027-05-31"),
        ({"kind": "once", "date": "2027-05-31T12:00"}, "written as 2027-05-31"),
        ({"kind": "once", "date": "2027-02-29"}, "day"),
        ({"kind": "once", "date": 20270531}, "written as 2027-05-31"),
        ({"kind": "yearly", "month": 10, "on": 15}, "rule for a day is an object"),
        ({"kind": "yearly", "month": 10, "on": {"kind": "full_moon"}}, "'full_moon' is no kind of rule for a day"),
        ({"kind": "yearly", "month": 10, "on": {"kind": "yearly"}}, "no kind of rule for a day"),
        ({"kind": "yearly", "month": 10, "on": {"kind": "day_of_month", "day": 32}}, "from 1 to 31, not 32"),
        ({"kind": "in_months", "months": "2", "on": {"kind": "last_week"}}, "months: a list"),
        ({"kind": "in_months", "months": [[2]], "on": {"kind": "last_week"}}, "months: a whole number"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason(stored: object, because: str) -> None:
    with pytest.raises(ValueError, match=because):
        cadence_from_dict(stored)


@pytest.mark.parametrize(
    ("make", "because"),
    [
        (lambda: NthWeekday(weekday=7, nth=1), "weekday: .* from 0 to 6, not 7"),
        (lambda: NthWeekday(weekday=0, nth=5), "nth: .* from 1 to 4, not 5"),
        (lambda: NthWeekday(weekday=0, nth=0), "nth: .* not 0"),
        (lambda: DayOfMonth(day=0), "day: .* not 0"),
        (lambda: WorkingDay(number=24), "number: .* from 1 to 23, not 24"),
        (lambda: InMonths(months=(), on=ON), "months: a list with something in it"),
        (lambda: InMonths(months=(0,), on=ON), "months: .* from 1 to 12, not 0"),
        (lambda: InMonths(months=(2, 2), on=ON), "months: each comes once"),
        (lambda: InMonths(months=(2,), on=15), "on is a rule for a day, not 15"),
        (lambda: TimesAYear(times=7, on=ON), "times: .* from 1 to 6, not 7"),
        (lambda: EveryMonths(every=0, since=dt.date(2026, 11, 1), on=ON), "every: .* from 1 to 60, not 0"),
        (lambda: EveryMonths(every=1, since=NOON, on=ON), "since: a day belongs here"),
        (lambda: Yearly(month=13, on=ON), "month: .* from 1 to 12, not 13"),
        (lambda: Once(date=NOON), "date: a day belongs here"),
        (lambda: Anniversary(days=181), "days: .* not 181"),
        (lambda: Milestones(of=(), months_before=(12,)), "of: a list"),
        (lambda: Milestones(of=("birthday",), months_before=(12,)), "no date 'birthday': .* start, end, option"),
        (lambda: Milestones(of=("end", "end"), months_before=(12,)), "of: each comes once"),
        (lambda: Milestones(of=("end",), months_before=(61,)), "months_before: .* from 0 to 60, not 61"),
        (lambda: Milestones(of=("end",), months_before=(6, 6)), "months_before: each comes once"),
        (lambda: Milestones(of=("end",), months_before=(6,), days=367), "days: .* not 367"),
        (lambda: Context(start=NOON), "start: a day belongs here"),
        (lambda: Context(end="2027-05-31"), "end: a day belongs here"),
        (lambda: Context(option=NOON), "option: a day belongs here"),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(make: Callable[[], object], because: str) -> None:
    with pytest.raises(ValueError, match=because):
        make()


@given(day_rules)
def test_a_rule_gives_a_day_of_its_month(rule: DayRule) -> None:
    for year in (2026, 2027, 2028):
        for month in MONTHS:
            day = rule.day_in(year, month)
            assert (type(day), day.year, day.month) == (dt.date, year, month)
