"""Says in plain words what a background job does and how far it is."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.jobs import label_of
from accounts.models import Job

register = template.Library()

SHAPES = {Job.State.WAITING: "none", Job.State.RUNNING: "run", Job.State.DONE: "ok", Job.State.FAILED: "bad"}
# The stages that jobs name; a later app whose job names others adds them here.
STAGES = {
    "reading": gettext_lazy("Reading and checking rows"),
    "forecast": gettext_lazy("Working out what would change"),
    "applying": gettext_lazy("Applying"),
    "sending": gettext_lazy("Sending messages"),
}


@register.filter
def job_label(job: Job) -> str:
    """Say what the job does."""
    return label_of(job.name)


@register.filter
def job_shape(job: Job) -> str:
    """Return the kind of state for `{% state %}`."""
    return SHAPES[Job.State(job.state)]


@register.filter
def job_stage(job: Job) -> str:
    """Say what is being done, or why nothing is yet."""
    if job.state == Job.State.WAITING:
        return _("Waiting for its turn") if not job.error else _("Resting before the next try")
    return str(STAGES.get(job.stage, job.stage)) or _("Starting")


@register.filter
def job_tries(job: Job) -> str:
    return ngettext("%(count)s try", "%(count)s tries", job.attempts) % {"count": job.attempts}
