"""What is done with a message later: withdrawn, pinned, said once more, limited."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import account_for, signed_in
from accounts.actions.refusal import Refusal
from accounts.models import Account
from accounts.views.parts import Request
from channels_app.actions.messages import limit_message, pin_message, repeat_message, withdraw_message
from channels_app.forms.messages import PinForm, WithdrawForm
from channels_app.forms.pages import LimitForm, chosen_limit
from channels_app.models import Message
from channels_app.queries.contents import contents_of
from channels_app.queries.messages import (
    ANNOUNCED,
    address_of_message,
    announces_to_all,
    may_repeat,
    may_withdraw,
    message_of,
)
from channels_app.views.parts import channel_page


def _found(request: Request, customer_number: str, pk: int) -> tuple[Account, Message]:
    account = account_for(request.person, customer_number)
    return account, message_of(account, request.person, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def message_withdraw(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account, found = _found(request, customer_number, pk)
    if not may_withdraw(request.person, account, found):
        raise Http404
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        withdraw_message(actor=request.person, message=found, because=form.cleaned_data["because"])
        messages.success(request, _("The message has been withdrawn."))
        return redirect("messages", customer_number)
    return _form_page(request, account, found, form, "channel/message_withdraw.html")


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def message_pin(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account, found = _found(request, customer_number, pk)
    if not may_repeat(request.person, account, found):
        raise Http404
    form = PinForm(request.POST if request.method == "POST" else None, initial={"until": found.pinned_until})
    if request.method == "POST" and form.is_valid():
        until = form.cleaned_data["until"]
        pin_message(actor=request.person, message=found, until=until)
        messages.success(request, _("The message is pinned.") if until else _("The message is pinned no longer."))
        return redirect("message", customer_number, pk)
    return _form_page(request, account, found, form, "channel/message_pin.html")


@require_POST
@signed_in
def message_repeat(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account, found = _found(request, customer_number, pk)
    if not may_repeat(request.person, account, found):
        raise Http404
    try:
        repeat = repeat_message(actor=request.person, message=found)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        text = ngettext("%(count)s person was reminded.", "%(count)s people were reminded.", repeat.people)
        messages.success(request, text % {"count": repeat.people})
    return redirect("message", customer_number, pk)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def message_limit(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account, found = _found(request, customer_number, pk)
    if found.kind not in ANNOUNCED or found.withdrawn_at is not None or not announces_to_all(account):
        raise Http404
    form = LimitForm(request.POST or None, initial=chosen_limit(found.limit))
    if request.method == "POST" and form.is_valid():
        try:
            limit_message(actor=request.person, message=found, limit=form.cleaned_data["limit"])
        except Refusal as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("Who sees the message has been saved."))
        return HttpResponseRedirect(address_of_message(found))
    contents = contents_of(account, account.standing)
    line = contents.line(found.section_id)
    return _form_page(request, account, found, form, "channel/message_limit.html", line=line)


def _form_page(
    request: Request, account: Account, found: Message, form: Any, template: str, **more: Any
) -> HttpResponse:
    context = {"message": found, "form": form, "back": address_of_message(found), **more}
    status = 422 if form.errors else 200
    return channel_page(request, template, account, context, section=found.section_id, status=status)


_MESSAGE = "accounts/<str:customer_number>/messages/<int:pk>/"
urlpatterns = [
    path(f"{_MESSAGE}withdraw/", message_withdraw, name="message_withdraw"),
    path(f"{_MESSAGE}pin/", message_pin, name="message_pin"),
    path(f"{_MESSAGE}repeat/", message_repeat, name="message_repeat"),
    path(f"{_MESSAGE}limit/", message_limit, name="message_limit"),
]
