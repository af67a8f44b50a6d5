"""Persons, the areas they work in, and the table that says which role a title means."""

from typing import TYPE_CHECKING

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.fields import Joined, sort_key

if TYPE_CHECKING:
    from accounts.models.user import User


class Role(models.TextChoices):
    SUPERVISOR = "supervisor", _("supervisor")
    INSTRUCTOR = "instructor", _("instructor")
    MANAGER = "manager", _("manager")
    AREA_DIRECTOR = "area_director", _("area director")
    BUSINESS_DIRECTOR = "business_director", _("business director")
    ACCOUNT_DIRECTOR = "account_director", _("key account director")
    SALES = "sales", _("sales")
    SPECIALIST = "specialist", _("specialist")


class TitleRole(models.Model):
    """The editable table: a title or role as the billing system writes it, in small letters, and what it means."""

    title = models.CharField(_("title"), max_length=100, unique=True)
    role = models.CharField(_("role"), max_length=20, choices=Role)

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title


class Area(models.Model):
    code = models.CharField(_("code"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=100)
    name_key = sort_key(F("name"))

    class Meta:
        ordering = ["name_key"]

    def __str__(self) -> str:
        return self.name


class Person(models.Model):
    """An employee. The employee number is the key; names and e-mails change and repeat."""

    employee_number = models.CharField(_("employee number"), max_length=20, unique=True)
    last_name = models.CharField(_("surname"), max_length=100)
    first_name = models.CharField(_("first name"), max_length=100, blank=True)
    # Empty while two employee numbers claim the same address; see EmailConflict.
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=40, blank=True)
    title = models.CharField(_("title"), max_length=100, blank=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="people", verbose_name=_("area"))
    superior = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="subordinates", verbose_name=_("superior")
    )
    # The last day with the company: set when a people file that named them before no longer does.
    left_on = models.DateField(_("last day"), null=True, blank=True)
    in_people_file = models.BooleanField(default=False, editable=False)
    is_administrator = models.BooleanField(_("administrator"), default=False)
    # Since when mail to the address has come back undelivered; null while nothing is known against it.
    mail_fails_since = models.DateTimeField(null=True, editable=False)
    # Stays out of the yearly summary of who helped most (channel.md, "Activity and reward").
    outside_activity = models.BooleanField(_("stay out of the yearly summary"), default=False, db_default=False)
    name_key = sort_key(Joined("last_name", "first_name"))

    login: "User"

    class Meta:
        ordering = ["name_key", "employee_number"]
        constraints = [
            models.UniqueConstraint(fields=["email"], condition=~Q(email=""), name="one_person_an_email"),
            models.CheckConstraint(condition=~Q(superior=F("id")), name="nobody_their_own_superior"),
        ]
        indexes = [
            GinIndex(fields=["name_key"], opclasses=["gin_trgm_ops"], name="person_name_part"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class EmailConflict(models.Model):
    """An address that moved from one employee number to another: nobody bears it until an administrator decides."""

    email = models.EmailField(_("e-mail"))
    earlier = models.ForeignKey(Person, models.PROTECT, related_name="emails_lost")
    claimant = models.ForeignKey(Person, models.PROTECT, related_name="emails_claimed")
    roster_import = models.ForeignKey("accounts.RosterImport", models.PROTECT, null=True, related_name="+")
    found_at = models.DateTimeField(auto_now_add=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    bearer = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["-found_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["email", "claimant"], condition=Q(resolved_at=None), name="one_open_conflict_an_email"
            )
        ]

    def __str__(self) -> str:
        return self.email
