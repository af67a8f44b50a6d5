"""Any cadence, contract and override, for hypothesis."""

import datetime as dt

from hypothesis import strategies as st

from annualclock.dates import (
    LAST,
    MONTHS,
    SPREAD,
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
    Occurrence,
    Once,
    Override,
    TimesAYear,
    WorkingDay,
    Yearly,
)

years = st.integers(2020, 2050)
days = st.dates(dt.date(2018, 1, 1), dt.date(2052, 12, 31))
# Until further notice is the last day there is.
ends = st.one_of(st.none(), days, st.just(dt.date.max))
contexts = st.builds(Context, start=st.one_of(st.none(), days), end=ends, option=ends)

day_rules: st.SearchStrategy[DayRule] = st.one_of(
    st.builds(NthWeekday, weekday=st.integers(0, 6), nth=st.sampled_from([1, 2, 3, 4, LAST])),
    st.just(LastWeek()),
    st.builds(DayOfMonth, day=st.integers(1, 31)),
    st.builds(WorkingDay, number=st.integers(1, 23)),
)
months = st.lists(st.sampled_from(MONTHS), min_size=1, unique=True).map(tuple)
anchors = st.lists(st.sampled_from(list(Anchor)), min_size=1, unique=True).map(tuple)
months_before = st.lists(st.integers(0, 60), min_size=1, max_size=30, unique=True).map(tuple)


def cadences_with(on: st.SearchStrategy[DayRule], avoid: st.SearchStrategy[bool]) -> st.SearchStrategy[Cadence]:
    return st.one_of(
        st.builds(InMonths, months=months, on=on, avoid_july=avoid),
        st.builds(TimesAYear, times=st.sampled_from(sorted(SPREAD)), on=on, avoid_july=avoid),
        st.builds(EveryMonths, every=st.integers(1, 60), since=days, on=on, avoid_july=avoid),
        st.builds(Yearly, month=st.sampled_from(MONTHS), on=on, avoid_july=avoid),
        st.builds(Once, date=days, avoid_july=avoid),
        st.builds(Anniversary, days=st.integers(-180, 180), avoid_july=avoid),
        st.builds(Milestones, of=anchors, months_before=months_before, days=st.integers(-366, 366), avoid_july=avoid),
    )


cadences = cadences_with(day_rules, st.booleans())


@st.composite
def overrides_of(draw: st.DrawFn, found: tuple[Occurrence, ...]) -> tuple[Override, ...]:
    """Some of the occurrences changed, each in some way."""
    changed = draw(st.lists(st.sampled_from(found), unique_by=lambda one: one.key)) if found else []
    return tuple(draw(override_of(one)) for one in changed)


def override_of(one: Occurrence) -> st.SearchStrategy[Override]:
    year = one.planned.year
    moved_to = st.one_of(st.none(), st.dates(dt.date(year, 1, 1), dt.date(year, 12, 31)))
    return st.one_of(
        st.builds(Override, key=st.just(one.key), moved_to=moved_to, done=st.booleans()),
        st.builds(Override, key=st.just(one.key), moved_to=moved_to, skipped_because=st.just("the customer moves")),
    )
