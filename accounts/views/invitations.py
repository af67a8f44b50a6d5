"""Whom the director invited to an account: inviting, renewing, ending."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, account_for, signed_in
from accounts.actions.invitations import end_invitation, invite_person, renew_invitation
from accounts.actions.refusal import Refusal
from accounts.forms.invitations import InvitationForm, RenewalForm
from accounts.forms.people import choices_among
from accounts.models import Account
from accounts.queries.invitations import invitation_of, invitations_to
from accounts.queries.people import working_here
from accounts.views.parts import Request, render_page, text_in
from kam.lib.dates import months_later, today


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def invitations(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number, Action.MANAGE)
    search = reverse("invitation_people", args=[customer_number])
    form = InvitationForm(request.POST or None, people={"person": working_here()}, search={"person": search})
    if request.method == "POST" and form.is_valid() and _invite(request, account, form):
        return redirect("invitations", customer_number)
    context = {
        "account": account,
        "form": form,
        "lists": invitations_to(account),
        "today": today(),
        "latest": months_later(today(), 12),
    }
    return render_page(request, "accounts/invitations.html", context, status=422 if form.errors else 200)


def _invite(request: Request, account: Account, form: InvitationForm) -> bool:
    try:
        invitation = invite_person(actor=request.person, account=account, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return False
    messages.success(request, _("%(name)s has been invited.") % {"name": invitation.person.name})
    return True


@require_POST
@signed_in
def renew(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number, Action.MANAGE)
    invitation = invitation_of(account, pk)
    form = RenewalForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose the new last day."))
        return redirect("invitations", customer_number)
    try:
        renew_invitation(actor=request.person, invitation=invitation, last_day=form.cleaned_data["last_day"])
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The invitation has a new last day."))
    return redirect("invitations", customer_number)


@require_POST
@signed_in
def end(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number, Action.MANAGE)
    try:
        end_invitation(actor=request.person, invitation=invitation_of(account, pk))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The invitation has ended: what it let them see is shut from now on."))
    return redirect("invitations", customer_number)


@require_safe
@signed_in
def people(request: Request, customer_number: str) -> HttpResponse:
    """Answer the search as one types: colleagues who fit."""
    account_for(request.person, customer_number, Action.MANAGE)
    text = text_in(request, "person")
    context = {"field": "person", "choices": choices_among(working_here(), text), "asked": True, "text": text}
    return render(request, "accounts/_people.html", context)


urlpatterns = [
    path("accounts/<str:customer_number>/invitations/", invitations, name="invitations"),
    path("accounts/<str:customer_number>/invitations/people/", people, name="invitation_people"),
    path("accounts/<str:customer_number>/invitations/<int:pk>/renew/", renew, name="invitation_renew"),
    path("accounts/<str:customer_number>/invitations/<int:pk>/end/", end, name="invitation_end"),
]
