"""People who meet a barrier, and contested e-mail addresses: both wait here for an administrator's decision."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import administrator_required
from accounts.actions.barriers import decide_person
from accounts.actions.emails import decide_email
from accounts.actions.refusal import Refusal
from accounts.forms.admin.barriers import DecisionForm
from accounts.models import Barrier, EmailConflict, Person
from accounts.queries.admin.conflicts import decisions, open_email_conflicts, torn_people
from accounts.views.parts import Request, text_in

PEOPLE_A_PAGE = 20


@require_safe
@administrator_required
def conflicts(request: Request) -> HttpResponse:
    torn = torn_people()
    context = {
        "page": Paginator(torn, PEOPLE_A_PAGE).get_page(request.GET.get("page")),
        "undecided": sum(one.undecided for one in torn),
        "emails": open_email_conflicts(),
    }
    return render(request, "accounts/admin/conflicts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def decide(request: Request, pk: int, employee_number: str) -> HttpResponse:
    """Decide which side of the barrier somebody stands on, or clear them for all sides for a time."""
    barrier = get_object_or_404(Barrier, pk=pk)
    person = get_object_or_404(Person.objects.select_related("area"), employee_number=employee_number)
    form = DecisionForm(request.POST or None, barrier=barrier)
    if form.is_valid():
        data = form.cleaned_data
        try:
            decide_person(
                actor=request.person,
                barrier=barrier,
                person=person,
                side=form.side(),
                reason=data["reason"],
                first_day=data["first_day"],
                last_day=data["last_day"],
            )
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Decided: access follows from now on."))
            return redirect("conflicts" if text_in(request, "from") == "conflicts" else "barrier", *_back(request, pk))
    context = {
        "barrier": barrier,
        "subject": person,
        "torn": [one for one in torn_people(Q(person=person)) if one.barrier_id == pk],
        "decisions": decisions(Q(person=person, barrier=barrier)),
        "form": form,
    }
    return render(request, "accounts/admin/decide.html", context, status=422 if form.is_bound else 200)


def _back(request: Request, pk: int) -> list[int]:
    return [] if text_in(request, "from") == "conflicts" else [pk]


@require_POST
@administrator_required
def email_decision(request: Request, pk: int) -> HttpResponse:
    """Give the contested address to one of the two."""
    conflict = get_object_or_404(EmailConflict.objects.select_related("earlier", "claimant"), pk=pk)
    bearer = {"earlier": conflict.earlier, "claimant": conflict.claimant}.get(request.POST.get("bearer", ""))
    if bearer is None:
        messages.error(request, _("Choose one of the two people."))
        return redirect("conflicts")
    try:
        decide_email(actor=request.person, conflict=conflict, bearer=bearer)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("%(email)s is %(name)s's.") % {"email": conflict.email, "name": bearer.name})
    return redirect("conflicts")


urlpatterns = [
    path("conflicts/", conflicts, name="conflicts"),
    path("conflicts/emails/<int:pk>/", email_decision, name="email_decision"),
    path("barriers/<int:pk>/people/<str:employee_number>/", decide, name="barrier_decide"),
]
