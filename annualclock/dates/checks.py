"""What a cadence's parts must be. Each raises ValueError with a sentence that names the part."""

import datetime as dt
from collections.abc import Hashable


def check_whole(name: str, value: object, low: int, high: int) -> None:
    # True is an int to Python and never meant as one.
    if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
        raise ValueError(f"{name}: a whole number from {low} to {high}, not {value!r}.")


def check_day(name: str, value: object) -> None:
    # A moment is a date to Python, but another day in another time zone.
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise ValueError(f"{name}: a day belongs here, not {value!r}.")


def check_list(name: str, values: object) -> None:
    if not isinstance(values, tuple) or not values:
        raise ValueError(f"{name}: a list with something in it belongs here, not {values!r}.")


def check_distinct(name: str, values: tuple[Hashable, ...]) -> None:
    if len(set(values)) < len(values):
        raise ValueError(f"{name}: each comes once, not as in {values!r}.")
