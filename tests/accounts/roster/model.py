"""What a roster snapshot means a second time: deliberately simple, plain Python over rows, with sets of days.

It shares nothing with accounts/roster/ or accounts/derivation/. Days are whole numbers from 0; FOREVER is the last of
them and stands for all days after those that a story names, so "until further notice" is a set that holds FOREVER.
The readings are those of the design ("What a snapshot means") and of docs/access.md:

1.  A row with an error, two customers in one file and an unknown customer freeze the site they name: the file says
    nothing about it, nor do its rows about anybody.
2.  The file's periods of one person, site and role are merged where they overlap or touch.
3.  A standing period that ended before the file's date stays, on the days that none of the file's holds, and never
    grows together with one. One that runs or lies ahead gives way to the file's when it overlaps any of them; else it
    ends on the day before the file's date, or never comes.
4.  A site's placement begins with the earliest start among the assignments that outlast the placement before it, not
    before that has ended. Where none outlasts it: where it began already, else on the file's date. The placement of a
    site that moves, and of a covered one that the file does not name, ends on the day before the file's date.
5.  The last row about a site says where it belongs, the last row about a person who the superior is; a superior whom
    nobody knows, none and oneself say nothing.
6.  Whoever had left and has a row that runs on the file's date or later is back.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import NamedTuple

FOREVER = 90
Key = tuple[str, str, str]  # person, site, role
Period = tuple[int, int]  # first and last day
Home = tuple[str, str | None]  # customer, area
Sight = dict[tuple[str, str, str], frozenset[int]]  # (customer, person, kind): days


@dataclass(frozen=True)
class Line:
    """One row of a file; `last` None is until further notice, `fault` says what is wrong with it."""

    site: str
    person: str
    role: str
    first: int
    last: int | None = None
    customer: str = "030001"
    area: str = "60"
    superior: str = ""
    fault: str = ""

    @property
    def days(self) -> frozenset[int]:
        return span(self.first, FOREVER if self.last is None else self.last)

    @property
    def freezes(self) -> str:
        """The site that an error in this row freezes; none when the site is what can't be read."""
        return "" if self.fault in ("", "site") else self.site


@dataclass(frozen=True)
class File:
    date: int
    lines: tuple[Line, ...]
    whole_company: bool = True
    create: bool = False

    @property
    def good(self) -> list[Line]:
        return [line for line in self.lines if not line.fault]


class Placed(NamedTuple):
    home: Home
    first: int
    last: int

    @property
    def open(self) -> bool:
        return self.last == FOREVER


@dataclass(frozen=True)
class State:
    """All that a snapshot may change, and what access comes from besides."""

    customers: frozenset[str]
    people: frozenset[str]
    assignments: dict[Key, tuple[Period, ...]] = field(default_factory=dict)
    placements: dict[str, tuple[Placed, ...]] = field(default_factory=dict)
    superior: dict[str, str] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    invited: dict[tuple[str, str], frozenset[int]] = field(default_factory=dict)  # customer, person
    sales: dict[str, str] = field(default_factory=dict)  # person: area


def span(first: int, last: int) -> frozenset[int]:
    return frozenset(range(first, last + 1))


