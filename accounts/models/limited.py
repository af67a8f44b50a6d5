"""What may be limited, within an account, to some kinds of access: narrowed only, never widened (access.md)."""

import datetime as dt
from collections.abc import Collection
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q

from accounts.models.grant import AccessGrant, Kind
from accounts.models.visible import VisibleQuerySet

if TYPE_CHECKING:
    from accounts.models.person import Person

# access.md, "What each kind may do": these see a limited section whatever it is limited to.
ABOVE_LIMITS = (Kind.DIRECTOR, Kind.MANAGEMENT)


class IsAnyOf(Func):
    """The first is among those of the second, an array. A lookup would put brackets around ANY, which is no SQL."""

    template = "(%(expressions)s))"
    arg_joiner = " = ANY("
    output_field = models.BooleanField()


class KindsField(ArrayField):
    """Kinds of access, or null for everybody who sees the account."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs |= {"base_field": models.CharField(max_length=11, choices=Kind.choices), "null": True, "blank": True}
        super().__init__(**kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        for given in ("base_field", "null", "blank"):
            kwargs.pop(given, None)
        return name, path, args, kwargs


class LimitedQuerySet(VisibleQuerySet):
    """For models with an `account` and an `audience`: the kinds that see the row, null for all of them."""

    account_path = "account"
    audience_path = "audience"

    def visible_to(self, person: "Person | None", day: dt.date | None = None) -> Self:
        """Keep what `person` may see on `day` (today unless given): the account, and what its limits let through."""
        from accounts.access import running  # the rule lives there; access imports models

        reaching = AccessGrant.objects.filter(
            running(day),
            IsAnyOf(F("acts_as"), OuterRef(self.audience_path)),
            person=person,
            account=OuterRef(self.account_path),
        )
        unlimited = Q(**{f"{self.audience_path}__isnull": True})
        return super().visible_to(person, day).filter(unlimited | Exists(reaching))

    def within(self, account: models.Model, kinds: Collection[Kind]) -> Self:
        """Keep what is the account's and whoever acts as one of `kinds` may see; for a person's standing there."""
        if not kinds:
            return self.none()
        unlimited = Q(**{f"{self.audience_path}__isnull": True})
        reaching = Q(**{f"{self.audience_path}__overlap": [str(kind) for kind in kinds]})
        return self.filter(unlimited | reaching, **{self.account_path: account})


def no_widening(name: str) -> models.CheckConstraint:
    """Return the constraint that an audience, where there is one, keeps those who stand above limits."""
    return models.CheckConstraint(
        condition=Q(audience__isnull=True) | Q(audience__contains=[str(kind) for kind in ABOVE_LIMITS]), name=name
    )
