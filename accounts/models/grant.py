"""Access grants and the words of people that some of them come from: memberships, invitations, substitutions."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.fields import PeriodField, no_overlap


class Kind(models.TextChoices):
    DIRECTOR = "director", _("director")
    RESPONSIBLE = "responsible", _("responsible")
    SUPERIOR = "superior", _("superior")
    SALES = "sales", _("sales")
    MANAGEMENT = "management", _("management group")
    INVITED = "invited", _("invited")
    SUBSTITUTE = "substitute", _("substitute")


class ManagementMembership(models.Model):
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="memberships", verbose_name=_("person"))
    period = PeriodField(_("period"))

    class Meta:
        constraints = [no_overlap("one_membership_at_a_time", "person")]

    def __str__(self) -> str:
        return f"{self.person} {self.period}"


class Invitation(models.Model):
    """A named person may see an account for a stated reason, at most twelve months at a time."""

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="invitations")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="invitations")
    period = PeriodField(_("period"))
    reason = models.CharField(_("reason"), max_length=300)
    invited_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    invited_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            no_overlap("one_invitation_at_a_time", "account", "person"),
            models.CheckConstraint(
                condition=Q(period__isempty=True)
                | (Q(period__startswith__isnull=False) & Q(period__endswith__isnull=False)),
                name="invitation_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.account}"


class Substitution(models.Model):
    """`substitute` stands in for `absent` between two dates, with the kinds that person has, never more."""

    absent = models.ForeignKey("accounts.Person", models.PROTECT, related_name="absences")
    substitute = models.ForeignKey("accounts.Person", models.PROTECT, related_name="substitutions")
    period = PeriodField(_("period"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    set_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-period"]
        constraints = [
            no_overlap("one_substitution_a_pair_at_a_time", "absent", "substitute"),
            models.CheckConstraint(condition=~Q(absent=F("substitute")), name="nobody_their_own_substitute"),
            models.CheckConstraint(
                condition=Q(period__isempty=True)
                | (Q(period__startswith__isnull=False) & Q(period__endswith__isnull=False)),
                name="substitution_has_both_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.substitute} → {self.absent}"


_DERIVED: dict[str, Any] = {
    "on_delete": models.PROTECT,
    "null": True,
    "related_name": "+",
    "db_index": False,
    "db_constraint": False,
}


class AccessGrant(models.Model):
    """This person, this account, this kind, from this day to that day (both included), because of this.

    Derived: accounts/derivation.py writes these rows and nobody else. Of several causes of one kind that run on a
    day, the row of that day names the earliest, so that rows of one (account, person, kind, acts_as) never overlap
    (but for substitutes, who may stand in for several people). `since` is the cause's own first day. Days without
    end are `date.max`, without beginning `date.min`: the question "today?" is two comparisons on one index.
    """

    # Derived by joins from rows that are never deleted, so the database need not look each of them up again: that alone
    # took a third of a large import. The same goes for the causes below.
    account = models.ForeignKey("accounts.Account", **_DERIVED | {"null": False, "related_name": "grants"})
    person = models.ForeignKey("accounts.Person", **_DERIVED | {"null": False, "related_name": "grants"})
    kind = models.CharField(max_length=11, choices=Kind)
    # What a substitute may do: the kind of the grant that is mirrored. Equal to `kind` for everybody else.
    acts_as = models.CharField(max_length=11, choices=Kind)
    starts = models.DateField()
    ends = models.DateField()
    since = models.DateField()
    blocked = models.BooleanField(default=False)

    assignment = models.ForeignKey("accounts.Assignment", **_DERIVED)
    via = models.ForeignKey("accounts.Person", **_DERIVED)
    directorship = models.ForeignKey("accounts.Directorship", **_DERIVED)
    placement = models.ForeignKey("accounts.Placement", **_DERIVED)
    membership = models.ForeignKey(ManagementMembership, **_DERIVED)
    invitation = models.ForeignKey(Invitation, **_DERIVED)
    substitution = models.ForeignKey(Substitution, **_DERIVED)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(starts__lte=F("ends")), name="grant_has_days"),
            models.CheckConstraint(
                condition=Q(kind=F("acts_as")) | Q(kind=Kind.SUBSTITUTE, substitution__isnull=False),
                name="grant_acts_as_itself_or_mirrors",
            ),
            models.CheckConstraint(
                condition=(
                    Q(acts_as=Kind.DIRECTOR, directorship__isnull=False)
                    | Q(acts_as=Kind.RESPONSIBLE, assignment__isnull=False)
                    | Q(acts_as=Kind.SUPERIOR, assignment__isnull=False, via__isnull=False)
                    | Q(acts_as=Kind.SALES, placement__isnull=False)
                    | Q(acts_as=Kind.MANAGEMENT, membership__isnull=False)
                    | Q(acts_as=Kind.INVITED, invitation__isnull=False)
                ),
                name="grant_keeps_its_cause",
            ),
        ]
        indexes = [
            models.Index(
                # the last day first: few grants have not ended, nearly all have begun
                fields=["person", "account", "ends"],
                include=["starts", "kind", "acts_as"],
                condition=Q(blocked=False),
                name="grant_may_see",
            ),
            models.Index(fields=["account", "ends"], include=["starts", "person"], name="grant_account"),
            models.Index(fields=["person"], condition=Q(blocked=True), name="grant_blocked"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.person_id} {self.kind} {self.starts}–{self.ends}"
