"""What an import hands out: its original file and its forecast. Each handing out is written to the ledger."""

from collections.abc import Iterator

from django.http import FileResponse, Http404, HttpResponseBase
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts import audit
from accounts.access import administrator_required
from accounts.models import ForecastLine, LedgerEntry, Person, RosterImport
from accounts.queries.admin.imports import ACCESS, SECTIONS
from accounts.queries.admin.wording import what_changes
from accounts.views.admin.exports import csv_response, workbook_response
from accounts.views.admin.imports import the_import
from accounts.views.parts import Request


@require_POST
@administrator_required
def original(request: Request, pk: int) -> HttpResponseBase:
    """Hand out the file as it came."""
    roster_import = the_import(pk)
    if not roster_import.file:
        raise Http404
    try:
        content = roster_import.file.open("rb")
    except FileNotFoundError:
        raise Http404 from None
    _recorded(request.person, roster_import, "import file")
    return FileResponse(
        content, as_attachment=True, filename=roster_import.file_name, content_type="application/octet-stream"
    )


@require_POST
@administrator_required
def forecast(request: Request, pk: int, form: str) -> HttpResponseBase:
    """Hand out every line of the forecast, as CSV or as a workbook."""
    roster_import = the_import(pk)
    _recorded(request.person, roster_import, "forecast")
    name = f"forecast-{roster_import.pk}"
    header = [_("What"), _("Customer number"), _("Account"), _("Employee number"), _("Person"), _("Site number"),
              _("Site"), _("Day"), _("In words"), _("Row")]  # fmt: skip
    respond = workbook_response if form == "xlsx" else csv_response
    return respond(name, header, _rows(roster_import))


def _rows(roster_import: RosterImport) -> Iterator[list[object]]:
    labels = {"access_gained": _("gains access"), "access_lost": _("loses access"), "access_changed": _("changes")}
    labels |= {key: str(label) for key, label in SECTIONS.items() if key not in ACCESS}
    for line in ForecastLine.objects.filter(roster_import=roster_import).iterator(chunk_size=2000):
        yield [
            labels.get(line.section, line.section), line.account_number, line.account_name, line.employee_number,
            line.person_name, line.site_number, line.site_name, line.day, what_changes(line), line.row,
        ]  # fmt: skip


def _recorded(actor: Person, roster_import: RosterImport, what: str) -> None:
    audit.record(
        LedgerEntry.Event.EXPORTED,
        actor=actor,
        roster_import=roster_import,
        cause={"what": what, "file": roster_import.file_name},
    )


urlpatterns = [
    path("imports/<int:pk>/file/", original, name="import_file"),
    path("imports/<int:pk>/forecast.csv", forecast, {"form": "csv"}, name="import_forecast_csv"),
    path("imports/<int:pk>/forecast.xlsx", forecast, {"form": "xlsx"}, name="import_forecast_xlsx"),
]
