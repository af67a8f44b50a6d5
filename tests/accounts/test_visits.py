"""Where a visit ends and the next begins: what counts as new on the first page rests on it."""

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from accounts.middleware import note_visit
from accounts.models import User
from tests.cast import make_login, make_person

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 11, 24, 8, 0, tzinfo=dt.UTC)


def minutes(number: float) -> dt.timedelta:
    return dt.timedelta(minutes=number)


@pytest.fixture
def user() -> User:
    return make_login(make_person())


def come_back(user: User, at: dt.datetime, time_machine: Any) -> User:
    """Ask for a page at that time, as the session finds the login then."""
    time_machine.move_to(at, tick=False)
    asking = User.objects.get(pk=user.pk)
    note_visit(asking)
    stored = User.objects.get(pk=user.pk)
    assert (asking.last_seen_at, asking.previous_visit_at) == (stored.last_seen_at, stored.previous_visit_at)
    return stored


def test_first_visit_has_none_before_it(user: User, time_machine: Any) -> None:
    for after in (0, 10, 35):  # one visit: never half an hour without a request
        assert come_back(user, START + minutes(after), time_machine).previous_visit_at is None


def test_a_visit_ends_after_half_an_hour_and_stays_the_previous_one_all_through_the_next(
    user: User, time_machine: Any
) -> None:
    come_back(user, START, time_machine)
    last = come_back(user, START + minutes(20), time_machine).last_seen_at
    for after in (51, 60, 75, 100):
        assert come_back(user, START + minutes(after), time_machine).previous_visit_at == last
    assert last == START + minutes(20)
    third = come_back(user, START + minutes(131), time_machine)
    assert third.previous_visit_at == START + minutes(100)


@pytest.mark.parametrize(("gap", "ended"), [(29.9, False), (30, False), (30.1, True), (60 * 24 * 200, True)])
def test_half_an_hour_exactly_is_still_the_same_visit(user: User, time_machine: Any, gap: float, ended: bool) -> None:
    come_back(user, START, time_machine)
    after = come_back(user, START + minutes(gap), time_machine)
    assert after.previous_visit_at == (START if ended else None)


def test_two_tabs_that_open_a_visit_together_agree(user: User, time_machine: Any) -> None:
    come_back(user, START, time_machine)
    time_machine.move_to(START + minutes(90), tick=False)
    first, second = (User.objects.get(pk=user.pk) for _ in range(2))  # both read before either writes
    note_visit(first)
    time_machine.move_to(START + minutes(90.1), tick=False)
    note_visit(second)
    assert first.previous_visit_at == second.previous_visit_at == START
    assert User.objects.get().last_seen_at == START + minutes(90)


def test_one_update_opens_a_visit_and_nothing_within_five_minutes(
    user: User, time_machine: Any, django_assert_num_queries: Any
) -> None:
    come_back(user, START, time_machine)
    for after, queries in ((2, 0), (90, 1)):
        time_machine.move_to(START + minutes(after), tick=False)
        asking = User.objects.get(pk=user.pk)
        with django_assert_num_queries(queries):
            note_visit(asking)


def test_nobody_signed_in_is_no_visit(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        note_visit(AnonymousUser())
