"""What one person has to do: the shape in which every app says it, and what accounts has to say.

Every app that may ask something of people has a module of this name with `must_do(person)`, what waits for them now,
and perhaps `this_week(person)`, what is theirs between this Monday and Sunday, and `news(person, since)`, what was made
known to them; the queries of none grow with what there is. kam/todo.py gathers them.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.handover import unread_letters
from accounts.models import Person, Substitution
from accounts.queries.explain import local_day
from accounts.queries.substitutions import running_for
from accounts.second_eyes import waiting_for
from kam.lib.dates import last_day


@dataclass(frozen=True)
class Todo:
    """One line: what, where it is done, what to know about it.

    `state` is one of the shapes of the pages (docs/looks.md). `account` is the customer number of the account that it
    belongs to, empty for none; `number` counts the things that the line stands for. A line about several accounts has
    both for each of them in `several` instead. `due` is the day by which or on which, `time` the time of that day in
    Helsinki.
    """

    text: str
    url: str
    note: str = ""
    state: str = "run"
    due: dt.date | None = None
    account: str = ""
    number: int = 1
    time: dt.time | None = None
    several: tuple[tuple[str, int], ...] = ()

    @property
    def by_account(self) -> tuple[tuple[str, int], ...]:
        return self.several or ((self.account, self.number),)


def must_do(person: Person) -> list[Todo]:
    """Return what waits for second eyes, letters to read, and whom `person` stands in for or who for them.

    Three queries.
    """
    return [*_second_eyes(person), *_letters(person), *_substitutions(person)]


def _second_eyes(person: Person) -> Iterator[Todo]:
    for approval in waiting_for(person):
        yield Todo(
            text=_("Read and approve: %(title)s") % {"title": approval.title},
            url=reverse("eyes_decide", args=[approval.pk]),
            note=" · ".join([approval.account.name, _("asked by %(name)s") % {"name": approval.author.name}]),
            state="warn",
            account=approval.account.customer_number,
        )


def _letters(person: Person) -> Iterator[Todo]:
    for stay in unread_letters(person):
        yield Todo(
            text=_("Read the handover letter: %(name)s") % {"name": stay.account.name},
            url=reverse("handover", args=[stay.account.customer_number]),
            note=_("The account is new to you."),
            account=stay.account.customer_number,
        )


def _substitutions(person: Person) -> Iterator[Todo]:
    running = running_for(person)
    for one in running:
        if one.substitute_id == person.pk:
            yield _substitution(_("You stand in for %(name)s") % {"name": one.absent.name}, one)
    for one in running:
        if one.absent_id == person.pk:
            yield _substitution(_("%(name)s stands in for you") % {"name": one.substitute.name}, one)


def _substitution(text: str, one: Substitution) -> Todo:
    day = last_day(one.period)
    until = _("until %(day)s") % {"day": local_day(day)} if day else ""
    return Todo(text, reverse("substitutions"), " · ".join(filter(None, [until, one.reason])))
