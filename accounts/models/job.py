"""Background work as rows: PostgreSQL is the truth, the broker only a messenger (see accounts/jobs.py)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Job(models.Model):
    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")

    name = models.CharField(max_length=60)
    # Two open jobs of a name never share a key: asking for the same thing twice gives the first.
    key = models.CharField(max_length=200)
    args = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    run_after = models.DateTimeField()
    # Asked for again while it ran: what was asked then may have come too late for this run, so another follows.
    again_after = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    # Who works on it and until when they are believed: past it, the sweep hands the job out again.
    worker = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)
    handed_out_at = models.DateTimeField(null=True)
    stage = models.CharField(max_length=40, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["name", "key"], condition=Q(state__in=["waiting", "running"]), name="one_open_job_a_key"
            )
        ]
        indexes = [
            models.Index(fields=["run_after"], condition=Q(state__in=["waiting", "running"]), name="job_open"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.key}"

    @property
    def is_open(self) -> bool:
        """Whether something is still to happen."""
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def reason(self) -> str:
        """The last line of what went wrong: the rest is for whoever mends the code."""
        lines = self.error.strip().splitlines()
        return lines[-1].removeprefix("accounts.jobs.Permanent: ") if lines else ""
