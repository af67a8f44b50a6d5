"""The table of contents that all accounts share, kept by the key account directors together: draft, look, publish."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import directs_some, signed_in
from accounts.actions.refusal import Refusal
from accounts.views.parts import Request, render_page
from channels_app.actions.contents import Overtaken, discard_draft, publish_draft, save_draft, token_of
from channels_app.forms.contents import LineForm, NewSectionForm, NoteForm, sent, unbound
from channels_app.models import ContentsVersion, SectionKind
from channels_app.queries import definition
from channels_app.queries.definition import Change, DefinitionLine, differences, lines_of

View = Callable[..., HttpResponseBase]


def directors_only(view: View) -> View:
    """Let whoever directs some account through; anybody else who is signed in gets 404."""

    @wraps(view)
    def guarded(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not directs_some(request.person):
            raise Http404
        return view(request, *args, **kwargs)

    return signed_in(guarded)


@dataclass(frozen=True)
class Desk:
    """The definition as it lies on the directors' desk: every published version, the draft, what the editor shows."""

    versions: list[ContentsVersion]
    draft: ContentsVersion | None

    @property
    def live(self) -> ContentsVersion:
        return self.versions[0]

    @property
    def token(self) -> str:
        return token_of(self.draft, self.live)

    @property
    def lines(self) -> tuple[DefinitionLine, ...]:
        return lines_of(self.draft or self.live)

    @property
    def known(self) -> dict[int, DefinitionLine]:
        """Every section there is or was, by its id, as the draft, else the last version that had it, has it."""
        gone = definition.removed_lines(self.versions, self.lines)
        return {line.section_id: line for line in [*self.lines, *gone]}

    @property
    def published_ids(self) -> set[int]:
        return {line.section_id for version in self.versions for line in lines_of(version)}

    def changes(self) -> list[Change]:
        return differences(lines_of(self.live), self.lines, self.published_ids)


def the_desk() -> Desk:
    return Desk(definition.published_versions(), definition.draft_version())


# --- reading --------------------------------------------------------------------------------------------------------
@require_safe
@directors_only
def contents(request: Request) -> HttpResponse:
    desk = the_desk()
    earlier = [*desk.versions[1:], None]
    told = [(version, _between(before, version)) for version, before in zip(desk.versions, earlier, strict=True)]
    context = {"desk": desk, "lines": lines_of(desk.live), "versions": told, "changes": desk.changes()}
    return render_page(request, "channel/contents.html", context)


def _between(before: ContentsVersion | None, after: ContentsVersion) -> list[Change]:
    return differences(lines_of(before), lines_of(after)) if before else []


@require_safe
@directors_only
def version(request: Request, number: int) -> HttpResponse:
    versions = definition.published_versions()
    found = next((place for place, one in enumerate(versions) if one.number == number), None)
    if found is None:
        raise Http404
    before = versions[found + 1] if found + 1 < len(versions) else None
    context = {
        "version": versions[found],
        "live": found == 0,
        "lines": lines_of(versions[found]),
        "changes": _between(before, versions[found]),
        "before": before,
    }
    return render_page(request, "channel/contents_version.html", context)


@require_safe
@directors_only
def preview(request: Request) -> HttpResponse:
    desk = the_desk()
    changes = desk.changes()
    # How much hangs on it is told where it can be counted: by the pages, memos among them.
    counted = [change.line for change in changes if change.line.of_pages or change.line.kind == SectionKind.MEMOS]
    reach = definition.reach_of(request.person, {line.section_id for line in counted})
    context = {
        "desk": desk,
        "changes": [(change, reach.get(change.line.section_id)) for change in changes],
        "old": lines_of(desk.live),
        "new": desk.lines,
        "changed": {change.line.section_id for change in changes},
    }
    return render_page(request, "channel/contents_preview.html", context)


