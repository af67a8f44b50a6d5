"""A task as a line of a list: what stands out about it, and what the reader may do with it."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.models import Account, Person
from channels_app.models import Task
from channels_app.queries.people import out_of_reach
from kam.lib.dates import today


@dataclass(frozen=True)
class TaskRow:
    """`unreached`: whose it is no longer sees it, which is for the account's editors to know."""

    task: Task
    mine: bool
    late: bool
    unreached: bool
    may_finish: bool
    may_change: bool

    @property
    def state(self) -> str:
        """The shape beside the task's words."""
        if self.task.done_at:
            return "ok"
        return "bad" if self.late else "warn" if self.task.person_id is None else "none"


def rows_of(
    account: Account, person: Person, tasks: Sequence[Task], *, editor: bool, day: dt.date | None = None
) -> list[TaskRow]:
    """Return the tasks as `person`, an editor of the account or not, reads them; at most one query."""
    day = day or today()
    lost = out_of_reach(account, tasks) if editor and tasks else set()
    return [
        TaskRow(
            task=task,
            mine=task.person_id == person.pk,
            late=task.done_at is None and task.due_on is not None and task.due_on < day,
            unreached=task.done_at is None and task.pk in lost,
            may_finish=editor or task.person_id == person.pk,
            may_change=editor or task.created_by_id == person.pk,
        )
        for task in tasks
    ]
