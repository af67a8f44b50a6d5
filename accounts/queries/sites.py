"""The account's open sites and who answers for them: for its page, its printed list and its figures."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from accounts.models import Account, Person, Role
from kam.lib.dates import today
from kam.lib.finnish import finnish_key
from kam.lib.sql import planned_rows


@dataclass(frozen=True)
class Answerer:
    """Somebody who answers for a site, in a role."""

    person_id: int
    name: str
    role: str
    phone: str
    email: str

    @property
    def role_name(self) -> str:
        return str(Role(self.role).label)


@dataclass(frozen=True)
class OpenSite:
    """A site that is open at the account, with everybody who answers for it."""

    number: str
    name: str
    address: str
    area_id: int | None
    area: str
    area_key: str
    answerers: tuple[Answerer, ...]

    def is_of(self, person_id: int) -> bool:
        """Say whether the person answers for the site."""
        return any(answerer.person_id == person_id for answerer in self.answerers)

    @property
    def search_key(self) -> str:
        words = [self.number, self.name, self.address, *(answerer.name for answerer in self.answerers)]
        return finnish_key(" ".join(words))


_OPEN_SITES_SQL = (Path(__file__).parent / "open_sites.sql").read_text(encoding="utf-8")


def open_sites(account: Account, day: dt.date | None = None) -> list[OpenSite]:
    """Return the sites of `account` that are open on `day`, in Finnish order; one query, whatever their number.

    Who answers is what the billing system says, but for those who have left the company.
    """
    rows = planned_rows(_OPEN_SITES_SQL, {"account": account.pk, "day": day or today()})
    sites = []
    for site, group in groupby(rows, key=lambda row: row[:8]):
        number, name, street, postal_code, city, area_id, area, area_key = site
        answerers = tuple(
            Answerer(person_id, f"{first} {last}".strip(), role, phone, email)
            for *_, person_id, first, last, role, phone, email in group
            if person_id is not None
        )
        sites.append(
            OpenSite(number, name, _address(street, postal_code, city), area_id, area or "", area_key or "", answerers)
        )
    return sites


def _address(street: str, postal_code: str, city: str) -> str:
    return ", ".join(filter(None, [street, f"{postal_code} {city}".strip()]))


@dataclass(frozen=True)
class OwnSite:
    """A site that the reader answers for."""

    name: str
    address: str


@dataclass(frozen=True)
class SitesInShort:
    """How many sites are open at an account, the ids of the areas where they are, and the reader's own."""

    count: int
    areas: frozenset[int]
    own: tuple[OwnSite, ...]


_OF_READER_SQL = (Path(__file__).parent / "sites_of_reader.sql").read_text(encoding="utf-8")


def sites_in_short(account: Account, person: Person) -> SitesInShort:
    """Return what the account's first page tells `person` of the sites open today, their own in Finnish order.

    One query; `person` works here.
    """
    rows = planned_rows(_OF_READER_SQL, {"account": account.pk, "person": person.pk, "day": today()})
    return SitesInShort(
        count=len(rows),
        areas=frozenset(area_id for *_, area_id, _own in rows if area_id is not None),
        own=tuple(OwnSite(name, _address(*place)) for name, *place, _area, own in rows if own),
    )


def areas_of(sites: list[OpenSite]) -> list[tuple[int, str]]:
    """Return (id, name) of the areas in which the sites are, in Finnish order."""
    areas = {(site.area_key, site.area_id, site.area) for site in sites if site.area_id is not None}
    return [(area_id, name) for _, area_id, name in sorted(areas)]


def narrow(sites: list[OpenSite], *, area_id: int | None = None, words: str = "") -> list[OpenSite]:
    """Keep the sites of the area whose number, name, address or people have every word in them."""
    keys = finnish_key(words).split()
    return [
        site
        for site in sites
        if (area_id is None or site.area_id == area_id) and all(key in site.search_key for key in keys)
    ]
