"""The ends of periods, and telephone numbers, as the pages need them; days are written by the tags of `ui`."""

import datetime as dt
import re
from typing import Any

from django import template

from kam.lib import dates

register = template.Library()


@register.filter
def first_day(period: Any) -> dt.date | None:
    """Return the first day of a period."""
    return dates.first_day(period)


@register.filter
def last_day(period: Any) -> dt.date | None:
    """Return the last day of a period, which the database keeps as the day after."""
    return dates.last_day(period)


@register.filter
def tel(phone: str) -> str:
    """Return the number as a link dials it: digits and a leading plus."""
    return re.sub(r"(?!^\+)\D", "", phone.strip())
