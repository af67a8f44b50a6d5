"""What templates draw and write the same way everywhere: states, icons, faces, dates, numbers, form controls."""

import datetime as dt
import re
from functools import cache
from typing import Any

from django import forms, template
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.paginator import Page
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.utils import formats, timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from psycopg.types.range import DateRange

from kam.lib.dates import first_day, last_day

register = template.Library()

SPRITE = "vendor/bootstrap-icons/sprite.svg"
# A shape for each state, so that nothing rests on colour. Drawn in a square of 14.
SHAPES = {
    "ok": '<circle cx="7" cy="7" r="6" fill="currentColor"/>',
    "warn": '<path d="M7 1 13.5 13H.5z" fill="currentColor"/>',
    "bad": '<path d="M7 .5 13.5 7 7 13.5.5 7z" fill="currentColor"/>',
    "none": '<circle cx="7" cy="7" r="5.5" fill="none" stroke="currentColor" stroke-width="1.8"'
    ' stroke-dasharray="2.6 2"/>',
    "run": '<circle cx="7" cy="7" r="5.5" fill="none" stroke="currentColor" stroke-width="1.8"/>'
    '<path d="M7 1.5a5.5 5.5 0 0 1 0 11z" fill="currentColor"/>',
}
CONTROLS: list[tuple[type[forms.Widget], str]] = [
    (forms.CheckboxInput, "form-check-input"),
    (forms.RadioSelect, "form-check-input"),
    (forms.CheckboxSelectMultiple, "form-check-input"),
    (forms.Select, "form-select"),
    (forms.Widget, "form-control"),
]


# --- drawn ----------------------------------------------------------------------------------------------------------
@register.simple_tag
def shape(kind: str) -> SafeString:
    """Draw the shape of a state alone; its word must stand beside it."""
    return mark_safe(  # noqa: S308  from the table above
        f'<svg viewBox="0 0 14 14" width="14" height="14" aria-hidden="true">{SHAPES[kind]}</svg>'
    )


@register.simple_tag
def state(kind: str, word: str) -> SafeString:
    """Show a state: ok, warn, bad, none (not known, not begun) or run (under way), by its shape and its word."""
    return format_html('<span class="st {}">{}{}</span>', kind, shape(kind), word)


@register.simple_tag
def icon(name: str) -> SafeString:
    """Draw an icon of the sprite beside a word. Raises for a name that is not in it; scripts/icons.py adds more."""
    if name not in icon_names():
        raise template.TemplateSyntaxError(f"no icon {name!r} in {SPRITE}")
    return format_html(
        '<svg class="icon" width="18" height="18" aria-hidden="true"><use href="{}#{}"/></svg>',
        staticfiles_storage.url(SPRITE),
        name,
    )


@cache
def icon_names() -> frozenset[str]:
    sprite = settings.BASE_DIR / "static" / SPRITE
    return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite.read_text("utf-8")))


@register.filter
def rich(html: str) -> SafeString:
    """Draw the text of a page, clean HTML as kam.lib.html makes it: tables scroll in a frame, pictures load when near.

    Clean HTML writes `<table>` and `<img ` in this one way, and has them nowhere but where they are elements.
    """
    frame = format_html('<div class="table-wrap" role="group" tabindex="0" aria-label="{}"><table>', _("Table"))
    text = html.replace("<table>", frame).replace("</table>", "</table></div>")
    return mark_safe(text.replace("<img ", '<img loading="lazy" '))  # noqa: S308  cleaned before it was stored


@register.filter
def initials(name: str, most: int = 2) -> str:
    """Return the first letters of a name's first and last word: MO for Marja Ojala; one letter when `most` is 1."""
    words = [word for word in str(name).split() if word[0].isalnum()]
    picked = words if len(words) <= most else [*words[: most - 1], words[-1]] if most > 1 else words[:1]
    return "".join(word[0].upper() for word in picked)


# --- days, times, numbers -------------------------------------------------------------------------------------------
def is_finnish() -> bool:
    return (get_language() or settings.LANGUAGE_CODE).startswith("fi")


def local(value: dt.date | dt.datetime) -> dt.date | dt.datetime:
    return timezone.localtime(value) if isinstance(value, dt.datetime) and timezone.is_aware(value) else value


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """Write a day: 24.11.2026, 24 Nov 2026. Nothing for None."""
    if value is None:
        return ""
    return formats.date_format(local(value), "j.n.Y" if is_finnish() else "j M Y", use_l10n=False)


@register.filter
def short_day(value: dt.date | dt.datetime | None) -> str:
    """Write a day of a year that the reader knows, with its weekday: ti 24.11., Tue 24 Nov."""
    if value is None:
        return ""
    return formats.date_format(local(value), "D j.n." if is_finnish() else "D j M", use_l10n=False)


@register.filter
def clock(value: dt.datetime | dt.time | None) -> str:
    """Write a time of day in Helsinki: 8.05, 08:05."""
    if value is None:
        return ""
    if isinstance(value, dt.datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
    return formats.time_format(value, "G.i" if is_finnish() else "H:i", use_l10n=False)


@register.filter
def moment(value: dt.datetime | None) -> str:
    """Write a point in time: 24.11.2026 klo 8.05, 24 Nov 2026, 08:05."""
    if value is None:
        return ""
    return f"{day(value)} klo {clock(value)}" if is_finnish() else f"{day(value)}, {clock(value)}"


@register.filter
def days(value: DateRange | None) -> str:
    """Write a period by its first and last day, both included: 1.2.2026-31.3.2026, with an en dash."""
    if value is None or value.isempty:
        return ""
    first, last = first_day(value), last_day(value)
    if first is None or first == dt.date.min:
        return _("until %(day)s") % {"day": day(last)} if last else _("always")
    if last is None or last == dt.date.max:
        return _("from %(day)s") % {"day": day(first)}
    if first == last:
        return day(first)
    return f"{day(first)}–{day(last)}" if is_finnish() else f"{day(first)} – {day(last)}"


@register.filter
def number(value: float | None, decimals: int | None = None) -> str:
    """Write a number as the language does: 1 204 (with a space that does not break), 1,204. Nothing for None."""
    return "" if value is None else formats.number_format(value, decimals, use_l10n=True, force_grouping=True)


# --- forms ----------------------------------------------------------------------------------------------------------
@register.filter
def control(field: BoundField) -> SafeString:
    """Draw a form field's control in our clothes; Django adds aria-describedby and aria-invalid."""
    widget = field.field.widget
    name = next(name for kind, name in CONTROLS if isinstance(widget, kind))
    classes = f"{widget.attrs.get('class', '')} {name}".strip()
    return field.as_widget(attrs={"class": classes})


@register.filter
def option_control(option: BoundWidget) -> SafeString:
    """Draw one box or button of a group, without its label."""
    option.data["attrs"]["class"] = "form-check-input"
    return option.tag()


@register.filter
def is_check(field: BoundField) -> bool:
    """Say whether the field is one box to tick, whose label stands after it."""
    return isinstance(field.field.widget, forms.CheckboxInput)


@register.filter
def is_group(field: BoundField) -> bool:
    """Say whether the field is a group of boxes or buttons, which is named by a legend."""
    return bool(field.use_fieldset)


# --- lists ----------------------------------------------------------------------------------------------------------
@register.filter
def page_numbers(page: Page[Any]) -> list[int | str]:
    """Return the numbers to show under a page of a list, long gaps as an ellipsis."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1))
