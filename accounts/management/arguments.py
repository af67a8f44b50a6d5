"""What several commands ask of the command line."""

import datetime as dt
from argparse import ArgumentParser, ArgumentTypeError

from kam.lib.dates import today


def add_day(parser: ArgumentParser) -> None:
    """Add `--on YYYY-MM-DD`, today unless given; anything else is refused with one sentence and exit status 2."""
    parser.add_argument("--on", type=read_day, default=None, metavar="YYYY-MM-DD", help="the day (today unless given)")


def day_of(options: dict[str, object]) -> dt.date:
    """Return the day given by `--on`, or today."""
    day = options["on"]
    if isinstance(day, str):  # call_command does not pass keyword arguments through the parser
        day = read_day(day)
    return day if isinstance(day, dt.date) else today()


def read_day(text: str) -> dt.date:
    """Read a day written YYYY-MM-DD; ArgumentTypeError for anything else, weeks and days without dashes too."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise ArgumentTypeError(f"'{text}' is not a day: write it like 2026-11-24.")
    return day
