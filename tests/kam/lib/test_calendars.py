"""Calendar files as two independent readers understand them, on both sides of both clock changes."""

import datetime as dt
from zoneinfo import ZoneInfo

import icalendar
import pytest
import vobject

from kam.lib.calendars import Appointment, calendar_file

HELSINKI = ZoneInfo("Europe/Helsinki")
CHANGED = dt.datetime(2026, 11, 24, 6, 5, tzinfo=dt.UTC)


def appointment(starts: dt.datetime, **fields: object) -> Appointment:
    values = {"uid": "one@kam", "sequence": 3, "summary": "Palaveri", "lasts": dt.timedelta(hours=1)}
    return Appointment(starts=starts, changed_at=CHANGED, **(values | fields))  # type: ignore[arg-type]


def test_calendar_file_keeps_every_word_and_says_when_it_was_made():
    words = {"summary": 'Viikkopalaveri; avaimet, ovet\\ja "lukot"', "location": "Sali 2,\nMäntymäki"}
    made = appointment(dt.datetime(2026, 12, 1, 9, tzinfo=HELSINKI), url="https://kam.example/a/?x=1,2;3", **words)
    content = calendar_file(made)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    [event] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    assert {name: str(event[name]) for name in words} == words
    assert (str(event["uid"]), event["sequence"], str(event["url"])) == ("one@kam", 3, made.url)
    assert event["dtstamp"].dt == CHANGED
    read = vobject.readOne(content.decode())
    assert (read.vevent.summary.value, read.vevent.location.value) == (words["summary"], words["location"])
    assert (read.vevent.sequence.value, read.vevent.uid.value) == ("3", "one@kam")


@pytest.mark.parametrize("day", ["2027-03-26", "2027-03-27", "2027-03-28", "2027-03-29", "2026-10-24", "2026-10-25",
                                 "2026-10-26", "2030-07-01", "2037-12-31"])  # fmt: skip
def test_both_readers_find_the_hour_on_the_wall_around_the_clock_changes(day: str):
    starts = dt.datetime.combine(dt.date.fromisoformat(day), dt.time(9), HELSINKI)
    content = calendar_file(appointment(starts))
    [event] = icalendar.Calendar.from_ical(content).walk("VEVENT")
    read = vobject.readOne(content.decode()).vevent
    for found in (event["dtstart"].dt, read.dtstart.value):
        assert found.replace(tzinfo=None) == dt.datetime.fromisoformat(f"{day}T09:00")
        assert found.utcoffset() == starts.utcoffset()
    for found in (event["dtend"].dt, read.dtend.value):
        assert found.astimezone(dt.UTC) - starts.astimezone(dt.UTC) == dt.timedelta(hours=1)


def test_a_moment_in_utc_is_written_by_the_clock_in_helsinki():
    content = calendar_file(appointment(dt.datetime(2026, 7, 1, 21, 30, tzinfo=dt.UTC)))
    assert b"DTSTART;TZID=Europe/Helsinki:20260702T003000\r\n" in content


def test_an_hour_through_the_change_in_march_ends_an_hour_later():
    content = calendar_file(appointment(dt.datetime(2027, 3, 28, 2, 30, tzinfo=HELSINKI)))
    assert b"DTSTART;TZID=Europe/Helsinki:20270328T023000\r\n" in content
    assert b"DTEND;TZID=Europe/Helsinki:20270328T043000\r\n" in content


def test_the_written_zone_is_helsinki_as_the_system_knows_it():
    """Every change of the clocks from 1996 to 2037 by the rule in the file is the one in the time zone database."""
    [zone] = icalendar.Calendar.from_ical(calendar_file(appointment(CHANGED))).walk("VTIMEZONE")
    written = zone.to_tz(lookup_tzid=False)
    day = dt.datetime(1997, 1, 1, 12)  # noqa: DTZ001  by the wall, for both zones
    while day.year < 2037:
        assert day.replace(tzinfo=written).utcoffset() == day.replace(tzinfo=HELSINKI).utcoffset(), day
        day += dt.timedelta(days=1)
