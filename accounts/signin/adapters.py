"""Where allauth asks the system: who may come in, in which language mail is written, who may drop the second step."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from allauth.socialaccount.providers.base import AuthProcess
from django.conf import settings
from django.core.mail import EmailMessage
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import is_administrator
from accounts.models import User
from accounts.signin.logins import login_for_claims
from accounts.signin.rules import may_sign_in, read_claims

SECOND_STEPS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]


class AccountAdapter(DefaultAccountAdapter):
    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": gettext_lazy("The e-mail address or the password is not right."),
        "incorrect_code": gettext_lazy("That is not the code. Look at the newest message and type it again."),
        "incorrect_password": gettext_lazy("That is not your password."),
        "too_many_login_attempts": gettext_lazy("Too many attempts. Wait a few minutes and try again."),
        "rate_limited": gettext_lazy("Too many attempts. Wait a few minutes and try again."),
        "enter_current_password": gettext_lazy("That is not your present password."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        """Refuse shut logins and those who have left, whichever way they come."""
        if not may_sign_in(user):
            clear_login(request)
            return self.respond_user_inactive(request, user)
        return None

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write in the language that the reader chose, else in that of the page they ask from."""
        chosen = User.objects.filter(email=email.lower()).values_list("language", flat=True).first()
        with translation.override(chosen or translation.get_language()):
            super().send_mail(template_prefix, email, {"url": "", **context})

    def render_mail(
        self, template_prefix: str, email: Any, context: dict[str, Any], headers: dict[str, str] | None = None
    ) -> EmailMessage:
        subject = render_to_string(f"{template_prefix}_subject.txt", context).strip()
        return super().render_mail(template_prefix, email, {**context, "subject": subject}, headers)


class CompanyAdapter(DefaultSocialAccountAdapter):
    """The company's own sign-in: it says who somebody is, the people file says whether they are let in."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        if sociallogin.state.get("process") == AuthProcess.CONNECT:
            raise ImmediateHttpResponse(redirect("me"))
        if not sociallogin.is_existing:
            login = login_for_claims(read_claims(sociallogin.account.extra_data))
            if login is None:
                raise ImmediateHttpResponse(refused(request))
            sociallogin.connect(request, login)
        elif not may_sign_in(sociallogin.user):
            raise ImmediateHttpResponse(refused(request))


def refused(request: HttpRequest) -> HttpResponse:
    return render(request, "socialaccount/refused.html", status=403)


class SecondStepAdapter(DefaultMFAAdapter):
    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": gettext_lazy(
            "An administrator always signs in with a second step. Add another one first."
        ),
        "incorrect_code": gettext_lazy("That is not the code. Wait for the next one and try again."),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Let administrators remove a second step only while they have another."""
        others = Authenticator.objects.filter(user=authenticator.user_id, type__in=SECOND_STEPS)
        return not is_administrator(authenticator.user.person) or others.exclude(pk=authenticator.pk).exists()

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        count = Authenticator.objects.filter(user=user, type=type).count()
        return _("Passkey %(number)s") % {"number": count + 1}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, Any]:
        name = user.person.name if user.person else user.email
        return {**super().get_public_key_credential_user_entity(user), "display_name": name}

    def _get_site_name(self) -> str:
        return str(settings.MFA_TOTP_ISSUER)
