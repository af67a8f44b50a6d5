"""The ledger: everything that happened to access, and by whom."""

from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts import audit
from accounts.access import administrator_required
from accounts.forms.admin.ledger import LedgerForm
from accounts.models import LedgerEntry
from accounts.queries.admin.ledger import entries, page_before
from accounts.queries.admin.wording import what_happened
from accounts.views.admin.exports import csv_response
from accounts.views.parts import Request, number_in, render_page


@require_safe
@administrator_required
def ledger(request: Request) -> HttpResponse:
    form = LedgerForm(_clean(request.GET))
    form.is_valid()
    rows, more = page_before(entries(form.filter()), number_in(request, "before"))
    context = {"form": form, "rows": rows, "more": more, "later": number_in(request, "before")}
    status = 422 if form.errors else 200
    return render_page(request, "accounts/admin/ledger.html", context, part="entries", status=status)


def _clean(query: QueryDict) -> dict[str, str]:
    return {name: str(value).replace("\0", "") for name, value in query.items()}


@require_POST
@administrator_required
def ledger_export(request: Request) -> HttpResponseBase:
    """Hand out all entries asked for; the handing out is an entry itself, and not among them."""
    form = LedgerForm(request.POST)
    if not form.is_valid():
        return render(request, "accounts/admin/ledger.html", {"form": form, "rows": []}, status=422)
    asked = form.filter()
    written = audit.record(
        LedgerEntry.Event.EXPORTED,
        actor=request.person,
        account=asked.account,
        person=asked.person,
        cause={"what": "ledger", "event": asked.event, "import": asked.roster_import}
        | {name: day.isoformat() for name in ("first_day", "last_day") if (day := getattr(asked, name))},
    )
    header = [_("Time"), _("What"), _("Customer number"), _("Account"), _("Employee number"), _("Person"), _("Kind"),
              _("From"), _("To"), _("Blocked"), _("In words"), _("By"), _("Import")]  # fmt: skip
    return csv_response("ledger", header, _rows(entries(asked).filter(pk__lt=written.pk)))


def _rows(found: QuerySet[LedgerEntry]) -> Iterator[list[object]]:
    for entry in found.iterator(chunk_size=2000):
        account, person, actor = entry.account, entry.person, entry.actor
        yield [
            timezone.localtime(entry.at).isoformat(sep=" ", timespec="seconds"), str(entry.get_event_display()),
            account.customer_number if account else "", account.name if account else "",
            person.employee_number if person else "", person.name if person else "", entry.kind, entry.starts,
            entry.ends, int(entry.blocked) if entry.kind else "", what_happened(entry), actor.name if actor else "",
            entry.roster_import_id,
        ]  # fmt: skip


urlpatterns = [
    path("ledger/", ledger, name="ledger"),
    path("ledger/export/", ledger_export, name="ledger_export"),
]
