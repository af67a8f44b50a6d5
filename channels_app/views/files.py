"""Adding files, handing them out to whoever may see them at that moment, and a file's own page."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from accounts.access import account_for, signed_in
from accounts.actions.refusal import Refusal
from accounts.models import Account
from accounts.views.parts import Request
from channels_app.actions.files import add_file, add_version, bring_file_back, bring_version_back, remove_file
from channels_app.actions.openings import note_opening
from channels_app.files import store
from channels_app.files.serve import Stored, asks_from_the_start, hand_out
from channels_app.forms.files import EarlierVersionForm, NewVersionForm, PlaceForm
from channels_app.models import File, FileVersion
from channels_app.queries.contents import contents_of
from channels_app.queries.files import (
    file_for,
    is_read,
    listed,
    may_add_to,
    may_change,
    may_put_into_draft,
    place_of,
    upload_to,
    version_of,
    versions_of,
)
from channels_app.views.parts import channel_page, section_in
from kam.lib.content import in_words


# --- handing out ----------------------------------------------------------------------------------------------------
@require_safe
@signed_in
def file(request: Request, customer_number: str, pk: int, number: int | None = None) -> HttpResponseBase:
    """Answer with the content itself, the latest unless a version is asked for."""
    account = account_for(request.person, customer_number)
    found = file_for(request.person, account, pk)
    version = version_of(found, number)
    _note_opening(request, account, found)
    name, content_type, mark = version.name, version.content_type, version.sha256[:40]
    stored = Stored(str(version.content), name, content_type, version.size, mark, version.added_at)
    return hand_out(request, stored, save="save" in request.GET)


@require_safe
@signed_in
def preview(request: Request, customer_number: str, pk: int) -> HttpResponseBase:
    """Answer with the picture that stands for the latest version; `?large` for the larger of the two."""
    account = account_for(request.person, customer_number)
    found = file_for(request.person, account, pk)
    version = version_of(found)
    if version.preview != FileVersion.Preview.MADE:
        raise Http404
    if "large" in request.GET:  # it can be read
        _note_opening(request, account, found)
    name = str(version.preview_image)
    name = name if "large" in request.GET else store.small(name)
    mark = name.replace("/", "")
    return hand_out(request, Stored(name, f"{version.name}.webp", "image/webp", None, mark, version.added_at))


def _note_opening(request: Request, account: Account, found: File) -> None:
    if asks_from_the_start(request):
        audience = found.audience
        note_opening(person=request.person, account=account, what="file", thing_id=found.pk, audience=audience)


# --- adding ---------------------------------------------------------------------------------------------------------
@require_POST
@signed_in
def upload(request: Request, customer_number: str) -> HttpResponse:
    """Add what is posted as `file`: one for a script, which is answered in JSON, any number for a plain form."""
    account = account_for(request.person, customer_number)
    place = _place(request, account)
    added: list[File] = []
    refused: list[tuple[str, str]] = []
    for content in request.FILES.getlist("file"):
        name = content.name or ""
        try:
            added.append(add_file(actor=request.person, account=account, content=content, name=name, **place))
        except Refusal as refusal:
            refused.append((name, refusal.message))
    if not added and not refused:
        refused.append(("", _("Choose a file.")))
    if request.headers.get("X-Requested-With") or not place["attached"]:
        return _answer_script(account, added, refused)
    return _answer_page(request, account, place, added, refused)


def _place(request: Request, account: Account) -> dict[str, Any]:
    """Return where the files go, as add_file takes it; raises Http404 where the person adds none."""
    asked = request.GET.copy()
    asked.update(request.POST)
    form = PlaceForm(asked, account=account)
    if not form.is_valid() or form.section_id is None:
        raise Http404
    section = section_in(contents_of(account, account.standing), form.section_id)
    page, contract, attached = (form.cleaned_data[name] for name in ("page", "contract", "attach"))
    if attached:
        allowed = may_add_to(request.person, account, page)
    else:
        allowed = may_put_into_draft(request.person, account, section.kind, page)
    if not allowed:
        raise Http404
    page = page if attached else None
    return {"section_id": section.section_id, "page": page, "contract": contract, "attached": attached}


def _answer_script(account: Account, added: list[File], refused: list[tuple[str, str]]) -> JsonResponse:
    if refused:
        return JsonResponse({"error": refused[0][1]}, status=422)
    one = listed(account, version_of(added[0]))
    return JsonResponse(
        {
            "id": one.pk,
            "name": one.name,
            "url": one.url,
            "preview_url": one.preview_url or (one.url if one.is_picture else ""),
            "is_picture": one.is_picture,
            "size": one.size,
        },
        status=201,
    )


def _answer_page(
    request: Request, account: Account, place: dict[str, Any], added: list[File], refused: list[tuple[str, str]]
) -> HttpResponse:
    if added:
        text = ngettext("%(count)s file has been added.", "%(count)s files have been added.", len(added))
        messages.success(request, text % {"count": len(added)})
    page, contract, section_id = place["page"], place["contract"], place["section_id"]
    if not refused:
        return redirect(place_of(added[0])[1])
    context = {
        "refused": refused,
        "upload": upload_to(account, section_id=section_id, page=page, contract=contract),
        "back": reverse("section", args=[account.customer_number, section_id]),
    }
    return channel_page(request, "channel/file_upload.html", account, context, section=section_id, status=422)


# --- a file's own page ----------------------------------------------------------------------------------------------
@require_safe
@signed_in
def about(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number)
    found = file_for(request.person, account, pk)
    return _about_page(request, found, NewVersionForm())


def _about_page(request: Request, found: File, form: NewVersionForm, status: int = 200) -> HttpResponse:
    account, versions = found.account, versions_of(found)
    contents = contents_of(account, account.standing)
    line = contents.line(found.section_id)
    place, place_url = place_of(found)
    changes = may_change(request.person, account, found)
    context = {
        "file": found,
        "one": listed(account, versions[0]),
        "latest": versions[0],
        "versions": [(version, in_words(version.content_type)) for version in versions],
        "changes": changes,
        "takes_versions": changes and not is_read(found),
        "form": form,
        "place": place or (line.name if line else str(found.section)),
        "place_url": place_url,
    }
    section = found.section_id
    return channel_page(
        request, "channel/file.html", account, context, section=section, contents=contents, status=status
    )


def _changed(request: Request, customer_number: str, pk: int) -> File:
    """Return the file for somebody who may change it; raises Http404."""
    account = account_for(request.person, customer_number)
    found = file_for(request.person, account, pk)
    if not may_change(request.person, account, found):
        raise Http404
    return found


@require_POST
@signed_in
def new_version(request: Request, customer_number: str, pk: int) -> HttpResponse:
    """Add a version from an upload, or from an earlier one whose number is posted."""
    found = _changed(request, customer_number, pk)
    earlier = EarlierVersionForm(request.POST) if "number" in request.POST else None
    form = NewVersionForm(request.POST, request.FILES) if earlier is None else NewVersionForm()
    try:
        if earlier is not None and earlier.is_valid():
            bring_version_back(actor=request.person, file=found, number=earlier.cleaned_data["number"])
        elif form.is_valid():
            content = form.cleaned_data["file"]
            add_version(actor=request.person, file=found, content=content, name=content.name)
        else:
            return _about_page(request, found, form, status=422)
    except Refusal as refusal:
        if form.is_bound:
            form.add_error("file", refusal.message)
        else:
            messages.error(request, refusal.message)
        return _about_page(request, found, form, status=422)
    messages.success(request, _("The file has a new version. The earlier ones are kept."))
    return redirect("file_page", customer_number, pk)


@require_POST
@signed_in
def remove(request: Request, customer_number: str, pk: int) -> HttpResponse:
    """Take the file out of sight, or bring it back."""
    found = _changed(request, customer_number, pk)
    if "back" in request.POST:
        bring_file_back(file=found)
        messages.success(request, _("The file is back."))
    else:
        remove_file(actor=request.person, file=found)
        messages.success(request, _("The file has been removed. Editors can bring it back."))
    return redirect("file_page", customer_number, pk)


urlpatterns = [
    path("accounts/<str:customer_number>/files/upload/", upload, name="file_upload"),
    path("accounts/<str:customer_number>/files/<int:pk>/", file, name="file"),
    path("accounts/<str:customer_number>/files/<int:pk>/preview/", preview, name="file_preview"),
    path("accounts/<str:customer_number>/files/<int:pk>/about/", about, name="file_page"),
    path("accounts/<str:customer_number>/files/<int:pk>/versions/new/", new_version, name="file_new_version"),
    path("accounts/<str:customer_number>/files/<int:pk>/versions/<int:number>/", file, name="file_version"),
    path("accounts/<str:customer_number>/files/<int:pk>/remove/", remove, name="file_remove"),
]
