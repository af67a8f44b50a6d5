"""Pages for paper: one, all of a section, the whole channel; as much of it as the reader may see."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from accounts.access import account_for, signed_in
from accounts.models import Account
from accounts.views.parts import Request, render_page
from channels_app.actions.openings import note_openings
from channels_app.models import Page
from channels_app.queries.contents import Contents, contents_of
from channels_app.queries.pages import pages_in, pages_to_read, section_names
from channels_app.views.page_access import readable
from channels_app.views.parts import section_in
from kam.lib.dates import today


@dataclass(frozen=True)
class Chapter:
    """A section with its pages, as they are printed one after another."""

    number: int | None
    name: str
    pages: list[Page]


@require_safe
@signed_in
def page_print(request: Request, customer_number: str, pk: int) -> HttpResponse:
    page, _writes = readable(request, customer_number, pk)
    chapters = [Chapter(None, "", [page])]
    return _printed(request, page.account, page.title, chapters, alone=True)


@require_safe
@signed_in
def section_print(request: Request, customer_number: str, section_id: int) -> HttpResponse:
    account = account_for(request.person, customer_number)
    contents = contents_of(account, account.standing)
    line = section_in(contents, section_id)
    pages = list(pages_in(account, section_id).prefetch_related("memo__decisions"))
    _note(request, account, pages, "section printed")
    return _printed(request, account, line.name, [Chapter(line.number, line.name, pages)])


@require_safe
@signed_in
def channel_print(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number)
    contents = contents_of(account, account.standing)
    pages = pages_to_read(account, contents)
    _note(request, account, pages, "channel printed")
    return _printed(request, account, account.name, _chapters(contents, pages), whole=True)


def _note(request: Request, account: Account, pages: list[Page], what: str) -> None:
    note_openings(
        person=request.person, account=account, what=what, things=[(page.pk, page.audience) for page in pages]
    )


def _chapters(contents: Contents, pages: list[Page]) -> list[Chapter]:
    """Put the pages into the sections of the contents; those of sections no longer in it come last."""
    names = section_names(pages, contents)
    by_section: dict[int, list[Page]] = {}
    for page in pages:
        by_section.setdefault(page.section_id, []).append(page)
    chapters = []
    for section_id, found in by_section.items():
        line = contents.line(section_id)
        chapters.append(Chapter(line.number if line else None, names[section_id], found))
    return chapters


def _printed(
    request: Request,
    account: Account,
    title: str,
    chapters: list[Chapter],
    *,
    alone: bool = False,
    whole: bool = False,
) -> HttpResponse:
    """Render the chapters: a page alone, a section, or the whole channel with its contents in front."""
    context = {
        "account": account,
        "title": title,
        "chapters": chapters,
        "alone": alone,
        "whole": whole,
        "pages": sum(len(chapter.pages) for chapter in chapters),
        "today": today(),
    }
    return render_page(request, "channel/print.html", context)


_ACCOUNT = "accounts/<str:customer_number>/"
urlpatterns = [
    path(f"{_ACCOUNT}pages/<int:pk>/print/", page_print, name="page_print"),
    path(f"{_ACCOUNT}sections/<int:section_id>/print/", section_print, name="section_print"),
    path(f"{_ACCOUNT}print/", channel_print, name="channel_print"),
]
