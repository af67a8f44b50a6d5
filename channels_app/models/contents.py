"""The table of contents: sections, the live versioned definition that all accounts share, an account's own settings.

A section is only ever named; what it is called, where it stands and whether it is there at all, a version says. Content
hangs on the section, so it outlives every version.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.models import KindsField

MOST_LOCAL_SECTIONS = 3


class SectionKind(models.TextChoices):
    """What a section holds; channel.md, "The fixed table of contents"."""

    MESSAGES = "messages", _("messages")
    QUESTIONS = "questions", _("questions and answers")
    PAGE = "page", _("a page")
    PAGES = "pages", _("pages")
    CONTRACTS = "contracts", _("a page for each contract")
    ROSTER = "roster", _("sites and who answers for them")
    MEMOS = "memos", _("meeting memos")
    CLOCK = "clock", _("annual clock")
    BOARD = "board", _("tasks")
    QUALITY = "quality", _("quality")
    INLET = "inlet", _("customer's messages")
    WEBINARS = "webinars", _("webinars")
    FEEDBACK = "feedback", _("feedback")


# Kinds whose content is pages: what a director may add, and what an account's own sections may be.
PAGE_KINDS = (SectionKind.PAGE, SectionKind.PAGES, SectionKind.CONTRACTS)


class Section(models.Model):
    """An entry of the table of contents, shared by all accounts, or local: one account's own, at most three."""

    kind = models.CharField(_("kind"), max_length=10, choices=SectionKind)
    # Names the fourteen that the system comes with; code may ask for "memos", never for a number or a title.
    key = models.SlugField(max_length=30, unique=True, null=True)
    account = models.ForeignKey("accounts.Account", models.PROTECT, null=True, related_name="local_sections")
    local_name = models.CharField(_("name"), max_length=60, blank=True)
    local_place = models.PositiveSmallIntegerField(null=True)
    # A local section that its director removed: its content stays readable.
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(account=None, local_name="", local_place=None, removed_at=None)
                | (Q(account__isnull=False, kind=SectionKind.PAGES, key=None) & ~Q(local_name="")),
                name="section_shared_or_local",
            ),
            models.CheckConstraint(
                condition=Q(account=None)
                | Q(removed_at__isnull=False, local_place=None)
                | Q(removed_at=None, local_place__range=(1, MOST_LOCAL_SECTIONS)),
                name="at_most_three_local_sections",
            ),
            models.UniqueConstraint(
                fields=["account", "local_place"],
                name="one_local_section_a_place",
                deferrable=models.Deferrable.DEFERRED,
            ),
        ]

    def __str__(self) -> str:
        return self.local_name or self.key or f"{self.kind} {self.pk}"


class ContentsVersion(models.Model):
    """The whole definition at one time. The live one is the published one of the highest number."""

    number = models.PositiveIntegerField(null=True, unique=True)  # given when it is published
    # The number of the live version that a draft began from: publishing on top of another one is refused.
    based_on = models.PositiveIntegerField(default=0)
    note = models.CharField(_("what changes and why"), max_length=300, blank=True)
    edited_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    edited_at = models.DateTimeField(auto_now=True)
    published_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(models.Value(1), condition=Q(published_at=None), name="one_draft_of_the_contents"),
            models.CheckConstraint(
                condition=Q(number=None, published_at=None) | Q(number__isnull=False, published_at__isnull=False),
                name="contents_published_with_a_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number or 'draft'}"


class ContentsLine(models.Model):
    """A section as one version has it. `review_days` is how long a page there stays fresh, null for never asked."""

    version = models.ForeignKey(ContentsVersion, models.CASCADE, related_name="lines")
    section = models.ForeignKey(Section, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    name_fi = models.CharField(_("name in Finnish"), max_length=60)
    name_en = models.CharField(_("name in English"), max_length=60)
    # What belongs there, said where it is still empty.
    purpose_fi = models.CharField(_("what belongs there, in Finnish"), max_length=300, blank=True)
    purpose_en = models.CharField(_("what belongs there, in English"), max_length=300, blank=True)
    review_days = models.PositiveSmallIntegerField(_("review every (days)"), null=True, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "position"], name="one_section_a_position", deferrable=models.Deferrable.DEFERRED
            ),
            models.UniqueConstraint(fields=["version", "section"], name="a_section_once_a_version"),
        ]

    def __str__(self) -> str:
        return f"{self.position} {self.name}"

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_fi

    @property
    def purpose(self) -> str:
        return self.purpose_en if get_language() == "en" else self.purpose_fi


class SectionSetting(models.Model):
    """What an account's director decided about a section there: whom it is limited to, that it is not used and why.

    A trigger passes `limit` on to the audience of the section's pages and files (migration 0002).
    """

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="section_settings", db_index=False)
    section = models.ForeignKey(Section, models.PROTECT, related_name="settings")
    limit = KindsField()
    unused_because = models.CharField(_("not used here, because"), max_length=200, blank=True)
    set_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "section"], name="one_setting_a_section")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.section_id}"
