"""Who gets in at the addresses of pages, their revisions, drafts and essentials."""

from tests.matrix import Route

ROUTES: dict[str, Route] = {}
