"""What people changed: put onto the year's occurrences, and carried over to the next year."""

import datetime as dt
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annualclock.dates import (
    MONTHS,
    Cadence,
    Context,
    DayOfMonth,
    InMonths,
    NthWeekday,
    Once,
    Override,
    TimesAYear,
    WorkingDay,
    Yearly,
    left_over,
    occurrences,
    rolled,
    with_overrides,
)
from kam.lib.workdays import is_workday
from tests.annualclock.strategies import cadences, contexts, overrides_of, years

TUESDAY = 1
NOTHING_KNOWN = Context()
MEETINGS = TimesAYear(times=4, on=NthWeekday(weekday=TUESDAY, nth=2), avoid_july=True)
CARDS = InMonths(months=MONTHS, on=WorkingDay(number=8))


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def moved(key: str, to: str) -> Override:
    return Override(key, moved_to=day(to))


def roll(cadence: Cadence, *overrides: Override, year: int = 2027) -> dict[str, str]:
    return {one.key: str(one.moved_to) for one in rolled(overrides, cadence, year, NOTHING_KNOWN)}


# --- put onto the year ----------------------------------------------------------------------------------------------
def test_what_was_changed_shows_and_the_rest_stays() -> None:
    year = occurrences(MEETINGS, 2027, NOTHING_KNOWN)
    changes = [
        moved("2027-05", "2027-12-03"),
        Override("2027-09", skipped_because="the customer moves house"),
        Override("2027-02", done=True),
    ]
    february, september, november, may = with_overrides(year, changes)
    assert (february.key, february.done, february.moved, february.skipped) == ("2027-02", True, False, False)
    assert (september.day, september.skipped_because) == (day("2027-09-14"), "the customer moves house")
    assert november == year[3]
    assert (may.key, may.planned, may.day, may.moved) == ("2027-05", day("2027-05-11"), day("2027-12-03"), True)


def test_a_person_may_choose_a_saturday_or_a_day_in_july() -> None:
    year = occurrences(MEETINGS, 2027, NOTHING_KNOWN)
    changes = [moved("2027-05", "2027-07-10"), moved("2027-09", "2027-09-18")]
    assert {str(one.day) for one in with_overrides(year, changes) if one.moved} == {"2027-07-10", "2027-09-18"}


def test_what_was_moved_to_where_it_is_has_not_moved() -> None:
    (survey,) = occurrences(Yearly(month=10, on=DayOfMonth(day=15)), 2027, NOTHING_KNOWN)
    assert with_overrides([survey], [moved("2027", "2027-10-15")]) == (survey,)


def test_what_another_cadence_left_over_is_found() -> None:
    year = occurrences(MEETINGS, 2027, NOTHING_KNOWN)
    held, known = Override("2027-03", done=True), Override("2027-05", done=True)
    assert left_over(year, [held, known]) == (held,)
    assert len(with_overrides(year, [held, known])) == 4


@pytest.mark.parametrize(
    ("changes", "because"),
    [
        ({"moved_to": dt.date(2028, 1, 3)}, "2027-11 can be moved within its year only"),
        ({"moved_to": dt.datetime(2027, 11, 3, tzinfo=dt.UTC)}, "moved_to: a day belongs here"),
        ({"skipped_because": "  "}, "skipped with a reason"),
        ({"skipped_because": "ill", "done": True}, "either skipped or done"),
    ],
)
def test_changes_that_make_no_sense_are_refused(changes: dict[str, object], because: str) -> None:
    with pytest.raises(ValueError, match=because):
        Override("2027-11", **changes)


def test_two_changes_of_one_occurrence_are_refused() -> None:
    year = occurrences(MEETINGS, 2027, NOTHING_KNOWN)
    with pytest.raises(ValueError, match="2027-05 is changed by two overrides"):
        with_overrides(year, [Override("2027-05", done=True), moved("2027-05", "2027-05-12")])


@given(st.data(), cadences, years, contexts)
def test_merging_keeps_all_and_changes_only_what_is_named(
    data: st.DataObject, cadence: Cadence, year: int, context: Context
) -> None:
    plain = occurrences(cadence, year, context)
    overrides = data.draw(overrides_of(plain))
    merged = with_overrides(plain, overrides)
    assert sorted(one.key for one in merged) == sorted(one.key for one in plain)
    assert {one for one in merged if one.key not in {o.key for o in overrides}} <= set(plain)
    assert all(one.day.year == year for one in merged)
    assert [one.day for one in merged] == sorted(one.day for one in merged)
    assert with_overrides(merged, overrides) == merged
    assert with_overrides(plain, ()) == plain
    assert left_over(plain, overrides) == ()
    by_key = {one.key: one for one in merged}
    for override in overrides:
        one = by_key[override.key]
        assert (one.skipped, one.done) == (bool(override.skipped_because), override.done)
        assert one.day == override.moved_to or not override.moved_to


