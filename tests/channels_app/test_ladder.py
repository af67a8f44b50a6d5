"""The ladder of an urgent message: which steps it has, and when, over nights, weekends, holidays, short deadlines."""

import datetime as dt

import pytest

from channels_app.ladder import ladder
from channels_app.models import EscalationStep
from kam.lib.workdays import HELSINKI


def at(text: str) -> dt.datetime:
    return dt.datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=HELSINKI)


def steps(published: str, deadline: str, *, critical: bool = False) -> list[tuple[int, str, str]]:
    found = ladder(at(published), at(deadline), critical)
    return [(rung.number, rung.what, rung.due_at.strftime("%Y-%m-%d %H:%M")) for rung in found]


def test_a_ladder_of_four_steps() -> None:
    assert steps("2026-11-23 09:15", "2026-11-25 12:00") == [
        (0, "publish", "2026-11-23 09:15"),
        (1, "remind", "2026-11-23 13:15"),
        (2, "stand_in", "2026-11-24 08:00"),
        (3, "deadline", "2026-11-25 12:00"),
    ]


def test_its_steps_are_those_that_the_database_knows() -> None:
    found = [what for _number, what, _due in steps("2026-11-23 09:15", "2026-11-25 12:00")]
    assert found == EscalationStep.What.values


@pytest.mark.parametrize(
    ("published", "deadline", "expected"),
    [
        # Four working hours from the afternoon end no earlier than the morning's eight: one reminder is enough.
        ("2026-11-23 14:00", "2026-11-25 12:00", ["publish 23 14:00", "stand_in 24 08:00", "deadline 25 12:00"]),
        ("2026-11-23 13:00", "2026-11-25 12:00", ["publish 23 13:00", "stand_in 24 08:00", "deadline 25 12:00"]),
        # A Friday: the next working morning is Monday's.
        (
            "2026-11-20 08:00",
            "2026-11-24 12:00",
            ["publish 20 08:00", "remind 20 12:00", "stand_in 23 08:00", "deadline 24 12:00"],
        ),
        # A deadline on the same day, before the reminder, at it, just after it.
        ("2026-11-23 09:00", "2026-11-23 12:00", ["publish 23 09:00", "deadline 23 12:00"]),
        ("2026-11-23 09:00", "2026-11-23 13:00", ["publish 23 09:00", "deadline 23 13:00"]),
        ("2026-11-23 09:00", "2026-11-23 13:01", ["publish 23 09:00", "remind 23 13:00", "deadline 23 13:01"]),
        # In the evening it is there at once; the word that time is up waits for the morning.
        ("2026-11-23 21:30", "2026-11-24 22:00", ["publish 23 21:30", "stand_in 24 08:00", "deadline 25 06:00"]),
        ("2026-11-23 21:30", "2026-11-23 23:00", ["publish 23 21:30", "deadline 24 06:00"]),
    ],
)
def test_steps_over_nights_weekends_and_deadlines(published: str, deadline: str, expected: list[str]) -> None:
    assert [f"{what} {due[8:]}" for _number, what, due in steps(published, deadline)] == expected


def test_a_critical_message_does_not_wait_for_the_morning() -> None:
    found = steps("2026-11-23 21:30", "2026-11-23 23:00", critical=True)
    assert found == [(0, "publish", "2026-11-23 21:30"), (3, "deadline", "2026-11-23 23:00")]


def test_a_ladder_over_christmas() -> None:
    """Published on Wednesday the 23rd at noon; Thursday is Christmas eve, Monday the 28th works again."""
    assert steps("2026-12-23 12:30", "2026-12-30 12:00") == [
        (0, "publish", "2026-12-23 12:30"),
        (1, "remind", "2026-12-28 07:30"),
        (2, "stand_in", "2026-12-28 08:00"),
        (3, "deadline", "2026-12-30 12:00"),
    ]


def test_a_deadline_that_is_over_comes_with_the_publishing() -> None:
    assert steps("2026-11-23 09:00", "2026-11-23 08:00") == [
        (0, "publish", "2026-11-23 09:00"),
        (3, "deadline", "2026-11-23 09:00"),
    ]
