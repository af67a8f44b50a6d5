"""Who is named with "@First Last" in a text, among those who may read it; everybody else's name is words like others.

`named_in` is pure. A mention lets nobody in and gives nobody away: only people who see the message at that moment are
looked for, and the text looks the same whether somebody was found or not.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from accounts.models import Person
from channels_app.models import Mention, Message, Reply
from channels_app.queries.messages import readers_of
from kam.lib.html import text_of

# Of an e-mail address, an "@" names nobody.
_AT = re.compile(r"(?<![\w.+-])@")
_IN_WORD = re.compile(r"[\w-]")


@dataclass(frozen=True)
class Name:
    """Somebody who may be named: `area` tells two of one name apart, written behind it in brackets."""

    person_id: int
    name: str
    area: str


def named_in(text: str, names: Collection[Name]) -> set[int]:
    """Return the ids of those whom `text` names exactly; of several of one name, those of the area in brackets."""
    words = " ".join(text.split())
    found: set[int] = set()
    for at in _AT.finditer(words):
        found |= _named_at(words, at.end(), names)
    return found


def _named_at(words: str, start: int, names: Iterable[Name]) -> set[int]:
    fitting = [one for one in names if one.name and words.startswith(one.name, start)]
    fitting = [one for one in fitting if not _IN_WORD.match(words, start + len(one.name))]
    longest = max((len(one.name) for one in fitting), default=0)
    named = [one for one in fitting if len(one.name) == longest]
    there = [one for one in named if one.area and words.startswith(f" ({one.area})", start + longest)]
    chosen = there or named
    return {chosen[0].person_id} if len(chosen) == 1 else set()


def in_brackets(person: Person) -> str:
    """Return how somebody is named who shares the name with another: the area behind it."""
    return f"{person.name} ({person.area.name})" if person.area else person.name


def put_mentions(message: Message, body: str, reply: Reply | None = None) -> set[int]:
    """Store whom `body`, of the message or of a reply to it, names now; return the ids of those who are new.

    In the caller's transaction. Its author is never told of themselves.
    """
    author_id = message.author_id if reply is None else reply.author_id
    named = _people_named(message, body) - {author_id}
    before = Mention.objects.filter(message=message, reply=reply)
    known = set(before.values_list("person_id", flat=True))
    if gone := known - named:
        before.filter(person__in=gone).delete()
    new = named - known
    Mention.objects.bulk_create(
        [Mention(message=message, reply=reply, person_id=person_id) for person_id in sorted(new)]
    )
    return new


def _people_named(message: Message, body: str) -> set[int]:
    text = text_of(body)
    if not _AT.search(text):
        return set()
    rows = readers_of(message).values_list("pk", "first_name", "last_name", "area__name")
    names = [Name(pk, " ".join(f"{first} {last}".split()), area or "") for pk, first, last, area in rows]
    return named_in(text, names)


def names_offered(people: QuerySet[Person], found: Collection[Person]) -> list[dict[str, str]]:
    """Return what to choose from behind "@": `name` goes into the text, with the area where two bear the name.

    `found` are those of `people` who fit what was typed; `about` tells them apart for whoever reads the list.
    """
    same = people.filter(last_name__in={one.last_name for one in found}).values_list("first_name", "last_name")
    names = Counter(" ".join(f"{first} {last}".split()) for first, last in same)
    return [
        {
            "name": " ".join((in_brackets(one) if names[one.name] > 1 else one.name).split()),
            "about": ", ".join(filter(None, [one.title, one.area.name if one.area else ""])),
        }
        for one in found
    ]
