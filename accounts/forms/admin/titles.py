"""The table of titles and what they mean."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Role


class TitleForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=100)
    role = forms.ChoiceField(label=_("Means"), choices=Role)
