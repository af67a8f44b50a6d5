"""Where a cadence falls: tables of 2026 (53 weeks), 2027 and 2028 (a leap year), and what holds for any of them."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annualclock.dates import (
    LAST,
    MONTHS,
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
    occurrences,
)
from annualclock.dates.occurrences import free_workday, shifted
from kam.lib.workdays import is_workday, workdays_of_month
from tests.annualclock.strategies import cadences, contexts, day_rules, days, years

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
NOTHING_KNOWN = Context()


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def fall(cadence: Cadence, year: int, context: Context = NOTHING_KNOWN) -> dict[str, str]:
    return {one.key: one.day.isoformat() for one in occurrences(cadence, year, context)}


# --- one day of a month ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rule", "year", "month", "planned", "falls"),
    [
        (NthWeekday(weekday=TUESDAY, nth=1), 2027, 6, "2027-06-01", "2027-06-01"),
        (NthWeekday(weekday=TUESDAY, nth=2), 2027, 5, "2027-05-11", "2027-05-11"),
        (NthWeekday(weekday=TUESDAY, nth=4), 2028, 2, "2028-02-22", "2028-02-22"),
        (NthWeekday(weekday=TUESDAY, nth=LAST), 2028, 2, "2028-02-29", "2028-02-29"),  # a leap day
        (NthWeekday(weekday=MONDAY, nth=LAST), 2027, 2, "2027-02-22", "2027-02-22"),
        (NthWeekday(weekday=FRIDAY, nth=1), 2026, 4, "2026-04-03", "2026-04-07"),  # Good Friday, then Easter Monday
        (NthWeekday(weekday=FRIDAY, nth=LAST), 2027, 3, "2027-03-26", "2027-03-30"),  # Easter again, in March
        (NthWeekday(weekday=THURSDAY, nth=1), 2027, 5, "2027-05-06", "2027-05-07"),  # Ascension Day
        (NthWeekday(weekday=MONDAY, nth=1), 2027, 12, "2027-12-06", "2027-12-07"),  # Independence Day
        (NthWeekday(weekday=FRIDAY, nth=3), 2026, 6, "2026-06-19", "2026-06-22"),  # midsummer eve
        (NthWeekday(weekday=FRIDAY, nth=4), 2027, 6, "2027-06-25", "2027-06-28"),  # midsummer eve
        (NthWeekday(weekday=THURSDAY, nth=LAST), 2026, 12, "2026-12-31", "2026-12-31"),  # in ISO week 53
        (NthWeekday(weekday=FRIDAY, nth=LAST), 2026, 12, "2026-12-25", "2026-12-28"),  # Christmas Day; week 53
        (LastWeek(), 2026, 5, "2026-05-25", "2026-05-25"),  # ends on a Sunday
        (LastWeek(), 2026, 11, "2026-11-30", "2026-11-30"),  # ends on a Monday
        (LastWeek(), 2026, 12, "2026-12-28", "2026-12-28"),  # week 53, which ends in 2027
        (LastWeek(), 2027, 12, "2027-12-27", "2027-12-27"),
        (LastWeek(), 2027, 3, "2027-03-29", "2027-03-30"),  # Easter Monday
        (LastWeek(), 2028, 2, "2028-02-28", "2028-02-28"),
        (DayOfMonth(day=31), 2027, 2, "2027-02-28", "2027-03-01"),  # a Sunday
        (DayOfMonth(day=31), 2028, 2, "2028-02-29", "2028-02-29"),
        (DayOfMonth(day=30), 2027, 2, "2027-02-28", "2027-03-01"),
        (DayOfMonth(day=31), 2027, 4, "2027-04-30", "2027-04-30"),
        (DayOfMonth(day=1), 2027, 1, "2027-01-01", "2027-01-04"),  # New Year is a Friday
        (DayOfMonth(day=6), 2027, 1, "2027-01-06", "2027-01-07"),  # Epiphany
        (DayOfMonth(day=1), 2026, 5, "2026-05-01", "2026-05-04"),  # May Day
        (DayOfMonth(day=24), 2026, 12, "2026-12-24", "2026-12-28"),  # Christmas
        (DayOfMonth(day=24), 2027, 12, "2027-12-24", "2027-12-27"),
        (DayOfMonth(day=31), 2027, 12, "2027-12-31", "2027-12-31"),
        (DayOfMonth(day=31), 2028, 12, "2028-12-31", "2028-12-29"),  # a Sunday: it stays in its year
        (DayOfMonth(day=30), 2028, 12, "2028-12-30", "2028-12-29"),
        (DayOfMonth(day=28), 2027, 3, "2027-03-28", "2027-03-30"),  # the clocks go forward; Easter
        (DayOfMonth(day=25), 2026, 10, "2026-10-25", "2026-10-26"),  # and back
        (WorkingDay(number=1), 2027, 1, "2027-01-04", "2027-01-04"),
        (WorkingDay(number=8), 2026, 4, "2026-04-14", "2026-04-14"),  # Easter in between
        (WorkingDay(number=8), 2027, 1, "2027-01-14", "2027-01-14"),  # Epiphany in between
        (WorkingDay(number=8), 2026, 12, "2026-12-10", "2026-12-10"),
        (WorkingDay(number=23), 2028, 2, "2028-02-29", "2028-02-29"),  # the last there is
        (WorkingDay(number=23), 2026, 12, "2026-12-31", "2026-12-31"),
    ],
)
def test_a_rule_for_a_day(rule: DayRule, year: int, month: int, planned: str, falls: str) -> None:
    (one,) = occurrences(InMonths(months=(month,), on=rule), year, NOTHING_KNOWN)
    assert (one.key, one.planned, one.day) == (f"{year}-{month:02}", day(planned), day(falls))


# --- how often ------------------------------------------------------------------------------------------------------
def test_the_cards_of_a_year() -> None:
    monthly = fall(InMonths(months=MONTHS, on=WorkingDay(number=8)), 2027)
    assert list(monthly) == [f"2027-{month:02}" for month in MONTHS]
    assert list(monthly.values()) == [
        "2027-01-14", "2027-02-10", "2027-03-10", "2027-04-12", "2027-05-13", "2027-06-10",
        "2027-07-12", "2027-08-11", "2027-09-10", "2027-10-12", "2027-11-10", "2027-12-13",
    ]  # fmt: skip


def test_four_times_a_year() -> None:
    four = TimesAYear(times=4, on=NthWeekday(weekday=TUESDAY, nth=2))
    assert fall(four, 2027) == {
        "2027-02": "2027-02-09", "2027-05": "2027-05-11", "2027-09": "2027-09-14", "2027-11": "2027-11-09",
    }  # fmt: skip


@pytest.mark.parametrize("times", range(1, 7))
def test_so_many_times_a_year_and_none_in_july(times: int) -> None:
    falls = fall(TimesAYear(times=times, on=DayOfMonth(day=15)), 2028)
    assert len(falls) == times
    assert "2028-07" not in falls


@pytest.mark.parametrize(
    ("every", "year", "keys"),
    [
        (5, 2025, []),
        (5, 2026, ["2026-11"]),
        (5, 2027, ["2027-04", "2027-09"]),
        (5, 2028, ["2028-02", "2028-07", "2028-12"]),
        (1, 2026, ["2026-11", "2026-12"]),
        (3, 2027, ["2027-02", "2027-05", "2027-08", "2027-11"]),
        (24, 2027, []),
        (24, 2028, ["2028-11"]),
    ],
)
def test_every_so_many_months_are_counted_on_over_the_years(every: int, year: int, keys: list[str]) -> None:
    cadence = EveryMonths(every=every, since=day("2026-11-15"), on=DayOfMonth(day=1))
    assert list(fall(cadence, year)) == keys


def test_once_a_year_has_the_year_for_its_key_in_whichever_month() -> None:
    october, november = (Yearly(month=month, on=DayOfMonth(day=15)) for month in (10, 11))
    assert fall(october, 2027) == {"2027": "2027-10-15"}
    assert fall(november, 2027) == {"2027": "2027-11-15"}


def test_once_comes_in_its_year_only() -> None:
    party = Once(date=day("2027-05-15"))
    assert fall(party, 2027) == {"2027": "2027-05-17"}  # the 15th is a Saturday
    assert fall(party, 2026) == fall(party, 2028) == {}


# --- by the contract ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("start", "end", "year", "falls"),
    [
        ("2024-09-01", None, 2024, {}),  # the day it begins is no birthday
        ("2024-09-01", None, 2027, {"2027": "2027-09-01"}),
        ("2024-09-01", "2027-08-31", 2027, {}),  # over before
        ("2024-09-01", "2027-09-01", 2027, {"2027": "2027-09-01"}),
        ("2024-02-29", None, 2027, {"2027": "2027-03-01"}),  # the 28th is a Sunday
        ("2024-02-29", None, 2028, {"2028": "2028-02-29"}),
        ("2024-12-31", None, 2028, {"2028": "2028-12-29"}),
        (None, None, 2027, {}),
    ],
)
def test_the_birthday(start: str | None, end: str | None, year: int, falls: dict[str, str]) -> None:
    contract = Context(start=start and day(start), end=end and day(end))
    assert fall(Anniversary(), year, contract) == falls


def test_days_before_the_birthday_may_fall_into_the_year_before() -> None:
    contract = Context(start=day("2024-01-08"))
    fortnight = Anniversary(days=-14)
    assert fall(fortnight, 2024, contract) == {"2024": "2024-12-27"}  # Christmas Day
    assert fall(fortnight, 2025, contract) == {"2025": "2025-12-29"}
    # Sixty days before 1 March: New Year's Day of a leap year, and New Year's Eve of the same.
    assert fall(Anniversary(days=-60), 2028, Context(start=day("2020-03-01"))) == {
        "2028": "2028-01-03",
        "2028-2": "2028-12-29",
    }


def test_milestones_before_the_end_and_the_option() -> None:
    contract = Context(start=day("2024-09-01"), end=day("2028-08-31"), option=day("2028-02-29"))
    milestones = Milestones(of=("end", "option"), months_before=(12, 6, 3))
    assert fall(milestones, 2027, contract) == {
        "2027-option-12": "2027-03-01",  # 28 February is a Sunday
        "2027-option-6": "2027-08-30",  # 29 August is a Sunday
        "2027-end-12": "2027-08-31",
        "2027-option-3": "2027-11-29",
    }
    assert fall(milestones, 2028, contract) == {"2028-end-6": "2028-02-29", "2028-end-3": "2028-05-31"}
    assert fall(milestones, 2026, contract) == fall(milestones, 2029, contract) == {}


@pytest.mark.parametrize(("days", "falls"), [(-30, "2027-08-02"), (0, "2027-08-31"), (14, "2027-09-14")])
def test_days_before_and_after_the_end(days: int, falls: str) -> None:
    contract = Context(end=day("2027-08-31"))  # thirty days before is a Sunday
    assert fall(Milestones(of=("end",), months_before=(0,), days=days), 2027, contract) == {"2027-end-0": falls}


@pytest.mark.parametrize(
    ("end", "months", "days", "falls"),
    [
        ("2026-12-20", 0, 30, "2027-01-19"),
        ("2026-02-01", 0, 366, "2027-02-02"),
        ("2032-08-31", 60, 0, "2027-08-31"),
        ("2033-01-05", 60, -366, "2027-01-04"),
    ],
)
def test_a_contract_that_ends_in_another_year(end: str, months: int, days: int, falls: str) -> None:
    milestones = Milestones(of=("end",), months_before=(months,), days=days)
    assert fall(milestones, 2027, Context(end=day(end))) == {f"2027-end-{months}": falls}


def test_an_option_on_the_last_day_is_the_same_milestone() -> None:
    contract = Context(end=day("2027-08-31"), option=day("2027-08-31"))
    assert list(fall(Milestones(of=("end", "option"), months_before=(3,)), 2027, contract)) == ["2027-end-3"]
    assert list(fall(Milestones(of=("option",), months_before=(3,)), 2027, contract)) == ["2027-option-3"]


def test_a_contract_until_further_notice_has_no_milestones() -> None:
    milestones = Milestones(of=("end", "option"), months_before=(12, 6, 3), days=366)
    assert fall(milestones, 2027, Context(end=dt.date.max)) == fall(milestones, 2027) == {}


# --- July, December, and two on one day -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("planned", "falls"),
    [
        ("2027-06-30", "2027-06-30"),
        ("2027-07-01", "2027-08-02"),  # 1 August is a Sunday
        ("2027-07-31", "2027-08-02"),
        ("2028-07-15", "2028-08-01"),
        ("2029-06-30", "2029-06-29"),  # a Saturday does not slip into July
        ("2030-06-30", "2030-06-28"),
    ],
)
def test_a_meeting_avoids_july(planned: str, falls: str) -> None:
    assert shifted(day(planned), avoid_july=True) == day(falls)


def test_what_is_no_meeting_does_not_avoid_july() -> None:
    assert shifted(day("2027-07-15")) == day("2027-07-15")
    assert shifted(day("2029-06-30")) == day("2029-07-02")


def test_the_meeting_of_august_makes_way_for_that_of_july() -> None:
    monthly = fall(InMonths(months=MONTHS, on=WorkingDay(number=1), avoid_july=True), 2027)
    assert (monthly["2027-07"], monthly["2027-08"]) == ("2027-08-02", "2027-08-03")
    # Two from the same week in July, and a third where they go.
    contract = Context(end=day("2027-07-31"), option=day("2027-08-02"))
    milestones = Milestones(of=("end", "option"), months_before=(0,), avoid_july=True)
    assert fall(milestones, 2027, contract) == {"2027-end-0": "2027-08-02", "2027-option-0": "2027-08-03"}
    # By the cadence's days, whatever their keys.
    contract = Context(end=day("2027-08-02"), option=day("2027-07-31"))
    assert fall(milestones, 2027, contract) == {"2027-option-0": "2027-08-02", "2027-end-0": "2027-08-03"}


@pytest.mark.parametrize(
    ("wanted", "taken", "falls"),
    [
        ("2027-08-02", [], "2027-08-02"),
        ("2027-08-02", [8], "2027-06-30"),  # August is full, and July is avoided
        ("2027-07-05", [8], "2027-07-05"),
        ("2027-06-30", [6], "2027-05-31"),
        ("2027-01-04", [1], "2027-02-01"),  # nothing is before it in its year
        ("2027-12-31", [11, 12], "2027-10-29"),
    ],
)
def test_a_full_month_sends_on_to_the_nearest_free_day(wanted: str, taken: list[int], falls: str) -> None:
    full = {one for month in taken for one in workdays_of_month(2027, month)}
    assert free_workday(day(wanted), full, Anniversary(avoid_july=True)) == day(falls)


def test_at_the_end_of_the_year_the_later_one_finds_a_day_before() -> None:
    contract = Context(end=day("2028-12-29"), option=day("2028-12-31"))  # a Friday and a Sunday
    milestones = Milestones(of=("end", "option"), months_before=(0,))
    assert fall(milestones, 2028, contract) == {"2028-option-0": "2028-12-28", "2028-end-0": "2028-12-29"}


def test_what_the_cadence_puts_on_one_day_stays_together() -> None:
    contract = Context(end=day("2028-08-31"), option=day("2028-02-29"))
    milestones = Milestones(of=("end", "option"), months_before=(18, 12))
    assert fall(milestones, 2027, contract) == {
        "2027-end-18": "2027-03-01", "2027-option-12": "2027-03-01", "2027-end-12": "2027-08-31",
    }  # fmt: skip


@pytest.mark.parametrize("year", [1999, 2200, 0, "2027", True, None])
def test_years_that_are_none_are_refused(year: object) -> None:
    with pytest.raises(ValueError, match="year: a whole number from 2000 to 2199"):
        occurrences(Anniversary(), year, NOTHING_KNOWN)


# --- whatever the cadence -------------------------------------------------------------------------------------------
@given(cadences, years, contexts)
def test_nothing_is_lost_doubled_or_off_its_year_and_its_working_days(
    cadence: Cadence, year: int, context: Context
) -> None:
    found = occurrences(cadence, year, context)
    planned = dict(cadence.planned(year, context))
    assert {one.key: one.planned for one in found} == planned
    assert len(found) == len(planned) == len({one.key for one in found})
    assert all(one.key.startswith(str(year)) for one in found)
    for one in found:
        assert type(one.day) is type(one.planned) is dt.date  # a moment would be another day elsewhere
        assert one.planned.year == one.day.year == year
        assert is_workday(one.day)
        assert not (cadence.avoid_july and one.day.month == 7)
    assert len({one.day for one in found}) == len(set(planned.values()))
    assert [one.day for one in found] == sorted(one.day for one in found)
    assert not any(one.moved or one.skipped or one.done for one in found)


@given(cadences, years, contexts)
def test_the_same_again_gives_the_same(cadence: Cadence, year: int, context: Context) -> None:
    assert occurrences(cadence, year, context) == occurrences(cadence, year, context)


@given(days)
def test_a_day_that_moved_does_not_move_again(planned: dt.date) -> None:
    for avoid_july in (False, True):
        moved = shifted(planned, avoid_july=avoid_july)
        assert shifted(moved, avoid_july=avoid_july) == moved
        assert moved.year == planned.year


@given(day_rules, day_rules, years)
def test_keys_do_not_depend_on_the_day(rule: DayRule, other: DayRule, year: int) -> None:
    for avoid_july in (False, True):
        first = fall(InMonths(months=MONTHS, on=rule), year)
        second = fall(InMonths(months=MONTHS, on=other, avoid_july=avoid_july), year)
        assert first.keys() == second.keys()


@given(st.integers(-180, 180), days)
def test_every_birthday_comes_exactly_once_over_the_years(offset: int, start: dt.date) -> None:
    shown = [
        (one.planned - dt.timedelta(offset)).year
        for year in range(start.year, 2056)
        for one in occurrences(Anniversary(days=offset), year, Context(start=start))
    ]
    assert len(shown) == len(set(shown))
    assert set(range(start.year + 1, 2055)) <= set(shown)


@pytest.mark.parametrize("year", range(2020, 2051))
def test_each_working_day_of_a_month_is_one_of_the_month(year: int) -> None:
    for month in MONTHS:
        numbers = range(1, len(workdays_of_month(year, month)) + 1)
        assert tuple(WorkingDay(number=n).day_in(year, month) for n in numbers) == workdays_of_month(year, month)
