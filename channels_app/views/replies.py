"""Replies to a message: written below it, mended by their author, removed."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import Action, account_for, signed_in
from accounts.actions.refusal import Refusal
from accounts.models import Account
from accounts.views.parts import Request
from channels_app.actions.messages import EditConflict
from channels_app.actions.replies import edit_reply, remove_reply, write_reply
from channels_app.forms.replies import EditReplyForm, ReplyForm
from channels_app.models import Message, MessageKind, Reply, Wording
from channels_app.queries.messages import address_of_message, is_withdrawn_for, may_remove_reply, message_of
from channels_app.views.messages import message_page
from channels_app.views.parts import channel_page
from channels_app.views.questions import question_page
from kam.lib.differences import differences


def _replied_to(request: Request, customer_number: str, pk: int) -> tuple[Account, Message]:
    """Fetch a message for whoever may write below it; raises Http404."""
    account = account_for(request.person, customer_number, Action.WRITE)
    found = message_of(account, request.person, pk)
    if not found.is_published:
        raise Http404
    return account, found


def _reply_of(request: Request, customer_number: str, pk: int) -> tuple[Account, Reply]:
    """Fetch a standing reply of a message that the reader sees; raises Http404."""
    account = account_for(request.person, customer_number, Action.WRITE)
    seen = Message.objects.seen_in(account, account.standing.kinds, request.person).published()
    reply = Reply.objects.select_related("message", "author").filter(pk=pk, message__in=seen, removed_at=None).first()
    if reply is None or is_withdrawn_for(request.person, account, reply.message):
        raise Http404
    reply.message.account = account
    return account, reply


def _place(reply: Reply) -> str:
    return f"{address_of_message(reply.message)}#reply-{reply.pk}"


@require_POST
@signed_in
def reply_new(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account, found = _replied_to(request, customer_number, pk)
    form = ReplyForm(request.POST, request.FILES, account=account, person=request.person, message=found)
    if form.is_valid():
        try:
            form.take_files()
            words = {"body": form.cleaned_data["body"], "files": form.file_ids}
            reply = write_reply(actor=request.person, message=found, **words)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            return HttpResponseRedirect(_place(reply))
    form.keep_files()
    page = question_page if found.kind == MessageKind.QUESTION else message_page
    return page(request, account, found, form=form, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def reply_edit(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account, reply = _reply_of(request, customer_number, pk)
    if reply.author_id != request.person.pk:
        raise Http404
    initial = {"body": reply.body, "based_on": reply.number}
    form = EditReplyForm(request.POST or None, account=account, initial=initial)
    theirs: Wording | None = None
    if request.method == "POST" and form.is_valid():
        words = {"body": form.cleaned_data["body"], "based_on": form.cleaned_data["based_on"]}
        try:
            edit_reply(actor=request.person, reply=reply, **words)
        except EditConflict as conflict:
            theirs = conflict.latest
            mine = {"body": words["body"], "based_on": theirs.number}
            form = EditReplyForm(account=account, initial=mine)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            return HttpResponseRedirect(_place(reply))
    context = {
        "form": form,
        "reply": reply,
        "message": reply.message,
        "back": _place(reply),
        "theirs": theirs,
        "difference": differences(theirs.body, form.initial["body"]) if theirs else "",
    }
    status = 409 if theirs else 422 if form.errors else 200
    section = reply.message.section_id
    return channel_page(request, "channel/reply_form.html", account, context, section=section, status=status)


@require_POST
@signed_in
def reply_remove(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account, reply = _reply_of(request, customer_number, pk)
    if not may_remove_reply(request.person, account, reply):
        raise Http404
    try:
        remove_reply(actor=request.person, reply=reply)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The reply has been removed."))
    return HttpResponseRedirect(address_of_message(reply.message))


urlpatterns = [
    path("accounts/<str:customer_number>/messages/<int:pk>/reply/", reply_new, name="reply_new"),
    path("accounts/<str:customer_number>/replies/<int:pk>/edit/", reply_edit, name="reply_edit"),
    path("accounts/<str:customer_number>/replies/<int:pk>/remove/", reply_remove, name="reply_remove"),
]
