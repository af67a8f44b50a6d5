"""A section of the table of contents, whatever it holds, and the sections that were removed."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_safe

from accounts.access import Action, account_for, edits, signed_in
from accounts.models import Account
from accounts.views.parts import Request
from channels_app.actions.openings import note_opening
from channels_app.models import SectionKind
from channels_app.models.contents import PAGE_KINDS
from channels_app.queries.contents import ELSEWHERE, Contents, Line, contents_of
from channels_app.queries.files import upload_to
from channels_app.queries.pages import removed_pages
from channels_app.queries.removed_files import removed_files
from channels_app.queries.sections import (
    PageLine,
    SectionFile,
    as_line,
    contract_groups,
    page_lines,
    removed_sections,
    section_files,
)
from channels_app.views.parts import channel_page, section_in


@require_safe
@signed_in
def section(request: Request, customer_number: str, section_id: int) -> HttpResponse:
    account = account_for(request.person, customer_number)
    contents = contents_of(account, account.standing)
    line, removed = _found(account, contents, section_id)
    if line.kind in ELSEWHERE:
        return redirect(ELSEWHERE[line.kind], customer_number)
    pages = page_lines(account, line, request.person) if line.kind in PAGE_KINDS else []
    files = section_files(account, section_id)
    may_edit = not removed and edits(request.person, account)
    if line.kind == SectionKind.PAGE and len(pages) == 1 and not files and not may_edit:
        return redirect("page", customer_number, pages[0].page.pk)
    if request.method == "GET":
        note_opening(person=request.person, account=account, what="section", thing_id=section_id, audience=line.limit)
    context = {
        "line": line,
        "removed": removed,
        "may_edit": may_edit,
        "may_manage": not removed and account.standing.may(Action.MANAGE),
        "may_add_page": may_edit and line.kind in PAGE_KINDS and not (line.kind == SectionKind.PAGE and pages),
        "removed_pages": removed_pages(account, section_id) if may_edit else [],
        "removed_files": removed_files(account, section_id) if may_edit else [],
        "upload": upload_to(account, section_id=section_id) if may_edit else None,
        **_content(account, line, pages, files),
    }
    return channel_page(request, "channel/section.html", account, context, section=line, contents=contents)


def _found(account: Account, contents: Contents, section_id: int) -> tuple[Line, bool]:
    """Return the section and whether it was removed; Http404 for one that is not there for the reader."""
    if contents.line(section_id):
        return section_in(contents, section_id), False
    for one in removed_sections(account, contents):
        if one.section_id == section_id:
            return as_line(one), True
    raise Http404


def _content(account: Account, line: Line, pages: list[PageLine], files: list[SectionFile]) -> dict[str, Any]:
    if line.kind != SectionKind.CONTRACTS:
        return {"pages": pages, "files": [file.listed for file in files]}
    groups, loose_pages, loose_files = contract_groups(account, pages, files)
    return {"groups": groups, "pages": loose_pages, "files": loose_files}


@require_safe
@signed_in
def removed_list(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number)
    contents = contents_of(account, account.standing)
    manages = account.standing.may(Action.MANAGE)
    context = {"removed": removed_sections(account, contents, manages=manages), "may_manage": manages}
    return channel_page(request, "channel/removed_sections.html", account, context, contents=contents)


urlpatterns = [
    path("accounts/<str:customer_number>/sections/<int:section_id>/", section, name="section"),
    path("accounts/<str:customer_number>/removed-sections/", removed_list, name="removed_sections"),
]
