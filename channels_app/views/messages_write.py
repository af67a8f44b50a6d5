"""Writing a message: a new one, one that is mended, an unsent draft, and whom the one at hand would reach."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, account_for, signed_in
from accounts.actions.refusal import Refusal
from accounts.forms.people import choices_among
from accounts.models import Account
from accounts.views.parts import Request, number_in, text_in
from channels_app.actions.drafts import drop_draft, keep_draft
from channels_app.actions.mentions import names_offered
from channels_app.actions.messages import EditConflict, edit_message, needs_eyes, write_message
from channels_app.forms.messages import MessageForm, audience_of, deadline_of, first_values, typed
from channels_app.ladder import ladder
from channels_app.models import Draft, EscalationStep, Message, MessageKind, Wording
from channels_app.queries.contents import Line
from channels_app.queries.messages import (
    ANNOUNCED,
    TALK,
    latest_wording,
    may_edit,
    message_of,
    readers_of,
    section_of,
)
from channels_app.queries.pages import draft_of
from channels_app.queries.people import people_at
from channels_app.queries.recipients import count
from channels_app.views.messages import messages_section
from channels_app.views.parts import channel_page
from kam.lib.differences import differences
from kam.lib.html import text_of


def _kind_for(request: Request, account: Account) -> str:
    """Return the kind of message that is to be written; raises Http404 for one that the person does not write."""
    asked = request.POST.get("kind") or request.GET.get("kind") or ""
    usual = MessageKind.ANNOUNCEMENT if account.standing.may(Action.ANNOUNCE) else MessageKind.DISCUSSION
    kind = asked or str(usual)
    if kind not in TALK or (kind in ANNOUNCED and not account.standing.may(Action.ANNOUNCE)):
        raise Http404
    return kind


# --- a new message --------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def message_new(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number, Action.WRITE)
    messages_section(account)
    kind = _kind_for(request, account)
    if request.method == "POST":
        return _sent(request, account, kind)
    draft = draft_of(request.person, account, section_of(kind).pk)
    if draft and "draft" not in request.GET:
        return _offered(request, account, draft)
    return _form_page(request, account, _form(request, account, kind, initial=_of_draft(draft) if draft else {}))


def _sent(request: Request, account: Account, kind: str) -> HttpResponse:
    form = _form(request, account, kind, data=request.POST)
    if not _may_be_sent(request, form):
        return _form_page(request, account, _shown_again(request, account, form))
    if form.errors:
        return _form_page(request, account, form)
    data = form.cleaned_data
    try:
        form.take_files()
        written = write_message(
            actor=request.person,
            account=account,
            words=form.words,
            ask_eyes=bool(data.get("ask_eyes")),
            eyes_note=data.get("eyes_note", ""),
        )
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return _form_page(request, account, form)
    _say_what_became(request, written)
    return redirect("message", account.customer_number, written.pk)


def _may_be_sent(request: Request, form: MessageForm) -> bool:
    """Judge what was sent and keep the files that came along; say no where only the preview was asked for."""
    if not form.is_valid() or "preview" in request.POST:
        form.keep_files()
    return "preview" not in request.POST


def _say_what_became(request: Request, message: Message) -> None:
    if message.published_at is None or message.wordings.filter(reply=None, number__gt=message.number).exists():
        messages.success(request, _("It waits for second eyes. You are told as soon as somebody has looked at it."))
    elif message.kind == MessageKind.DISCUSSION:
        messages.success(request, _("The discussion has begun."))
    else:
        messages.success(request, _("The message has been published."))


# --- one that exists ------------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def message_edit(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number, Action.WRITE)
    found = message_of(account, request.person, pk)
    if not may_edit(request.person, account, found):
        raise Http404
    if request.method != "POST":
        first = first_values(found, latest_wording(found))
        return _form_page(request, account, _form(request, account, found.kind, message=found, initial=first))
    form = _form(request, account, found.kind, message=found, data=request.POST)
    if not _may_be_sent(request, form):
        return _form_page(request, account, _shown_again(request, account, form))
    return _form_page(request, account, form) if form.errors else _mended(request, account, found, form)


def _mended(request: Request, account: Account, found: Message, form: MessageForm) -> HttpResponse:
    data = form.cleaned_data
    try:
        form.take_files()
        mended = edit_message(
            actor=request.person,
            message=found,
            words=form.words,
            based_on=data["based_on"] or 0,
            ask_again=bool(data.get("ask_again")),
            ask_eyes=bool(data.get("ask_eyes")),
            eyes_note=data.get("eyes_note", ""),
        )
    except EditConflict as conflict:
        return _both(request, account, form, conflict.latest)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return _form_page(request, account, form)
    _say_what_became(request, mended)
    return redirect("question" if mended.kind == MessageKind.QUESTION else "message", account.customer_number, found.pk)


def _both(request: Request, account: Account, form: MessageForm, theirs: Wording) -> HttpResponse:
    """Show what somebody wrote meanwhile above one's own text: saving that again is then meant."""
    mine = str(form.cleaned_data["body"])
    again = _shown_again(request, account, form, based_on=theirs.number)
    context = {
        "theirs": theirs,
        "difference": differences(theirs.body, mine),
        "same_text": text_of(theirs.body) == text_of(mine) and theirs.subject == form.cleaned_data["subject"],
        "mine": form.cleaned_data,
    }
    return _form_page(request, account, again, status=409, **context)


