"""The events that every account's year has, as data: what a new year's clock begins with.

Each account's own clock may differ from it in anything; what it must have is in annualclock/check.py.
"""

from dataclasses import dataclass, replace

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from annualclock.dates import (
    MONTHS,
    SPREAD,
    Anchor,
    Anniversary,
    Cadence,
    Context,
    DayOfMonth,
    InMonths,
    Milestones,
    NthWeekday,
    TimesAYear,
    WorkingDay,
    Yearly,
    occurrences,
)


class Kind(TextChoices):
    VISIT = "visit", _("quality and satisfaction visit")
    MEETING = "customer_meeting", _("customer meeting")
    BIRTHDAY = "development_meeting", _("account birthday with development meeting")
    STEERING_GROUP = "steering_group", _("steering group")
    AUDIT = "internal_audit", _("internal audit")
    SURVEY = "satisfaction_survey", _("user satisfaction survey")
    REPORT = "agreed_report", _("agreed report")
    CARD = "quality_card", _("quality card")
    WEBINAR = "webinar", _("webinar")
    MILESTONE = "contract_milestone", _("contract milestone")
    PLAN = "action_plan", _("action plan for next year")
    OWN = "own_event", _("own event")


class Responsible(TextChoices):
    """Who answers for an event, by role; NAMED is a person who was chosen for it. Values as in accounts' roles."""

    SUPERVISOR = "supervisor", _("the site's supervisor")
    DIRECTOR = "director", _("director")
    AREA_DIRECTOR = "area_director", _("area director")
    SALES = "sales", _("sales")
    NAMED = "named", _("named person")


class Evidence(TextChoices):
    """What shows that an event was done."""

    VISIT = "visit", _("visit record")
    MEMO = "memo", _("memo")
    FINDINGS = "findings", _("findings")
    RESULT = "result", _("result")
    FILE = "file", _("file")
    CARD = "card", _("submitted quality card")
    WEBINAR = "webinar", _("held webinar")
    DECISION = "decision", _("decision")
    PLAN = "plan", _("next year's plan")


class Ring(TextChoices):
    """The rings of the wheel, from the outermost."""

    SUPERVISORS = "supervisors", _("supervisors")
    DIRECTOR = "director", _("director")
    OTHERS = "others", _("management and others")


RING_OF = {Responsible.SUPERVISOR: Ring.SUPERVISORS, Responsible.DIRECTOR: Ring.DIRECTOR}


@dataclass(frozen=True)
class EventType:
    """A kind of event as the template has it.

    Without a `cadence` it is not in a new year until somebody agrees on one. Of several who are `responsible` the first
    one sees to it. All the `evidence` is asked for; none means that done is done.
    """

    kind: Kind
    cadence: Cadence | None
    responsible: tuple[Responsible, ...]
    evidence: tuple[Evidence, ...]
    at_each_site: bool = False
    invites_management: bool = False

    @property
    def ring(self) -> Ring:
        return RING_OF.get(self.responsible[0], Ring.OTHERS)


TUESDAY, WEDNESDAY, THURSDAY = 1, 2, 3
MEETING_MONTHS = SPREAD[4]
MEETING_DAY = NthWeekday(weekday=TUESDAY, nth=2)
LAST_WORKING_DAY = WorkingDay(number=23)
DIRECTOR = (Responsible.DIRECTOR,)

TEMPLATE = (
    EventType(
        Kind.VISIT,
        # The month is what counts; its last working day is when the visit is late.
        InMonths(months=MONTHS, on=LAST_WORKING_DAY),
        (Responsible.SUPERVISOR,),
        (Evidence.VISIT,),
        at_each_site=True,
    ),
    EventType(
        Kind.MEETING,
        InMonths(months=MEETING_MONTHS, on=MEETING_DAY, avoid_july=True),
        DIRECTOR,
        (Evidence.MEMO,),
    ),
    EventType(
        Kind.BIRTHDAY,
        Anniversary(avoid_july=True),
        DIRECTOR,
        (Evidence.MEMO, Evidence.PLAN),
        invites_management=True,
    ),
    EventType(
        Kind.STEERING_GROUP,
        TimesAYear(times=2, on=NthWeekday(weekday=WEDNESDAY, nth=2), avoid_july=True),
        (Responsible.DIRECTOR, Responsible.AREA_DIRECTOR),
        (Evidence.MEMO,),
    ),
    EventType(
        Kind.AUDIT,
        Yearly(month=4, on=NthWeekday(weekday=WEDNESDAY, nth=3), avoid_july=True),
        (Responsible.AREA_DIRECTOR,),
        (Evidence.FINDINGS,),
    ),
    EventType(Kind.SURVEY, Yearly(month=10, on=DayOfMonth(day=15)), DIRECTOR, (Evidence.RESULT,)),
    EventType(Kind.REPORT, None, (Responsible.NAMED,), (Evidence.FILE,)),
    EventType(Kind.CARD, InMonths(months=MONTHS, on=WorkingDay(number=8)), DIRECTOR, (Evidence.CARD,)),
    EventType(
        Kind.WEBINAR,
        TimesAYear(times=3, on=NthWeekday(weekday=THURSDAY, nth=2), avoid_july=True),
        DIRECTOR,
        (Evidence.WEBINAR,),
    ),
    EventType(
        Kind.MILESTONE,
        Milestones(of=(Anchor.END, Anchor.OPTION), months_before=(12, 6, 3)),
        (Responsible.DIRECTOR, Responsible.SALES),
        (Evidence.DECISION,),
    ),
    EventType(Kind.PLAN, Yearly(month=11, on=LAST_WORKING_DAY), DIRECTOR, (Evidence.PLAN,)),
    EventType(Kind.OWN, None, (Responsible.NAMED,), ()),
)
BY_KIND = {event.kind: event for event in TEMPLATE}


def template_for(year: int, context: Context) -> tuple[EventType, ...]:
    """Return the events of a new year under that contract.

    The birthday is one of the year's four meetings: in a year that has one, the meeting nearest to it is left out.
    """
    birthday = BY_KIND[Kind.BIRTHDAY].cadence
    days = [one.day for one in occurrences(birthday, year, context)] if birthday else []
    if not days:
        return TEMPLATE
    nearest = min(MEETING_MONTHS, key=lambda month: abs(month - days[0].month))
    others = tuple(month for month in MEETING_MONTHS if month != nearest)
    meetings = replace(BY_KIND[Kind.MEETING], cadence=InMonths(months=others, on=MEETING_DAY, avoid_july=True))
    return tuple(meetings if event.kind == Kind.MEETING else event for event in TEMPLATE)
