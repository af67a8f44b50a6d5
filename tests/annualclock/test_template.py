"""The template: what a new year's clock begins with, day by day, and who answers for it."""

import datetime as dt
from collections.abc import Iterable

import pytest
from django.utils import translation

from annualclock.dates import Context, cadence_from_dict, occurrences
from annualclock.template import BY_KIND, TEMPLATE, EventType, Evidence, Kind, Responsible, Ring, template_for

FROM_SEPTEMBER = Context(start=dt.date(2024, 9, 1), end=dt.date(2028, 8, 31))


def year_of(events: Iterable[EventType], year: int, context: Context) -> dict[str, list[str]]:
    return {
        str(one.kind): [f"{o.day:%d.%m.}" for o in occurrences(one.cadence, year, context)]
        for one in events
        if one.cadence
    }


def test_a_whole_year() -> None:
    assert year_of(template_for(2027, FROM_SEPTEMBER), 2027, FROM_SEPTEMBER) == {
        "visit": [
            "29.01.", "26.02.", "31.03.", "30.04.", "31.05.", "30.06.",
            "30.07.", "31.08.", "30.09.", "29.10.", "30.11.", "31.12.",
        ],
        "customer_meeting": ["09.02.", "11.05.", "09.11."],
        "development_meeting": ["01.09."],
        "steering_group": ["10.03.", "13.10."],
        "internal_audit": ["21.04."],
        "satisfaction_survey": ["15.10."],
        "quality_card": [
            "14.01.", "10.02.", "10.03.", "12.04.", "13.05.", "10.06.",
            "12.07.", "11.08.", "10.09.", "12.10.", "10.11.", "13.12.",
        ],
        "webinar": ["11.02.", "13.05.", "14.10."],
        "contract_milestone": ["31.08."],
        "action_plan": ["30.11."],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("start", "year", "meetings", "birthday"),
    [
        ("2024-01-15", 2027, ["11.05.", "14.09.", "09.11."], ["15.01."]),
        ("2024-06-30", 2027, ["09.02.", "14.09.", "09.11."], ["30.06."]),
        ("2024-07-05", 2027, ["09.02.", "11.05.", "09.11."], ["02.08."]),  # to August, where September's is nearest
        ("2024-12-15", 2027, ["09.02.", "11.05.", "14.09."], ["15.12."]),
        ("2027-01-15", 2027, ["09.02.", "11.05.", "14.09.", "09.11."], []),  # no birthday in the first year
        (None, 2027, ["09.02.", "11.05.", "14.09.", "09.11."], []),
    ],
)
def test_the_birthday_is_one_of_four_meetings(
    start: str | None, year: int, meetings: list[str], birthday: list[str]
) -> None:
    contract = Context(start=start and dt.date.fromisoformat(start))
    dates = year_of(template_for(year, contract), year, contract)
    assert (dates["customer_meeting"], dates["development_meeting"]) == (meetings, birthday)


def test_every_kind_is_in_the_template_once_and_can_be_stored() -> None:
    assert [one.kind for one in TEMPLATE] == list(Kind)
    for one in TEMPLATE:
        assert one.cadence is None or cadence_from_dict(one.cadence.to_dict()) == one.cadence
    assert {one.kind for one in TEMPLATE if one.cadence is None} == {Kind.REPORT, Kind.OWN}


def test_who_answers_for_what_and_what_shows_that_it_was_done() -> None:
    assert {str(one.kind): (one.responsible, one.evidence) for one in TEMPLATE} == {
        "visit": ((Responsible.SUPERVISOR,), (Evidence.VISIT,)),
        "customer_meeting": ((Responsible.DIRECTOR,), (Evidence.MEMO,)),
        "development_meeting": ((Responsible.DIRECTOR,), (Evidence.MEMO, Evidence.PLAN)),
        "steering_group": ((Responsible.DIRECTOR, Responsible.AREA_DIRECTOR), (Evidence.MEMO,)),
        "internal_audit": ((Responsible.AREA_DIRECTOR,), (Evidence.FINDINGS,)),
        "satisfaction_survey": ((Responsible.DIRECTOR,), (Evidence.RESULT,)),
        "agreed_report": ((Responsible.NAMED,), (Evidence.FILE,)),
        "quality_card": ((Responsible.DIRECTOR,), (Evidence.CARD,)),
        "webinar": ((Responsible.DIRECTOR,), (Evidence.WEBINAR,)),
        "contract_milestone": ((Responsible.DIRECTOR, Responsible.SALES), (Evidence.DECISION,)),
        "action_plan": ((Responsible.DIRECTOR,), (Evidence.PLAN,)),
        "own_event": ((Responsible.NAMED,), ()),
    }


def test_rings_follow_who_answers() -> None:
    rings = {ring: {one.kind for one in TEMPLATE if one.ring == ring} for ring in Ring}
    assert rings[Ring.SUPERVISORS] == {Kind.VISIT}
    assert rings[Ring.OTHERS] == {Kind.AUDIT, Kind.REPORT, Kind.OWN}
    assert rings[Ring.DIRECTOR] == set(Kind) - {Kind.VISIT, Kind.AUDIT, Kind.REPORT, Kind.OWN}


def test_visits_are_at_each_site_and_the_birthday_invites_management() -> None:
    assert [one.kind for one in TEMPLATE if one.at_each_site] == [Kind.VISIT]
    assert [one.kind for one in TEMPLATE if one.invites_management] == [Kind.BIRTHDAY]


def test_meetings_avoid_july_and_the_rest_does_not() -> None:
    avoiding = {one.kind for one in TEMPLATE if one.cadence and one.cadence.avoid_july}
    assert avoiding == {Kind.MEETING, Kind.BIRTHDAY, Kind.STEERING_GROUP, Kind.AUDIT, Kind.WEBINAR}


def test_names_are_in_the_reader_s_language() -> None:
    with translation.override("en"):
        assert str(BY_KIND["quality_card"].kind.label) == "quality card"
