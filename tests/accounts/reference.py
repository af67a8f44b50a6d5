"""Derived access a second time: deliberately simple, plain Python over the rows, one day after the other.

It shares nothing with accounts/derivation.py but the models. Both follow docs/access.md in these readings:

1.  Periods are half-open date ranges; an empty one never ran. A grant is asked for a day: the set of
    (account, person, kind, acts_as, blocked) running on it.
2.  responsible: every assignment, whatever its role, whose site has a placement on that day: to the placement's
    account, on the days that both run. A site that moves to another account moves its grants that day.
3.  superior: everyone up the chain of `superior` from the assignment's person as known today, on the same days. The
    chain stops where it would come back to that person or to somebody already in it. `via` is the person directly
    below the superior.
4.  sales: persons whose title (small letters, trimmed) means the role sales and who have an area: every account with
    a placement in that area, while it has one. Placements that overlap or touch are one run.
5.  management: memberships, to every account. A period without a first day starts at `date.min`.
6.  director: directorships, of the director and of the deputy. invited: invitations.
    A person's own grants, of every kind, end with their last day with the company.
7.  `since` is the first day of the cause's own run at that account. Cause: the assignment (a site that only changes
    its area goes on running), the account's presence in the area, the membership, the directorship, the invitation.
    For each barrier, person and day: a decision for a side puts the person there; a decision without a side clears
    them; else a member of the management group stands above the barrier; else the side is that of the earliest `since`
    among the person's grants, blocked or not, that run on the day at the barrier's accounts; when two sides share
    the earliest, all the barrier's accounts are blocked. Else those on the other sides are. An account in several
    barriers is blocked when any of them blocks it.
8.  substitute: for each of the absent person's own grants (not those as a substitute: nothing is passed on twice)
    that runs in the window and is not blocked for the absent among their own grants alone. `since` is the later of the
    window's first day and the mirrored `since`. The substitute's side is judged among their own and these grants. A
    substitute grant is blocked, besides, while the mirrored one is blocked in the end, that is judged among all the
    absent person's grants. The last day of either person ends it.
9.  Of several causes of one (account, person, kind, acts_as, substitution) the row of a day names the earliest
    `since`, then the later end, then the lower id.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from accounts.models import (
    Account,
    Assignment,
    BarrierDecision,
    BarrierMember,
    Directorship,
    Invitation,
    ManagementMembership,
    Person,
    Placement,
    Substitution,
    TitleRole,
)

ONE_DAY = dt.timedelta(days=1)


class Days(NamedTuple):
    """From the first day to the last, both included."""

    first: dt.date
    last: dt.date

    def has(self, day: dt.date) -> bool:
        return self.first <= day <= self.last

    def shared_with(self, other: "Days") -> "Days":
        return Days(max(self.first, other.first), min(self.last, other.last))

    def until(self, last: dt.date | None) -> "Days":
        return self if last is None else Days(self.first, min(self.last, last))

    @property
    def none(self) -> bool:
        return self.first > self.last


NEVER = Days(dt.date.max, dt.date.min)


class Cause(NamedTuple):
    """One reason why one person sees one account, in one unbroken run of days."""

    account: int
    person: int
    kind: str
    days: Days
    since: dt.date
    # The row it comes from: a directorship, assignment, membership or invitation; for sales any placement of the run.
    sources: tuple[int, ...]
    via: int | None = None
    acts_as: str = ""
    substitution: int | None = None
    absent: int | None = None


class Grant(NamedTuple):
    """What a day's row must say. Rows of one person and account differ in kind, mirrored kind or substitution."""

    account: int
    person: int
    kind: str
    acts_as: str
    substitution: int | None
    since: dt.date
    blocked: bool

    @property
    def pair(self) -> tuple[int, int, str, str, bool]:
        return self.account, self.person, self.kind, self.acts_as, self.blocked


class Staff(NamedTuple):
    superior: int | None
    area: int | None
    title: str
    left_on: dt.date | None


class Stand(NamedTuple):
    """A substitution: who stands in for whom, when."""

    id: int
    absent: int
    substitute: int
    days: Days


class Decision(NamedTuple):
    barrier: int
    person: int
    side: int | None
    days: Days


