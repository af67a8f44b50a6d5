"""The daily summary: one mail on a working day with what somebody must do, what is theirs this week, what is new.

Who gets one is asked at once of all; what it says is filled when it is sent, and nothing is sent to whom it has nothing
to say. Subjects and names alone go into it, a text only of an account whose director lets mails carry content.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Delivery, Notice, NotifyChoice, Person, Topic, Way
from accounts.notices import DEFAULT_WAYS, KINDS, MANDATORY, phrase_of
from accounts.notify import Message, content, post
from accounts.notify.composing import abouts_of
from accounts.notify.mails import site_address
from accounts.notify.tokens import SUMMARY, Choice, unsubscribe_address
from accounts.todo import Todo
from kam.gather import from_apps
from kam.lib.dates import today
from kam.lib.sql import planned_rows
from kam.lib.workdays import is_workday
from kam.todo import must_do, this_week

TEMPLATE = "home/email/digest"
OLDEST = dt.timedelta(days=14)
# A mail is read in a minute; the rest is counted.
MOST_TO_DO, MOST_NEWS, MOST_LETTERS = 12, 25, 300
_SQL = (Path(__file__).parent / "digest.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class NewLine:
    """Something that was told: what it is, its subject, where it leads, and its beginning where that may be sent."""

    phrase: str
    title: str
    url: str
    text: str


@dataclass(frozen=True)
class Digest:
    """What the summary says; `more_*` counts what it has no room for. An account without a name is the system."""

    must: list[Todo]
    more_must: int
    week: list[tuple[dt.date, list[Todo]]]
    news: list[tuple[str, list[NewLine]]]
    more_news: int

    @property
    def to_do(self) -> int:
        return len(self.must) + self.more_must

    @property
    def new(self) -> int:
        return sum(len(lines) for _account, lines in self.news) + self.more_news


# --- who gets one ---------------------------------------------------------------------------------------------------
@transaction.atomic
def send_digests(now: dt.datetime | None = None) -> int:
    """Have today's summaries sent, each person's once; return how many. Nothing on days on which nobody works."""
    now, day = now or timezone.now(), today()
    if not is_workday(day) or Delivery.objects.filter(key__startswith=f"digest:{day}:").exists():
        return 0
    told = {person for person, _notice in _daily(now)}
    due = set().union(*(of_app(day) for of_app in from_apps("todo", "people_with_something_due")))
    people = sorted((told | due) & set(_wanting(told | due)))
    post(TEMPLATE, (Message(f"digest:{day}:{person}", person) for person in people))
    return len(people)


def _daily(now: dt.datetime, person: Person | None = None) -> list[tuple[Any, ...]]:
    """Return (person, notice) of what is to be told in summaries, the latest first."""
    kinds = [(name, kind.topic.value, DEFAULT_WAYS[kind.topic].value) for name, kind in KINDS.items()]
    names, topics, defaults = (list(column) for column in zip(*kinds, strict=True))
    values = {
        "kinds": names,
        "topics": topics,
        "defaults": defaults,
        "template": TEMPLATE,
        "oldest": now - OLDEST,
        "now": now,
        "person": person and person.pk,
        "day": today(),
    }
    return planned_rows(_SQL, values)


def _wanting(people: Iterable[int]) -> list[int]:
    """Return those of the person ids `people` who hear of some topic daily, and have an address."""
    reachable = Person.objects.filter(pk__in=list(people)).exclude(email="").exclude(login__is_active=False)
    chosen: dict[int, dict[str, str]] = {pk: {} for pk in reachable.values_list("pk", flat=True)}
    here: set[int] = set()
    for person, account, topic, way in NotifyChoice.objects.filter(person__in=list(chosen)).values_list(
        "person_id", "account_id", "topic", "way"
    ):
        if account is None:
            chosen[person][topic] = way
        elif way == Way.DAILY:
            here.add(person)
    daily = partial(_some_daily, [topic for topic in Topic if topic not in MANDATORY])
    return [person for person, ways in chosen.items() if person in here or daily(ways)]


def _some_daily(topics: list[Topic], ways: dict[str, str]) -> bool:
    return any(ways.get(topic, DEFAULT_WAYS[topic]) == Way.DAILY for topic in topics)


# --- what it says ---------------------------------------------------------------------------------------------------
def gather(person: Person, now: dt.datetime | None = None) -> Digest | None:
    """Return what `person`'s summary says now, in the active language; None when there is nothing to say."""
    must = must_do(person)
    news, more = _news(person, now or timezone.now())
    if not news and not any(_presses(todo) for todo in must):
        return None
    return Digest(
        must=must[:MOST_TO_DO],
        more_must=len(must[MOST_TO_DO:]),
        week=this_week(person),
        news=news,
        more_news=more,
    )


def _presses(todo: Todo) -> bool:
    """Say whether it is worth a mail by itself: late, due today, or marked as urgent by its app."""
    return todo.state == "bad" or (todo.due is not None and todo.due <= today())


def _news(person: Person, now: dt.datetime) -> tuple[list[tuple[str, list[NewLine]]], int]:
    ids = [notice for _person, notice in _daily(now, person)]
    seen = Notice.objects.visible_to(person).filter(pk__in=ids).select_related("account", "who")
    by_thing: dict[str, list[Notice]] = {}
    for notice in seen:
        by_thing.setdefault(notice.thing, []).append(notice)
    abouts = {pk: one for thing, own in by_thing.items() for pk, one in abouts_of(thing, own).items()}
    told = [notice for notice in seen if notice.pk in abouts]
    lines: dict[str, list[NewLine]] = {}
    for notice in sorted(told[:MOST_NEWS], key=lambda one: one.account.name_key if one.account else ""):
        account = notice.account
        text = abouts[notice.pk].text if account is None or account.content_in_mail else ""
        url = site_address(reverse("notice", args=[notice.pk]))
        lines.setdefault(account.name if account else "", []).append(
            NewLine(phrase_of(notice), notice.title, url, _beginning(text))
        )
    return list(lines.items()), len(told[MOST_NEWS:])


def _beginning(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= MOST_LETTERS else words[:MOST_LETTERS].rsplit(None, 1)[0] + " …"


@content(TEMPLATE)
def digest_content(delivery: Delivery) -> dict[str, Any] | None:
    """Fill the summary as it stands when it leaves; None for somebody whom it has nothing to tell by then."""
    person = delivery.person
    if not _wanting([person.pk]) or timezone.localdate(delivery.created_at, timezone.get_default_timezone()) != today():
        return None
    digest = gather(person)
    if digest is None:
        return None
    return {
        "digest": digest,
        "today": today(),
        "site": settings.SITE_URL.rstrip("/"),
        "url": site_address(reverse("home")),
        "label": _("Open my first page"),
        "choices": site_address(reverse("notify_choices")),
        "unsubscribe": unsubscribe_address(Choice(person.pk, SUMMARY)),
    }
