"""Meeting memos. The text is a page, with all that pages have: revisions, drafts, limits, files, search."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import LimitedQuerySet


class MemoQuerySet(LimitedQuerySet):
    account_path = "page__account"
    audience_path = "page__audience"


class Memo(models.Model):
    """A meeting: the topic is the page's title, its text the page's body."""

    class Meeting(models.TextChoices):
        CUSTOMER = "customer", _("with the customer")
        TEAM = "team", _("the account's team")
        SITE = "site", _("at a site")
        MANAGEMENT = "management", _("with the management")
        OTHER = "other", _("other")

    page = models.OneToOneField("channels_app.Page", models.PROTECT, primary_key=True, related_name="memo")
    held_on = models.DateField(_("date"))
    meeting = models.CharField(_("kind of meeting"), max_length=10, choices=Meeting)
    place = models.CharField(_("place"), max_length=100, blank=True)
    # Whoever was there from outside: the customer's people, visitors.
    others = models.CharField(_("others present"), max_length=300, blank=True)
    next_at = models.DateTimeField(_("next meeting"), null=True, blank=True)
    next_place = models.CharField(_("place of the next meeting"), max_length=100, blank=True)
    # Grows when the next meeting is moved: RFC 5545, SEQUENCE.
    next_sequence = models.PositiveIntegerField(default=0)

    objects = MemoQuerySet.as_manager()

    class Meta:
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return f"{self.held_on} {self.page_id}"


class MemoParticipant(models.Model):
    memo = models.ForeignKey(Memo, models.PROTECT, related_name="participants")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["memo", "person"], name="a_participant_once")]

    def __str__(self) -> str:
        return f"{self.memo_id} {self.person_id}"


class Decision(models.Model):
    """Something that was decided. An announced one is shown to the whole channel, where the memo is."""

    memo = models.ForeignKey(Memo, models.PROTECT, related_name="decisions")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("decision"), max_length=1000)
    announced_at = models.DateTimeField(null=True)
    announced_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["position", "pk"]
        indexes = [
            models.Index(fields=["-announced_at"], condition=~models.Q(announced_at=None), name="decision_announced")
        ]

    def __str__(self) -> str:
        return self.text[:60]
