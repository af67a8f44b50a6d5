"""What "today" means for access: Helsinki's calendar day, from midnight to midnight, whatever the clocks do."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from accounts.access import Action, may, sees
from accounts.derivation import derive_access
from accounts.models import Account, Person
from kam.lib.dates import today
from tests.cast import invite, make_account, make_person

pytestmark = pytest.mark.django_db

SECOND = dt.timedelta(seconds=1)


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


# The day, and its first moment and the next day's first moment in UTC.
DAYS = {
    "winter": (dt.date(2026, 11, 24), utc(2026, 11, 23, 22), utc(2026, 11, 24, 22)),
    "summer": (dt.date(2026, 6, 24), utc(2026, 6, 23, 21), utc(2026, 6, 24, 21)),
    "23 hours": (dt.date(2026, 3, 29), utc(2026, 3, 28, 22), utc(2026, 3, 29, 21)),
    "25 hours": (dt.date(2026, 10, 25), utc(2026, 10, 24, 21), utc(2026, 10, 25, 22)),
    "new year": (dt.date(2027, 1, 1), utc(2026, 12, 31, 22), utc(2027, 1, 1, 22)),
    "leap day": (dt.date(2028, 2, 29), utc(2028, 2, 28, 22), utc(2028, 2, 29, 22)),
}  # fmt: skip


@pytest.fixture
def pankki() -> Account:
    return make_account("Pankki Oyj")


@pytest.fixture
def tuula() -> Person:
    return make_person("Tuula")


def hours(first: dt.datetime, end: dt.datetime) -> list[dt.datetime]:
    """Return every full hour of the day, its second moment and its last one."""
    count = int((end - first).total_seconds() // 3600)
    return [first + dt.timedelta(hours=hour) for hour in range(count)] + [first + SECOND, end - SECOND]


def at(moment: dt.datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


@pytest.mark.parametrize("name", DAYS)
def test_today_is_helsinkis_day_at_every_hour(name: str) -> None:
    day, first, end = DAYS[name]
    for moment in hours(first, end):
        with at(moment):
            assert today() == day, moment
    for moment, other in ((first - SECOND, -1), (end, 1)):
        with at(moment):
            assert today() == day + dt.timedelta(days=other)


def test_today_does_not_follow_a_time_zone_that_somebody_activated() -> None:
    day, first, _ = DAYS["winter"]
    with at(first), timezone.override(dt.UTC):
        assert today() == day


@pytest.mark.parametrize("name", DAYS)
def test_a_grant_of_one_day_opens_at_midnight_and_closes_at_midnight(name: str, tuula: Person, pankki: Account) -> None:
    day, first, end = DAYS[name]
    invite(tuula, pankki, first=day, last=day)
    derive_access()

    def looks() -> tuple[bool, bool, bool]:
        return (
            Account.objects.visible_to(tuula).exists(),
            may(tuula, Action.SEE, pankki),
            sees([tuula.pk], pankki) == {tuula.pk},
        )

    for moment in hours(first, end):
        with at(moment):
            assert looks() == (True, True, True), moment
    for moment in (first - SECOND, end, end + SECOND):
        with at(moment):
            assert looks() == (False, False, False), moment


def test_access_ends_even_if_nothing_ever_runs_again(tuula: Person, pankki: Account) -> None:
    invite(tuula, pankki, first=dt.date(2026, 11, 1), last=dt.date(2026, 11, 24))
    derive_access()
    with at(utc(2036, 1, 1)):
        assert not may(tuula, Action.SEE, pankki)
