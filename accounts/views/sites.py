"""The account's sites and who answers for them: the section of its contents, and the list for paper."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from accounts.access import account_for, signed_in
from accounts.queries.causes import primary_cause
from accounts.queries.explain import tell_me
from accounts.queries.people import contacts_of
from accounts.queries.sites import OpenSite, areas_of, narrow, open_sites
from accounts.views.parts import Request, number_in, render_page, text_in
from kam.lib.dates import today


def chosen_sites(request: Request, sites: list[OpenSite]) -> dict[str, Any]:
    """Return the sites that the query string asks for, one's own apart, with what was asked."""
    words, area_id = text_in(request, "q"), number_in(request, "area")
    found = narrow(sites, area_id=area_id, words=words)
    return {
        "own_sites": [site for site in found if site.is_of(request.person.pk)],
        "other_sites": [site for site in found if not site.is_of(request.person.pk)],
        "found_count": len(found),
        "q": words,
        "area_id": area_id,
    }


@require_safe
@signed_in
def account_sites(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number)
    sites = open_sites(account)
    areas = areas_of(sites)
    cause = primary_cause(request.person, account)
    context = {
        "account": account,
        "contacts": contacts_of(account, [area_id for area_id, _ in areas]),
        "site_count": len(sites),
        "areas": areas,
        "because": cause and tell_me(cause),
        **chosen_sites(request, sites),
    }
    return render_page(request, "accounts/sites.html", context, part="site-lines")


@require_safe
@signed_in
def sites_for_paper(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number)
    sites = open_sites(account)
    chosen = chosen_sites(request, sites)
    context = {
        "account": account,
        "sites": [site for site in sites if site in {*chosen["own_sites"], *chosen["other_sites"]}],
        "area": dict(areas_of(sites)).get(chosen["area_id"], ""),
        "day": today(),
        **chosen,
    }
    return render_page(request, "accounts/sites_print.html", context)


urlpatterns = [
    path("accounts/<str:customer_number>/sites/", account_sites, name="account_sites"),
    path("accounts/<str:customer_number>/sites/print/", sites_for_paper, name="account_sites_print"),
]