# --- the form's page ------------------------------------------------------------------------------------------------
def _form(
    request: Request,
    account: Account,
    kind: str,
    *,
    message: Message | None = None,
    data: Any = None,
    initial: dict[str, Any] | None = None,
) -> MessageForm:
    section_id = message.section_id if message else section_of(kind).pk
    return MessageForm(
        data,
        request.FILES if data is not None else None,
        account=account,
        person=request.person,
        kind=kind,
        section_id=section_id,
        message=message,
        initial=(initial or {}) | {"kind": kind},
    )


def _shown_again(request: Request, account: Account, form: MessageForm, **more: Any) -> MessageForm:
    """Return the form with what was typed in it, unjudged; files that came along are kept beside it."""
    typed_in = typed(request.POST) | {name: request.POST.get(name, "") for name in ("subject", "body", "based_on")}
    typed_in |= {"ask_again": "ask_again" in request.POST} | more
    again = _form(request, account, form.message_kind, message=form.message, initial=typed_in)
    again.sent_files = form.sent_files
    return again


def _form_page(request: Request, account: Account, form: MessageForm, *, status: int = 0, **more: Any) -> HttpResponse:
    contents, section = messages_section(account) if form.message_kind in TALK else (None, form.section_id)
    message = form.message
    context = {
        "form": form,
        "message": message,
        "kind": form.message_kind,
        "kind_name": MessageKind(form.message_kind).label,
        "announced": form.message_kind in ANNOUNCED,
        "always_eyes": message is not None and needs_eyes(message),
        "reach": _reach(request, account, form) if "to" in form.fields else None,
        **_addresses(account, form),
        **more,
    }
    status = status or (422 if form.errors else 200)
    return channel_page(
        request, "channel/message_form.html", account, context, section=section, contents=contents, status=status
    )


def _addresses(account: Account, form: MessageForm) -> dict[str, str]:
    number, message = account.customer_number, form.message
    new = message is None
    edit, read = ("message_new", "messages") if new else ("message_edit", "message")
    at = [number] if message is None else [number, message.pk]
    return {
        "form_url": reverse(edit, args=at),
        "back_url": reverse(read, args=at),
        "draft_url": reverse("message_draft", args=[number]) if new else "",
        "upload_url": f"{reverse('file_upload', args=[number])}?section={form.section_id}",
        "people_url": reverse("message_people", args=[number]) + (f"?message={message.pk}" if message else ""),
        "reach_url": reverse("message_reach_preview", args=[number]),
    }


# --- whom it reaches ------------------------------------------------------------------------------------------------
@require_safe
@signed_in
def message_reach_preview(request: Request, customer_number: str) -> HttpResponse:
    """Answer, while somebody writes, how many people the aim reaches and, of an urgent one, the ladder."""
    account = account_for(request.person, customer_number, Action.WRITE)
    kind = _kind_for(request, account)
    form = _form(request, account, kind, data=request.GET)
    form.is_valid()
    return render(
        request, "channel/_message_reach_preview.html", {"reach": _reach(request, account, form), "kind": kind}
    )


