"""Acknowledging an urgent message: one page with its text and one large button, reached from a mail or a telephone."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import account_for, signed_in
from accounts.actions.refusal import Refusal
from accounts.models import Account, Person
from accounts.views.parts import Request
from channels_app.actions.acknowledge import acknowledge_message
from channels_app.models import Message
from channels_app.queries.acknowledging import AcknowledgeState, acknowledge_state
from channels_app.queries.messages import message_of
from channels_app.views.messages import note_opened
from channels_app.views.parts import channel_page


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def acknowledge(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number)
    found = message_of(account, request.person, pk)
    state = acknowledge_state(request.person, found)
    if request.method == "POST":
        return _acknowledged(request, account, found, state)
    if not state.asks:
        return redirect("message", customer_number, pk)
    if request.method == "GET":
        note_opened(request, account, found)
    context = {"message": found, "acknowledge": state}
    return channel_page(request, "channel/acknowledge.html", account, context, section=found.section_id)


def _acknowledged(request: Request, account: Account, found: Message, state: AcknowledgeState) -> HttpResponse:
    person, number = _for_whom(request, state), request.POST.get("number", "")
    read = int(number) if number.isascii() and number.isdecimal() and 0 < len(number) < 9 else None
    try:
        acknowledge_message(actor=request.person, message=found, for_person=person, number=read)
    except Refusal:  # withdrawn, or out of sight, since the page was asked for
        raise Http404 from None
    state = acknowledge_state(request.person, found)
    counts = person not in [one.person for one in state.waiting]
    if request.htmx:
        context = {
            "account": account,
            "message": found,
            "acknowledge": state,
            "thanks": counts,
            "changed": not counts,
        }
        return render(request, "channel/_message_acknowledge.html", context)
    if counts:
        messages.success(request, _("Thank you. Your acknowledgement has been recorded."))
    else:
        messages.warning(request, _("The text has changed since you opened it. Read it and acknowledge it again."))
    return redirect("message", account.customer_number, found.pk)


def _for_whom(request: Request, state: AcknowledgeState) -> Person:
    """Return whom the press is for, of those the message asks of this reader; raises Http404 for anybody else."""
    asked = request.POST.get("person", str(request.person.pk))
    for one in state.each:
        if str(one.person.pk) == asked:
            return one.person
    raise Http404


urlpatterns = [
    path("accounts/<str:customer_number>/messages/<int:pk>/acknowledge/", acknowledge, name="acknowledge"),
]
