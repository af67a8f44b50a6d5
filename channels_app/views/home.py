"""The channel's home: the account's first page, what is to be done there above what is new."""

from typing import Any

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from accounts.access import Action, account_for, edits, signed_in
from accounts.handover import shown_stay
from accounts.models import Account
from accounts.queries.accounts import contracts_of
from accounts.queries.causes import primary_cause
from accounts.queries.explain import tell_me
from accounts.queries.latest import latest_in
from accounts.queries.people import contacts_of
from accounts.queries.sites import sites_in_short
from accounts.views.parts import Request
from channels_app.models import SectionKind
from channels_app.queries.contents import Contents, contents_of
from channels_app.queries.memos import announced_decisions
from channels_app.queries.sections import overdue_pages
from channels_app.queries.standing_messages import standing_messages
from channels_app.queries.tasks import own_tasks
from channels_app.views.parts import channel_page
from kam.lib.dates import today

MOST_TO_DO, MOST_NEWS, MOST_DECISIONS, MOST_MESSAGES = 5, 8, 3, 8


@require_safe
@signed_in
def channel_home(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number)
    contents = contents_of(account, account.standing)
    sites = sites_in_short(account, request.person)
    cause = primary_cause(request.person, account)
    context = {
        "contracts": contracts_of(account),
        "contacts": contacts_of(account, sites.areas),
        "site_count": sites.count,
        "own_sites": sites.own,
        "because": cause and tell_me(cause),
        "letter": shown_stay(request.person, account),
        "may_manage": account.standing.may(Action.MANAGE),
        "may_see_reach": account.standing.may(Action.SEE_REACH),
        "today": today(),
        **_to_do(request, account, contents),
        **_new(request, account, contents),
    }
    return channel_page(request, "channel/home.html", account, context, contents=contents)


def _to_do(request: Request, account: Account, contents: Contents) -> dict[str, Any]:
    """Return what waits for the reader here: pages to check for whoever edits, and their own tasks."""
    checks = edits(request.person, account)
    overdue = overdue_pages(account, contents, MOST_TO_DO) if checks else []
    in_all = sum(line.overdue for line in contents.lines if line.open) if checks else 0
    return {
        "overdue": overdue,
        "overdue_more": in_all - len(overdue),
        "tasks": own_tasks(account, account.standing, request.person, MOST_TO_DO),
    }


def _new(request: Request, account: Account, contents: Contents) -> dict[str, Any]:
    """Return the latest changes and, where their section is open, what is announced and what stands above all."""
    messages = contents.of_kind(SectionKind.MESSAGES)
    shown = messages is not None and messages.open
    standing = standing_messages(account, request.person, MOST_MESSAGES) if shown else []
    return {
        "news": latest_in(account, account.standing, MOST_NEWS),
        "decisions": announced_decisions(account, account.standing, MOST_DECISIONS) if shown else [],
        "announcements": messages,
        "standing": standing,
        "announced": [one for one in standing if not one.unacknowledged],
    }


urlpatterns = [path("accounts/<str:customer_number>/", channel_home, name="account")]
