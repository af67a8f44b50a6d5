"""Who gets in at the addresses of memos and tasks."""

from tests.matrix import Route

ROUTES: dict[str, Route] = {}
