"""Pages and every version of them, unfinished drafts, and the essentials that superiors write above the original."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import KindsField, LimitedQuerySet, no_widening
from accounts.models.fields import sort_key


class PageQuerySet(LimitedQuerySet):
    def standing_ones(self) -> "PageQuerySet":
        """Keep the pages that have not been removed."""
        return self.filter(removed_at=None)


class Page(models.Model):
    """A page as it reads now; `number` is that of its latest revision. A memo's text is a page too (see memos.py).

    `limit` is the page's own; `audience`, what comes of it and the section's limit, is kept by a trigger
    (migration 0002): nobody writes it. Null means everybody who sees the account.
    """

    # Whether its section stands in the contents; set by queries.pages.page_of.
    in_contents: bool

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="pages")
    section = models.ForeignKey("channels_app.Section", models.PROTECT, related_name="pages")
    contract = models.ForeignKey("accounts.Contract", models.PROTECT, null=True, blank=True, related_name="pages")
    title = models.CharField(_("title"), max_length=200)
    body = models.TextField(blank=True)  # HTML, sanitised before it is stored
    number = models.PositiveIntegerField(default=0)
    limit = KindsField()
    audience = KindsField(editable=False)
    position = models.PositiveIntegerField(default=0)
    author = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    changed_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)
    # Freshness: who last said that it is right, and on which day in Helsinki. Writing it is saying so.
    checked_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    checked_on = models.DateField()
    # Overrides the section's interval; null takes the section's.
    review_days = models.PositiveSmallIntegerField(_("review every (days)"), null=True, blank=True)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    title_key = sort_key(F("title"))

    objects = PageQuerySet.as_manager()

    class Meta:
        ordering = ["position", "title_key", "pk"]
        constraints = [no_widening("page_keeps_those_above_limits")]
        indexes = [
            models.Index(fields=["account", "section"], condition=Q(removed_at=None), name="page_of_a_section"),
            models.Index(fields=["account", "-changed_at"], name="page_latest"),
        ]

    def __str__(self) -> str:
        return self.title


class RevisionQuerySet(LimitedQuerySet):
    account_path = "page__account"


class Revision(models.Model):
    """What a page was from one save to the next, and who saved it.

    `audience` is who could see it for as long as it was the current one, kept by a trigger (migration 0003): whoever a
    limit kept out then is not let in by a later widening. The page's own audience of today rules as well.
    """

    page = models.ForeignKey(Page, models.PROTECT, related_name="revisions", db_index=False)
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=200)
    body = models.TextField(blank=True)
    note = models.CharField(_("what changed"), max_length=200, blank=True)
    author = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)
    # The number of the revision that this one brought back.
    restored_from = models.PositiveIntegerField(null=True)
    audience = KindsField(editable=False)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["page", "number"], name="one_revision_a_number"),
            no_widening("revision_keeps_those_above_limits"),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.number}"


class Draft(models.Model):
    """What somebody has written and not saved: of a page, or of a new one in a section."""

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="+")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="drafts")
    page = models.ForeignKey(Page, models.PROTECT, null=True, related_name="drafts")
    section = models.ForeignKey("channels_app.Section", models.PROTECT, related_name="+")
    # The revision that the writing began from: saving over a later one shows both.
    based_on = models.PositiveIntegerField(default=0)
    title = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    # The other fields of the form, as they were typed.
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "account", "section", "page"], nulls_distinct=False, name="one_draft_a_page"
            )
        ]

    def __str__(self) -> str:
        return self.title


class Essential(models.Model):
    """A short summary of a page that a superior wrote for their own people; it stands above the original."""

    page = models.ForeignKey(Page, models.PROTECT, related_name="essentials")
    author = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    text = models.TextField(_("the essentials"), max_length=1000)
    # The revision it was written of: when the page has changed since, it says so.
    page_number = models.PositiveIntegerField()
    written_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "author"], name="one_essential_a_page_and_author")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.author_id}"


class PageCheck(models.Model):
    """That somebody said a page is still right, or wrote it anew: in time, or after its day had passed."""

    page = models.ForeignKey(Page, models.PROTECT, related_name="checks")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", db_index=False)
    on = models.DateField()
    in_time = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["page", "person", "on"], name="one_check_a_day")]
        indexes = [models.Index(fields=["person", "on"], name="check_of_a_person")]

    def __str__(self) -> str:
        return f"{self.page_id} {self.on}"


def due_for_review(checked_on: dt.date, review_days: int | None) -> dt.date | None:
    """Return the day from which on a page is past its review, None when none is asked for."""
    return None if review_days is None else checked_on + dt.timedelta(days=review_days)
