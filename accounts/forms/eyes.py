"""Deciding about what waits for second eyes: which text was read, and what should change if it is given back."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DecideForm(forms.Form):
    # The name of the text that the page showed: another one is not approved by mistake.
    fingerprint = forms.CharField(max_length=64)
    comment = forms.CharField(
        label=_("What should change"),
        help_text=_("Its author reads this when you give the text back."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
