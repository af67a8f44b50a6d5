"""The channel's home: the account's first page, what is to be done there above what is new."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from accounts.access import Action, account_for, signed_in
from accounts.handover import shown_stay
from accounts.queries.accounts import contracts_of
from accounts.queries.causes import primary_cause
from accounts.queries.explain import tell_me
from accounts.queries.people import contacts_of
from accounts.queries.sites import areas_of, open_sites
from accounts.views.parts import Request
from channels_app.views.parts import channel_page


@require_safe
@signed_in
def channel_home(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number)
    sites = open_sites(account)
    cause = primary_cause(request.person, account)
    context = {
        "contracts": contracts_of(account),
        "contacts": contacts_of(account, [area_id for area_id, _ in areas_of(sites)]),
        "site_count": len(sites),
        "own_sites": [site for site in sites if site.is_of(request.person.pk)],
        "because": cause and tell_me(cause),
        "letter": shown_stay(request.person, account),
        "may_manage": account.standing.may(Action.MANAGE),
        "may_see_reach": account.standing.may(Action.SEE_REACH),
    }
    return channel_page(request, "channel/home.html", account, context)


urlpatterns = [path("accounts/<str:customer_number>/", channel_home, name="account")]
