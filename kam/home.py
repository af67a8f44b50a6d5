"""The first page: what one must do, what is one's own this week, and below it what is new in one's accounts."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import signed_in
from accounts.models import Account, Person
from accounts.queries.accounts import my_accounts
from accounts.queries.latest import AccountNews
from accounts.todo import Todo
from accounts.views.parts import Request
from kam.lib.dates import monday_of, today
from kam.todo import must_do, news, this_week

MOST_AT_ONCE = 12  # of what is to be done; the rest opens under it
MOST_ACCOUNTS, MOST_PER_ACCOUNT = 8, 4
MOST_OWN_ACCOUNTS = 15  # the rail and the list from A to Z have all
# How far back the first visit of all looks, and the first after a long absence: what is older is not news.
FIRST_LOOK, LONGEST_LOOK = dt.timedelta(days=14), dt.timedelta(days=60)


@dataclass(frozen=True)
class OwnAccount:
    """An account and how many things wait there for the reader."""

    name: str
    customer_number: str
    waiting: int


@dataclass(frozen=True)
class Since:
    """What is new since the reader's last visit; `first_visit` when there was none, so that it is since a fortnight."""

    since: dt.datetime
    first_visit: bool
    accounts: list[AccountNews]
    more_accounts: int


@require_safe
@signed_in
def home(request: Request) -> HttpResponse:
    person = request.person
    accounts = list(my_accounts(person))
    must = must_do(person)
    context = {
        "person": person,
        "today": today(),
        "first": must[:MOST_AT_ONCE],
        "rest": must[MOST_AT_ONCE:],
        "week": without(this_week(person), must),
        "week_number": monday_of(today()).isocalendar().week,
        "news": since_last_visit(person, accounts),
        "accounts": with_waiting(accounts, must)[:MOST_OWN_ACCOUNTS],
        "more_accounts": len(accounts[MOST_OWN_ACCOUNTS:]),
    }
    return render(request, "home.html", context)


def without(week: list[tuple[dt.date, list[Todo]]], named: list[Todo]) -> list[tuple[dt.date, list[Todo]]]:
    """Leave out of the week what stands above it already: a thing is named once."""
    above = {(todo.text, todo.url) for todo in named}
    left = [(day, [todo for todo in todos if (todo.text, todo.url) not in above]) for day, todos in week]
    return [(day, todos) for day, todos in left if todos]


def since_last_visit(person: Person, accounts: list[Account]) -> Since:
    """Return what is new since the visit before this one ended: the same all through this visit."""
    before, now = person.login.previous_visit_at, timezone.now()
    since = max(before, now - LONGEST_LOOK) if before else now - FIRST_LOOK
    found = news(person, accounts, since, MOST_PER_ACCOUNT)
    return Since(since, before is None, found[:MOST_ACCOUNTS], len(found[MOST_ACCOUNTS:]))


def with_waiting(accounts: list[Account], must: list[Todo]) -> list[OwnAccount]:
    """Return the accounts where something waits first, each group in the order it came in."""
    waiting: Counter[str] = Counter()
    for todo in must:
        for number, count in todo.by_account:
            waiting[number] += count
    own = [OwnAccount(one.name, one.customer_number, waiting[one.customer_number]) for one in accounts]
    return sorted(own, key=lambda one: not one.waiting)


urlpatterns: list[URLPattern] = [path("", home, name="home")]
