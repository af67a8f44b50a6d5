"""Who is told what at a step of an urgent message's ladder. Pure: ids of people in, what is said out.

While somebody is away and others stand in for them, what is about them goes to those others and not to them. Whoever
may not see the message is told nothing and stands in for nobody; a superior who may not, or is away, is passed over for
the next one up, and at last the account's directors are told.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from channels_app.ladder import DEADLINE, STAND_IN

# The values of models.Reminder.As.
SELF, SUBSTITUTE, SUPERIOR, AUTHOR = "self", "substitute", "superior", "author"


@dataclass(frozen=True)
class Around:
    """The people around a message on a day: who reads it, who is away with whom standing in, who is above whom."""

    author: int
    readers: frozenset[int]
    directors: frozenset[int]
    substitutes: Mapping[int, Collection[int]]
    superior: Mapping[int, int]

    def is_away(self, person: int) -> bool:
        return person in self.substitutes

    def is_there(self, person: int) -> bool:
        return person in self.readers and not self.is_away(person)

    def standing_in(self, person: int) -> list[int]:
        """Return whoever reads the message in the place of `person`, who is away."""
        return [one for one in sorted(self.substitutes.get(person, ())) if self.is_there(one)]

    def above(self, person: int) -> list[int]:
        """Return the nearest superior who is there, or else the directors who are, or else all directors."""
        passed, above = {person}, self.superior.get(person)
        while above is not None and above not in passed:
            if self.is_there(above):
                return [above]
            passed.add(above)
            above = self.superior.get(above)
        directors = sorted(self.directors - {person})
        return [one for one in directors if self.is_there(one)] or [one for one in directors if one in self.readers]

    def in_place_of(self, person: int) -> list[tuple[int, str]]:
        """Return who is told instead of somebody who is away, and as what."""
        others = self.standing_in(person)
        return [(one, SUBSTITUTE) for one in others] or [(one, SUPERIOR) for one in self.above(person)]


@dataclass(frozen=True)
class Telling:
    """`told` is told, as what they are to `about`, that `about` has not acknowledged."""

    about: int
    told: int
    told_as: str


def tellings(what: str, pending: Collection[int], around: Around) -> list[Telling]:
    """Return what is said at a step `what` about those of `pending` who read the message, each told once of each."""
    found: dict[tuple[int, int], Telling] = {}
    for about in sorted(around.readers & set(pending)):
        for told, told_as in _about(what, about, around):
            found.setdefault((about, told), Telling(about, told, told_as))
    return list(found.values())


def _about(what: str, person: int, around: Around) -> Iterator[tuple[int, str]]:
    if what != DEADLINE:
        yield from around.in_place_of(person) if around.is_away(person) else [(person, SELF)]
    if what == DEADLINE or (what == STAND_IN and not around.is_away(person)):
        yield from ((one, SUPERIOR) for one in around.above(person))
    if what == DEADLINE and around.author in around.readers:
        author = around.author
        yield from ((one, AUTHOR) for one in (around.standing_in(author) if around.is_away(author) else [author]))
