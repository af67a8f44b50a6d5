"""Files of a channel: what they belong to, and each version's content as it lies in the store."""

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import KindsField, LimitedQuerySet, no_widening
from accounts.models.fields import sort_key


class FileQuerySet(LimitedQuerySet):
    def standing_ones(self) -> "FileQuerySet":
        """Keep the files that have not been removed."""
        return self.filter(removed_at=None)


class File(models.Model):
    """A file in a section, of a page there (also a memo's), a message, or a contract. `number` is its latest version's.

    The audience is the page's or message's, else the section's, kept by a trigger (migrations 0002, 0006). One of a
    reply names the message too. A file that was put into a draft
    belongs to no page until the page is saved (`attached_at` is null); what stays so is cleaned away.
    """

    # Whether its section stands in the contents; set by queries.files.file_for.
    in_contents: bool

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="files")
    section = models.ForeignKey("channels_app.Section", models.PROTECT, related_name="files")
    page = models.ForeignKey("channels_app.Page", models.PROTECT, null=True, related_name="files")
    message = models.ForeignKey("channels_app.Message", models.PROTECT, null=True, related_name="files")
    reply = models.ForeignKey("channels_app.Reply", models.PROTECT, null=True, related_name="files")
    contract = models.ForeignKey("accounts.Contract", models.PROTECT, null=True, related_name="files")
    audience = KindsField(editable=False)
    name = models.CharField(_("name"), max_length=200)
    number = models.PositiveIntegerField(default=0)
    added_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)
    attached_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    name_key = sort_key(F("name"))

    objects = FileQuerySet.as_manager()

    class Meta:
        ordering = ["name_key", "pk"]
        constraints = [no_widening("file_keeps_those_above_limits")]
        indexes = [
            models.Index(fields=["account", "section"], condition=Q(removed_at=None), name="file_of_a_section"),
            models.Index(fields=["added_at"], condition=Q(attached_at=None), name="file_unattached"),
        ]

    def __str__(self) -> str:
        return self.name


class FileVersion(models.Model):
    """One content of a file. `content_type` is what the content was found to be, never what a browser claimed."""

    class Preview(models.TextChoices):
        NONE = "none", _("none")
        WAITING = "waiting", _("being made")
        MADE = "made", _("made")
        FAILED = "failed", _("could not be made")

    file = models.ForeignKey(File, models.PROTECT, related_name="versions", db_index=False)
    number = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    content = models.FileField(max_length=300, upload_to="", editable=False)  # a random name: see actions/files.py
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    content_type = models.CharField(max_length=100)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    preview = models.CharField(max_length=7, choices=Preview, default=Preview.NONE)
    preview_image = models.FileField(max_length=300, upload_to="", editable=False, blank=True)
    added_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["file", "number"], name="one_version_a_number")]

    def __str__(self) -> str:
        return f"{self.name} {self.number}"
