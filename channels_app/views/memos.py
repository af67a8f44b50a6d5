"""Memos: the list, one memo, its paper and its next meeting's calendar file, announcing what it decided."""

import datetime as dt
from uuid import NAMESPACE_URL, uuid5

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import Action, Extent, account_for, edits, signed_in
from accounts.actions.refusal import Refusal
from accounts.models import Account, Person
from accounts.views.parts import Request, text_in
from channels_app.actions.decisions import announce_decision, take_back_announcement
from channels_app.actions.memos import may_change_memo
from channels_app.actions.openings import note_opening
from channels_app.models import Decision, Memo, SectionKind
from channels_app.queries.contents import Contents, Line, contents_of
from channels_app.queries.essentials import essentials_for, writes_essentials
from channels_app.queries.files import files_listed, upload_to
from channels_app.queries.memos import by_topic, listed, memo_of, memo_section, memos_in
from channels_app.queries.pages import limit_names, removed_pages
from channels_app.queries.removed_files import removed_files
from channels_app.queries.tasks import tasks_of_memo
from channels_app.views.parts import channel_page, section_in
from channels_app.views.task_rows import rows_of
from kam.lib.calendars import Appointment, calendar_file

A_PAGE = 30
# How long a next meeting is taken to last: the memo says when it begins.
MEETING_LASTS = dt.timedelta(hours=1)


def memos_section(account: Account) -> tuple[Contents, Line | None]:
    """Return the contents and the section of memos, None where it is no longer in use; Http404 when it is limited."""
    contents = contents_of(account, account.standing)
    line = contents.of_kind(SectionKind.MEMOS)
    return contents, line and section_in(contents, line.section_id)


@require_safe
@signed_in
def memos(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number)
    contents, section = memos_section(account)
    words, meeting = text_in(request, "q"), text_in(request, "meeting")
    found = listed(account, account.standing, words=words, meeting=meeting if meeting in Memo.Meeting else "")
    topical = request.GET.get("by") == "topic"
    context = {
        "page": Paginator(by_topic(found) if topical else found, A_PAGE).get_page(request.GET.get("page")),
        "topical": topical,
        "words": words,
        "meeting": meeting,
        "meetings": Memo.Meeting.choices,
        "line": section,
        **(_removed(account) if edits(request.person, account) else {}),
    }
    return channel_page(
        request, "channel/memos.html", account, context, section=section, contents=contents, part="memo-list"
    )


def _removed(account: Account) -> dict[str, object]:
    section_id = memo_section().pk
    return {"removed": removed_pages(account, section_id), "removed_files": removed_files(account, section_id)}


@require_safe
@signed_in
def memo(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number)
    contents, section = memos_section(account)
    found = _opened(request, account, pk)
    shown = _shown(request.person, account, found)
    essentials = essentials_for(request.person, found.page)
    section_id = found.page.section_id
    shown |= {
        "essentials": essentials,
        "writes_essentials": writes_essentials(account.standing) and not any(one.own for one in essentials),
        "limited_to": limit_names(found.page.audience),
        "files": files_listed(account, account.standing, section_id=section_id, page=found.page),
        "upload": upload_to(account, section_id=section_id, page=found.page) if shown["may_change"] else None,
    }
    return channel_page(request, "channel/memo.html", account, shown, section=section, contents=contents)


@require_safe
@signed_in
def memo_print(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number)
    contents, section = memos_section(account)
    found = _opened(request, account, pk)
    context = _shown(request.person, account, found) | {"printed_at": timezone.now()}
    return channel_page(request, "channel/memo_print.html", account, context, section=section, contents=contents)


@require_safe
@signed_in
def memo_next(request: Request, customer_number: str, pk: int) -> HttpResponse:
    """Hand out the next meeting as a calendar file; a calendar that has it already moves it."""
    account = account_for(request.person, customer_number)
    memos_section(account)
    found = _opened(request, account, pk)
    if found.next_at is None:
        raise Http404
    url = request.build_absolute_uri(reverse("memo", args=[customer_number, pk]))
    appointment = Appointment(
        uid=str(uuid5(NAMESPACE_URL, f"kam/memos/{found.pk}/next")),
        sequence=found.next_sequence,
        summary=f"{found.page.title} ({account.name})",
        starts=found.next_at,
        lasts=MEETING_LASTS,
        changed_at=found.page.changed_at,
        location=found.next_place,
        description=url,
        url=url,
    )
    response = HttpResponse(calendar_file(appointment), content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{found.next_at:%Y-%m-%d}.ics"'
    return response


@require_POST
@signed_in
def announce(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number, Action.ANNOUNCE)
    if account.standing.extent(Action.ANNOUNCE) is not Extent.ALL:
        raise Http404
    decision = _decision_of(account, pk)
    try:
        announce_decision(actor=request.person, decision=decision)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The decision has been announced: it shows on the channel's home."))
    return redirect("memo", customer_number, decision.memo_id)


@require_POST
@signed_in
def take_back(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number)
    decision = _decision_of(account, pk)
    if not edits(request.person, account):
        raise Http404
    try:
        take_back_announcement(decision=decision)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The announcement has been taken back; the decision stays in the memo."))
    return redirect("memo", customer_number, decision.memo_id)


def _opened(request: Request, account: Account, pk: int) -> Memo:
    """Fetch a memo for its reader; that somebody opens a limited one goes into the ledger."""
    found, person = memo_of(account, account.standing, pk), request.person
    if request.method == "GET":
        note_opening(person=person, account=account, what="memo", thing_id=found.pk, audience=found.page.audience)
    return found


def _decision_of(account: Account, pk: int) -> Decision:
    decision = Decision.objects.filter(pk=pk, memo__in=memos_in(account, account.standing)).first()
    if decision is None:
        raise Http404
    return decision


def _shown(person: Person, account: Account, found: Memo) -> dict[str, object]:
    tasks = tasks_of_memo(account, account.standing, found)
    editor = edits(person, account)
    return {
        "memo": found,
        "page": found.page,
        "rows": rows_of(account, person, tasks, editor=editor),
        "may_change": editor or may_change_memo(person, account, found),
        "may_limit": account.standing.may(Action.MANAGE),
        "may_announce": account.standing.extent(Action.ANNOUNCE) is Extent.ALL,
        "may_take_back": editor,
    }


urlpatterns = [
    path("accounts/<str:customer_number>/memos/", memos, name="memos"),
    path("accounts/<str:customer_number>/memos/<int:pk>/", memo, name="memo"),
    path("accounts/<str:customer_number>/memos/<int:pk>/print/", memo_print, name="memo_print"),
    path("accounts/<str:customer_number>/memos/<int:pk>/next.ics", memo_next, name="memo_next"),
    path("accounts/<str:customer_number>/decisions/<int:pk>/announce/", announce, name="decision_announce"),
    path("accounts/<str:customer_number>/decisions/<int:pk>/take-back/", take_back, name="decision_take_back"),
]
