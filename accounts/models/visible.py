"""The filter that every query for anything of an account starts from."""

import datetime as dt
from typing import TYPE_CHECKING, Any, Self

from django.db import models

if TYPE_CHECKING:
    from accounts.models.person import Person


class VisibleQuerySet(models.QuerySet[Any]):
    """For accounts, and for models that name their way to the account in `account_path` (say "page__account")."""

    account_path = ""

    def visible_to(self, person: "Person | None", day: dt.date | None = None) -> Self:
        """Keep what belongs to an account that `person` may see on `day` (today unless given)."""
        from accounts.access import seen_accounts  # the rule lives there; access imports models

        return self.filter(**{f"{self.account_path or 'pk'}__in": seen_accounts(person, day)})
