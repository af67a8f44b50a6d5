"""Imports: the file, its rows as staged, what was wrong with it, what it would change and what it changed."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RosterSource(models.Model):
    """Where exports come from; remembers how its columns were mapped and how much of the company a file covers."""

    class Scope(models.TextChoices):
        COMPANY = "company", _("the whole company")
        CUSTOMERS = "customers", _("only the customers named in the file")

    name = models.CharField(_("source"), max_length=100, unique=True)
    scope = models.CharField(_("a file covers"), max_length=9, choices=Scope, default=Scope.COMPANY)
    mapping = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class RosterImport(models.Model):
    class Kind(models.TextChoices):
        ROSTER = "roster", _("who answers for which site")
        PEOPLE = "people", _("people")
        ACCOUNTS = "accounts", _("accounts")
        UNDO = "undo", _("undo")

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("waiting to be read")
        READING = "reading", _("being read")
        FORECAST = "forecast", _("waiting for confirmation")
        APPLYING = "applying", _("being applied")
        APPLIED = "applied", _("applied")
        UNCHANGED = "unchanged", _("nothing to change")
        STALE = "stale", _("the data changed, a new forecast is needed")
        FAILED = "failed", _("failed")
        DISCARDED = "discarded", _("discarded")
        UNDONE = "undone", _("undone")

    kind = models.CharField(max_length=8, choices=Kind)
    source = models.ForeignKey(RosterSource, models.PROTECT, null=True, related_name="imports")
    state = models.CharField(max_length=9, choices=State, default=State.UPLOADED)
    file = models.FileField(upload_to="imports/%Y/%m/", blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    exported_on = models.DateField(_("exported on"))
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)
    applied_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    # Customer numbers unknown so far that the administrator chose to create as accounts.
    create_accounts = models.JSONField(default=list)
    rows_total = models.PositiveIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    rows_good = models.PositiveIntegerField(default=0)
    rows_bad = models.PositiveIntegerField(default=0)
    # How the file was read: sheet, encoding, delimiter, mapping, columns ignored.
    reading = models.JSONField(default=dict)
    # Figures of the forecast, then of the result: the same keys (see accounts/roster/forecast.py).
    figures = models.JSONField(default=dict)
    # Why a confirmation alone is not enough: codes of the guard's reasons.
    guard = models.JSONField(default=list)
    data_version = models.PositiveBigIntegerField(null=True)
    error_code = models.CharField(max_length=40, blank=True)
    error_params = models.JSONField(default=dict)
    undoes = models.ForeignKey("self", models.PROTECT, null=True, related_name="undone_by")

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["kind", "state", "-exported_on"], name="import_latest")]

    def __str__(self) -> str:
        return self.file_name or self.get_kind_display()


class StagedRow(models.Model):
    """A row that was read and checked, as text and days; only the columns of the import's kind are filled."""

    roster_import = models.ForeignKey(RosterImport, models.CASCADE, related_name="staged", db_constraint=False)
    row = models.PositiveIntegerField()
    customer_number = models.TextField(db_default="")
    customer_name = models.TextField(db_default="")
    site_number = models.TextField(db_default="")
    site_name = models.TextField(db_default="")
    street_address = models.TextField(db_default="")
    postal_code = models.TextField(db_default="")
    city = models.TextField(db_default="")
    area_code = models.TextField(db_default="")
    area_name = models.TextField(db_default="")
    employee_number = models.TextField(db_default="")
    last_name = models.TextField(db_default="")
    first_name = models.TextField(db_default="")
    email = models.TextField(db_default="")
    phone = models.TextField(db_default="")
    role = models.TextField(db_default="")
    superior_number = models.TextField(db_default="")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    title = models.TextField(db_default="")
    management = models.BooleanField(db_default=False)
    industry = models.TextField(db_default="")
    director_number = models.TextField(db_default="")
    deputy_number = models.TextField(db_default="")
    contract_number = models.TextField(db_default="")
    barrier = models.TextField(db_default="")
    side = models.TextField(db_default="")

    def __str__(self) -> str:
        return f"{self.roster_import_id}:{self.row}"


class ImportProblem(models.Model):
    class Severity(models.TextChoices):
        ERROR = "error", _("error")
        WARNING = "warning", _("note")

    roster_import = models.ForeignKey(RosterImport, models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField(null=True)
    column = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40)
    severity = models.CharField(max_length=7, choices=Severity)
    # The site the row names, when it can be read: it is frozen, its assignments stay as they were.
    site_number = models.CharField(max_length=20, blank=True)
    params = models.JSONField(default=dict)

    class Meta:
        ordering = ["row", "id"]

    def __str__(self) -> str:
        return f"{self.row}: {self.code}"


class ForecastLine(models.Model):
    """One thing the import will change, in words that stand by themselves: its rows may not exist yet."""

    roster_import = models.ForeignKey(
        RosterImport, models.CASCADE, related_name="lines", db_index=False, db_constraint=False
    )
    section = models.CharField(max_length=24)
    position = models.PositiveIntegerField()
    account_number = models.CharField(max_length=20, blank=True)
    account_name = models.CharField(max_length=200, blank=True)
    employee_number = models.CharField(max_length=20, blank=True)
    person_name = models.CharField(max_length=200, blank=True)
    site_number = models.CharField(max_length=20, blank=True)
    site_name = models.CharField(max_length=200, blank=True)
    day = models.DateField(null=True)
    row = models.PositiveIntegerField(null=True)
    data = models.JSONField(default=dict)

    class Meta:
        ordering = ["section", "position"]
        constraints = [
            models.UniqueConstraint(fields=["roster_import", "section", "position"], name="forecast_line_once")
        ]

    def __str__(self) -> str:
        return f"{self.section} {self.position}"


class RosterChange(models.Model):
    """What an applied import changed in a row that existed before: enough to bring the row back."""

    class Table(models.TextChoices):
        ASSIGNMENT = "assignment"
        PLACEMENT = "placement"
        PERSON = "person"

    roster_import = models.ForeignKey(RosterImport, models.PROTECT, related_name="changes")
    table = models.CharField(max_length=10, choices=Table)
    object_id = models.PositiveBigIntegerField()
    before = models.JSONField()

    def __str__(self) -> str:
        return f"{self.table} {self.object_id}"
