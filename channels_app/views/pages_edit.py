"""Writing a page: a new one, one that exists, what was not saved the last time, and what somebody saved meanwhile."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import account_for, edits, signed_in
from accounts.actions.refusal import Refusal
from accounts.models import Account
from accounts.views.parts import Request, number_in
from channels_app.actions.drafts import drop_draft, hand_draft_over, keep_draft
from channels_app.actions.openings import note_opening
from channels_app.actions.pages import Conflict, Facts, create_page, save_page
from channels_app.forms.pages import PageForm
from channels_app.models import Draft, Page, Revision, SectionKind
from channels_app.models.contents import PAGE_KINDS
from channels_app.queries.contents import Contents, Line, contents_of
from channels_app.queries.pages import draft_of, is_memo, limit_names, pages_in
from channels_app.queries.revisions import revision_of
from channels_app.views.page_access import address_of, number_posted, writable
from channels_app.views.parts import channel_page, section_in
from kam.lib.differences import differences
from kam.lib.html import text_of

KEPT_FIELDS = ("note", "contract", "review_days", "who", "kinds")


# --- a new page -----------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def page_new(request: Request, customer_number: str) -> HttpResponse:
    account, contents, line = _section(request, customer_number)
    if line.kind == SectionKind.PAGE and (one := pages_in(account, line.section_id).first()):
        return _to_the_one_page(request, account, line, one)
    draft = draft_of(request.person, account, line.section_id)
    if draft and request.method != "POST" and "draft" not in request.GET:
        return _offered(request, account, draft, contents)
    initial = {"contract": number_in(request, "contract")} | _typed(draft)
    form = PageForm(request.POST or None, account=account, section=line, page=None, initial=initial)
    if request.method == "POST" and form.is_valid() and (page := _created(request, account, line, form)):
        messages.success(request, _("The page has been saved."))
        return redirect("page", customer_number, page.pk)
    return _form_page(request, account, form, contents, line)


def _to_the_one_page(request: Request, account: Account, line: Line, page: Page) -> HttpResponse:
    """Lead to the page of a section that holds one; what was typed for a new one becomes a draft of that page.

    Somebody has begun it meanwhile: the author sees both and decides, as with a page that was saved meanwhile.
    """
    if request.method == "POST":
        _kept(request, account, line.section_id, None)
    hand_draft_over(person=request.person, page=page)
    return redirect("page_edit", account.customer_number, page.pk)


def _section(request: Request, customer_number: str) -> tuple[Account, Contents, Line]:
    """Fetch the section that is asked for, for whoever may add a page to it; raises Http404."""
    account = account_for(request.person, customer_number)
    contents = contents_of(account, account.standing)
    line = section_in(contents, number_in(request, "section") or number_posted(request, "section"))
    if line.kind not in PAGE_KINDS or not edits(request.person, account):
        raise Http404
    return account, contents, line


def _created(request: Request, account: Account, line: Line, form: PageForm) -> Page | None:
    values = {name: form.cleaned_data[name] for name in ("title", "body", "review_days")}
    for name in ("contract", "limit"):
        values[name] = form.cleaned_data.get(name)
    try:
        return create_page(actor=request.person, account=account, section_id=line.section_id, **values)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return None


# --- a page that exists ---------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def page_edit(request: Request, customer_number: str, pk: int) -> HttpResponse:
    page = writable(request, customer_number, pk)
    if is_memo(page) or (page.removed_at is not None and request.method != "POST"):
        return redirect("memo_edit" if is_memo(page) else "page", customer_number, pk)
    contents = contents_of(page.account, page.account.standing)
    line = contents.line(page.section_id)
    if request.method == "POST":
        return _saved(request, page, contents, line)
    note_opening(person=request.person, account=page.account, what="page", thing_id=page.pk, audience=page.audience)
    draft = draft_of(request.person, page.account, page.section_id, page)
    if draft and "draft" not in request.GET:
        return _offered(request, page.account, draft, contents)
    form = PageForm(account=page.account, section=line, page=page, initial=_standing(page) | _typed(draft))
    if draft and draft.based_on != page.number:
        return _both(request, page, form, revision_of(page, page.number), contents)
    return _form_page(request, page.account, form, contents, line, page=page)


def _saved(request: Request, page: Page, contents: Contents, line: Line | None) -> HttpResponse:
    form = PageForm(request.POST, account=page.account, section=line, page=page)
    if form.is_valid():
        values = form.cleaned_data
        written = {name: values[name] for name in ("title", "body", "based_on", "note", "began_from")}
        facts = Facts(values.get("contract", page.contract), values["review_days"])
        try:
            save_page(actor=request.person, page=page, facts=facts, **written)
        except Conflict as conflict:
            return _both(request, page, form, conflict.latest, contents, status=409)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The page has been saved."))
            return redirect("page", page.account.customer_number, page.pk)
    return _form_page(request, page.account, form, contents, line, page=page)


def _both(
    request: Request, page: Page, form: PageForm, theirs: Revision, contents: Contents, *, status: int = 200
) -> HttpResponse:
    """Show what somebody saved meanwhile beside one's own text, and let its author decide."""
    mine = _values(form)
    line = contents.line(page.section_id)
    mine |= {"based_on": theirs.number, "began_from": mine["based_on"]}  # what the draft kept until now began from
    context = {
        "page": page,
        "theirs": theirs,
        "mine": mine,
        "form": PageForm(account=page.account, section=line, page=page, initial=mine),
        "difference": differences(theirs.body, str(mine["body"])),
        "same_text": text_of(theirs.body) == text_of(str(mine["body"])) and theirs.title == mine["title"],
        **_addresses(page.account, page.section_id, page),
    }
    return channel_page(
        request,
        "channel/page_conflict.html",
        page.account,
        context,
        section=page.section_id,
        contents=contents,
        status=status,
    )


