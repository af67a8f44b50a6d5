"""Who gets in at the addresses of the search."""

from tests.matrix import SIGNED_IN, Route

ROUTES: dict[str, Route] = {"search": Route(SIGNED_IN)}
