"""Working days, hours and quiet hours: tables around midnights, clock changes and the holidays of a Finnish year."""

import datetime as dt

import pytest

from kam.lib.workdays import (
    HELSINKI,
    add_workdays,
    add_working_hours,
    after_quiet_hours,
    at_clock,
    holidays,
    is_quiet,
    is_workday,
    workday_after,
    workday_before,
    workday_on_or_after,
    workdays_between,
    workdays_of_month,
)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def at(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=HELSINKI)


@pytest.mark.parametrize(
    ("off", "what"),
    [
        ("2026-01-01", "New Year"),
        ("2026-01-06", "Epiphany"),
        ("2026-04-03", "Good Friday"),
        ("2026-04-06", "Easter Monday"),
        ("2027-03-26", "Good Friday"),
        ("2027-03-29", "Easter Monday"),
        ("2026-05-01", "May Day"),
        ("2026-05-14", "Ascension Day"),
        ("2026-06-19", "midsummer eve"),
        ("2026-12-24", "Christmas eve"),
        ("2026-12-25", "Christmas Day"),
        ("2027-12-06", "Independence Day, a Monday"),
        ("2026-11-21", "a Saturday"),
        ("2026-11-22", "a Sunday"),
    ],
)
def test_days_on_which_nobody_works(off: str, what: str) -> None:
    assert not is_workday(day(off)), what


@pytest.mark.parametrize(
    "working", ["2026-04-02", "2026-04-07", "2026-04-30", "2026-06-18", "2026-12-23", "2026-12-31"]
)
def test_the_days_around_them_are_working_days(working: str) -> None:
    assert is_workday(day(working))


def test_holidays_of_a_year() -> None:
    assert len(holidays(2026)) == 15
    assert {one.year for one in holidays(2026)} == {2026}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("2026-11-23", "2026-11-24"),
        ("2026-11-27", "2026-11-30"),  # over a weekend
        ("2026-04-02", "2026-04-07"),  # over Easter
        ("2026-04-30", "2026-05-04"),  # May Day is a Friday
        ("2026-06-18", "2026-06-22"),  # over midsummer
        ("2026-12-23", "2026-12-28"),  # over Christmas
        ("2026-12-31", "2027-01-04"),  # over New Year
        ("2027-12-03", "2027-12-07"),  # over Independence Day
    ],
)
def test_the_next_working_day(before: str, after: str) -> None:
    assert workday_after(day(before)) == day(after)
    assert workday_before(day(after)) == day(before)


def test_a_working_day_stays_and_another_moves_on() -> None:
    assert workday_on_or_after(day("2026-11-24")) == day("2026-11-24")
    assert workday_on_or_after(day("2026-11-28")) == day("2026-11-30")
    assert workday_on_or_after(day("2026-12-24")) == day("2026-12-28")


@pytest.mark.parametrize(
    ("begins", "number", "expected"),
    [
        ("2026-11-24", 0, "2026-11-24"),
        ("2026-11-28", 0, "2026-11-28"),  # nothing is added to a Saturday
        ("2026-11-28", 1, "2026-11-30"),
        ("2026-11-28", -1, "2026-11-27"),
        ("2026-11-24", 5, "2026-12-01"),
        ("2026-04-01", 2, "2026-04-07"),  # over Easter
        ("2026-04-07", -2, "2026-04-01"),
        ("2026-12-23", 5, "2027-01-04"),  # over Christmas and New Year
    ],
)
def test_working_days_are_added(begins: str, number: int, expected: str) -> None:
    assert add_workdays(day(begins), number) == day(expected)


def test_working_days_of_a_month() -> None:
    november = workdays_of_month(2026, 11)
    assert (len(november), november[0], november[-1]) == (21, day("2026-11-02"), day("2026-11-30"))
    assert workdays_of_month(2027, 5)[0] == day("2027-05-03")  # May Day is a Saturday
    assert workdays_of_month(2028, 2)[-1] == day("2028-02-29")
    assert min(len(workdays_of_month(year, month)) for year in range(2020, 2061) for month in range(1, 13)) == 17


