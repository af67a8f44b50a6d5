"""Who gets in at the addresses of files."""

from tests.matrix import Route

ROUTES: dict[str, Route] = {}
