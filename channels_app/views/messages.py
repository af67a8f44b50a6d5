"""Messages: the section of announcements and discussions, one message with its replies, and what it said before."""

from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import Action, account_for, signed_in
from accounts.models import Account
from accounts.views.parts import Request
from channels_app.actions.openings import note_opening
from channels_app.actions.recipients import open_message
from channels_app.aims import Aim
from channels_app.forms.replies import ReplyForm
from channels_app.models import Message, MessageKind, SectionKind
from channels_app.queries.acknowledging import acknowledge_state
from channels_app.queries.contents import Contents, Line, contents_of
from channels_app.queries.ladders import ladder_shown
from channels_app.queries.memos import announced_decisions
from channels_app.queries.messages import (
    ANNOUNCED,
    aim_names,
    announces_to_all,
    files_of,
    is_withdrawn_for,
    last_approval,
    latest_wording,
    may_edit,
    may_remove_reply,
    may_repeat,
    may_withdraw,
    message_of,
    messages_listed,
    recipient_of,
    replies_of,
    reply_wordings_of,
    unread_counts,
    waiting_messages,
    wordings_of,
)
from channels_app.queries.pages import limit_names
from channels_app.queries.reach import reach_line, reach_of_many, sight_of
from channels_app.queries.sections import section_files
from channels_app.views.parts import channel_page, section_in
from kam.lib.dates import today
from kam.lib.differences import differences

A_PAGE = 25
MOST_DECISIONS = 10
TABS = {"announcements": ANNOUNCED, "discussions": (MessageKind.DISCUSSION,)}


def messages_section(account: Account) -> tuple[Contents, Line | None]:
    """Return the contents and the section of announcements, None when it was removed; Http404 when it is limited."""
    contents = contents_of(account, account.standing)
    line = contents.of_kind(SectionKind.MESSAGES)
    return contents, line and section_in(contents, line.section_id)


@require_safe
@signed_in
def messages(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number)
    contents, section = messages_section(account)
    tab = "discussions" if request.GET.get("tab") == "discussions" else "announcements"
    found = messages_listed(account, request.person, TABS[tab])
    unread = unread_counts(account, request.person)
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    reached = reach_of_many(list(page)) if announces_to_all(account) else {}
    for one in page:
        one.reached = reached.get(one.pk)
    context = {
        "page": page,
        "tab": tab,
        "unread": {name: sum(unread.get(kind, 0) for kind in kinds) for name, kinds in TABS.items()},
        "waiting": waiting_messages(account, request.person),
        "decisions": announced_decisions(account, account.standing, MOST_DECISIONS) if tab == "announcements" else [],
        "may_announce": account.standing.may(Action.ANNOUNCE),
        "may_manage": account.standing.may(Action.MANAGE),
        "files": [file.listed for file in section_files(account, section.section_id)] if section else [],
        "line": section,
        "now": timezone.now(),
    }
    return channel_page(request, "channel/messages.html", account, context, section=section, contents=contents)


@require_safe
@signed_in
def message(request: Request, customer_number: str, pk: int) -> HttpResponse:
    account = account_for(request.person, customer_number)
    found = message_of(account, request.person, pk)
    if found.kind == MessageKind.QUESTION:
        return redirect("question", customer_number, pk)
    if request.method == "GET":
        note_opened(request, account, found)
    return message_page(request, account, found)


def note_opened(request: Request, account: Account, found: Message) -> None:
    """Set down that the reader opened the message; of a limited one, the ledger keeps it."""
    person = request.person
    note_opening(person=person, account=account, what="message", thing_id=found.pk, audience=found.audience)
    if found.is_published:
        open_message(person=person, message=found)


def message_page(
    request: Request, account: Account, found: Message, *, form: ReplyForm | None = None, status: int = 200
) -> HttpResponse:
    """Draw the message with its replies; `form` is a reply that could not be taken as it was sent."""
    person, section_id = request.person, found.section_id
    if is_withdrawn_for(person, account, found):
        return channel_page(request, "channel/message_withdrawn.html", account, {"message": found}, section=section_id)
    context = shown(request, account, found) | {
        "form": form or ReplyForm(account=account, person=person, message=found)
    }
    return channel_page(request, "channel/message.html", account, context, section=section_id, status=status)


def shown(request: Request, account: Account, found: Message) -> dict[str, Any]:
    """Return what the message's page shows, but for the form of a reply; a constant number of queries."""
    person = request.person
    files = files_of(account, found)
    latest = latest_wording(found)
    waits = latest.number > found.number and (latest.author_id == person.pk or announces_to_all(account))
    sight = sight_of(person, account.standing, found) if found.kind == MessageKind.URGENT else None
    return {
        "message": found,
        "recipient": recipient_of(person, found),
        "today": today(),
        "aim": aim_names(Aim.of(found)),
        "limited_to": limit_names(found.audience),
        "files": files.get(None, []),
        "replies": [
            {
                "reply": reply,
                "files": files.get(reply.pk, []),
                "own": reply.author_id == person.pk,
                "may_remove": may_remove_reply(person, account, reply),
            }
            for reply in replies_of(found)
        ],
        "acknowledge": acknowledge_state(person, found),
        "reach": reach_line(person, account, found) if found.is_published else None,
        "steps": ladder_shown(found, sight.people) if sight else [],
        "own_people": sight is not None and sight.own_people,
        "pinned": found.pinned_until is not None and found.pinned_until >= today(),
        "repeats": list(found.repeats.select_related("by")),
        "waiting": latest if waits else None,
        "approval": last_approval(found) if waits else None,
        "may_edit": may_edit(person, account, found),
        "may_withdraw": may_withdraw(person, account, found),
        "may_repeat": may_repeat(person, account, found),
        "may_limit": found.kind in ANNOUNCED and found.withdrawn_at is None and announces_to_all(account),
    }


@require_safe
@signed_in
def message_history(request: Request, customer_number: str, pk: int) -> HttpResponse:
    """Show the texts that the message, or with `?reply=` one of its replies, has had and what changed in each."""
    account = account_for(request.person, customer_number)
    found = message_of(account, request.person, pk)
    if is_withdrawn_for(request.person, account, found):
        raise Http404
    if request.method == "GET":
        person, audience = request.person, found.audience
        note_opening(person=person, account=account, what="message", thing_id=found.pk, audience=audience)
    number = request.GET.get("reply", "")
    reply = None
    if number:
        reply = found.replies.filter(pk=int(number) if number.isdecimal() and len(number) < 18 else 0).first()
        if reply is None or reply.removed_at is not None:
            raise Http404
    texts = reply_wordings_of(account, found, reply) if reply else wordings_of(account, request.person, found)
    page_obj = Paginator(texts, A_PAGE).get_page(request.GET.get("page"))
    ordered = list(page_obj)
    before = [*ordered[1:], None]
    context = {
        "message": found,
        "reply": reply,
        "page_obj": page_obj,
        "changes": [
            {"wording": new, "before": old, "difference": differences(old.body, new.body) if old else ""}
            for new, old in zip(ordered, before, strict=True)
        ],
    }
    return channel_page(request, "channel/message_history.html", account, context, section=found.section_id)


_MESSAGES = "accounts/<str:customer_number>/messages/"
urlpatterns = [
    path(_MESSAGES, messages, name="messages"),
    path(f"{_MESSAGES}<int:pk>/", message, name="message"),
    path(f"{_MESSAGES}<int:pk>/history/", message_history, name="message_history"),
]
