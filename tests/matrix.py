"""The words in which tests say who gets in at an address; see tests/test_access_matrix.py."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.cast import ROLES, Cast

NOBODY_KNOWN = {"signed_out", "left_yesterday"}
SIGNED_IN = set(ROLES) - NOBODY_KNOWN
EVERYBODY = set(ROLES)
ADMINISTRATOR = {"administrator"}
DIRECTORS = {"director", "deputy"}
SEE_PANKKI = {
    "director", "deputy", "supervisor", "instructor", "manager", "area_director", "sales", "management",
    "invited_until_today", "substitute",
}  # fmt: skip
SEE_REACH = DIRECTORS | {"supervisor", "substitute", "manager", "area_director", "management"}


@dataclass(frozen=True)
class Route:
    """Who gets in at an address about Pankki; `given` makes what the address names, `posts` are what is sent."""

    who: set[str]
    given: Callable[[Cast], dict[str, Any]] = lambda cast: {}
    method: str = "get"
    posts: dict[str, Any] | Callable[[Cast], dict[str, Any]] = field(default_factory=dict)


def pankki(cast: Cast) -> dict[str, Any]:
    return {"customer_number": cast.pankki.customer_number}
