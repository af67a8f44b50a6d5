"""Writing a memo: a new one, one that exists, an unsaved draft, and what somebody saved meanwhile."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, account_for, signed_in
from accounts.actions.refusal import Refusal
from accounts.forms.people import choices_among
from accounts.models import Account, Person
from accounts.views.parts import Request, number_in, text_in
from channels_app.actions.drafts import drop_draft, keep_draft
from channels_app.actions.memos import create_memo, may_change_memo, save_memo
from channels_app.actions.openings import note_opening
from channels_app.actions.pages import Conflict
from channels_app.forms.memos import MemoForm, first_values, offered, shown_again, typed
from channels_app.models import Draft, Memo
from channels_app.queries.memos import memo_of, memo_section, topics_of
from channels_app.queries.pages import draft_of
from channels_app.queries.people import people_at, recent_people
from channels_app.queries.tasks import tasks_of_memo
from channels_app.views.memos import memos_section
from channels_app.views.parts import channel_page
from kam.lib.differences import differences

# Buttons of the form that show it again instead of saving it.
ASKS_ON = ("more", "find_people")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def memo_new(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number, Action.WRITE)
    memos_section(account)
    if (again := _asked_on(request)) is not None:
        return _form_page(request, account, None, _form(request, account, None, initial=again))
    if request.method == "POST":
        form = _form(request, account, None, data=request.POST)
        if form.is_valid() and (memo := _created(request, account, form)):
            messages.success(request, _("The memo has been saved."))
            return redirect("memo", customer_number, memo.pk)
        return _form_page(request, account, None, form)
    draft = draft_of(request.person, account, memo_section().pk)
    if draft and "draft" not in request.GET:
        return _offered(request, account, draft, None)
    initial = _of_draft(draft) if draft else {"participants": [request.person.pk]}
    return _form_page(request, account, None, _form(request, account, None, initial=initial))


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def memo_edit(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number, Action.WRITE)
    memos_section(account)
    memo = _changeable(request.person, account, pk)
    if (again := _asked_on(request)) is not None:
        return _form_page(request, account, memo, _form(request, account, memo, initial=again))
    if request.method == "POST":
        return _saved(request, account, memo)
    note_opening(person=request.person, account=account, what="memo", thing_id=memo.pk, audience=memo.page.audience)
    draft = draft_of(request.person, account, memo.page.section_id, memo.page)
    if draft and "draft" not in request.GET:
        return _offered(request, account, draft, memo)
    if draft is None:
        return _form_page(request, account, memo, _form(request, account, memo, initial=first_values(memo)))
    if draft.based_on != memo.page.number:
        return _both(request, account, memo, _of_draft(draft), status=200)
    return _form_page(request, account, memo, _form(request, account, memo, initial=_of_draft(draft)))


def _created(request: Request, account: Account, form: MemoForm) -> Memo | None:
    limit = form.cleaned_data.get("limit")
    try:
        return create_memo(actor=request.person, account=account, minutes=form.minutes, limit=limit)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return None


def _saved(request: Request, account: Account, memo: Memo) -> HttpResponse:
    form = _form(request, account, memo, data=request.POST)
    if not form.is_valid():
        return _form_page(request, account, memo, form)
    values = form.cleaned_data
    try:
        save_memo(
            actor=request.person,
            memo=memo,
            minutes=form.minutes,
            based_on=values["based_on"],
            note=values["note"],
            began_from=values["began_from"],
        )
    except Conflict:
        _keep(request, account, memo, values["body"])
        now = memo_of(account, account.standing, memo.pk)
        return _both(request, account, now, shown_again(request.POST) | {"body": values["body"]}, status=409)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return _form_page(request, account, memo, form)
    messages.success(request, _("The memo has been saved."))
    return redirect("memo", account.customer_number, memo.pk)


def _changeable(person: Person, account: Account, pk: int) -> Memo:
    memo = memo_of(account, account.standing, pk)
    if not may_change_memo(person, account, memo):
        raise Http404
    return memo


def _asked_on(request: Request) -> dict[str, Any] | None:
    """Return what was typed when a button asks for more lines or for people of a name, else None."""
    if request.method != "POST" or not any(name in request.POST for name in ASKS_ON):
        return None
    return shown_again(request.POST)


# --- the page -------------------------------------------------------------------------------------------------------
def _form(
    request: Request,
    account: Account,
    memo: Memo | None,
    *,
    data: QueryDict | None = None,
    initial: dict[str, Any] | None = None,
) -> MemoForm:
    number = account.customer_number
    ticks = reverse("memo_people", args=[number]) + (f"?memo={memo.pk}" if memo else "")
    search = {"ticks": ticks, "names": reverse("task_people", args=[number])}
    recent = recent_people(account, account.standing)
    return MemoForm(data, account=account, memo=memo, recent=recent, initial=initial, search=search)


def _form_page(
    request: Request, account: Account, memo: Memo | None, form: MemoForm, *, status: int = 0, **more: Any
) -> HttpResponse:
    contents, section = memos_section(account)
    wrong = bool(form.is_bound and not form.is_valid())
    context = {
        "form": form,
        "memo": memo,
        "topics": topics_of(account, account.standing),
        "tasks": tasks_of_memo(account, account.standing, memo) if memo else [],
        **_addresses(account, memo),
        **more,
    }
    return channel_page(
        request,
        "channel/memo_form.html",
        account,
        context,
        section=section,
        contents=contents,
        status=status or (422 if wrong else 200),
    )


def _both(request: Request, account: Account, memo: Memo, mine: dict[str, Any], *, status: int) -> HttpResponse:
    """Show the memo as somebody saved it meanwhile above one's own form: saving that again is then meant."""
    began_from = mine.get("began_from") or mine.get("based_on") or 0
    difference = differences(memo.page.body, str(mine.get("body") or ""))
    mine = mine | {"based_on": memo.page.number, "began_from": began_from}
    form = _form(request, account, memo, initial=mine)
    return _form_page(request, account, memo, form, status=status, theirs=memo, difference=difference)


