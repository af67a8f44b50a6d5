"""allauth's forms, with the company's people in place of those who signed up."""

from allauth.account import forms
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.signin.logins import login_for_email


class RequestCodeForm(forms.RequestLoginCodeForm):
    """Asks for a code by mail. Whether the address is known shows in the mail alone, never on the page."""

    _user: User | None

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        if not ratelimit.consume(context.request, action="request_login_code", key=email):
            raise get_adapter().validation_error("too_many_login_attempts")
        self._user = login_for_email(email)
        return email


class ResetPasswordForm(forms.ResetPasswordForm):
    """Asks for a code that lets a password be chosen, the first one too."""

    users: list[User]

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        login = login_for_email(email)
        self.users = [] if login is None else [login]
        return email


class PasswordForm(forms.LoginForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SetUpAppForm(totp.ActivateTOTPForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].label = _("The code that the app shows now")
        del self.fields["code"].widget.attrs["placeholder"]


class AddPasskeyForm(webauthn.AddWebAuthnForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].label = _("Name")
        alone = self.fields["passwordless"]
        alone.label, alone.initial = _("Sign in with this passkey alone"), True
        alone.help_text = _(
            "The device asks for your fingerprint, face or its own code each time. "
            "Otherwise the passkey is the second step only."
        )
