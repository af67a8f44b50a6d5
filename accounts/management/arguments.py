"""What several commands ask of the command line."""

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError

from kam.lib.dates import today


def add_day(parser: ArgumentParser) -> None:
    """Add `--on YYYY-MM-DD`, today unless given; anything else is refused with one sentence and exit status 2."""
    parser.add_argument("--on", type=_day, default=None, metavar="YYYY-MM-DD", help="the day (today unless given)")


def day_of(options: dict[str, object]) -> dt.date:
    """Return the day given by `--on`, or today."""
    day = options["on"]
    if isinstance(day, str):  # call_command does not pass keyword arguments through the parser
        day = _day(day)
    return day if isinstance(day, dt.date) else today()


def _day(text: str) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:  # weeks and days without dashes are refused, too
        raise ArgumentTypeError(f"'{text}' is not a day: write it like 2026-11-24.")
    return day
