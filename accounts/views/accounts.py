"""The list of accounts from A to Ö, and an account's own page."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from accounts.access import Action, account_for, signed_in
from accounts.handover import shown_stay
from accounts.queries.accounts import contracts_of, list_accounts
from accounts.queries.causes import primary_cause
from accounts.queries.explain import tell_me
from accounts.queries.people import contacts_of
from accounts.queries.sites import areas_of, open_sites
from accounts.views.parts import Request, render_page, text_in
from accounts.views.sites import chosen_sites


@require_safe
@signed_in
def account_list(request: Request) -> HttpResponse:
    words = text_in(request, "q")
    context = {"accounts": list_accounts(request.person, words), "q": words}
    return render_page(request, "accounts/list.html", context, part="account-lines")


@require_safe
@signed_in
def account_page(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number)
    sites = open_sites(account)
    areas = areas_of(sites)
    cause = primary_cause(request.person, account)
    context = {
        "account": account,
        "contracts": contracts_of(account),
        "contacts": contacts_of(account, [area_id for area_id, _ in areas]),
        "site_count": len(sites),
        "areas": areas,
        "because": cause and tell_me(cause),
        "letter": shown_stay(request.person, account),
        "may_manage": account.standing.may(Action.MANAGE),
        "may_see_reach": account.standing.may(Action.SEE_REACH),
        **chosen_sites(request, sites),
    }
    return render_page(request, "accounts/account.html", context, part="site-lines")


urlpatterns = [
    path("accounts/", account_list, name="accounts"),
    path("accounts/<str:customer_number>/", account_page, name="account"),
]
