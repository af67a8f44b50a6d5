"""The bare view of a page, the baseline of all page timings.

The same middleware, session and signed-in user, the same template, rendered from the very objects that the real view
handed over: what is left out is the view's own work and its queries.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import Client, override_settings
from django.urls import include, path

from accounts.models import Person
from benchmarks.measure import Figure, paired

_ready: dict[str, Any] = {}


def bare(request: HttpRequest) -> HttpResponse:
    """Render the captured template with the captured objects."""
    return render(request, _ready["template"], _ready["context"])


urlpatterns = [path("bare/", bare), path("", include("kam.urls"))]


@dataclass(frozen=True)
class Page:
    """A page by its address and the module whose `render_page` its view calls."""

    name: str
    address: str
    views: str


def against_bare(page: Page, reader: Person, *, limit: float, rounds: int = 40) -> Figure:
    """Return how many times its bare view's time the page takes, signed in as `reader`; medians of `rounds`."""
    client = signed_in(reader)
    with _captured(page.views), override_settings(ROOT_URLCONF=__name__):
        assert client.get(page.address).status_code == 200
        ours, base = paired(lambda: client.get(page.address), lambda: client.get("/bare/"), rounds=rounds, warm=5)
        assert client.get("/bare/").content.count(b"<li") == client.get(page.address).content.count(b"<li")
    return Figure(page.name, ours / base, limit, "times", note=f"{ours * 1000:.1f} ms / {base * 1000:.1f} ms")


def signed_in(reader: Person) -> Client:
    """Return a client with a session of the reader's."""
    client = Client()
    client.force_login(reader.login)
    return client


@contextmanager
def _captured(views: str) -> Iterator[None]:
    """Keep what the views module hands to its template, everything lazy in it worked out."""
    module = __import__(views, fromlist=["render_page"])
    original: Callable[..., HttpResponse] = module.render_page

    def keep(request: HttpRequest, template: str, context: dict[str, Any], **options: Any) -> HttpResponse:
        response = original(request, template, context, **options)
        _ready["template"] = template
        _ready["context"] = {
            name: list(value) if isinstance(value, QuerySet) else value for name, value in context.items()
        }
        return response

    with patch.object(module, "render_page", keep):
        yield
