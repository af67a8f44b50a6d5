"""Inviting a named person to an account, and moving the end of an invitation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import DayField
from accounts.forms.people import PersonForm


class InvitationForm(PersonForm):
    person = forms.CharField(label=_("Whom to invite"), max_length=100)
    reason = forms.CharField(label=_("Why they need to see the account"), max_length=300)
    last_day = DayField(label=_("Last day"))


class RenewalForm(forms.Form):
    last_day = DayField(label=_("New last day"))
