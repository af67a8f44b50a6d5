"""What an account's clock lacks against the operating model, which says what every account's year must have."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from annualclock.dates import MONTHS, Occurrence
from annualclock.template import Kind

# What must be in a year, and the kinds that count for it: the birthday's development meeting is one of the four.
EXPECTED: tuple[tuple[Kind, frozenset[Kind], int], ...] = (
    (Kind.MEETING, frozenset({Kind.MEETING, Kind.BIRTHDAY}), 4),
    (Kind.BIRTHDAY, frozenset({Kind.BIRTHDAY}), 1),
    (Kind.STEERING_GROUP, frozenset({Kind.STEERING_GROUP}), 2),
    (Kind.AUDIT, frozenset({Kind.AUDIT}), 1),
    (Kind.SURVEY, frozenset({Kind.SURVEY}), 1),
    (Kind.WEBINAR, frozenset({Kind.WEBINAR}), 3),
)
Sites = Mapping[int, Set[int]]


@dataclass(frozen=True)
class Clock:
    """What is on a clock: occurrences by kind, and by month (1 to 12) the ids of sites open and of sites with a visit.

    A site counts as having a visit in a month when one is planned or done there, not when it is skipped.
    """

    occurrences: Mapping[str, tuple[Occurrence, ...]] = field(default_factory=dict)
    open_sites: Sites = field(default_factory=dict)
    visited_sites: Sites = field(default_factory=dict)


@dataclass(frozen=True)
class Lack:
    """There should be `expected` of the kind `code`, and `found` are there; visits are counted by site and month."""

    code: str
    expected: int
    found: int
    month: int | None = None


def lacks(year: int, clock: Clock) -> tuple[Lack, ...]:
    """Return what the clock of `year` lacks, as in EXPECTED, then visits by month. What is skipped does not count."""
    events = (Lack(code, number, _found(year, clock, kinds)) for code, kinds, number in EXPECTED)
    visits = (_visits(clock, month) for month in MONTHS)
    return tuple(lack for lack in (*events, *visits) if lack.found < lack.expected)


def _found(year: int, clock: Clock, kinds: frozenset[Kind]) -> int:
    found = (one for kind in kinds for one in clock.occurrences.get(kind, ()))
    return sum(one.day.year == year and not one.skipped for one in found)


def _visits(clock: Clock, month: int) -> Lack:
    open_ones = clock.open_sites.get(month, frozenset())
    return Lack(Kind.VISIT, len(open_ones), len(open_ones & clock.visited_sites.get(month, frozenset())), month)
