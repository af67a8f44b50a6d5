"""Sites, the account and area they belong to over time, and who answers for them."""

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import StrIndex
from django.utils.translation import gettext_lazy as _

from accounts.models.fields import PeriodField, no_overlap, sort_key
from accounts.models.person import Role


class Site(models.Model):
    number = models.CharField(_("site number"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    street_address = models.CharField(_("street address"), max_length=200, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=10, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    name_key = sort_key(F("name"))

    class Meta:
        ordering = ["name_key", "number"]

    def __str__(self) -> str:
        return self.name


class Placement(models.Model):
    """A site's belonging to an account and an area: it is open while a placement runs.

    It runs from the earliest start among the site's assignments until the day before the export that no longer
    names the site; a site that changes account or area gets a new one (access.md, "Periods").
    """

    site = models.ForeignKey(Site, models.PROTECT, related_name="placements")
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="placements")
    area = models.ForeignKey("accounts.Area", models.PROTECT, null=True, blank=True, related_name="placements")
    period = PeriodField()
    created_by = models.ForeignKey(
        "accounts.RosterImport", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        constraints = [no_overlap("one_account_a_site_at_a_time", "site")]
        indexes = [models.Index(fields=["account", "area"], name="placement_account_area")]

    def __str__(self) -> str:
        return f"{self.site} {self.period}"


class Assignment(models.Model):
    """A person answers for a site, in a role, in a period. An empty period was withdrawn before it began."""

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="assignments")
    site = models.ForeignKey(Site, models.PROTECT, related_name="assignments")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    period = PeriodField()
    # The import and its row that last changed this assignment: the cause that an explanation names.
    roster_import = models.ForeignKey(
        "accounts.RosterImport", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )
    row = models.PositiveIntegerField(null=True)
    created_by = models.ForeignKey(
        "accounts.RosterImport", models.PROTECT, null=True, related_name="+", db_index=False, db_constraint=False
    )

    class Meta:
        constraints = [
            # The role as a number, and the site first: comparing texts made this index cost twice the table.
            no_overlap("one_assignment_at_a_time", "site", "person", StrIndex(Value(",".join(Role.values)), F("role"))),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="assignment_role_known"),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}, {self.site}"
