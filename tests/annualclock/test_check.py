"""What a clock lacks: a bare one everything, the template's nothing; what is skipped or elsewhere does not count."""

import datetime as dt
from dataclasses import replace

from annualclock.check import Clock, Lack, lacks
from annualclock.dates import MONTHS, Context, Occurrence, Override, occurrences, with_overrides
from annualclock.template import Kind, template_for

FINNISH_FOODS = Context(start=dt.date(2024, 9, 1), end=dt.date(2028, 8, 31))
KITCHEN, OFFICE, STORE = 1, 2, 3


def filled(year: int = 2027) -> dict[str, tuple[Occurrence, ...]]:
    template = template_for(year, FINNISH_FOODS)
    return {str(one.kind): occurrences(one.cadence, year, FINNISH_FOODS) for one in template if one.cadence}


def without(kind: Kind, key: str) -> Clock:
    found = filled()
    return Clock({**found, kind: tuple(one for one in found[kind] if one.key != key)})


def test_an_empty_clock_lacks_everything() -> None:
    assert lacks(2027, Clock()) == (
        Lack("customer_meeting", 4, 0),
        Lack("development_meeting", 1, 0),
        Lack("steering_group", 2, 0),
        Lack("internal_audit", 1, 0),
        Lack("satisfaction_survey", 1, 0),
        Lack("webinar", 3, 0),
    )


def test_the_template_lacks_nothing() -> None:
    assert lacks(2027, Clock(filled())) == ()


def test_what_is_missing_is_counted() -> None:
    assert lacks(2027, without(Kind.MEETING, "2027-05")) == (Lack("customer_meeting", 4, 3),)
    assert lacks(2027, without(Kind.WEBINAR, "2027-05")) == (Lack("webinar", 3, 2),)


def test_the_development_meeting_counts_as_one_of_the_four_but_no_other_for_it() -> None:
    assert lacks(2027, without(Kind.BIRTHDAY, "2027")) == (
        Lack("customer_meeting", 4, 3),
        Lack("development_meeting", 1, 0),
    )
    found = filled()
    extra = replace(found[Kind.MEETING][0], key="2027-08")
    clock = Clock({**found, Kind.MEETING: (*found[Kind.MEETING], extra), Kind.BIRTHDAY: ()})
    assert lacks(2027, clock) == (Lack("development_meeting", 1, 0),)


def test_what_is_skipped_does_not_count_and_what_is_moved_or_done_does() -> None:
    found = filled()
    skipped, moved = (
        with_overrides(found[Kind.AUDIT], [override])
        for override in (
            Override("2027", skipped_because="the auditor is ill"),
            Override("2027", moved_to=dt.date(2027, 12, 1), done=True),
        )
    )
    assert lacks(2027, Clock({**found, Kind.AUDIT: skipped})) == (Lack("internal_audit", 1, 0),)
    assert lacks(2027, Clock({**found, Kind.AUDIT: moved})) == ()


def test_another_year_does_not_count() -> None:
    clock = Clock({**filled(), Kind.SURVEY: filled(2028)[Kind.SURVEY]})
    assert lacks(2027, clock) == (Lack("satisfaction_survey", 1, 0),)


def test_more_than_expected_is_no_lack() -> None:
    found = filled()
    assert lacks(2027, Clock({**found, Kind.SURVEY: found[Kind.CARD]})) == ()


def test_every_open_site_is_visited_every_month() -> None:
    everywhere = {month: {KITCHEN, OFFICE} for month in MONTHS}
    opens_in_june = {month: {KITCHEN, OFFICE, STORE} if month >= 6 else {KITCHEN, OFFICE} for month in MONTHS}
    assert lacks(2027, Clock(filled(), opens_in_june, opens_in_june)) == ()
    assert lacks(2027, Clock(filled(), everywhere, opens_in_june)) == ()  # more is no lack
    # The store has none, and one of the office does not stand for the kitchen's.
    visited = {**everywhere, 3: {OFFICE, STORE}, 8: set()}
    assert lacks(2027, Clock(filled(), {**opens_in_june, 12: set()}, visited)) == (
        Lack("visit", 2, 1, month=3),
        Lack("visit", 3, 2, month=6),
        Lack("visit", 3, 2, month=7),
        Lack("visit", 3, 0, month=8),
        Lack("visit", 3, 2, month=9),
        Lack("visit", 3, 2, month=10),
        Lack("visit", 3, 2, month=11),
    )


def test_a_month_that_nobody_planned_lacks_all_its_visits() -> None:
    assert lacks(2027, Clock(filled(), {5: {KITCHEN, OFFICE}})) == (Lack("visit", 2, 0, month=5),)
