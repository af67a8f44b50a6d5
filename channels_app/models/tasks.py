"""What somebody has to do by a day, agreed in a memo or written down by itself."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import KindsField, LimitedQuerySet, no_widening


class TaskQuerySet(LimitedQuerySet):
    def standing_ones(self) -> "TaskQuerySet":
        """Keep the tasks that have not been removed, nor the memo that agreed them."""
        return self.filter(removed_at=None, memo__page__removed_at__isnull=True)

    def open_ones(self) -> "TaskQuerySet":
        return self.standing_ones().filter(done_at=None)


class Task(models.Model):
    """A trigger gives a memo's task the audience of the memo's page (migration 0002)."""

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="tasks")
    memo = models.ForeignKey("channels_app.Memo", models.PROTECT, null=True, related_name="tasks")
    audience = KindsField(editable=False)
    title = models.CharField(_("task"), max_length=300)
    # Whose it is; nobody's tasks stand out in the list.
    person = models.ForeignKey("accounts.Person", models.PROTECT, null=True, blank=True, related_name="tasks")
    due_on = models.DateField(_("by"), null=True, blank=True)
    created_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    removed_at = models.DateTimeField(null=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            no_widening("task_keeps_those_above_limits"),
            models.CheckConstraint(
                condition=Q(done_at=None, done_by=None) | Q(done_at__isnull=False, done_by__isnull=False),
                name="task_done_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "due_on"], condition=Q(done_at=None, removed_at=None), name="task_open"),
            models.Index(
                fields=["person", "due_on"], condition=Q(done_at=None, removed_at=None), name="task_open_of_a_person"
            ),
        ]

    def __str__(self) -> str:
        return self.title