def runs(days: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last day of every unbroken run."""
    left = set(days)
    while left:
        first = last = min(left)
        while last + 1 in left:
            last += 1
        yield first, last
        left -= span(first, last)


# --- the snapshot --------------------------------------------------------------------------------------------------
def apply(state: State, file: File) -> State:
    """Return the state after the file; one without a single good row can't be used and changes nothing."""
    if not file.good:
        return state
    made = {line.customer for line in file.good} if file.create else set()
    state = replace(state, customers=state.customers | made)
    frozen = frozen_sites(state, file)
    lines = [line for line in file.good if line.site not in frozen]
    state = _people(state, file.date, lines)
    covered = _covered(state, file, frozen, lines)
    state = replace(state, assignments=_assignments(state, file.date, covered, lines))
    return replace(state, placements=_placements(state, file.date, covered, lines))


def frozen_sites(state: State, file: File) -> set[str]:
    customers = defaultdict(set)
    for line in file.good:
        customers[line.site].add(line.customer)
    doubtful = {site for site, named in customers.items() if len(named) > 1 or named - state.customers}
    return doubtful | {line.freezes for line in file.lines if line.freezes}


def _people(state: State, date: int, lines: list[Line]) -> State:
    people, superior = state.people | {line.person for line in lines}, dict(state.superior)
    for person, line in {line.person: line for line in lines}.items():  # the last row about each
        if line.superior in people and line.superior != person:
            superior[person] = line.superior
    back = {line.person for line in lines if max(line.days) >= date}
    left = {person: day for person, day in state.left.items() if person not in back}
    return replace(state, people=people, superior=superior, left=left)


def _covered(state: State, file: File, frozen: set[str], lines: list[Line]) -> set[str]:
    named = {line.site for line in lines}
    customers = {line.customer for line in lines}
    theirs = {
        site
        for site, placed in state.placements.items()
        if any(p.open and (file.whole_company or p.home[0] in customers) for p in placed)
    }
    return (named | theirs) - frozen


def _assignments(state: State, date: int, covered: set[str], lines: list[Line]) -> dict[Key, tuple[Period, ...]]:
    wanted: dict[Key, set[int]] = defaultdict(set)
    for line in lines:
        wanted[line.person, line.site, line.role] |= line.days
    after = {}
    for key in state.assignments.keys() | wanted.keys():
        periods = state.assignments.get(key, ())
        if key[1] in covered:
            kept = [piece for period in periods for piece in _kept(period, wanted[key], date)]
            periods = tuple(sorted([*runs(wanted[key]), *kept]))
        if periods:
            after[key] = periods
    return after


def _kept(standing: Period, wanted: set[int], date: int) -> Iterator[Period]:
    days = span(*standing)
    if standing[1] < date:
        return runs(days - wanted)
    return runs(set() if days & wanted else span(standing[0], date - 1))


def _placements(state: State, date: int, covered: set[str], lines: list[Line]) -> dict[str, tuple[Placed, ...]]:
    homes = {line.site: (line.customer, line.area or None) for line in lines}  # the last row about each
    after = dict(state.placements)
    for site in covered:
        past = [p for p in state.placements.get(site, ()) if not p.open]
        now = next((p for p in state.placements.get(site, ()) if p.open), None)
        if now and homes.get(site) != now.home and now.first < date:
            past.append(now._replace(last=date - 1))
        if site in homes:
            stays = now if now and now.home == homes[site] else None
            past.append(Placed(homes[site], _opening(state, site, past, stays.first if stays else date), FOREVER))
        after[site] = tuple(past)
    return after


def _opening(state: State, site: str, past: list[Placed], else_on: int) -> int:
    edge = max((p.last + 1 for p in past), default=0)
    theirs = [period for key, periods in state.assignments.items() if key[1] == site for period in periods]
    lasting = [first for first, last in theirs if last >= edge]
    return max(edge, min(lasting, default=else_on))


# --- access --------------------------------------------------------------------------------------------------------
def access(state: State) -> Sight:
    """Return the days of every grant of a customer to a person, by kind; nobody stands behind a barrier here."""
    found: dict[tuple[str, str, str], set[int]] = defaultdict(set)
    for (customer, person), days in state.invited.items():
        found[customer, person, "invited"] |= days
    for (person, site, _), periods in state.assignments.items():
        days = frozenset(day for period in periods for day in span(*period))
        for placed in state.placements.get(site, ()):
            together = days & span(placed.first, placed.last)
            found[placed.home[0], person, "responsible"] |= together
            for superior in chain(state.superior, person):
                found[placed.home[0], superior, "superior"] |= together
    for seller, area in state.sales.items():
        for placed in (p for history in state.placements.values() for p in history):
            if placed.home[1] == area:
                found[placed.home[0], seller, "sales"] |= span(placed.first, placed.last)
    cut = {key: frozenset(day for day in days if day <= state.left.get(key[1], FOREVER)) for key, days in found.items()}
    return {key: days for key, days in cut.items() if days}


def chain(superior: dict[str, str], person: str) -> list[str]:
    """Return everybody above a person, cut where the chain would go round in a circle."""
    above: list[str] = []
    while (person_above := superior.get(above[-1] if above else person)) and person_above not in (person, *above):
        above.append(person_above)
    return above


def seen(state: State, date: int) -> dict[tuple[str, str], frozenset[int]]:
    """Return on which days from `date` on each (customer, person) is seen, for whichever reason."""
    days: dict[tuple[str, str], frozenset[int]] = defaultdict(frozenset)
    for (customer, person, _), theirs in access(state).items():
        days[customer, person] |= {day for day in theirs if day >= date}
    return {pair: theirs for pair, theirs in days.items() if theirs}


def access_lines(before: State, after: State, date: int) -> set[tuple[str, str, str]]:
    """Return the (section, customer, person) of every line on access that a forecast of `after` must have."""
    was, will_be = seen(before, date), seen(after, date)
    return {
        ("access_gained" if pair not in was else "access_lost" if pair not in will_be else "access_changed", *pair)
        for pair in was.keys() | will_be.keys()
        if was.get(pair) != will_be.get(pair)
    }