# --- carried over to the next year ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("last", "next_"),
    [
        # The second Tuesday is 11 May 2027 and 9 May 2028.
        (moved("2027-05", "2027-05-13"), {"2028-05": "2028-05-11"}),  # the Thursday of that week
        (moved("2027-05", "2027-05-10"), {"2028-05": "2028-05-08"}),
        (moved("2027-05", "2027-05-18"), {"2028-05": "2028-05-16"}),  # the third Tuesday
        (moved("2027-05", "2027-05-27"), {"2028-05": "2028-05-26"}),  # the 25th is Ascension Day
        (moved("2027-05", "2027-05-15"), {"2028-05": "2028-05-15"}),  # a Saturday: the next working day
        (moved("2027-05", "2027-06-29"), {"2028-05": "2028-06-27"}),
        (moved("2027-05", "2027-07-06"), {"2028-05": "2028-07-04"}),  # July was a person's choice
        (moved("2027-09", "2027-08-02"), {"2028-09": "2028-08-01"}),  # would be 31 July
        (moved("2027-11", "2027-06-30"), {"2028-11": "2028-06-30"}),  # would be 5 July, and was before it
        (moved("2027-11", "2027-12-30"), {"2028-11": "2028-12-29"}),  # would be 4 January: 14.11. and 51 days
        (moved("2027-02", "2027-01-04"), {"2028-02": "2028-01-03"}),  # 1 January at the earliest
        (moved("2027-05", "2027-05-11"), {}),  # not moved at all
        (Override("2027-05", skipped_because="ill"), {}),
        (Override("2027-05", moved_to=day("2027-05-13"), skipped_because="ill"), {}),
        (Override("2027-05", done=True), {}),
        (Override("2027-05", moved_to=day("2027-05-13"), done=True), {"2028-05": "2028-05-11"}),
        (moved("2027-03", "2027-03-11"), {}),  # left over from another cadence
    ],
)
def test_a_meeting_by_weekday_keeps_its_weekday(last: Override, next_: dict[str, str]) -> None:
    assert roll(MEETINGS, last) == next_


@pytest.mark.parametrize(
    ("last", "next_"),
    [
        # Working day 8 is 12 April 2027 and 12 April 2028, 14 January 2027 and 13 January 2028.
        (moved("2027-04", "2027-04-14"), {"2028-04": "2028-04-18"}),  # Easter comes in between
        (moved("2027-04", "2027-04-17"), {"2028-04": "2028-04-21"}),  # a Saturday counts as the Monday after
        (moved("2027-04", "2027-04-09"), {"2028-04": "2028-04-11"}),
        (moved("2027-01", "2027-01-18"), {"2028-01": "2028-01-17"}),  # over a weekend both times
        (moved("2027-12", "2027-12-31"), {"2028-12": "2028-12-29"}),  # no later than the year
    ],
)
def test_a_card_by_working_day_keeps_its_distance_in_working_days(last: Override, next_: dict[str, str]) -> None:
    assert roll(CARDS, last) == next_


def test_the_distance_counts_from_the_day_that_was_shown() -> None:
    may_day = Yearly(month=5, on=DayOfMonth(day=1))  # a Saturday in 2027, shown on Monday the 3rd; a Monday in 2028
    assert roll(may_day, moved("2027", "2027-05-04")) == {"2028": "2028-05-03"}


def test_two_moves_do_not_end_on_one_day_unless_they_did() -> None:
    # 29 December 2028 is the year's last working day, and 108 days after the second Tuesday of September.
    apart = [moved("2027-09", "2027-12-31"), moved("2027-11", "2027-12-30")]
    assert roll(MEETINGS, *apart) == {"2028-09": "2028-12-29", "2028-11": "2028-12-28"}
    assert roll(CARDS, moved("2027-11", "2027-12-13")) == {"2028-11": "2028-12-13"}  # December's card, both years


def test_what_was_skipped_or_moved_away_holds_no_day() -> None:
    november = moved("2027-11", "2027-12-13")
    skipped = Override("2027-12", skipped_because="on holiday")
    assert roll(CARDS, november, skipped) == {"2028-11": "2028-12-14"}  # December's card comes on the 13th again
    away = moved("2027-12", "2027-12-15")
    assert roll(CARDS, november, away) == {"2028-11": "2028-12-13", "2028-12": "2028-12-15"}


def test_what_ends_where_it_is_anyway_needs_no_change() -> None:
    # 30 December 2028 is a Saturday and the 29th the last working day: a day later there is none.
    assert roll(Yearly(month=12, on=DayOfMonth(day=30)), moved("2027", "2027-12-31")) == {}


def test_once_has_nothing_to_carry_over() -> None:
    assert roll(Once(date=day("2027-05-14")), moved("2027", "2027-05-17")) == {}


@given(st.data(), cadences, years, contexts)
def test_what_is_carried_over_fits_the_next_year(
    data: st.DataObject, cadence: Cadence, year: int, context: Context
) -> None:
    this, coming = occurrences(cadence, year, context), occurrences(cadence, year + 1, context)
    overrides = data.draw(overrides_of(this))
    carried = rolled(overrides, cadence, year, context)
    assert left_over(coming, carried) == ()
    merged = with_overrides(coming, carried)
    assert len(merged) == len(coming)
    assert all(one.day.year == year + 1 and is_workday(one.day) for one in merged)
    assert not any(one.skipped or one.done for one in merged)
    assert rolled(overrides, cadence, year, context) == carried
    assert rolled((), cadence, year, context) == ()
    july = any(o.moved_to and o.moved_to.month == 7 for o in overrides)
    assert july or not (cadence.avoid_july and any(one.day.month == 7 for one in merged))


@given(st.data(), cadences, years, contexts)
def test_no_two_meet_on_a_day_where_they_had_not_before(
    data: st.DataObject, cadence: Cadence, year: int, context: Context
) -> None:
    overrides = data.draw(overrides_of(occurrences(cadence, year, context)))
    this = [one for one in with_overrides(occurrences(cadence, year, context), overrides) if not one.skipped]
    coming = occurrences(cadence, year + 1, context)
    merged = with_overrides(coming, rolled(overrides, cadence, year, context))
    if max(Counter(one.day for one in this).values(), default=1) == 1:
        planned_together = len(coming) - len({one.planned for one in coming})
        assert len(merged) - len({one.day for one in merged}) <= planned_together
