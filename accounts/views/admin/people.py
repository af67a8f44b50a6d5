"""People: found, looked at and changed by hand; administrators, the management group, logins."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import administrator_required, has_left
from accounts.actions import people as actions
from accounts.actions.refusal import Refusal
from accounts.forms.admin.people import MembershipForm, PersonDataForm, ShutForm
from accounts.forms.people import choices_among
from accounts.models import ManagementMembership, Person
from accounts.queries.admin.people import find_people, person_page
from accounts.views.parts import Request, render_page, text_in

PEOPLE_A_PAGE = 50


@require_safe
@administrator_required
def people(request: Request) -> HttpResponse:
    words, which = text_in(request, "q"), text_in(request, "which")
    context = {
        "page": Paginator(find_people(words, which), PEOPLE_A_PAGE).get_page(request.GET.get("page")),
        "words": words,
        "which": which,
        "narrowings": [
            ("", _("Everybody")),
            ("administrators", _("Administrators")),
            ("shut", _("Shut logins")),
            ("no_email", _("Without e-mail")),
            ("left", _("Left the company")),
        ],
    }
    return render_page(request, "accounts/admin/people.html", context, part="people")


def the_person(employee_number: str) -> Person:
    return get_object_or_404(Person.objects.select_related("area", "superior"), employee_number=employee_number)


@require_safe
@administrator_required
def person(request: Request, employee_number: str) -> HttpResponse:
    return _page(request, the_person(employee_number))


def _page(request: Request, found: Person, *, membership_form: MembershipForm | None = None) -> HttpResponse:
    context = {
        "subject": found,
        "facts": person_page(found),
        "has_left": has_left(found),
        "oneself": found.pk == request.person.pk,
        "membership_form": membership_form or MembershipForm(auto_id="member-%s"),
        "shut_form": ShutForm(auto_id="shut-%s"),
    }
    return render(request, "accounts/admin/person.html", context, status=422 if membership_form else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def person_edit(request: Request, employee_number: str) -> HttpResponse:
    found = the_person(employee_number)
    form = PersonDataForm(request.POST or None, person=found)
    if form.is_valid():
        try:
            changed = actions.edit_person(actor=request.person, person=found, **_fields(form.cleaned_data))
        except Refusal as refusal:
            form.add_error(FIELD_OF.get(refusal.code), refusal.message)
        else:
            messages.success(request, _("Saved: access follows from now on.") if changed else _("Nothing was changed."))
            return redirect("person", employee_number)
    context = {"subject": found, "form": form}
    return render(request, "accounts/admin/person_edit.html", context, status=422 if form.is_bound else 200)


FIELD_OF = {"email_taken": "email", "email_contested": "email", "circle": "superior"}


def _fields(data: dict[str, object]) -> dict[str, object]:
    return {name: data.get(name) for name in actions.EDITABLE}


@require_POST
@administrator_required
def person_administrator(request: Request, employee_number: str) -> HttpResponse:
    found = the_person(employee_number)
    named = request.POST.get("administrator") == "1"
    try:
        actions.name_administrator(actor=request.person, person=found, is_administrator=named)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        text = _("%(name)s is an administrator now.") if named else _("%(name)s is no longer an administrator.")
        messages.success(request, text % {"name": found.name})
    # Whoever gives the right up has no more to look for here.
    return redirect("/") if found.pk == request.person.pk and not named else redirect("person", employee_number)


@require_POST
@administrator_required
def membership_new(request: Request, employee_number: str) -> HttpResponse:
    found = the_person(employee_number)
    form = MembershipForm(request.POST, auto_id="member-%s")
    if form.is_valid():
        try:
            actions.add_to_management(actor=request.person, person=found, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("%(name)s is a member of the management group.") % {"name": found.name})
            return redirect("person", employee_number)
    return _page(request, found, membership_form=form)


@require_POST
@administrator_required
def membership_end(request: Request, pk: int) -> HttpResponse:
    membership = get_object_or_404(ManagementMembership.objects.select_related("person"), pk=pk)
    try:
        actions.end_membership(actor=request.person, membership=membership)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The membership has ended: access follows at once."))
    return redirect("person", membership.person.employee_number)


@require_POST
@administrator_required
def person_login(request: Request, employee_number: str) -> HttpResponse:
    """Shut the login or open it again."""
    found = the_person(employee_number)
    try:
        if request.POST.get("open") == "1":
            actions.open_login(actor=request.person, person=found)
            messages.success(request, _("The login is open again."))
        else:
            reason = request.POST.get("reason", "").replace("\0", "")[:300]
            actions.shut_login(actor=request.person, person=found, reason=reason)
            messages.success(request, _("The login is shut and signed out everywhere."))
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("person", employee_number)


@require_POST
@administrator_required
def person_mail(request: Request, employee_number: str) -> HttpResponse:
    """Mail to the address arrives again, as somebody has made sure of."""
    found = the_person(employee_number)
    actions.forget_failing_mail(actor=request.person, person=found)
    messages.success(request, _("Mail to %(email)s counts as arriving again.") % {"email": found.email})
    return redirect("person", employee_number)


@require_safe
@administrator_required
def person_choices(request: Request, field: str) -> HttpResponse:
    """Answer the search as one types, for one field of a form: anybody who fits."""
    text = text_in(request, field)
    context = {"field": field, "choices": choices_among(Person.objects.all(), text), "asked": True, "text": text}
    return render(request, "accounts/_people.html", context)


urlpatterns = [
    path("people/choices/<slug:field>/", person_choices, name="person_choices"),
    path("people/", people, name="people"),
    path("people/memberships/<int:pk>/end/", membership_end, name="membership_end"),
    path("people/<str:employee_number>/", person, name="person"),
    path("people/<str:employee_number>/edit/", person_edit, name="person_edit"),
    path("people/<str:employee_number>/administrator/", person_administrator, name="person_administrator"),
    path("people/<str:employee_number>/management/", membership_new, name="membership_new"),
    path("people/<str:employee_number>/login/", person_login, name="person_login"),
    path("people/<str:employee_number>/mail/", person_mail, name="person_mail"),
]