@dataclass
class Company:
    """Every row that access derives from, read once."""

    accounts: list[int]
    staff: dict[int, Staff]
    sales_titles: set[str]
    placements: dict[int, list[tuple[int, int, int | None, Days]]]  # site: (id, account, area, days)
    assignments: list[tuple[int, int, int, Days]]  # id, person, site, days
    directorships: list[tuple[int, int, int, Days]]  # id, account, person, days
    memberships: list[tuple[int, int, Days]]  # id, person, days
    invitations: list[tuple[int, int, int, Days]]  # id, account, person, days
    substitutions: list[Stand]
    sides: dict[int, dict[int, int]]  # barrier: {account: side}
    decisions: list[Decision]
    causes: list[Cause] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.causes = list(own_causes(self))


def read_company() -> Company:
    """Read all of today's rows; the grants themselves and the ledger are not looked at."""
    placements = defaultdict(list)
    for pk, site, account, area, period in Placement.objects.values_list("id", "site", "account", "area", "period"):
        placements[site].append((pk, account, area, days_of(period)))
    sides: dict[int, dict[int, int]] = defaultdict(dict)
    for barrier, account, side in BarrierMember.objects.values_list("barrier", "account", "side"):
        sides[barrier][account] = side
    return Company(
        accounts=list(Account.objects.values_list("id", flat=True)),
        staff={
            pk: Staff(*rest) for pk, *rest in Person.objects.values_list("id", "superior", "area", "title", "left_on")
        },
        sales_titles=set(TitleRole.objects.filter(role="sales").values_list("title", flat=True)),
        placements=dict(placements),
        assignments=_with_days(Assignment.objects.values_list("id", "person", "site", "period")),
        directorships=_with_days(Directorship.objects.values_list("id", "account", "person", "period")),
        memberships=_with_days(ManagementMembership.objects.values_list("id", "person", "period")),
        invitations=_with_days(Invitation.objects.values_list("id", "account", "person", "period")),
        substitutions=[
            Stand(*row) for row in _with_days(Substitution.objects.values_list("id", "absent", "substitute", "period"))
        ],
        sides=dict(sides),
        decisions=[
            Decision(*row)
            for row in _with_days(BarrierDecision.objects.values_list("barrier", "person", "side", "period"))
        ],
    )


def _with_days(rows: Iterable[tuple]) -> list[tuple]:
    return [(*rest, days_of(period)) for *rest, period in rows]


def days_of(period) -> Days:
    if period.isempty:
        return NEVER
    last = dt.date.max if period.upper is None else period.upper - ONE_DAY
    return Days(period.lower or dt.date.min, last)


# --- what a person has in their own right --------------------------------------------------------------------------
def own_causes(company: Company) -> Iterator[Cause]:
    """Yield every cause but those of substitutes, cut at the person's last day."""
    for cause in _uncut_causes(company):
        days = cause.days.until(company.staff[cause.person].left_on)
        if not days.none:
            yield cause._replace(days=days, acts_as=cause.kind)


def _uncut_causes(company: Company) -> Iterator[Cause]:
    for pk, account, person, days in company.directorships:
        yield Cause(account, person, "director", days, days.first, (pk,))
    for pk, account, person, days in company.invitations:
        yield Cause(account, person, "invited", days, days.first, (pk,))
    for pk, person, days in company.memberships:
        for account in company.accounts:
            yield Cause(account, person, "management", days, days.first, (pk,))
    yield from _responsible_and_superior(company)
    yield from _sales(company)


def _responsible_and_superior(company: Company) -> Iterator[Cause]:
    for pk, person, site, days in company.assignments:
        at_account = defaultdict(list)
        for _, account, _, placed in company.placements.get(site, []):
            at_account[account].append(days.shared_with(placed))
        for account, pieces in at_account.items():
            for run in unbroken(pieces):
                yield Cause(account, person, "responsible", run, run.first, (pk,))
                below = person
                for superior in chain_above(company, person):
                    yield Cause(account, superior, "superior", run, run.first, (pk,), via=below)
                    below = superior


def chain_above(company: Company, person: int) -> list[int]:
    """Return the superiors of a person from the nearest up, cut where they would go round in a circle."""
    chain: list[int] = []
    superior = company.staff[person].superior
    while superior is not None and superior != person and superior not in chain:
        chain.append(superior)
        superior = company.staff[superior].superior
    return chain


