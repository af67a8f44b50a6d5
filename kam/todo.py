"""What somebody has to do and what is theirs this week, gathered from all apps for their first page."""

import datetime as dt
from itertools import groupby

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.access import running
from accounts.models import AccessGrant, Kind, Person
from accounts.queries.accounts import my_accounts
from accounts.todo import Todo
from kam.gather import from_apps
from kam.leftovers import leftovers_at

# What is late or past its day comes first, then what somebody should see to, then the rest.
URGENCY = {"bad": 0, "warn": 1}
REST = 2


def must_do(person: Person) -> list[Todo]:
    """Return what waits for `person`, the most urgent first; within that as the apps say it."""
    found = [todo for of_app in from_apps("todo", "must_do") for todo in of_app(person)]
    return sorted([*to_take_over(person), *found], key=lambda todo: URGENCY.get(todo.state, REST))


def to_take_over(person: Person) -> list[Todo]:
    """Return a line for each account that `person` directs (or deputises, or stands in) where something was left."""
    directed = AccessGrant.objects.filter(running(), person=person, acts_as=Kind.DIRECTOR)
    accounts = list(my_accounts(person).filter(pk__in=directed.values("account")))
    found = leftovers_at(accounts)
    return [
        Todo(
            text=ngettext(
                "%(name)s: %(number)s thing to be taken over", "%(name)s: %(number)s things to be taken over", number
            )
            % {"name": account.name, "number": number},
            url=reverse("arrivals", args=[account.customer_number]),
            state="warn",
            account=account.customer_number,
            number=number,
        )
        for account in accounts
        if (number := len(found.get(account.pk, [])))
    ]


def this_week(person: Person) -> list[tuple[dt.date, list[Todo]]]:
    """Return what is `person`'s between this Monday and Sunday, by day; a day without anything is left out."""
    found = [todo for of_app in from_apps("todo", "this_week") for todo in of_app(person)]
    dated = sorted(
        ((todo.due, todo) for todo in found if todo.due), key=lambda one: (one[0], one[1].time or dt.time.max)
    )
    return [(day, [todo for _due, todo in group]) for day, group in groupby(dated, key=lambda one: one[0])]
