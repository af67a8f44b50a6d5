"""Writes small billing exports as real files and imports them, for tests that tell a story in two or three of them."""

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

from accounts.models import AccessGrant, Account, Person, RosterImport
from accounts.roster import pipeline
from kam.lib.dates import first_day, last_day

ROSTER = (
    "Asiakasnro", "Asiakas", "Kohdenro", "Kohde", "Katuosoite", "Postinro", "Postitoimipaikka", "Alue",
    "Toiminta-alue", "Hlönro", "Esimies", "Sähköposti", "Puhelin", "Rooli", "Esihenkilönro", "Alkaa", "Päättyy",
)  # fmt: skip
OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 16)
NAMES = {"0000001": "Supervisor Bob", "0000002": "Manager Matti", "0000003": "Supervisor Charlie"}


def row(site: str = "00001", person: str = "0000001", **given: str) -> dict[str, str]:
    """Return one row; `given` are columns by their Finnish header, with `_` for what an identifier can't hold."""
    values = {
        "Asiakasnro": "030001", "Asiakas": "Pankki Oy", "Kohdenro": site, "Kohde": f"Kohde {site}",
        "Katuosoite": "Katu 1", "Postinro": "40100", "Postitoimipaikka": "Jyväskylä", "Alue": "60",
        "Toiminta-alue": "Keski-Suomi", "Hlönro": person, "Esimies": NAMES.get(person, f"Suku{person} Etu"),
        "Sähköposti": f"p{person}@yritysx.example", "Puhelin": "+358 40 1", "Rooli": "esimies", "Esihenkilönro": "",
        "Alkaa": "1.1.2026", "Päättyy": "",
    }  # fmt: skip
    return values | given


def text(*rows: dict[str, str]) -> bytes:
    """Return the rows as the billing system exports them."""
    out = io.StringIO()
    writer = csv.DictWriter(out, ROSTER, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def received(
    content: bytes, date: dt.date, *, kind: str | None = "roster", queued: bool = False, **given: Any
) -> RosterImport:
    """Return the import of `content`, its file kept and not yet read; `queued` for a worker to read it."""
    return pipeline.receive(
        kind=kind, content=io.BytesIO(content), file_name="vienti.csv", exported_on=date, actor=None,
        background=queued, **given,
    )  # fmt: skip


def forecast(content: bytes, date: dt.date, **given: Any) -> RosterImport:
    """Return the import of `content` with its forecast made and nothing applied."""
    roster_import = received(content, date, **given)
    pipeline.read(roster_import, quiet)
    roster_import.refresh_from_db()
    return roster_import


def imported(
    content: bytes, date: dt.date, *, past_guard: bool = True, create: list[str] | None = None, **given: Any
) -> RosterImport:
    """Return the import of `content`, applied."""
    roster_import = received(content, date, **given)
    roster_import.create_accounts = create or []
    roster_import.save()
    pipeline.import_now(roster_import, past_guard=past_guard, progress=quiet)
    roster_import.refresh_from_db()
    return roster_import


def quiet(stage: str, done: int, total: int) -> None:
    """Report progress to nobody."""


def account(number: str = "030001", name: str = "Pankki Oy") -> Account:
    return Account.objects.get_or_create(customer_number=number, defaults={"name": name})[0]


def assignments(site: str = "00001") -> set[tuple[str, str, dt.date | None, dt.date | None]]:
    """Return (employee, role, first day, last day) of everything that ever ran or will at the site."""
    from accounts.models import Assignment

    found = Assignment.objects.filter(site__number=site, period__isempty=False).select_related("person")
    return {(a.person.employee_number, a.role, first_day(a.period), last_day(a.period)) for a in found}


def placements(site: str = "00001") -> set[tuple[str, dt.date | None, dt.date | None]]:
    """Return (customer, first day, last day) of where the site belonged."""
    from accounts.models import Placement

    found = Placement.objects.filter(site__number=site, period__isempty=False).select_related("account")
    return {(p.account.customer_number, first_day(p.period), last_day(p.period)) for p in found}


def who_sees(day: dt.date, number: str = "030001") -> set[tuple[str, str]]:
    """Return (employee, kind) of whoever may see the account on `day`."""
    found = AccessGrant.objects.filter(account__customer_number=number, starts__lte=day, ends__gte=day, blocked=False)
    return set(found.values_list("person__employee_number", "kind"))


def person(number: str) -> Person:
    return Person.objects.get(employee_number=number)


def lines(roster_import: RosterImport, section: str) -> list[Any]:
    return list(roster_import.lines.filter(section=section))


def sample(name: str) -> Path:
    return Path(__file__).resolve().parents[3] / "demo" / name
