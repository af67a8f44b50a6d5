"""What the people-facing views share: the request as they get it, and answering with a part of a page."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from accounts.models import Person


class Request(HttpRequest):
    """A request that passed `signed_in`."""

    person: Person
    htmx: HtmxDetails


def render_page(
    request: HttpRequest, template: str, context: dict[str, Any], *, part: str = "", status: int = 200
) -> HttpResponse:
    """Render the page, or only its partial `part` when HTMX asks for the element of that id."""
    htmx: HtmxDetails = getattr(request, "htmx")  # noqa: B009  set by its middleware, unknown to the type
    if part and htmx and htmx.target == part and not htmx.history_restore_request:
        template = f"{template}#{part}"
    return render(request, template, context, status=status)


def text_in(request: HttpRequest, name: str) -> str:
    """Return the text in the query string under `name`, without what the database could not compare."""
    return request.GET.get(name, "").replace("\0", "").strip()[:200]


def number_in(request: HttpRequest, name: str) -> int | None:
    """Return the number in the query string under `name`, None when there is none worth the name."""
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else None
