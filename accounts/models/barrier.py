"""Barriers: accounts whose teams must never see each other's information (access.md, "Barriers")."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models.fields import PeriodField, no_overlap


class Barrier(models.Model):
    name = models.CharField(_("name"), max_length=100, unique=True)
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class BarrierSide(models.Model):
    barrier = models.ForeignKey(Barrier, models.CASCADE, related_name="sides", verbose_name=_("barrier"))
    name = models.CharField(_("side"), max_length=100)

    class Meta:
        ordering = ["barrier", "name"]
        constraints = [models.UniqueConstraint(fields=["barrier", "name"], name="one_side_a_name")]

    def __str__(self) -> str:
        return f"{self.barrier}: {self.name}"


class BarrierMember(models.Model):
    """An account on a side. The barrier is repeated so that the database refuses an account on two sides of one."""

    barrier = models.ForeignKey(Barrier, models.CASCADE, related_name="members")
    side = models.ForeignKey(BarrierSide, models.CASCADE, related_name="members", verbose_name=_("side"))
    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="barriers", verbose_name=_("account"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["barrier", "account"], name="one_side_an_account")]

    def __str__(self) -> str:
        return f"{self.account} ({self.side})"


class BarrierDecision(models.Model):
    """An administrator's word on a person: the side they stand on, or (no side) that they are cleared for all."""

    barrier = models.ForeignKey(Barrier, models.CASCADE, related_name="decisions", verbose_name=_("barrier"))
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="barrier_decisions")
    side = models.ForeignKey(
        BarrierSide, models.CASCADE, null=True, blank=True, related_name="decisions", verbose_name=_("side")
    )
    period = PeriodField(_("period"))
    reason = models.TextField(_("reason"))
    decided_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            no_overlap("one_decision_at_a_time", "barrier", "person"),
            models.CheckConstraint(
                condition=Q(side__isnull=False) | Q(period__isempty=True) | Q(period__endswith__isnull=False),
                name="clearing_has_an_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.side or self.barrier}"
