"""The account's open sites and who answers for them: for its page, its printed list and its figures."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby

from django.db.models import FilteredRelation, Q

from accounts.models import Account, Placement, Role
from kam.lib.dates import today
from kam.lib.finnish import finnish_key


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


def open_sites(account: Account, day: dt.date | None = None) -> list[OpenSite]:
    """Return the sites of `account` that are open on `day`, in Finnish order; one query, whatever their number.

    Who answers is what the billing system says, but for those who have left the company.
    """
    day = day or today()
    rows = (
        Placement.objects.filter(account=account, period__contains=day)
        .annotate(
            answer=FilteredRelation("site__assignments", condition=Q(site__assignments__period__contains=day)),
        )
        .order_by("site__name_key", "site__number", "-answer__role", "answer__person__name_key")
        .values_list(
            "site__number",
            "site__name",
            "site__street_address",
            "site__postal_code",
            "site__city",
            "area_id",
            "area__name",
            "area__name_key",
            "answer__person_id",
            "answer__person__first_name",
            "answer__person__last_name",
            "answer__role",
            "answer__person__phone",
            "answer__person__email",
            "answer__person__left_on",
        )
    )
    sites = []
    for site, group in groupby(rows, key=lambda row: row[:8]):
        number, name, street, postal_code, city, area_id, area, area_key = site
        answerers = tuple(
            Answerer(person_id, f"{first} {last}".strip(), role, phone, email)
            for *_, person_id, first, last, role, phone, email, left_on in group
            if person_id is not None and (left_on is None or left_on >= day)
        )
        address = ", ".join(filter(None, [street, f"{postal_code} {city}".strip()]))
        sites.append(OpenSite(number, name, address, area_id, area or "", area_key or "", answerers))
    return sites


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
