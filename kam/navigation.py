"""The ways through the system: one line here puts a page into the rail, the phone's bar or somebody's own menu.

An item whose address does not exist is left out, so that an app brings its own way in simply by bringing its pages.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _


class Place(StrEnum):
    """Where an item stands: with the main ways (also the phone's bar), the administration's, or under one's name."""

    MAIN = "main"
    ADMINISTRATION = "administration"
    ME = "me"


class Role(StrEnum):
    EVERYBODY = "everybody"
    ADMINISTRATOR = "administrator"


ACCOUNT_PAGE = re.compile(r"/accounts/(?P<number>[^/]+)/")
EVERYBODY = frozenset({Role.EVERYBODY})
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})


@dataclass(frozen=True)
class Item:
    """A way to a page: what it is called, the name of its address, its icon, and who sees it."""

    label: str | Promise
    url_name: str
    icon: str
    place: Place
    roles: frozenset[Role] = EVERYBODY
    # From a page of an account it leads to what it has of that account.
    of_account: bool = False


@dataclass(frozen=True)
class Link:
    """An item as it stands on one page. `current` is "page", "true" (a page under it) or empty."""

    label: str
    url: str
    icon: str
    current: str


# In the order in which they are shown.
ITEMS = (
    Item(_("Home"), "home", "house", Place.MAIN),
    Item(_("Accounts"), "accounts", "building", Place.MAIN),
    Item(_("Search"), "search", "search", Place.MAIN, of_account=True),
    Item(_("Overview"), "administration", "sliders", Place.ADMINISTRATION, ADMINISTRATORS),
    Item(_("Imports"), "imports", "upload", Place.ADMINISTRATION, ADMINISTRATORS),
    Item(_("People"), "people", "people", Place.ADMINISTRATION, ADMINISTRATORS),
    Item(_("Accounts by hand"), "admin_accounts", "buildings", Place.ADMINISTRATION, ADMINISTRATORS),
    Item(_("Titles and roles"), "titles", "tags", Place.ADMINISTRATION, ADMINISTRATORS),
    Item(_("Barriers"), "barriers", "shield-lock", Place.ADMINISTRATION, ADMINISTRATORS),
    Item(_("Conflicts"), "conflicts", "exclamation-diamond", Place.ADMINISTRATION, ADMINISTRATORS),
    Item(_("Who could see"), "who_could_see", "eye", Place.ADMINISTRATION, ADMINISTRATORS),
    Item(_("Ledger"), "ledger", "journal-text", Place.ADMINISTRATION, ADMINISTRATORS),
    Item(_("Jobs"), "jobs", "list-check", Place.ADMINISTRATION, ADMINISTRATORS),
    Item(_("Second eyes"), "eyes", "eye", Place.ME),
    Item(_("Substitutions"), "substitutions", "arrow-left-right", Place.ME),
    Item(_("My page and signing in"), "me", "person-circle", Place.ME),
)


def links(place: Place, roles: frozenset[Role], path: str) -> list[Link]:
    """Return the ways of a place that somebody with `roles` sees on the page at `path`; no query."""
    found = [(item, url) for item in ITEMS if item.place is place and item.roles & roles and (url := address(item))]
    above = max((url for _item, url in found if is_under(path, url)), key=len, default="")
    return [
        Link(str(item.label), url + account_on(path) if item.of_account else url, item.icon, mark(path, url, above))
        for item, url in found
    ]


def address(item: Item) -> str:
    """Return the address of an item, empty when no app offers it."""
    try:
        return reverse(item.url_name)
    except NoReverseMatch:
        return ""


def account_on(path: str) -> str:
    """Return the query string that names the account whose page is at `path`, empty on any other page."""
    found = ACCOUNT_PAGE.match(path)
    return f"?{urlencode({'account': found['number']})}" if found else ""


def is_under(path: str, url: str) -> bool:
    """Say whether the page at `path` is `url` or lies under it; all lies under the root, so that never counts."""
    return path == url or (url != "/" and path.startswith(url.rstrip("/") + "/"))


def mark(path: str, url: str, above: str) -> str:
    """Return the value of aria-current for a link to `url`, when `above` is the nearest of all links."""
    if url != above:
        return ""
    return "page" if path == url else "true"
