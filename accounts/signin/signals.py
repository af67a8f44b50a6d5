"""What sign-in tells by signal alone: a second step was set up, somebody signed in or out."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.signin.adapters import SECOND_STEPS
from accounts.views.push import leave


@receiver(authenticator_added)
def count_as_taken(request: HttpRequest, user: Any, authenticator: Authenticator, **_more: Any) -> None:
    """Whoever set it up just now has taken it."""
    if authenticator.type in SECOND_STEPS:
        # Showing oneself once more would prove nothing new, and the recovery codes are to be seen right now.
        record_authentication(
            request, user, method="mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True
        )


@receiver(user_logged_out)
def let_the_browser_sleep(request: HttpRequest | None, **_more: Any) -> None:
    """Whoever signs out is not woken in that browser any more: a telephone may be lent, or handed on."""
    if request is not None:
        leave(request)


@receiver(user_logged_in)
def wake_nobody_else_here(request: HttpRequest | None, user: Any, **_more: Any) -> None:
    if request is not None:
        leave(request, unless=user)
