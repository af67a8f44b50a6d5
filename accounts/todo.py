"""What one person has to do: the shape in which every app says it.

Every app that may ask something of people has a module of this name with `must_do(person)`, what waits for them now,
and `this_week(person)`, what is theirs between this Monday and Sunday; the queries of neither grow with what there is.
kam/todo.py gathers them.
"""

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True)
class Todo:
    """One line: what, where it is done, what to know about it.

    `state` is one of the shapes of the pages (docs/looks.md). `account` is the customer number of the account that it
    belongs to, empty for none. `number` counts the things that the line stands for. `due` is the day by which or on
    which, `time` the time of that day in Helsinki.
    """

    text: str
    url: str
    note: str = ""
    state: str = "run"
    due: dt.date | None = None
    account: str = ""
    number: int = 1
    time: dt.time | None = None
