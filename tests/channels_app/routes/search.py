"""Who gets in at the addresses of the search."""

from tests.matrix import Route

ROUTES: dict[str, Route] = {}
