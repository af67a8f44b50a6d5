"""Who could see an account, or what a person could see, on any day, and why."""

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import administrator_required
from accounts.forms.admin.access import AccessForm
from accounts.models import Account, LedgerEntry, Person
from accounts.queries.admin.access import AccessLine, access_on, differences
from accounts.views.admin.exports import csv_response
from accounts.views.parts import Request
from kam.lib.dates import today


@require_safe
@administrator_required
def who_could_see(request: Request) -> HttpResponse:
    asked = any(name in request.GET for name in ("account", "person", "on"))
    form = AccessForm(_with_day(request) if asked else None)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        data = form.cleaned_data
        lines = access_on(data["of"], data["on"], data["reading"])
        context |= {
            "of": data["of"],
            "is_account": isinstance(data["of"], Account),
            "on": data["on"],
            "reading": data["reading"],
            "free": [line for line in lines if not line.blocked],
            "blocked": [line for line in lines if line.blocked],
        }
        if earlier := data["compared_with"]:
            came, went = differences(access_on(data["of"], earlier, data["reading"]), lines)
            context |= {"earlier": earlier, "came": came, "went": went}
    return render(request, "accounts/admin/access.html", context, status=422 if form.errors else 200)


def _with_day(request: Request) -> dict[str, str]:
    """Let a link name only the account or the person: then it is about today."""
    asked = {name: str(value).replace("\0", "") for name, value in request.GET.items()}
    return {"on": today().isoformat()} | asked


@require_POST
@administrator_required
def who_could_see_export(request: Request) -> HttpResponseBase:
    form = AccessForm(request.POST)
    if not form.is_valid():
        return render(request, "accounts/admin/access.html", {"form": form}, status=422)
    data = form.cleaned_data
    of, day = data["of"], data["on"]
    lines = access_on(of, day, data["reading"])
    audit.record(
        LedgerEntry.Event.EXPORTED,
        actor=request.person,
        account=of if isinstance(of, Account) else None,
        person=of if isinstance(of, Person) else None,
        cause={"what": "access on a day", "on": day.isoformat(), "reading": str(data["reading"]), "lines": len(lines)},
    )
    number = of.customer_number if isinstance(of, Account) else of.employee_number
    header = [_("Number"), _("Name"), _("Sees as"), _("Because"), _("Since"), _("Until"), _("Blocked")]
    return csv_response(f"access-{number}-{day}", header, map(_cells, lines))


def _cells(line: AccessLine) -> list[object]:
    return [
        line.number, line.name, ", ".join(line.kinds), " / ".join(line.because), line.since, line.until,
        int(line.blocked),
    ]  # fmt: skip


urlpatterns = [
    path("access/", who_could_see, name="who_could_see"),
    path("access/export/", who_could_see_export, name="who_could_see_export"),
]
