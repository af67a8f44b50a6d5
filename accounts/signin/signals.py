"""The one thing allauth tells by signal alone: a second step was set up. Whoever set it up just now has taken it."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.signin.adapters import SECOND_STEPS


@receiver(authenticator_added)
def count_as_taken(request: HttpRequest, user: Any, authenticator: Authenticator, **_more: Any) -> None:
    if authenticator.type in SECOND_STEPS:
        # Showing oneself once more would prove nothing new, and the recovery codes are to be seen right now.
        record_authentication(
            request, user, method="mfa", id=authenticator.pk, type=authenticator.type, reauthenticated=True
        )
