"""What the ladder of an urgent message must do, written once more: slowly, in plain Python, without a database.

Nothing here is taken from the code under test: working hours are counted minute by minute, holidays are a list.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
HOLIDAYS = {
    dt.date(2026, 4, 3), dt.date(2026, 4, 6), dt.date(2026, 5, 1), dt.date(2026, 6, 19), dt.date(2026, 12, 24),
    dt.date(2026, 12, 25), dt.date(2027, 1, 1), dt.date(2027, 1, 6),
}  # fmt: skip


# --- the clock on the wall ------------------------------------------------------------------------------------------
def works(day: dt.date) -> bool:
    return day.weekday() < 5 and day not in HOLIDAYS


def is_quiet(moment: dt.datetime) -> bool:
    hour = moment.astimezone(HELSINKI).hour
    return hour >= 20 or hour < 6


def spoken(moment: dt.datetime, critical: bool) -> dt.datetime:
    """Return the first moment at or after this one at which somebody may be told."""
    while not critical and is_quiet(moment):
        moment = moment.astimezone(dt.UTC).replace(second=0, microsecond=0) + MINUTE
    return moment


def after_working_minutes(moment: dt.datetime, minutes: int) -> dt.datetime:
    now = moment.astimezone(dt.UTC)
    while minutes:
        wall = now.astimezone(HELSINKI)
        minutes -= works(wall.date()) and 7 <= wall.hour < 16
        now += MINUTE
    return now


def next_morning(moment: dt.datetime) -> dt.datetime:
    day = moment.astimezone(HELSINKI).date() + DAY
    while not works(day):
        day += DAY
    return dt.datetime(day.year, day.month, day.day, 8, tzinfo=HELSINKI)


# --- the company ----------------------------------------------------------------------------------------------------
@dataclass
class Company:
    """People are names. Who has access of their own, who stands in for whom on which days, who is above whom."""

    superior: dict[str, str]
    directors: set[str]
    own: set[str]
    absences: list[tuple[str, str, dt.date, dt.date]] = field(default_factory=list)  # absent, substitute, first, last

    def standing_in(self, day: dt.date) -> list[tuple[str, str]]:
        return [(absent, other) for absent, other, first, last in self.absences if first <= day <= last]

    def sees(self, day: dt.date) -> set[str]:
        """Access of one's own, and what whoever is away has of their own: a substitute passes nothing on."""
        return self.own | {other for absent, other in self.standing_in(day) if absent in self.own}

    def directing(self, day: dt.date) -> set[str]:
        there = self.directors & self.own
        return there | {other for absent, other in self.standing_in(day) if absent in there}

    def away(self, day: dt.date) -> set[str]:
        return {absent for absent, _other in self.standing_in(day)}

    def instead_of(self, person: str, day: dt.date) -> set[str]:
        able = self.sees(day) - self.away(day)
        return {other for absent, other in self.standing_in(day) if absent == person and other in able}

    def over(self, person: str, day: dt.date) -> set[str]:
        able = self.sees(day) - self.away(day) - {person}
        above = self.superior.get(person)
        while above is not None:
            if above in able:
                return {above}
            above = self.superior.get(above)
        directors = self.directing(day) - {person}
        return (directors & able) or directors


# --- a message ------------------------------------------------------------------------------------------------------
@dataclass
class Rung:
    asking: int
    number: int
    due: dt.datetime
    outcome: str = ""


@dataclass
class Recipient:
    acknowledged: int = 0
    left: bool = False


Said = tuple[int, int, str, str, str]  # asking, step, told, as what, about whom
Line = tuple[str, int, int, int, str]  # kind of notice, asking, step, when (0 at the step itself), for whom