def _values(form: PageForm) -> dict[str, Any]:
    """Return what the form holds: as it was sent and cleaned, else what it was opened with."""
    return dict(form.cleaned_data) if form.is_bound else dict(form.initial)


def _standing(page: Page) -> dict[str, Any]:
    return {
        "title": page.title,
        "body": page.body,
        "contract": page.contract_id,
        "review_days": page.review_days,
        "based_on": page.number,
    }


def _typed(draft: Draft | None) -> dict[str, Any]:
    if draft is None:
        return {}
    kept = {name: value for name, value in draft.fields.items() if name in KEPT_FIELDS}
    return kept | {"title": draft.title, "body": draft.body, "based_on": draft.based_on}


def _form_page(
    request: Request,
    account: Account,
    form: PageForm,
    contents: Contents,
    line: Line | None,
    *,
    page: Page | None = None,
) -> HttpResponse:
    section_id = page.section_id if page else line.section_id if line else 0
    context: dict[str, Any] = {"page": page, "line": line, "form": form, **_addresses(account, section_id, page)}
    context["limited_to"] = limit_names(page.audience if page else None)
    return channel_page(
        request,
        "channel/page_edit.html",
        account,
        context,
        section=section_id,
        contents=contents,
        status=422 if form.errors else 200,
    )


def _addresses(account: Account, section_id: int, page: Page | None) -> dict[str, str]:
    """Return where the form of a page, or of a new one in the section, sends its text, drafts and files."""
    number, query = account.customer_number, f"?section={section_id}"
    if page is None:
        return {
            "form_url": reverse("page_new", args=[number]) + query,
            "draft_url": reverse("page_new_draft", args=[number]) + query,
            "drop_url": reverse("page_new_draft_drop", args=[number]) + query,
            "upload_url": reverse("file_upload", args=[number]) + query,
        }
    return {
        "form_url": reverse("page_edit", args=[number, page.pk]),
        "draft_url": reverse("page_draft", args=[number, page.pk]),
        "drop_url": reverse("page_draft_drop", args=[number, page.pk]),
        "upload_url": f"{reverse('file_upload', args=[number])}{query}&page={page.pk}",
    }


# --- drafts ---------------------------------------------------------------------------------------------------------
def _offered(request: Request, account: Account, draft: Draft, contents: Contents) -> HttpResponse:
    """Say that there is an unsaved draft: continue, or throw it away. Until then nothing writes over it."""
    page = draft.page
    context = {"draft": draft, "page": page, **_addresses(account, draft.section_id, page)}
    if page is not None:
        context["difference"] = differences(page.body, draft.body)
    return channel_page(
        request, "channel/page_draft.html", account, context, section=draft.section_id, contents=contents
    )


@require_POST
@signed_in
def draft_new(request: Request, customer_number: str) -> HttpResponse:
    account, _contents, line = _section(request, customer_number)
    return _kept(request, account, line.section_id, None)


@require_POST
@signed_in
def draft(request: Request, customer_number: str, pk: int) -> HttpResponse:
    page = writable(request, customer_number, pk)
    return _kept(request, page.account, page.section_id, page)


def _kept(request: Request, account: Account, section_id: int, page: Page | None) -> HttpResponse:
    """Keep what was typed, whatever is still missing in it; 409 says that somebody has saved the page meanwhile."""
    form = PageForm(request.POST, account=account, section=None, page=page)
    sent = request.POST
    try:
        body = form.fields["body"].to_python(sent.get("body", ""))
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=422)
    kinds = [_storable(kind) for kind in sent.getlist("kinds")]
    kept = keep_draft(
        person=request.person,
        account=account,
        section_id=section_id,
        page=page,
        title=_storable(sent.get("title", "")),
        body=body,
        based_on=number_posted(request, "based_on"),
        fields={name: _storable(sent.get(name, "")) for name in KEPT_FIELDS} | {"kinds": kinds},
    )
    if page is not None and kept.based_on != page.number:
        return JsonResponse({"conflict": True}, status=409)
    return JsonResponse({"saved_at": kept.saved_at.isoformat()})


def _storable(text: str) -> str:
    """Return what was typed without what the database cannot hold."""
    return text.replace("\0", "")


@require_POST
@signed_in
def draft_new_drop(request: Request, customer_number: str) -> HttpResponse:
    account, _contents, line = _section(request, customer_number)
    drop_draft(person=request.person, account=account, section_id=line.section_id, page=None)
    return HttpResponseRedirect(_addresses(account, line.section_id, None)["form_url"])


@require_POST
@signed_in
def draft_drop(request: Request, customer_number: str, pk: int) -> HttpResponse:
    page = writable(request, customer_number, pk)
    drop_draft(person=request.person, account=page.account, section_id=page.section_id, page=page)
    messages.success(request, _("Your draft has been thrown away; the page stands as it was saved."))
    return HttpResponseRedirect(address_of(page))


_PAGES = "accounts/<str:customer_number>/pages/"
urlpatterns = [
    path(f"{_PAGES}new/", page_new, name="page_new"),
    path(f"{_PAGES}new/draft/", draft_new, name="page_new_draft"),
    path(f"{_PAGES}new/draft/drop/", draft_new_drop, name="page_new_draft_drop"),
    path(f"{_PAGES}<int:pk>/edit/", page_edit, name="page_edit"),
    path(f"{_PAGES}<int:pk>/draft/", draft, name="page_draft"),
    path(f"{_PAGES}<int:pk>/draft/drop/", draft_drop, name="page_draft_drop"),
]
