"""Whom a message has reached: numbers, names, by area and by superior, over time; on a page and as a workbook."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.access import account_for, signed_in
from accounts.models import Account, LedgerEntry
from accounts.views.admin.exports import workbook_response
from accounts.views.parts import Request, number_in, text_in
from channels_app.models import Message
from channels_app.queries.reach import STRETCHES, OverTime, Reach, Sight, reach_of, reach_over_time, reached_message
from channels_app.queries.reached import (
    A_PAGE,
    Group,
    Mail,
    Narrowed,
    Reached,
    Show,
    reach_by_area,
    reach_by_superior,
    reached_people,
)
from channels_app.views.parts import channel_page
from kam.lib.lines import Frame, step_line

AREAS, SUPERIORS, TIME = "areas", "superiors", "time"
NAMED = {show.value: show for show in Show}
GROUPS = {AREAS: reach_by_area, SUPERIORS: reach_by_superior}
MAIL_WORDS = {
    Mail.NONE: gettext_lazy("not told yet"),
    Mail.TOLD: gettext_lazy("in the system"),
    Mail.SENT: gettext_lazy("mail sent"),
    Mail.WAITING: gettext_lazy("mail waits to be sent"),
    Mail.BOUNCED: gettext_lazy("mail came back"),
    Mail.FAILED: gettext_lazy("mail could not be sent"),
}
MOMENT_WORDS = {
    "1h": gettext_lazy("after 1 hour"),
    "4h": gettext_lazy("after 4 hours"),
    "1d": gettext_lazy("after 1 day"),
    "3d": gettext_lazy("after 3 days"),
    "7d": gettext_lazy("after 7 days"),
    "due": gettext_lazy("at the deadline"),
    "now": gettext_lazy("now"),
}
DRAWING = (600, 150)


@dataclass(frozen=True)
class Drawing:
    """The lines of those who opened and who acknowledged, as SVG paths, and where the deadline lies, None outside."""

    width: float
    height: float
    opened: str
    acknowledged: str
    due: float | None


@require_safe
@signed_in
def message_reach(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number)
    message, sight = reached_message(request.person, account, pk)
    _note_reading(request, account, message)
    context = _asked(request, message, sight) | {"message": message, "own_people": sight.own_people}
    if request.htmx.target != "reach-more":  # more names are asked for alone
        reach = reach_of(message, sight.people)
        context["reach"] = reach
        if context["tab"] == TIME:
            context |= _over_time(message, sight, reach)
    where = message.section_id
    return channel_page(request, "channel/message_reach.html", account, context, section=where, part="reach-more")


@require_safe
@signed_in
def message_reach_export(request: Request, customer_number: str, pk: int) -> HttpResponseBase:
    """Hand out all whom the message is for and how far it has come, for whoever may read it. The ledger has it."""
    account = account_for(request.person, customer_number)
    message, sight = reached_message(request.person, account, pk)
    people = reached_people(message, sight.people, Narrowed(Show.ALL), limit=None)
    cause = {"what": "reach", "id": message.pk, "people": len(people), "own_people": sight.own_people}
    audit.record(LedgerEntry.Event.EXPORTED, actor=request.person, account=account, cause=cause)
    header = (
        _("Name"), _("Employee number"), _("Title"), _("Role"), _("Sites"), _("Area"), _("Superior"), _("Telephone"),
        _("Told"), _("Opened"), _("Acknowledged"), _("Acknowledged by"), _("Came later"),
    )  # fmt: skip
    return workbook_response(f"reach-{account.customer_number}-{message.pk}", header, _rows(people))


def _asked(request: Request, message: Message, sight: Sight) -> dict[str, Any]:
    """Return what the tab shows that is open: names, or groups; the time comes of the numbers."""
    tab = text_in(request, "show")
    if tab in GROUPS:
        groups: list[Group] = GROUPS[tab](message, sight.people)
        return {"tab": tab, "groups": groups}
    if tab == TIME:
        return {"tab": tab}
    show = NAMED.get(tab, Show.MISSING)
    narrowed = Narrowed(show, number_in(request, "area"), number_in(request, "superior"))
    page = max(number_in(request, "page") or 1, 1)
    found = reached_people(message, sight.people, narrowed, offset=(page - 1) * A_PAGE, limit=A_PAGE + 1)
    return {
        "tab": show.value,
        "people": found[:A_PAGE],
        "next_page": page + 1 if len(found) > A_PAGE else None,
        "narrowed": narrowed,
    }


def _note_reading(request: Request, account: Account, message: Message) -> None:
    """Write to the ledger that somebody reads the reach of somebody else's message (access.md, "The ledger")."""
    if request.method == "GET" and message.author_id != request.person.pk:
        cause = {"what": "reach", "id": message.pk}
        audit.record(LedgerEntry.Event.OPENED, actor=request.person, account=account, cause=cause)


def _over_time(message: Message, sight: Sight, reach: Reach) -> dict[str, Any]:
    grown = reach_over_time(message, sight.people)
    moments = [(MOMENT_WORDS[one.code], one.opened, one.acknowledged) for one in grown.moments]
    return {"grown": grown, "drawing": drawn(grown, reach.asked, message.acknowledge_by), "moments": moments}


def drawn(grown: OverTime, asked: int, due: dt.datetime | None) -> Drawing:
    """Draw how opening and acknowledging grew from the moment it was asked for, up to the `asked` who are to do it."""
    frame = Frame(*DRAWING, most=asked)
    at = None if due is None else (due - grown.since) / (grown.until - grown.since)
    return Drawing(
        width=frame.width,
        height=frame.height,
        opened=step_line(frame, ((one.number / STRETCHES, one.opened) for one in grown.stretches)),
        acknowledged=step_line(frame, ((one.number / STRETCHES, one.acknowledged) for one in grown.stretches)),
        due=None if at is None or at > 1 else frame.x(at),
    )


def _rows(people: list[Reached]) -> Iterator[tuple[Any, ...]]:
    for one in people:
        yield (
            one.name,
            one.employee_number,
            one.title,
            ", ".join(str(named.label) for named in (*one.roles, *(() if one.roles else one.kinds))),
            one.sites or None,
            one.area,
            one.superior,
            one.phone,
            str(MAIL_WORDS[one.mail]),
            _local(one.opened_at),
            _local(one.acknowledged_at),
            one.acknowledged_by,
            _("yes") if one.came_later else None,
        )


def _local(moment: dt.datetime | None) -> dt.datetime | None:
    """Return the moment as clocks in Helsinki show it: workbooks know no time zones."""
    return moment and timezone.make_naive(moment, timezone.get_default_timezone())


REACH = "accounts/<str:customer_number>/messages/<int:pk>/reach/"
urlpatterns = [
    path(REACH, message_reach, name="message_reach"),
    path(f"{REACH}export/", message_reach_export, name="message_reach_export"),
]