def _addresses(account: Account, memo: Memo | None) -> dict[str, str]:
    """Return where the form sends its text, drafts and files."""
    number, section_id = account.customer_number, memo_section().pk
    of_memo = f"?memo={memo.pk}" if memo else ""
    of_page = f"&page={memo.pk}" if memo else ""
    return {
        "form_url": reverse("memo_edit", args=[number, memo.pk]) if memo else reverse("memo_new", args=[number]),
        "draft_url": reverse("memo_draft", args=[number]) + of_memo,
        "drop_url": reverse("memo_draft_drop", args=[number]) + of_memo,
        "upload_url": f"{reverse('file_upload', args=[number])}?section={section_id}{of_page}",
    }


@require_safe
@signed_in
def memo_people(request: Request, customer_number: str) -> HttpResponse:
    """Answer the search for who was there, as one types: those ticked already, then colleagues who fit."""
    account = account_for(request.person, customer_number, Action.WRITE)
    pk, people = number_in(request, "memo"), people_at(account)
    memo = _changeable(request.person, account, pk) if pk is not None else None
    ticked = {int(one) for one in request.GET.getlist("participants") if one.isdecimal() and len(one) < 18}
    was_there = {one.person_id for one in memo.participants.all()} if memo else set()
    chosen = [*people.filter(pk__in=ticked), *Person.objects.filter(pk__in=ticked & was_there).select_related("area")]
    text = text_in(request, "find")
    found = choices_among(people, text)
    context = {
        "people": offered(chosen, recent_people(account, account.standing), found),
        "ticked": {person.pk for person in chosen},
        "nobody": len(text) > 1 and not found,
    }
    return render(request, "channel/_memo_people.html", context)


# --- drafts ---------------------------------------------------------------------------------------------------------
def _of_draft(draft: Draft) -> dict[str, Any]:
    kept = QueryDict(mutable=True)
    for name, values in draft.fields.items():
        kept.setlist(name, list(values) if isinstance(values, list) else [str(values)])
    return shown_again(kept) | {"title": draft.title, "body": draft.body, "based_on": draft.based_on}


def _offered(request: Request, account: Account, draft: Draft, memo: Memo | None) -> HttpResponse:
    """Say that there is an unsaved draft: continue, or throw it away. Until then nothing writes over it."""
    contents, section = memos_section(account)
    context = {"draft": draft, "memo": memo, **_addresses(account, memo)}
    if memo is not None:
        context["difference"] = differences(memo.page.body, draft.body)
    return channel_page(request, "channel/memo_draft.html", account, context, section=section, contents=contents)


def _of_query(request: Request, customer_number: str) -> tuple[Account, Memo | None]:
    """Fetch the memo of the query string for whoever changes it, None for a new one; raises Http404."""
    account = account_for(request.person, customer_number, Action.WRITE)
    memos_section(account)
    pk = number_in(request, "memo")
    return account, None if pk is None else _changeable(request.person, account, pk)


@require_POST
@signed_in
def memo_draft(request: Request, customer_number: str) -> HttpResponse:
    """Keep what was typed, whatever is still missing in it; 409 says that somebody has saved the memo meanwhile."""
    account, memo = _of_query(request, customer_number)
    form = MemoForm(account=account, memo=memo, search={"ticks": "", "names": ""})
    try:
        body = form.fields["body"].clean(request.POST.get("body", ""))
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=422)
    kept = _keep(request, account, memo, body)
    if memo is not None and kept.based_on != memo.page.number:
        return JsonResponse({"conflict": True}, status=409)
    return JsonResponse({"saved_at": kept.saved_at.isoformat()})


@require_POST
@signed_in
def memo_draft_drop(request: Request, customer_number: str) -> HttpResponse:
    account, memo = _of_query(request, customer_number)
    page = memo.page if memo else None
    drop_draft(person=request.person, account=account, section_id=memo_section().pk, page=page)
    messages.success(request, _("Your draft has been thrown away."))
    return redirect("memo", customer_number, memo.pk) if memo else redirect("memo_new", customer_number)


def _keep(request: Request, account: Account, memo: Memo | None, body: str) -> Draft:
    based_on = request.POST.get("based_on", "")
    return keep_draft(
        person=request.person,
        account=account,
        section_id=memo_section().pk,
        page=memo.page if memo else None,
        title=request.POST.get("title", "").replace("\0", ""),
        body=body,
        based_on=int(based_on) if based_on.isdecimal() and len(based_on) < 10 else 0,
        fields=typed(request.POST),
    )


_MEMOS = "accounts/<str:customer_number>/memos/"
urlpatterns = [
    path(f"{_MEMOS}new/", memo_new, name="memo_new"),
    path(f"{_MEMOS}draft/", memo_draft, name="memo_draft"),
    path(f"{_MEMOS}draft/drop/", memo_draft_drop, name="memo_draft_drop"),
    path(f"{_MEMOS}people/", memo_people, name="memo_people"),
    path(f"{_MEMOS}<int:pk>/edit/", memo_edit, name="memo_edit"),
]
