"""Whom the director named to edit the account's pages: naming them, ending it."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import Action, account_for, signed_in
from accounts.actions.refusal import Refusal
from accounts.forms.people import choices_among
from accounts.models import Account
from accounts.views.parts import Request, text_in
from channels_app.actions.editors import end_editor, name_editor
from channels_app.forms.sections import EditorForm
from channels_app.queries.sections import editors_of, may_become_editors
from channels_app.views.parts import channel_page


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def editors(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number, Action.MANAGE)
    search = reverse("editor_people", args=[customer_number])
    people = {"person": may_become_editors(account)}
    form = EditorForm(request.POST or None, people=people, search={"person": search})
    if request.method == "POST" and form.is_valid() and _named(request, account, form):
        return redirect("editors", customer_number)
    context = {"form": form, "editors": editors_of(account)}
    return channel_page(request, "channel/editors.html", account, context, status=422 if form.errors else 200)


def _named(request: Request, account: Account, form: EditorForm) -> bool:
    try:
        editor = name_editor(actor=request.person, account=account, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return False
    messages.success(request, _("%(name)s edits this account's pages from now on.") % {"name": editor.person.name})
    return True


@require_safe
@signed_in
def people(request: Request, customer_number: str) -> HttpResponse:
    """Answer the search as one types: those who see the account and fit."""
    account = account_for(request.person, customer_number, Action.MANAGE)
    text = text_in(request, "person")
    choices = choices_among(may_become_editors(account), text)
    context = {"field": "person", "choices": choices, "asked": True, "text": text}
    return render(request, "accounts/_people.html", context)


@require_POST
@signed_in
def end(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number, Action.MANAGE)
    editor = account.editors.select_related("person").filter(pk=pk).first()
    if editor is None:
        raise Http404
    try:
        end_editor(actor=request.person, editor=editor)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("%(name)s is not an editor any more.") % {"name": editor.person.name})
    return redirect("editors", customer_number)


urlpatterns = [
    path("accounts/<str:customer_number>/editors/", editors, name="editors"),
    path("accounts/<str:customer_number>/editors/people/", people, name="editor_people"),
    path("accounts/<str:customer_number>/editors/<int:pk>/end/", end, name="editor_end"),
]
