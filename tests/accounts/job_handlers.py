"""Jobs for tests: what a worker process does with them shows in the database (a person's telephone and title)."""

import time
from pathlib import Path

from django.db import connection, transaction

from accounts.jobs import Permanent, Run, handler
from accounts.models import Person


@handler("test_add")
def add(run: Run) -> None:
    """Take slow steps, then set down the effect; safe twice, like every handler must be.

    `started` names a file that gets a line for each start, `seconds` is how long the steps take together.
    """
    with Path(run.args["started"]).open("a") as file:
        file.write(f"{run.attempt}\n")
    steps = 20
    for step in range(steps):
        run.progress("reading", step, steps)
        time.sleep(run.args.get("seconds", 0) / steps)
    with transaction.atomic():
        person = Person.objects.select_for_update().get(pk=run.args["person"])
        if not person.title:
            person.title, person.phone = "done", f"{person.phone}+1"
            person.save()


@handler("test_sql", lease=1)
def long_statement(run: Run) -> None:
    """One statement that takes longer than the lease, inside a transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        Person.objects.filter(pk=run.args["person"]).update(title="done")
        cursor.execute("SELECT pg_sleep(%s)", [run.args["seconds"]])


@handler("test_fail", max_attempts=3)
def fail(run: Run) -> None:
    Person.objects.filter(pk=run.args["person"]).update(title="half done")
    raise ValueError("no luck")


@handler("test_refuse")
def refuse(run: Run) -> None:
    raise Permanent("this file will never be readable")