def _sales(company: Company) -> Iterator[Cause]:
    present = defaultdict(list)
    for placements in company.placements.values():
        for pk, account, area, days in placements:
            present[account, area].append((pk, days))
    for person, staff in company.staff.items():
        if staff.area is None or staff.title.strip().lower() not in company.sales_titles:
            continue
        for (account, area), placed in present.items():
            if area != staff.area:
                continue
            for run in unbroken([days for _, days in placed]):
                sites = tuple(pk for pk, days in placed if not days.shared_with(run).none)
                yield Cause(account, person, "sales", run, run.first, sites)


def unbroken(pieces: list[Days]) -> list[Days]:
    """Join the pieces that overlap or touch."""
    runs: list[Days] = []
    for piece in sorted(piece for piece in pieces if not piece.none):
        if runs and (runs[-1].last == dt.date.max or piece.first <= runs[-1].last + ONE_DAY):
            runs[-1] = Days(runs[-1].first, max(runs[-1].last, piece.last))
        else:
            runs.append(piece)
    return runs


# --- one day -------------------------------------------------------------------------------------------------------
def grants_on(company: Company, day: dt.date) -> set[Grant]:
    """Return every grant running on `day`, blocked or not."""
    return {grant for grant, _ in grants_with_causes(company, day)}


def seen_on(company: Company, person: int, day: dt.date) -> set[int]:
    """Return the accounts that a person may see on `day`."""
    return {grant.account for grant in grants_on(company, day) if grant.person == person and not grant.blocked}


def grants_with_causes(company: Company, day: dt.date) -> list[tuple[Grant, list[Cause]]]:
    """Return each grant of a day with its causes, the one that the row must name first."""
    own = [cause for cause in company.causes if cause.days.has(day)]
    mirrored = mirror(company, own, blocked_accounts(company, own, day), day)
    everything = own + mirrored
    blocked = blocked_accounts(company, everything, day)
    together = defaultdict(list)
    for cause in everything:
        together[cause.account, cause.person, cause.kind, cause.acts_as, cause.substitution].append(cause)
    found = []
    for key, causes in together.items():
        causes.sort(key=lambda cause: (cause.since, -cause.days.last.toordinal(), cause.sources))
        first = causes[0]
        shut = (first.person, first.account) in blocked or (first.absent, first.account) in blocked
        found.append((Grant(*key, first.since, shut), causes))
    return found


def mirror(company: Company, own: list[Cause], blocked: set[tuple[int, int]], day: dt.date) -> list[Cause]:
    """Return what substitutes have on `day` through those they stand in for."""
    mirrored = []
    for stand in company.substitutions:
        if not stand.days.until(company.staff[stand.substitute].left_on).has(day):
            continue
        for cause in own:
            if cause.person == stand.absent and (cause.person, cause.account) not in blocked:
                mirrored.append(_stood_in(cause, stand, company.staff[stand.substitute].left_on))
    return mirrored


def _stood_in(cause: Cause, stand: Stand, left_on: dt.date | None) -> Cause:
    return cause._replace(
        person=stand.substitute,
        kind="substitute",
        days=cause.days.shared_with(stand.days).until(left_on),
        since=max(cause.since, stand.days.first),
        substitution=stand.id,
        absent=stand.absent,
    )


def blocked_accounts(company: Company, causes: list[Cause], day: dt.date) -> set[tuple[int, int]]:
    """Return the (person, account) pairs that barriers block on `day`, judged among these causes."""
    blocked = set()
    of_person = defaultdict(list)
    for cause in causes:
        of_person[cause.person].append(cause)
    above = {person for _, person, days in company.memberships if days.has(day)}
    for barrier, sides in company.sides.items():
        decided = {d.person: d.side for d in company.decisions if d.barrier == barrier and d.days.has(day)}
        for person, theirs in of_person.items():
            if person in decided:
                allowed = set(sides.values()) if decided[person] is None else {decided[person]}
            elif person in above:
                allowed = set(sides.values())
            else:
                allowed = earliest_side(sides, theirs)
            blocked |= {(person, c.account) for c in theirs if c.account in sides and sides[c.account] not in allowed}
    return blocked


def earliest_side(sides: dict[int, int], causes: list[Cause]) -> set[int]:
    """Return the one side of the earliest grant; nothing when two sides start on the same day."""
    at_sides = [cause for cause in causes if cause.account in sides]
    if not at_sides:
        return set()
    earliest = min(cause.since for cause in at_sides)
    standing = {sides[cause.account] for cause in at_sides if cause.since == earliest}
    return standing if len(standing) == 1 else set()
