"""Barriers: raising and renaming them, their sides and accounts, and the decisions about people."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import administrator_required
from accounts.actions import barriers as actions
from accounts.actions.refusal import Refusal
from accounts.forms.admin.barriers import BarrierForm, NewBarrierForm, PlaceForm, SideForm, WhomForm
from accounts.models import Barrier, BarrierDecision, BarrierSide
from accounts.queries.admin.barriers import all_barriers, sides_of
from accounts.queries.admin.conflicts import decisions
from accounts.views.parts import Request


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def barriers(request: Request) -> HttpResponse:
    form = NewBarrierForm(request.POST or None)
    if form.is_valid():
        data = form.cleaned_data
        sides = [data["first_side"], data["second_side"]]
        try:
            made = actions.raise_barrier(actor=request.person, name=data["name"], reason=data["reason"], sides=sides)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("The barrier stands. Put accounts on its sides now."))
            return redirect("barrier", made.pk)
    context = {"barriers": all_barriers(), "form": form}
    return render(request, "accounts/admin/barriers.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def barrier(request: Request, pk: int) -> HttpResponse:
    """One barrier; the form posted here renames it."""
    found = get_object_or_404(Barrier, pk=pk)
    form = BarrierForm(request.POST or None, initial={"name": found.name, "reason": found.reason})
    if form.is_valid():
        try:
            actions.rename_barrier(actor=request.person, barrier=found, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("name", refusal.message)
        else:
            messages.success(request, _("Saved."))
            return redirect("barrier", pk)
    return _page(request, found, form=form)


def _page(request: Request, found: Barrier, **forms: object) -> HttpResponse:
    said: list[Any] = decisions(Q(barrier=found))
    context = {
        "barrier": found,
        "sides": sides_of(found),
        "running": [one for one in said if one.running],
        "past": [one for one in said if not one.running],
        "form": BarrierForm(initial={"name": found.name, "reason": found.reason}),
        "place_form": PlaceForm(barrier=found, auto_id="place-%s"),
        "side_form": SideForm(auto_id="side-%s"),
        "whom_form": WhomForm(auto_id="whom-%s"),
        **forms,
    }
    bound = any(getattr(form, "is_bound", False) for form in forms.values())
    return render(request, "accounts/admin/barrier.html", context, status=422 if bound else 200)


@require_POST
@administrator_required
def place(request: Request, pk: int) -> HttpResponse:
    """Show whom putting the account there would block or free; with `save`, do it."""
    found = get_object_or_404(Barrier, pk=pk)
    form = PlaceForm(request.POST, barrier=found, auto_id="place-%s")
    if not form.is_valid():
        return _page(request, found, place_form=form)
    account, side = form.cleaned_data["account"], form.cleaned_data["side"]
    change = partial(actions.place_account, actor=request.person, barrier=found, account=account, side=side)
    if "save" in request.POST:
        change()
        messages.success(request, _("Saved: access follows from now on."))
        return redirect("barrier", pk)
    effects = actions.would_change(change)
    context = {
        "barrier": found,
        "account": account,
        "side": side,
        "blocks": [effect for effect in effects if effect.blocked],
        "frees": [effect for effect in effects if not effect.blocked],
    }
    return render(request, "accounts/admin/place.html", context)


@require_POST
@administrator_required
def side_new(request: Request, pk: int) -> HttpResponse:
    found = get_object_or_404(Barrier, pk=pk)
    form = SideForm(request.POST, auto_id="side-%s")
    if form.is_valid():
        try:
            actions.add_side(actor=request.person, barrier=found, name=form.cleaned_data["name"])
        except Refusal as refusal:
            form.add_error("name", refusal.message)
        else:
            return redirect("barrier", pk)
    return _page(request, found, side_form=form)


@require_POST
@administrator_required
def side_remove(request: Request, pk: int, side: int) -> HttpResponse:
    found = get_object_or_404(BarrierSide.objects.select_related("barrier"), pk=side, barrier=pk)
    try:
        actions.remove_side(actor=request.person, side=found)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    return redirect("barrier", pk)


@require_POST
@administrator_required
def whom(request: Request, pk: int) -> HttpResponse:
    """Find the person to decide about."""
    found = get_object_or_404(Barrier, pk=pk)
    form = WhomForm(request.POST, auto_id="whom-%s")
    if form.is_valid():
        return redirect("barrier_decide", pk, form.cleaned_data["person"].employee_number)
    return _page(request, found, whom_form=form)


@require_POST
@administrator_required
def decision_end(request: Request, pk: int) -> HttpResponse:
    decision = get_object_or_404(BarrierDecision, pk=pk)
    try:
        actions.end_decision(actor=request.person, decision=decision)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The decision has ended: access follows at once."))
    return redirect("barrier", decision.barrier_id)


urlpatterns = [
    path("barriers/", barriers, name="barriers"),
    path("barriers/<int:pk>/", barrier, name="barrier"),
    path("barriers/<int:pk>/accounts/", place, name="barrier_place"),
    path("barriers/<int:pk>/sides/", side_new, name="barrier_side_new"),
    path("barriers/<int:pk>/sides/<int:side>/remove/", side_remove, name="barrier_side_remove"),
    path("barriers/<int:pk>/whom/", whom, name="barrier_whom"),
    path("barriers/decisions/<int:pk>/end/", decision_end, name="barrier_decision_end"),
]