@dataclass
class Model:
    """A message as it should be; `said` is the log, `lines` the notices, `aloud` those that left the house."""

    author: str
    deadline: dt.datetime
    critical: bool
    number: int = 0
    asked: int = 0
    withdrawn: bool = False
    recipients: dict[str, Recipient] = field(default_factory=dict)
    rungs: list[Rung] = field(default_factory=list)
    said: set[Said] = field(default_factory=set)
    lines: set[Line] = field(default_factory=set)
    aloud: set[Line] = field(default_factory=set)

    def ask(self, number: int, deadline: dt.datetime, company: Company, now: dt.datetime, day: dt.date) -> None:
        """Publish the wording `number`, which asks everybody (again) to acknowledge by the deadline."""
        if not self.recipients:
            self.recipients = {person: Recipient() for person in company.sees(day) - {self.author}}
        for rung in self.rungs:
            rung.outcome = rung.outcome or "ended"
        self.number = self.asked = number
        self.deadline = deadline
        self.rungs += self._ladder(now)
        self.run(company, now, day)

    def _ladder(self, now: dt.datetime) -> Iterator[Rung]:
        morning = spoken(next_morning(now), self.critical)
        reminder = spoken(after_working_minutes(now, 240), self.critical)
        yield Rung(self.asked, 0, now)
        if reminder < morning and reminder < self.deadline:
            yield Rung(self.asked, 1, reminder)
        if morning < self.deadline:
            yield Rung(self.asked, 2, morning)
        yield Rung(self.asked, 3, max(now, spoken(self.deadline, self.critical)))

    def run(self, company: Company, now: dt.datetime, day: dt.date) -> None:
        asleep = is_quiet(now) and not self.critical
        due = [rung for rung in self.rungs if not rung.outcome and rung.due <= now and not (asleep and rung.number)]
        for rung in due:
            if self.withdrawn:
                rung.outcome = "ended"
            elif rung.number == 0 or rung is due[-1]:
                self._carry_out(rung, company, day)
            else:
                rung.outcome = "overtaken"

    def _carry_out(self, rung: Rung, company: Company, day: dt.date) -> None:
        pending = {
            person for person, row in self.recipients.items() if not row.left and row.acknowledged < self.asked
        } & company.sees(day)
        rung.outcome = "done" if self.tell(rung.number, pending, company, day) else "nobody"

    def tell(self, step: int, pending: set[str], company: Company, day: dt.date, when: int = 0) -> bool:
        """Say what the step says of these people, `when` to those who came later; say whether anything was said."""
        said: dict[tuple[str, str], str] = {}
        for about in sorted(pending):
            for told, told_as in self._about(step, about, company, day):
                said.setdefault((told, about), told_as)
        self.said |= {(self.asked, step, told, told_as, about) for (told, about), told_as in said.items()}
        themselves = {told for (told, _about), told_as in said.items() if told_as == "self"}
        kind = "urgent_reminder" if step else "urgent"
        loud = {(kind, self.asked, step, 0, person) for person in themselves}
        about_whom: dict[str, set[str]] = {}
        for (told, about), told_as in said.items():
            if told_as != "self":
                about_whom.setdefault(told, set()).add(about)
        for told, those in about_whom.items():
            name = "urgent_over" if step == 3 else "urgent_about" if len(those) == 1 else "urgent_some"
            loud.add((name, self.asked, step, when, told))
        if when <= self.deadline.timestamp():
            self.aloud |= loud - self.lines
        self.lines |= loud
        if step == 0:
            self.lines |= {("urgent", self.asked, 0, 0, person) for person in pending & company.away(day)}
        return bool(said)

    def _about(self, step: int, person: str, company: Company, day: dt.date) -> Iterator[tuple[str, str]]:
        away = person in company.away(day)
        others = company.instead_of(person, day)
        superiors = company.over(person, day)
        if step < 3 and not away:
            yield person, "self"
        if step < 3 and away:
            yield from ((other, "substitute") for other in others)
        if step == 3 or (step == 2 and not away) or (step < 3 and away and not others):
            yield from ((other, "superior") for other in superiors)
        if step == 3 and self.author in company.sees(day):
            author_away = self.author in company.away(day)
            writers = company.instead_of(self.author, day) if author_away else {self.author}
            yield from ((other, "author") for other in writers)

    # --- whoever comes and goes
    def came(self, people: set[str], company: Company, now: dt.datetime, day: dt.date) -> None:
        new = {person for person in people - {self.author} if person not in self.recipients}
        for person in people & self.recipients.keys():
            self.recipients[person].left = False
        self.recipients |= {person: Recipient() for person in new}
        if new:
            self.tell(0, new & company.sees(day), company, day, int(now.timestamp()))

    def went(self, people: set[str]) -> None:
        for person in people & self.recipients.keys():
            self.recipients[person].left = True

    def may_acknowledge(self, actor: str, person: str, company: Company, day: dt.date) -> bool:
        row = self.recipients.get(person)
        if self.withdrawn or row is None or row.left or not {actor, person} <= company.sees(day):
            return False
        return actor == person or (person, actor) in company.standing_in(day)
