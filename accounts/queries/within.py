"""What a planned statement reads of one account, by the limits of the reader's standing there."""

from typing import Any

from accounts.access import Standing
from accounts.models import Account
from kam.lib.dates import today
from kam.lib.sql import planned_rows


def rows_within(sql: str, account: Account, standing: Standing, **values: Any) -> list[tuple[Any, ...]]:
    """Return the rows of a planned statement; none for whoever does not see the account.

    The text keeps to `LimitedQuerySet.within`: every limited table `t` in it by `t.account_id = %(account)s` and
    `(t.audience IS NULL OR t.audience && %(kinds)s::varchar[])`. `%(day)s` is today; `values` are the others.
    """
    if not standing.kinds:
        return []
    kinds = [str(kind) for kind in standing.kinds]
    return planned_rows(sql, {"account": account.pk, "kinds": kinds, "day": today(), **values})
