"""The yearly summary of who helped most, for whoever directs accounts and for the management; staying out of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import overseen_by, signed_in
from accounts.views.parts import Request, number_in, render_page, text_in
from channels_app.actions.activity import choose_activity
from channels_app.queries.activity import activity_in
from kam.lib.dates import today

A_PAGE = 100
YEARS = 3  # that can be chosen, this one among them


@require_safe
@signed_in
def activity(request: Request) -> HttpResponse:
    accounts = list(overseen_by(request.person))
    if not accounts:
        raise Http404
    years = [today().year - ago for ago in range(YEARS)]
    year = number_in(request, "year") or years[0]
    chosen = text_in(request, "account")
    asked = [account for account in accounts if not chosen or account.customer_number == chosen]
    if year not in years or not asked:
        raise Http404
    found = activity_in(asked, year)
    context = {
        "page": Paginator(found.helpers, A_PAGE).get_page(request.GET.get("page")),
        "by_account": [] if chosen else found.accounts,
        "accounts": accounts,
        "account": asked[0] if chosen else None,
        "years": years,
        "year": year,
        "person": request.person,
    }
    return render_page(request, "channel/activity.html", context)


@require_POST
@signed_in
def activity_choice(request: Request) -> HttpResponse:
    outside = request.POST.get("outside") == "1"
    choose_activity(actor=request.person, outside=outside)
    said = _("You are left out of the yearly summary.") if outside else _("You are in the yearly summary.")
    messages.success(request, said)
    return redirect("me")


urlpatterns = [
    path("activity/", activity, name="activity"),
    path("me/activity/", activity_choice, name="activity_choice"),
]
