"""National accounts, their contracts and who directs them."""

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.fields import PeriodField, no_overlap, sort_key
from accounts.models.visible import VisibleQuerySet

if TYPE_CHECKING:
    from accounts.access import Standing


class Account(models.Model):
    # What the person who asked for it is to this account; set by accounts.access.account_for.
    standing: "Standing"

    customer_number = models.CharField(_("customer number"), max_length=20, unique=True)
    name = models.CharField(_("name"), max_length=200)
    industry = models.CharField(_("industry"), max_length=100, blank=True)
    listed = models.BooleanField(
        _("listed"), default=True, help_text=_("Anyone signed in can look up who directs a listed account.")
    )
    # E-mails about the account carry a subject and a link, and more only where its director allows it.
    content_in_mail = models.BooleanField(_("e-mails carry the content"), default=False, db_default=False)
    name_key = sort_key(F("name"))

    objects = VisibleQuerySet.as_manager()

    class Meta:
        ordering = ["name_key", "customer_number"]

    def __str__(self) -> str:
        return self.name


class Contract(models.Model):
    account = models.ForeignKey(Account, models.PROTECT, related_name="contracts", verbose_name=_("account"))
    number = models.CharField(_("contract number"), max_length=40)
    name = models.CharField(_("name"), max_length=200, blank=True)
    period = PeriodField(_("period"))
    sites = models.ManyToManyField("accounts.Site", blank=True, related_name="contracts", verbose_name=_("sites"))

    class Meta:
        ordering = ["period", "number"]
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="one_contract_a_number"),
            models.CheckConstraint(condition=Q(period__isempty=False), name="contract_has_days"),
        ]

    def __str__(self) -> str:
        return self.number


class Directorship(models.Model):
    """Who directs the account, or deputises, and when."""

    class Post(models.TextChoices):
        DIRECTOR = "director", _("key account director")
        DEPUTY = "deputy", _("deputy director")

    account = models.ForeignKey(Account, models.PROTECT, related_name="directorships", verbose_name=_("account"))
    person = models.ForeignKey(
        "accounts.Person", models.PROTECT, related_name="directorships", verbose_name=_("person")
    )
    post = models.CharField(_("post"), max_length=8, choices=Post)
    period = PeriodField(_("period"))

    class Meta:
        ordering = ["account", "-post", "period"]
        constraints = [
            no_overlap("one_person_a_post_at_a_time", "account", "post"),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_post_display()}"
