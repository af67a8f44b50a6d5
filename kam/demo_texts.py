"""Reads the demo's pages and memos as they lie under demo/channel/: a head of "key: value" lines, `---`, Markdown.

A line of the body stands in all revisions unless it begins with `{2}` (from revision 2 on) or `{<2}` (until it came).
`{name}` is a fact of the account, `{?one // another}` a choice that the account's number makes. Pure: knows no models.
"""

import datetime as dt
import random
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from django.utils import timezone
from markdown_it import MarkdownIt

from kam.lib.dates import today

MONTHS = """
tammikuu helmikuu maaliskuu huhtikuu toukokuu kesäkuu heinäkuu elokuu syyskuu lokakuu marraskuu
joulukuu
""".split()  # noqa: SIM905  words in a row are easier to read
_FROM, _UNTIL = re.compile(r"\{(\d+)\}"), re.compile(r"\{<(\d+)\}")
_FACT = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_CHOICE = re.compile(r"\{\?([^{}]*)\}")
_FILE = re.compile(r"\]\(([\w-]+(?:\.[\w-]+)*\.[a-z]{3,4})\)")
_markdown = MarkdownIt("commonmark", {"html": False}).enable("table")


@dataclass(frozen=True)
class Text:
    """A page or memo as written; `name` is its file's, `head` the lines above it in their order."""

    name: str
    head: tuple[tuple[str, str], ...]
    body: str

    def one(self, key: str, default: str = "") -> str:
        return next((value for name, value in self.head if name == key), default)

    def all(self, key: str) -> list[str]:
        return [value for name, value in self.head if name == key]

    def html(self, number: int, file_url: Callable[[str], str] = str) -> str:
        """Return revision `number` as HTML; `file_url` gives the address of a picture or file from its name."""
        return as_html(_FILE.sub(lambda found: f"]({file_url(found[1])})", body_at(self.body, number)))

    def files_named(self, number: int) -> list[str]:
        """Return the names of the pictures and files that stand in revision `number`, each once."""
        return list(dict.fromkeys(_FILE.findall(body_at(self.body, number))))


def read(path: Path) -> Text:
    head, _, body = path.read_text(encoding="utf-8").partition("\n---\n")
    pairs = (line.partition(": ") for line in head.splitlines())
    return Text(path.stem, tuple((key, value) for key, _, value in pairs), body)


def read_all(folder: Path) -> list[Text]:
    """Return the texts of a folder in the order of their names."""
    return [read(path) for path in sorted(folder.glob("*.md"))]


def filled(text: Text, facts: Mapping[str, str], seed: str) -> Text:
    """Return `text` with the account's facts in it and its choices made: the same ones each time for one `seed`."""
    choose = random.Random(f"{seed} {text.name}")  # noqa: S311  variety, not secrecy

    def fill(words: str) -> str:
        words = _CHOICE.sub(lambda found: choose.choice([one.strip() for one in found[1].split("//")]), words)
        return _FACT.sub(lambda found: facts[found[1]], words)

    return Text(text.name, tuple((key, fill(value)) for key, value in text.head), fill(text.body))


def body_at(body: str, number: int) -> str:
    """Return the Markdown of revision `number`."""
    lines = []
    for line in body.splitlines():
        if since := _FROM.match(line):
            if number >= int(since[1]):
                lines.append(line[since.end() :])
        elif until := _UNTIL.match(line):
            if number < int(until[1]):
                lines.append(line[until.end() :])
        else:
            lines.append(line)
    return "\n".join(lines)


def as_html(markdown: str) -> str:
    html: str = _markdown.render(markdown)
    return html


# --- days ------------------------------------------------------------------------------------------------------------
def working_day(days: int) -> dt.date:
    """Return the day `days` from today, negative for the past; on a weekend the Friday before."""
    day = today() + dt.timedelta(days=days)
    return day - dt.timedelta(days=max(0, day.weekday() - 4))


def moment(days_ago: int, order: int, salt: str) -> dt.datetime:
    """Return a time of a working day that long ago; a higher `order` is later on that day."""
    minute = zlib.crc32(f"{salt} {order}".encode()) % 60
    return helsinki(working_day(-days_ago), 7 + min(order, 9), minute)


def helsinki(day: dt.date, hour: int, minute: int) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time(hour, minute)), timezone.get_default_timezone())


def month(day: dt.date) -> str:
    return f"{MONTHS[day.month - 1]} {day.year}"


def numbers(day: dt.date) -> str:
    return f"{day.day}.{day.month}.{day.year}"
