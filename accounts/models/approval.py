"""Second eyes: another person reads exactly this text before it is published (channel.md, access.md)."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.limited import KindsField, LimitedQuerySet, no_widening


class ApprovalQuerySet(LimitedQuerySet):
    def waiting(self) -> "ApprovalQuerySet":
        return self.filter(verdict="")


class Approval(models.Model):
    """One asking for second eyes about a thing as it was worded then; `fingerprint` names that exact text.

    An edit of the text is asked about anew: the open asking is replaced (verdict "replaced"), a given one does not
    speak for other words.
    """

    class Verdict(models.TextChoices):
        APPROVED = "approved", _("approved")
        RETURNED = "returned", _("given back")
        REPLACED = "replaced", _("replaced by another text")

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="approvals")
    thing = models.CharField(max_length=20)
    object_id = models.BigIntegerField()
    title = models.CharField(max_length=300)
    path = models.CharField(max_length=200)
    audience = KindsField(editable=False)
    fingerprint = models.CharField(max_length=64)
    author = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    note = models.CharField(_("what to look at"), max_length=300, blank=True)
    verdict = models.CharField(max_length=8, choices=Verdict, blank=True)
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    comment = models.CharField(_("what should change"), max_length=1000, blank=True)

    objects = ApprovalQuerySet.as_manager()

    class Meta:
        ordering = ["asked_at", "pk"]
        constraints = [
            no_widening("approval_keeps_those_above_limits"),
            models.UniqueConstraint(
                fields=["thing", "object_id"], condition=Q(verdict=""), name="one_open_approval_a_thing"
            ),
            models.CheckConstraint(
                condition=~Q(verdict__in=["approved", "returned"])
                | (~Q(decided_by=F("author")) & Q(decided_by__isnull=False)),
                name="nobody_approves_their_own",
            ),
        ]
        indexes = [models.Index(fields=["thing", "object_id"], name="approval_of_a_thing")]

    def __str__(self) -> str:
        return f"{self.thing} {self.object_id} {self.verdict or 'waiting'}"
