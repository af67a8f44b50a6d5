"""Hands that write memos and tasks for tests."""

import datetime as dt
from typing import Any

from accounts.models import Account, Person
from channels_app.actions.memos import DecisionLine, Minutes, TaskLine, create_memo, save_memo
from channels_app.models import Memo
from tests.cast import Cast

# What only the directors, the management group and sales see.
SALES_ONLY = ["sales"]


def minutes(cast: Cast, **changes: Any) -> Minutes:
    values: dict[str, Any] = {
        "topic": "Viikkopalaveri",
        "body": "<p>Käytiin läpi avaimet.</p>",
        "held_on": cast.day,
        "meeting": "team",
        "place": "Pasila",
        "others": "Maija Asiakas",
        "participants": frozenset({cast.alice.pk, cast.bob.pk}),
        "decisions": (DecisionLine("Avaimet palautetaan perjantaisin."),),
    }
    return Minutes(**(values | changes))


def write_memo(
    cast: Cast,
    author: Person | None = None,
    account: Account | None = None,
    limit: list[str] | None = None,
    **changes: Any,
) -> Memo:
    """Write a memo at Pankki, by Bob unless told otherwise."""
    return create_memo(
        actor=author or cast.bob, account=account or cast.pankki, minutes=minutes(cast, **changes), limit=limit
    )


def change_memo(memo: Memo, actor: Person, written: Minutes, *, based_on: int | None = None) -> Memo:
    number = memo.page.number if based_on is None else based_on
    return save_memo(actor=actor, memo=memo, minutes=written, based_on=number)


def task_line(title: str = "Tilaa avaimet", person: Person | None = None, due_on: dt.date | None = None) -> TaskLine:
    return TaskLine(title, person, due_on)
