"""What the demo's exports say, read with nothing but the csv module: the second opinion of the browser tests."""

import csv
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kam.lib.dates import today

DEMO = Path(__file__).resolve().parents[2] / "demo"
PEOPLE, ACCOUNTS = DEMO / "henkilot-2026-10.csv", DEMO / "asiakkuudet.csv"
OCTOBER, NOVEMBER = DEMO / "kohdevastuut-2026-10.csv", DEMO / "kohdevastuut-2026-11.csv"
EXPORTED = {OCTOBER: dt.date(2026, 10, 1), NOVEMBER: dt.date(2026, 11, 16)}
Row = dict[str, str]


@dataclass(frozen=True)
class Supervisor:
    """Somebody whom the first export names and the second doesn't, with what they answer for in the first."""

    number: str
    name: str
    first_name: str
    email: str
    accounts: dict[str, str]  # name by customer number
    sites: dict[str, str]  # name of a site by the customer number it belongs to


def rows(file: Path) -> list[Row]:
    """Read the rows of a semicolon-separated export in either encoding."""
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    return list(csv.DictReader(text.splitlines(), delimiter=";"))


def day_of(text: str) -> dt.date | None:
    """Read a day as the export writes it, 6.11.2024."""
    if not text:
        return None
    day, month, year = map(int, text.split("."))
    return dt.date(year, month, day)


def running(file: Path) -> Iterator[Row]:
    """Yield the rows of who answers for a site today."""
    for row in rows(file):
        first, last = day_of(row["Alkaa"]), day_of(row["Päättyy"])
        if (first is None or first <= today()) and (last is None or today() <= last):
            yield row


def dropped_supervisor(*, at_least: int = 3) -> Supervisor:
    """Return the first plain supervisor of several accounts in October whom November names for nothing any more.

    Plain: nobody's superior, which would show them more, and at no account of a barrier, which would show them less.
    """
    everything = [*rows(OCTOBER), *rows(NOVEMBER), *rows(PEOPLE)]
    superiors = {row["Esihenkilönro"] for row in everything}
    walled = {row["Asiakasnro"] for row in rows(ACCOUNTS) if row["Tietomuuri"]}
    still_named = {row["Hlönro"] for row in running(NOVEMBER)}
    people = {row["Hlönro"]: row for row in rows(PEOPLE)}
    answers: dict[str, list[Row]] = {}
    for row in running(OCTOBER):
        answers.setdefault(row["Hlönro"], []).append(row)
    for number, theirs in sorted(answers.items()):
        accounts = {row["Asiakasnro"]: row["Asiakas"] for row in theirs}
        plain = number not in superiors | still_named and not walled & set(accounts) and number in people
        if plain and len(accounts) >= at_least and all(row["Rooli"] == "esimies" for row in theirs):
            person = people[number]
            return Supervisor(
                number=number,
                name=f"{person['Etunimi']} {person['Sukunimi']}",
                first_name=person["Etunimi"],
                email=person["Sähköposti"],
                accounts=accounts,
                sites={row["Asiakasnro"]: row["Kohde"] for row in theirs},
            )
    raise AssertionError("no supervisor of October is missing in November")
