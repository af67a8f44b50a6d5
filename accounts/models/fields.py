"""Column types that several models share."""

from typing import Any

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Func, Value


class FinnishKey(Func):
    """The database's `finnish_key(text)`; see kam/lib/finnish.py."""

    function = "finnish_key"
    output_field = models.CharField()


def sort_key(expression: Any) -> models.GeneratedField:
    """Return a stored column that sorts `expression` in Finnish alphabetical order."""
    return models.GeneratedField(
        expression=FinnishKey(expression),
        output_field=models.CharField(max_length=400, db_collation="C"),
        db_persist=True,
    )


class Joined(Func):
    """Two texts with a space between: immutable, unlike concat(), so that a generated column may use it."""

    template = "(%(expressions)s)"
    arg_joiner = " || "
    output_field = models.CharField()

    def __init__(self, first: str, second: str) -> None:
        super().__init__(F(first), Value(" "), F(second))


class PeriodField(DateRangeField):
    """A period of whole days in Helsinki; an empty one never ran (it was withdrawn before it began)."""


def no_overlap(name: str, *same: str | Func) -> ExclusionConstraint:
    """Return the constraint that rows equal in the columns `same` never overlap in their `period`.

    Checked at the end of the transaction: a set-based write may pass through states that overlap.
    """
    return ExclusionConstraint(
        name=name,
        expressions=[(column, RangeOperators.EQUAL) for column in same] + [("period", RangeOperators.OVERLAPS)],
        deferrable=Deferrable.DEFERRED,
    )
