"""Shapes and words for the states of imports and what happens to access."""

from django import template
from django.utils.translation import gettext as _

from accounts.models import ForecastLine, LedgerEntry, RosterImport

register = template.Library()
State, Event = RosterImport.State, LedgerEntry.Event
SHAPES = {
    State.UPLOADED: "none",
    State.READING: "run",
    State.FORECAST: "warn",
    State.APPLYING: "run",
    State.APPLIED: "ok",
    State.UNCHANGED: "ok",
    State.STALE: "warn",
    State.FAILED: "bad",
    State.DISCARDED: "none",
    State.UNDONE: "none",
}
EVENT_SHAPES = {
    Event.STARTED: "ok",
    Event.UNBLOCKED: "ok",
    Event.BLOCKED: "warn",
    Event.ENDED: "bad",
    Event.WITHDRAWN: "bad",
    Event.LOGIN_SHUT: "bad",
}
CHANGES = {"access_gained": "ok", "access_lost": "bad", "access_changed": "run"}


@register.filter
def import_shape(roster_import: RosterImport) -> str:
    """Return the kind of state for `{% state %}`."""
    return SHAPES[State(roster_import.state)]


@register.filter
def event_shape(entry: LedgerEntry) -> str:
    """Return the kind of state for an entry of the ledger."""
    return EVENT_SHAPES.get(Event(entry.event), "none")


@register.filter
def change_shape(line: ForecastLine) -> str:
    return CHANGES.get(line.section, "none")


@register.filter
def change_word(line: ForecastLine) -> str:
    """Say what happens to somebody's access."""
    words = {"access_gained": _("gains"), "access_lost": _("loses"), "access_changed": _("other days")}
    return words.get(line.section, "")
