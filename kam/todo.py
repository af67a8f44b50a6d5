"""What somebody has to do, what is theirs this week and what is new to them, gathered from all apps."""

import datetime as dt
from collections import defaultdict
from dataclasses import replace
from itertools import chain, groupby

from django.urls import reverse
from django.utils.translation import ngettext

from accounts.access import running
from accounts.models import AccessGrant, Account, Kind, Person
from accounts.queries.accounts import my_accounts
from accounts.queries.latest import AccountNews, News, latest_for
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


def news(person: Person, accounts: list[Account], since: dt.datetime, per_account: int) -> list[AccountNews]:
    """Return what others made known or changed after `since` in `accounts`, which are all that `person` sees.

    What an app makes known (say an announced decision) stands before what was changed, and its account before others.
    """
    known: dict[int, list[News]] = defaultdict(list)
    for one in chain.from_iterable(of_app(person, since) for of_app in from_apps("todo", "news")):
        known[one.account_id].append(one)
    changed = {one.account_id: one for one in latest_for(person, since, per_account)}
    first = [
        replace(rest, news=(*known[account.pk], *rest.news))
        for account in accounts
        if account.pk in known
        and (rest := changed.pop(account.pk, AccountNews(account.pk, account.name, account.customer_number)))
    ]
    return [*first, *changed.values()]
