"""Imports: the upload, the history, and one page an import that always tells how it stands."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import administrator_required
from accounts.forms.admin.imports import ConfirmForm, UploadForm
from accounts.models import ImportProblem, RosterImport
from accounts.queries.admin import imports as queries
from accounts.roster import pipeline
from accounts.roster.problems import problem_text
from accounts.views.parts import Request, number_in, render_page, text_in

State = RosterImport.State
UNDER_WAY = [State.UPLOADED, State.READING, State.APPLYING]
# States in which there is a forecast, or a result, to look at.
TELLING = [State.FORECAST, State.APPLIED, State.STALE, State.UNDONE, State.DISCARDED]
PROBLEMS_A_PAGE = 50


def the_import(pk: int) -> RosterImport:
    return get_object_or_404(queries.history(), pk=pk)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def imports(request: Request) -> HttpResponse:
    """The history, and the form that takes a new file in."""
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        received = pipeline.receive(
            kind=data["kind"] or None,
            content=data["file"],
            file_name=data["file"].name,
            exported_on=data["exported_on"],
            source_name=data["source_name"].strip(),
            scope=data["scope"] or "company",
            actor=request.person,
        )
        return redirect("import", received.pk)
    context = {
        "form": form,
        "page": Paginator(queries.history(), 30).get_page(request.GET.get("page")),
        "undoable": pipeline.undoable(),
    }
    return render(request, "accounts/admin/imports.html", context, status=422 if form.is_bound else 200)


@require_safe
@administrator_required
def import_page(request: Request, pk: int) -> HttpResponse:
    return show(request, the_import(pk))


def show(
    request: Request, roster_import: RosterImport, *, form: ConfirmForm | None = None, status: int = 200
) -> HttpResponse:
    """Show the import as it stands: how far it is, what it would change or changed, or why it failed."""
    context: dict[str, Any] = {
        "import": roster_import,
        "job": queries.job_of(roster_import),
        "under_way": roster_import.state in UNDER_WAY,
        "error": roster_import.error_code and problem_text(roster_import.error_code, roster_import.error_params),
    }
    if roster_import.state in TELLING and roster_import.figures:
        context |= _forecast(request, roster_import)
        context["form"] = form or ConfirmForm()
        context["may_undo"] = pipeline.undoable() == roster_import
    context["other_sheets"] = [
        (kind, RosterImport.Kind(kind).label, sheet)
        for kind, sheet in roster_import.reading.get("other_sheets", {}).items()
    ]
    context["problem_count"] = roster_import.problems.count() if roster_import.rows_read else 0
    return render_page(request, "accounts/admin/import.html", context, part="changes", status=status)


def _forecast(request: Request, roster_import: RosterImport) -> dict[str, Any]:
    section = text_in(request, "section")
    section = section if section in queries.SECTIONS else "access"
    words = text_in(request, "q")
    lines = Paginator(queries.lines_of(roster_import, section, words), queries.PER_PAGE)
    page = lines.get_page(number_in(request, "page") or 1)
    figures = roster_import.figures
    return {
        "figures": {name: figures.get(name, 0) for name in FIGURES},
        "eyes": queries.eyes_of(roster_import),
        "guard": [queries.GUARD[reason] for reason in roster_import.guard if reason in queries.GUARD],
        "tabs": queries.tabs_of(roster_import, queries.access_lines(roster_import)),
        "section": section,
        "section_label": queries.SECTIONS[section],
        "words": words,
        "page": page,
        "lines": queries.told(page.object_list),
        "unknown": queries.unknown_customers(roster_import) if roster_import.state == State.FORECAST else [],
        "apply": _apply_words(figures),
    }


FIGURES = [
    "access_gained", "access_lost", "assignments_ended", "assignments_started", "sites_closed", "sites_opened",
    "frozen_sites", "accounts_total", "accounts_touched", "people_new", "people_changed", "people_gone",
    "accounts_new", "accounts_changed", "contracts_new", "directors_changed",
]  # fmt: skip


def _apply_words(figures: dict[str, int]) -> str:
    """Say on the button what pressing it does."""
    gained, lost = figures.get("access_gained", 0), figures.get("access_lost", 0)
    if not gained and not lost:
        return _("Apply: nobody gains or loses access")
    shown = {"gained": number_format(gained, force_grouping=True), "lost": number_format(lost, force_grouping=True)}
    return _("Apply: %(gained)s gain, %(lost)s lose access") % shown


@require_POST
@administrator_required
def import_sheet(request: Request, pk: int) -> HttpResponse:
    """Import another sheet of the same workbook."""
    roster_import = the_import(pk)
    kind = request.POST.get("kind", "")
    if kind not in roster_import.reading.get("other_sheets", {}):
        messages.error(request, _("The workbook has no such sheet."))
        return redirect("import", pk)
    return redirect("import", pipeline.receive_sheet(roster_import, kind, actor=request.person).pk)


@require_POST
@administrator_required
def confirm(request: Request, pk: int) -> HttpResponse:
    roster_import = the_import(pk)
    form = ConfirmForm(request.POST)
    typed = form.cleaned_data.get("typed") if form.is_valid() else None
    try:
        pipeline.confirm(roster_import, actor=request.person, typed=typed)
    except pipeline.GuardRefused:
        text = _("That is not the number of people who lose access. Look at the figures and type it again.")
        if not request.POST.get("typed"):
            text = _("Type the number of people who lose access: this import changes more than usual.")
        form.errors.pop("typed", None)
        form.add_error("typed", text)
        return show(request, roster_import, form=form, status=422)
    return redirect("import", pk)


@require_POST
@administrator_required
def renew(request: Request, pk: int) -> HttpResponse:
    """Read the file again for a new forecast, with the chosen unknown customers as accounts."""
    roster_import = the_import(pk)
    chosen = request.POST.getlist("create") if "choosing" in request.POST else None
    created = None if chosen is None else [*roster_import.create_accounts, *(number[:20] for number in chosen)]
    pipeline.renew(roster_import, actor=request.person, create_accounts=created)
    return redirect("import", pk)


@require_POST
@administrator_required
def discard(request: Request, pk: int) -> HttpResponse:
    pipeline.discard(the_import(pk), actor=request.person)
    messages.success(request, _("The import was discarded; nothing of it was applied."))
    return redirect("import", pk)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def undo(request: Request, pk: int) -> HttpResponse:
    """Say what undoing brings back, then do it; only the latest applied roster can be undone."""
    roster_import = the_import(pk)
    if pipeline.undoable() != roster_import:
        messages.error(request, _("Only the latest applied file of who answers for which site can be undone."))
        return redirect("import", pk)
    if request.method != "POST":
        return render(
            request, "accounts/admin/undo.html", {"import": roster_import, "figures": _forecast_figures(roster_import)}
        )
    undoing = pipeline.undo(actor=request.person)
    if undoing is not None:
        messages.success(request, _("The import was undone: everything is as it was before it."))
    return redirect("import", undoing.pk if undoing else pk)


def _forecast_figures(roster_import: RosterImport) -> dict[str, int]:
    return {name: roster_import.figures.get(name, 0) for name in [*queries.SECTIONS, *queries.ACCESS]}


@require_safe
@administrator_required
def problems(request: Request, pk: int) -> HttpResponse:
    """The rows that were wrong or doubtful, each with the sentence that says how to mend it."""
    roster_import = the_import(pk)
    severity = text_in(request, "severity")
    found = roster_import.problems.all()
    if severity in ImportProblem.Severity.values:
        found = found.filter(severity=severity)
    page = Paginator(found, PROBLEMS_A_PAGE).get_page(request.GET.get("page"))
    problem: Any
    for problem in page.object_list:
        problem.text = problem_text(problem.code, problem.params)
    context = {
        "import": roster_import,
        "page": page,
        "severity": severity,
        "tabs": [("", _("All")), ("error", _("Errors")), ("warning", _("Notes"))],
        "rows": ngettext("%(n)s row read", "%(n)s rows read", roster_import.rows_read)
        % {"n": number_format(roster_import.rows_read, force_grouping=True)},
    }
    return render_page(request, "accounts/admin/problems.html", context, part="problems")


urlpatterns = [
    path("imports/", imports, name="imports"),
    path("imports/<int:pk>/", import_page, name="import"),
    path("imports/<int:pk>/sheet/", import_sheet, name="import_sheet"),
    path("imports/<int:pk>/confirm/", confirm, name="import_confirm"),
    path("imports/<int:pk>/renew/", renew, name="import_renew"),
    path("imports/<int:pk>/discard/", discard, name="import_discard"),
    path("imports/<int:pk>/undo/", undo, name="import_undo"),
    path("imports/<int:pk>/problems/", problems, name="import_problems"),
]
