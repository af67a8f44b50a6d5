"""What every request of somebody signed in passes: is the login still open, is the second step taken, what they chose.

The middleware stands after allauth's own. What a page shows is decided elsewhere (accounts/access.py).
"""

import datetime as dt
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation

from accounts.access import is_administrator
from accounts.models import User
from accounts.signin.adapters import SECOND_STEPS
from accounts.signin.rules import DEMO_SESSION, SecondStep, second_step, used_second_step

BETWEEN_NOTES = dt.timedelta(minutes=5)
VISIT_ENDS_AFTER = dt.timedelta(minutes=30)
THEME_COOKIE = "theme"
POLL = "/notices/unread/"  # what an open page asks by itself: nobody need be there
ALWAYS_OPEN = frozenset({"account_logout", "preferences", "manifest", "service_worker", "health_live", "health_ready"})
# All that an administrator may open while the second step is still to be done.
OPEN_PAGES = {
    SecondStep.SET_UP: ALWAYS_OPEN | {"mfa_index", "mfa_activate_totp", "mfa_add_webauthn", "account_reauthenticate"},
    SecondStep.CONFIRM: ALWAYS_OPEN | {"mfa_reauthenticate", "mfa_reauthenticate_webauthn"},
}


class SignInMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        end_session_of_nobody(request)
        follow_choices(request)
        if request.path_info != POLL:
            note_visit(request.user)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> HttpResponse | None:
        """Lead administrators to the second step before anything else opens."""
        step = step_of(request)
        name = request.resolver_match.url_name if request.resolver_match else None
        if step is SecondStep.DONE or name in OPEN_PAGES[step]:
            return None
        return redirect("mfa_index") if step is SecondStep.SET_UP else _confirm(request)


def end_session_of_nobody(request: HttpRequest) -> None:
    """End a session whose login was shut or whose person left: the backend no longer finds anybody behind it."""
    if SESSION_KEY in request.session and not request.user.is_authenticated:
        request.session.flush()


def follow_choices(request: HttpRequest) -> None:
    """Set language and theme: the person's own choice, else this browser's cookie, else what the browser says."""
    language = getattr(request.user, "language", "")
    if language:
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()
    own, cookie = getattr(request.user, "theme", User.Theme.AUTO), request.COOKIES.get(THEME_COOKIE)
    in_cookie = cookie if cookie in User.Theme.values else User.Theme.AUTO
    request.theme = str(own if own != User.Theme.AUTO else in_cookie)  # type: ignore[attr-defined]


def note_visit(user: Any) -> None:
    """Write down that somebody was here, at most once in five minutes, and where their visit before this one ended.

    A visit is over when nothing was asked for in half an hour. Of two tabs that open the next one together, one writes:
    the other would take the new visit's beginning for the old one's end, so it takes over what the first wrote.
    """
    now = timezone.now()
    if not user.is_authenticated or (user.last_seen_at and now - user.last_seen_at < BETWEEN_NOTES):
        return
    noted: dict[str, Any] = {"last_seen_at": now}
    if user.last_seen_at and now - user.last_seen_at > VISIT_ENDS_AFTER:
        noted["previous_visit_at"] = user.last_seen_at
    if User.objects.filter(pk=user.pk, last_seen_at=user.last_seen_at).update(**noted):
        for field, value in noted.items():
            setattr(user, field, value)
    else:
        user.refresh_from_db(fields=["last_seen_at", "previous_visit_at"])


def step_of(request: HttpRequest) -> SecondStep:
    """Return what the administrator behind a request has left to do; DONE for everybody else.

    One query, and none once the step was taken in this session.
    """
    user: Any = request.user
    required = user.is_authenticated and is_administrator(user.person) and not in_demo(request)
    used = required and used_second_step(get_authentication_records(request, user))
    has = required and not used and Authenticator.objects.filter(user=user, type__in=SECOND_STEPS).exists()
    return second_step(required=required, used=used, has=has)


def in_demo(request: HttpRequest) -> bool:
    return settings.DEMO and bool(request.session.get(DEMO_SESSION))


def _confirm(request: HttpRequest) -> HttpResponse:
    by_app = Authenticator.objects.filter(user=request.user, type=Authenticator.Type.TOTP).exists()
    page = reverse("mfa_reauthenticate" if by_app else "mfa_reauthenticate_webauthn")
    return redirect(f"{page}?{urlencode({'next': request.get_full_path()})}")
