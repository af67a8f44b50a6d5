"""Who gets in at the addresses of the table of contents, the channel's home, sections and what is local."""

from tests.matrix import Route

ROUTES: dict[str, Route] = {}
