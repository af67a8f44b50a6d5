"""Who stands in for me and for my people, set and ended here."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import signed_in
from accounts.actions.refusal import Refusal
from accounts.actions.substitutions import end_substitution, set_substitution
from accounts.forms.people import choices_among
from accounts.forms.substitutions import SubstitutionForm
from accounts.queries.people import below
from accounts.queries.substitutions import substitution_for, substitutions_around
from accounts.views.parts import Request, render_page, text_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def substitutions(request: Request) -> HttpResponse:
    own_people = below(request.person)
    form = SubstitutionForm(request.POST or None, actor=request.person, own_people=own_people)
    if request.method == "POST" and form.is_valid() and _set(request, form):
        return redirect("substitutions")
    context = {"form": form, "lists": substitutions_around(request.person, own_people)}
    return render_page(request, "accounts/substitutions.html", context, status=422 if form.errors else 200)


def _set(request: Request, form: SubstitutionForm) -> bool:
    try:
        substitution = set_substitution(actor=request.person, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error(None, refusal.message)
        return False
    messages.success(
        request,
        _("%(substitute)s now stands in for %(absent)s on these days.")
        % {"substitute": substitution.substitute.name, "absent": substitution.absent.name},
    )
    return True


@require_POST
@signed_in
def end(request: Request, pk: int) -> HttpResponse:
    substitution = substitution_for(request.person, pk)
    try:
        end_substitution(actor=request.person, substitution=substitution)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The substitution has ended: what it let them see is shut from now on."))
    return redirect("substitutions")


@require_safe
@signed_in
def people(request: Request, field: str) -> HttpResponse:
    """Answer the search as one types: colleagues who fit, for one field of the form."""
    form = SubstitutionForm(actor=request.person, own_people=below(request.person))
    if field not in form.people:
        raise Http404
    text = text_in(request, field)
    context = {"field": field, "choices": choices_among(form.people[field], text), "asked": True, "text": text}
    return render(request, "accounts/_people.html", context)


urlpatterns = [
    path("substitutions/", substitutions, name="substitutions"),
    path("substitutions/<int:pk>/end/", end, name="substitution_end"),
    path("substitutions/people/<slug:field>/", people, name="substitution_people"),
]
