"""The administrators' page of background work, and the bar that shows how far a job is."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import administrator_required, is_administrator, signed_in
from accounts.jobs import retry_job
from accounts.models import Job, Person
from accounts.views.parts import Request, render_page, text_in

STATES = Job.State.values

PAGE_SIZE = 50


@require_safe
@administrator_required
def jobs(request: HttpRequest) -> HttpResponse:
    """What waits, runs, failed and why; the list is asked for again every few seconds."""
    state = text_in(request, "state")
    found = Job.objects.filter(state=state) if state in STATES else Job.objects.all()
    context = {
        "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
        "state": state if state in STATES else "",
        "tabs": _tabs(),
        "failed": Job.objects.filter(state=Job.State.FAILED).count(),
    }
    return render_page(request, "accounts/jobs.html", context, part="jobs")


def _tabs() -> list[tuple[str, str]]:
    return [
        ("", _("All")),
        ("waiting", _("Waiting")),
        ("running", _("Running")),
        ("failed", _("Failed")),
        ("done", _("Done")),
    ]


@require_safe
@administrator_required
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    """One job: how far it is, or the whole text of what went wrong."""
    return render(request, "accounts/job.html", {"job": get_object_or_404(Job, pk=job_id)})


@require_POST
@administrator_required
def job_retry(request: Request, job_id: int) -> HttpResponse:
    """Start a failed job again."""
    again = retry_job(get_object_or_404(Job, pk=job_id), request.person)
    if again.is_open:
        messages.success(request, _("The job starts again."))
    return redirect("job", again.pk)


@require_safe
@signed_in
def job_progress(request: Request, job_id: int) -> HttpResponse:
    """The bar of a job, for administrators and for whoever asked for it; once it is over the page is read again."""
    found = get_object_or_404(Job, pk=job_id)
    if not _may_watch(request.person, found):
        raise Http404
    response = render(request, "accounts/_job_progress.html", {"job": found})
    if request.htmx and not found.is_open:
        response["HX-Refresh"] = "true"
    return response


def _may_watch(person: Person, job: Job) -> bool:
    return job.created_by_id == person.pk or is_administrator(person)


urlpatterns: list[URLPattern] = [
    path("jobs/", jobs, name="jobs"),
    path("jobs/<int:job_id>/", job, name="job"),
    path("jobs/<int:job_id>/again", job_retry, name="job_retry"),
    path("jobs/<int:job_id>/progress", job_progress, name="job_progress"),
]