@pytest.mark.parametrize(
    ("moment", "hours", "expected"),
    [
        ("2026-11-23 09:00", 4, "2026-11-23 13:00"),
        ("2026-11-23 09:00", 0, "2026-11-23 09:00"),
        ("2026-11-23 09:00", 0.5, "2026-11-23 09:30"),
        ("2026-11-23 12:00", 4, "2026-11-23 16:00"),  # a day filled to its end is over then
        ("2026-11-23 12:01", 4, "2026-11-24 07:01"),
        ("2026-11-23 15:00", 4, "2026-11-24 10:00"),
        ("2026-11-23 16:00", 4, "2026-11-24 11:00"),
        ("2026-11-23 23:59", 4, "2026-11-24 11:00"),
        ("2026-11-24 00:00", 4, "2026-11-24 11:00"),
        ("2026-11-24 06:59", 4, "2026-11-24 11:00"),
        ("2026-11-23 09:00", 20, "2026-11-25 11:00"),
        ("2026-11-27 14:00", 4, "2026-11-30 09:00"),  # Friday afternoon
        ("2026-11-28 11:00", 4, "2026-11-30 11:00"),  # a Saturday
        ("2026-03-27 15:00", 4, "2026-03-30 10:00"),  # the clocks go forward in between
        ("2026-10-23 15:00", 4, "2026-10-26 10:00"),  # and back
        ("2026-04-02 15:00", 4, "2026-04-07 10:00"),  # Easter
        ("2026-04-30 15:00", 4, "2026-05-04 10:00"),  # May Day
        ("2026-06-18 14:00", 4, "2026-06-22 09:00"),  # midsummer
        ("2027-12-03 15:00", 4, "2027-12-07 10:00"),  # Independence Day
        ("2026-12-23 15:30", 4, "2026-12-28 10:30"),  # Christmas
    ],
)
def test_working_hours_pass(moment: str, hours: float, expected: str) -> None:
    assert add_working_hours(at(moment), hours) == at(expected)


def test_hours_in_another_zone_are_counted_by_the_clocks_in_helsinki() -> None:
    summer, winter = dt.datetime(2026, 7, 6, 6, 0, tzinfo=dt.UTC), dt.datetime(2026, 11, 23, 7, 0, tzinfo=dt.UTC)
    assert add_working_hours(summer, 4) == at("2026-07-06 13:00")
    assert add_working_hours(winter, 4) == at("2026-11-23 13:00")
    assert at_clock(day("2026-07-06"), dt.time(8)).astimezone(dt.UTC).hour == 5
    assert at_clock(day("2026-11-23"), dt.time(8)).astimezone(dt.UTC).hour == 6


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-23 19:59", "2026-11-23 19:59"),
        ("2026-11-23 20:00", "2026-11-24 06:00"),
        ("2026-11-23 23:59", "2026-11-24 06:00"),
        ("2026-11-24 00:00", "2026-11-24 06:00"),
        ("2026-11-24 05:59", "2026-11-24 06:00"),
        ("2026-11-24 06:00", "2026-11-24 06:00"),
        ("2026-11-27 22:00", "2026-11-28 06:00"),  # a Saturday has mornings too
        ("2026-03-29 02:30", "2026-03-29 06:00"),  # the night in which the clocks go forward
        ("2026-10-25 03:30", "2026-10-25 06:00"),  # and back: an hour that comes twice
        ("2026-12-31 21:00", "2027-01-01 06:00"),
    ],
)
def test_quiet_hours_end_at_six(moment: str, expected: str) -> None:
    assert after_quiet_hours(at(moment)) == at(expected)
    assert is_quiet(at(moment)) == (moment != expected)


def test_both_hours_that_the_clocks_show_twice_are_quiet() -> None:
    first = dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)  # 03:30 summer time
    second = first + dt.timedelta(hours=1)  # 03:30 winter time
    morning = dt.datetime(2026, 10, 25, 4, 0, tzinfo=dt.UTC)
    assert after_quiet_hours(first) == after_quiet_hours(second) == morning


def test_working_days_that_something_waited() -> None:
    assert workdays_between(day("2026-11-23"), day("2026-11-23")) == 0
    assert workdays_between(day("2026-11-20"), day("2026-11-23")) == 1
    assert workdays_between(day("2026-12-23"), day("2026-12-28")) == 1
