"""What the frame of a page needs to know. Everything is worked out when a template asks: a fragment costs nothing."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import cached_property

from accounts.access import is_administrator
from accounts.queries import accounts as queries
from kam.navigation import EVERYBODY, Link, Place, Role, account_on, is_under, links, mark

MOST_ACCOUNTS = 200


@dataclass(frozen=True)
class OwnAccount:
    """An account in the rail; `attention` counts what waits there for the reader."""

    name: str
    url: str
    attention: int
    current: str


class Shell:
    """The frame of one page, for one reader: ways, own accounts, name, theme."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def person(self) -> Any:
        return getattr(self.request.user, "person", None)

    @cached_property
    def name(self) -> str:
        return self.person.name if self.person else str(self.request.user)

    @cached_property
    def roles(self) -> frozenset[Role]:
        return EVERYBODY | {Role.ADMINISTRATOR} if is_administrator(self.person) else EVERYBODY

    @cached_property
    def main(self) -> list[Link]:
        return links(Place.MAIN, self.roles, self.request.path)

    @cached_property
    def search(self) -> str:
        """The way to the search, of the account whose page this is."""
        return reverse("search") + account_on(self.request.path)

    @cached_property
    def administration(self) -> list[Link]:
        return links(Place.ADMINISTRATION, self.roles, self.request.path)

    @cached_property
    def me(self) -> list[Link]:
        return links(Place.ME, self.roles, self.request.path)

    @cached_property
    def accounts(self) -> list[OwnAccount]:
        """The reader's accounts, those with something for them first, else in the order of the alphabet; one query."""
        return sorted((self._own(account) for account in self._accounts), key=lambda account: not account.attention)

    @cached_property
    def _accounts(self) -> list[Any]:
        return list(queries.accounts_in_frame(self.person)[:MOST_ACCOUNTS]) if self.person else []

    @property
    def unread(self) -> int:
        """How many notices are unread; 0 also for somebody without accounts, whose bell asks for itself."""
        return getattr(self._accounts[0], "unread", 0) if self._accounts else 0

    def _own(self, account: Any) -> OwnAccount:
        path, url = self.request.path, account_address(account.customer_number)
        above = url if url and is_under(path, url) else None
        return OwnAccount(account.name, url, getattr(account, "attention", 0), mark(path, url, above or "#"))

    @property
    def theme(self) -> str:
        return getattr(self.request, "theme", "auto")

    @property
    def languages(self) -> list[tuple[str, str]]:
        """Each language by its own name."""
        return [(code, {"fi": "Suomi", "en": "English"}[code]) for code, _name in settings.LANGUAGES]


@lru_cache(maxsize=1024)  # a rail may have two hundred, on each page
def account_address(customer_number: str) -> str:
    """Return the address of an account's page."""
    try:
        return reverse("account", args=[customer_number])
    except NoReverseMatch:
        return ""


def shell(request: HttpRequest) -> dict[str, Shell]:
    """Give templates the frame as `shell`."""
    return {"shell": Shell(request)}