def _reach(request: Request, account: Account, form: MessageForm) -> dict[str, Any]:
    """Return how many people the form's aim reaches now, whether it needs second eyes, and an urgent one's steps.

    The form may be of a draft or of what is still being typed: then it is read as far as it makes sense.
    """
    _contents, section = messages_section(account)
    read = form if form.is_bound else _read(request, account, form)
    data = read.cleaned_data
    limit = data.get("limit", form.message.limit if form.message else None)
    audience = audience_of(limit, section.limit if isinstance(section, Line) else None)
    author = form.message.author_id if form.message else request.person.pk
    now, by_when = timezone.now(), deadline_of(data)
    urgent = form.message_kind == MessageKind.URGENT
    rungs = ladder(now, by_when, bool(data.get("critical"))) if urgent and by_when and by_when > now else ()
    labels = dict(EscalationStep.What.choices)
    return {
        "people": count(account, read.aim, audience, author),
        "eyes": urgent and read.aim.to_everybody,
        "rungs": [(rung.due_at, labels[rung.what]) for rung in rungs],
    }


def _read(request: Request, account: Account, form: MessageForm) -> MessageForm:
    """Return the form as if what it was opened with had been sent."""
    shown = {name: form[name].value() for name in form.fields if name != "new_files"}
    bound = _form(request, account, form.message_kind, message=form.message, data=shown)
    bound.is_valid()
    return bound


# --- naming people --------------------------------------------------------------------------------------------------
@require_safe
@signed_in
def message_people(request: Request, customer_number: str) -> HttpResponse:
    """Answer the search behind "@": people who see the account, or the message, with what names each of them."""
    account = account_for(request.person, customer_number, Action.WRITE)
    pk = number_in(request, "message")
    people = people_at(account) if pk is None else readers_of(message_of(account, request.person, pk))
    found = choices_among(people, text_in(request, "q"))
    return JsonResponse({"people": names_offered(people, found)})


# --- drafts ---------------------------------------------------------------------------------------------------------
def _of_draft(draft: Draft) -> dict[str, Any]:
    return draft.fields | {"subject": draft.title, "body": draft.body}


def _offered(request: Request, account: Account, draft: Draft) -> HttpResponse:
    """Say that there is an unsent draft: continue, or throw it away. Until then nothing writes over it."""
    contents, section = messages_section(account)
    kind = draft.fields.get("kind")
    context = {"draft": draft, "kind": kind if kind in TALK else MessageKind.DISCUSSION}
    return channel_page(request, "channel/message_draft.html", account, context, section=section, contents=contents)


@require_POST
@signed_in
def message_draft(request: Request, customer_number: str) -> HttpResponse:
    """Keep what was typed of a new message, whatever is still missing in it."""
    account = account_for(request.person, customer_number, Action.WRITE)
    kind = _kind_for(request, account)
    form = _form(request, account, kind, data=request.POST)
    try:
        body = form.fields["body"].clean(request.POST.get("body", ""))
    except ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)}, status=422)
    fields = typed(request.POST)
    number = account.customer_number
    fields["kept_files"] = [reverse("file", args=[number, file.pk]) for file in form.sent_files]
    kept = keep_draft(
        person=request.person,
        account=account,
        section_id=form.section_id,
        page=None,
        title=request.POST.get("subject", "").replace("\0", ""),
        body=body,
        based_on=0,
        fields=fields,
    )
    return JsonResponse({"saved_at": kept.saved_at.isoformat()})


@require_POST
@signed_in
def message_draft_drop(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number, Action.WRITE)
    section = section_of(MessageKind.DISCUSSION)
    drop_draft(person=request.person, account=account, section_id=section.pk, page=None)
    messages.success(request, _("Your draft has been thrown away."))
    return redirect("messages", customer_number)


_MESSAGES = "accounts/<str:customer_number>/messages/"
urlpatterns = [
    path(f"{_MESSAGES}new/", message_new, name="message_new"),
    path(f"{_MESSAGES}new/reach/", message_reach_preview, name="message_reach_preview"),
    path(f"{_MESSAGES}draft/", message_draft, name="message_draft"),
    path(f"{_MESSAGES}draft/drop/", message_draft_drop, name="message_draft_drop"),
    path(f"{_MESSAGES}people/", message_people, name="message_people"),
    path(f"{_MESSAGES}<int:pk>/edit/", message_edit, name="message_edit"),
]
