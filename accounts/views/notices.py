"""A person's notices: the list, the bell that counts the unread, and the way from a notice to its thing."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from accounts.access import account_for, signed_in
from accounts.actions.notices import read_all, read_notice
from accounts.models import Account, Notice
from accounts.queries.notices import accounts_with_notices, notices_of, unread_count
from accounts.views.parts import Request, number_in, render_page, text_in
from kam.lib.dates import today


@require_safe
@signed_in
def notices(request: Request) -> HttpResponse:
    account = _account(request, text_in(request, "account"))
    found = notices_of(request.person, account=account, number=request.GET.get("page"))
    context = {
        "days": found.days,
        "page": found.page,
        "account": account,
        "accounts": accounts_with_notices(request.person),
        "today": today(),
        "latest": found.latest,
    }
    return render_page(request, "accounts/notices.html", context, part="notice-list")


@require_safe
@signed_in
def notice(request: Request, pk: int) -> HttpResponse:
    """Lead to what the notice is about; from then on it has been read."""
    found = Notice.objects.visible_to(request.person).filter(pk=pk).first()
    if found is None or not _is_ours(found.path):
        raise Http404
    if request.method == "GET":
        read_notice(found)
    return redirect(found.path)


@require_safe
@signed_in
def notices_unread(request: Request) -> HttpResponse:
    """Answer what an open page asks each minute: the bell anew, 204 while it shows the right number."""
    count = unread_count(request.person)
    if count == number_in(request, "shown"):
        return HttpResponse(status=204)
    return render(request, "partials/bell.html", {"unread": count})


@require_POST
@signed_in
def notices_read_all(request: Request) -> HttpResponse:
    until, number = request.POST.get("until", ""), request.POST.get("account", "").replace("\0", "")[:20]
    account = _account(request, number)
    if until.isascii() and until.isdecimal() and len(until) < 19:
        read_all(actor=request.person, account=account, until=int(until))
    response = redirect("notices")
    if account:
        response["Location"] += f"?account={account.customer_number}"
    return response


def _account(request: Request, customer_number: str) -> Account | None:
    return account_for(request.person, customer_number) if customer_number else None


def _is_ours(path: str) -> bool:
    """Say whether the path leads to a page of this system and nowhere else."""
    return path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None)


urlpatterns = [
    path("notices/", notices, name="notices"),
    path("notices/unread/", notices_unread, name="notices_unread"),
    path("notices/read/", notices_read_all, name="notices_read_all"),
    path("notices/<int:pk>/", notice, name="notice"),
]