# --- editing --------------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@directors_only
def edit(request: Request) -> HttpResponse:
    desk = the_desk()
    if request.method != "POST":
        note = NoteForm(initial={"note": desk.draft.note if desk.draft else ""})
        return _edit_page(request, desk, unbound(desk.lines), note, NewSectionForm())
    forms, note = sent(request.POST, desk.known), NoteForm(request.POST)
    does, _sep, number = request.POST.get("does", "save").partition("-")
    new = NewSectionForm(request.POST if does == "add" else None)
    if not (all(form.is_valid() for form in [*forms, note]) and (does != "add" or new.is_valid())):
        return _edit_page(request, desk, forms, note, new, status=422)
    lines = _arranged([form.written() for form in forms], desk, does, int(number) if number.isdecimal() else 0, new)
    try:
        save_draft(actor=request.person, token=request.POST.get("token", ""), lines=lines, **note.cleaned_data)
    except Overtaken:
        return _overtaken(request, lines, note, new)
    except Refusal as refusal:
        note.add_error(None, refusal.message)
        return _edit_page(request, desk, forms, note, new, status=422)
    if does == "save":
        messages.success(request, _("The draft has been saved. Every director sees it; no account does yet."))
        return redirect("contents_preview")
    return redirect(reverse("contents_edit") + (f"#s{number}" if does in {"up", "down", "back"} else "#add"))


def _arranged(
    lines: list[DefinitionLine], desk: Desk, does: str, section_id: int, new: NewSectionForm
) -> list[DefinitionLine]:
    """Return the lines as they were written, with what the pressed button does to them."""
    here = next((place for place, line in enumerate(lines) if line.section_id == section_id), None)
    if does == "add":
        return [*lines, new.written()]
    if does == "back" and here is None and section_id in desk.known:
        return [*lines, desk.known[section_id]]
    if here is None:
        return lines
    if does == "remove":
        return lines[:here] + lines[here + 1 :]
    there = {"up": here - 1, "down": here + 1}.get(does, here)
    if 0 <= there < len(lines):
        lines[here], lines[there] = lines[there], lines[here]
    return lines


def _overtaken(request: Request, lines: list[DefinitionLine], note: NoteForm, new: NewSectionForm) -> HttpResponse:
    """Show what was written beside what somebody else has saved meanwhile; saving again is then a decision."""
    desk = the_desk()
    mine = [line for line in lines if line.section_id in desk.known]
    theirs = differences(mine, desk.lines, desk.known)
    note = NoteForm(initial=note.cleaned_data)
    new = NewSectionForm(initial=new.cleaned_data if new.is_bound else None)
    return _edit_page(request, desk, unbound(mine), note, new, status=422, theirs=theirs)


def _edit_page(
    request: Request,
    desk: Desk,
    forms: list[LineForm],
    note: NoteForm,
    new: NewSectionForm,
    *,
    status: int = 200,
    theirs: list[Change] | None = None,
) -> HttpResponse:
    # A form with mistakes keeps the token that it came with: a change of somebody else's is not passed over.
    token = request.POST.get("token", "") if status == 422 and theirs is None else desk.token
    there = {form.line.section_id for form in forms}
    context = {
        "desk": desk,
        "token": token,
        "forms": forms,
        "note": note,
        "new": new,
        "theirs": theirs,
        "gone": [line for line in desk.known.values() if line.section_id not in there],
    }
    return render_page(request, "channel/contents_edit.html", context, status=status)


@require_POST
@directors_only
def publish(request: Request) -> HttpResponse:
    try:
        live = publish_draft(actor=request.person, token=request.POST.get("token", ""))
    except Overtaken:
        messages.error(request, _("Somebody has changed the draft since you looked. This is how it stands now."))
        return redirect("contents_preview")
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("contents_preview")
    text = _("Version %(number)s is in force: every account shows it from now on.") % {"number": live.number}
    messages.success(request, text)
    return redirect("contents")


@require_POST
@directors_only
def discard(request: Request) -> HttpResponse:
    try:
        discard_draft(actor=request.person, token=request.POST.get("token", ""))
    except Overtaken:
        messages.error(request, _("Somebody has changed the draft since you looked. This is how it stands now."))
        return redirect("contents_preview")
    messages.success(request, _("The draft has been thrown away."))
    return redirect("contents")


urlpatterns = [
    path("contents/", contents, name="contents"),
    path("contents/edit/", edit, name="contents_edit"),
    path("contents/preview/", preview, name="contents_preview"),
    path("contents/publish/", publish, name="contents_publish"),
    path("contents/discard/", discard, name="contents_discard"),
    path("contents/versions/<int:number>/", version, name="contents_version"),
]
