"""Why I see an account, and, for its director, who else does."""

import csv

from django.http import HttpResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import Action, account_for, signed_in
from accounts.models import Kind, LedgerEntry
from accounts.queries.causes import all_causes
from accounts.queries.explain import because_they, because_you, sentence
from accounts.queries.reach import Seer, areas_of, narrow, people_seeing
from accounts.views.parts import Request, number_in, render_page, text_in
from kam.lib.dates import today


@require_safe
@signed_in
def why(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number)
    causes = all_causes(request.person, account)
    groups: dict[Kind, list[str]] = {}
    for cause in causes:
        groups.setdefault(Kind(cause.kind), []).append(sentence(because_you(cause)) + ".")
    context = {
        "account": account,
        "groups": list(groups.items()),
        "may_manage": account.standing.may(Action.MANAGE),
        "today": today(),
    }
    return render_page(request, "accounts/why.html", context)


@require_safe
@signed_in
def who_sees(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number, Action.MANAGE)
    seers = people_seeing(account)
    words, kind, area_id = text_in(request, "q"), text_in(request, "kind"), number_in(request, "area")
    found = narrow(seers, words=words, kind=kind, area_id=area_id)
    context = {
        "account": account,
        "seers": [(seer, _reasons(seer)) for seer in found],
        "total": len(seers),
        "found_count": len(found),
        "kinds": [one for one in Kind if any(one in seer.sight.kinds for seer in seers)],
        "areas": areas_of(seers),
        "q": words,
        "kind": kind,
        "area_id": area_id,
        "today": today(),
    }
    return render_page(request, "accounts/who.html", context, part="seer-lines")


@require_POST
@signed_in
def export_who_sees(request: Request, customer_number: str) -> HttpResponse:
    """Hand out the whole list as CSV, in the form that Finnish and English Excel open, and record that."""
    account = account_for(request.person, customer_number, Action.MANAGE)
    seers = people_seeing(account)
    audit.record(
        LedgerEntry.Event.EXPORTED,
        actor=request.person,
        account=account,
        cause={"what": "who sees the account", "people": len(seers), "on": today().isoformat()},
    )
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{account.customer_number}-{today()}.csv"'
    writer = csv.writer(response, delimiter=";")
    writer.writerow(
        [_("Employee number"), _("Name"), _("Title"), _("Area"), _("Sees as"), _("Because"), _("Since"), _("Until")]
    )
    writer.writerows([_safe(text) for text in _csv_line(seer)] for seer in seers)
    return response


def _reasons(seer: Seer) -> list[str]:
    return [sentence(because_they(cause)) for cause in seer.sight.causes]


def _csv_line(seer: Seer) -> list[str]:
    return [
        seer.employee_number,
        seer.name,
        seer.title,
        seer.area,
        ", ".join(str(kind.label) for kind in seer.sight.kinds),
        " / ".join(_reasons(seer)),
        str(seer.sight.since or ""),
        str(seer.sight.until or ""),
    ]


def _safe(text: str) -> str:
    """Keep a spreadsheet program from running somebody's text as a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


urlpatterns = [
    path("accounts/<str:customer_number>/why/", why, name="why"),
    path("accounts/<str:customer_number>/who/", who_sees, name="who_sees"),
    path("accounts/<str:customer_number>/who/export/", export_who_sees, name="who_sees_export"),
]
