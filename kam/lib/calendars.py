"""Calendar files, RFC 5545: what a telephone or Outlook puts into its own calendar."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, Timezone, TimezoneDaylight, TimezoneStandard, vRecur

PRODUCT = "-//Asiakkuuskanava//calendar//FI"
HELSINKI = "Europe/Helsinki"
_ZONE = ZoneInfo(HELSINKI)
# The clocks in Finland since 1996 (directive 2000/84/EC): name, change from and to (hours before UTC), first, month.
# As a rule and not as a list of days, which is what the library would write: Outlook and vobject misread such lists.
_CLOCKS = (
    (TimezoneDaylight, "EEST", 2, 3, dt.datetime(1996, 3, 31, 3), 3),  # noqa: DTZ001  by the wall, as RFC 5545 has it
    (TimezoneStandard, "EET", 3, 2, dt.datetime(1996, 10, 27, 4), 10),  # noqa: DTZ001
)


@dataclass(frozen=True)
class Appointment:
    """One thing in a calendar. `starts` and `changed_at` are aware; the file says `starts` in Helsinki's time.

    A calendar that has the `uid` already takes the file as a change when its `sequence` is greater (RFC 5545, 3.8.7.4),
    so both belong to the thing and not to the file.
    """

    uid: str
    sequence: int
    summary: str
    starts: dt.datetime
    lasts: dt.timedelta
    changed_at: dt.datetime
    location: str = ""
    description: str = ""
    url: str = ""


def calendar_file(appointment: Appointment) -> bytes:
    """Return a calendar with the appointment, and with Helsinki's time zone written out (VTIMEZONE)."""
    event = Event()
    event.add("uid", appointment.uid)
    event.add("sequence", appointment.sequence)
    event.add("summary", appointment.summary)
    event.add("dtstart", appointment.starts.astimezone(_ZONE))
    # Added to the moment: added to the hour on the wall it would be an hour off when the clocks change meanwhile.
    ends = appointment.starts.astimezone(dt.UTC) + appointment.lasts
    event.add("dtend", ends.astimezone(_ZONE))
    stamp = appointment.changed_at.astimezone(dt.UTC)
    event.add("dtstamp", stamp)
    event.add("last-modified", stamp)
    for name in ("location", "description", "url"):
        if value := getattr(appointment, name):
            event.add(name, value)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add_component(_helsinki())
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def _helsinki() -> Timezone:
    zone = Timezone()
    zone.add("tzid", HELSINKI)
    for clock, name, before, after, first, month in _CLOCKS:
        change = clock()
        change.add("dtstart", first)
        change.add("tzoffsetfrom", dt.timedelta(hours=before))
        change.add("tzoffsetto", dt.timedelta(hours=after))
        change.add("tzname", name)
        change.add("rrule", vRecur({"FREQ": ["YEARLY"], "BYMONTH": [month], "BYDAY": ["-1SU"]}))
        zone.add_component(change)
    return zone
