"""Uploading a file to import, and confirming what the guard asks about."""

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import DayField
from accounts.models import RosterImport, RosterSource
from kam.lib.dates import today

KINDS = [
    ("", _("Find out from the file")),
    (RosterImport.Kind.ROSTER, _("Who answers for which site")),
    (RosterImport.Kind.PEOPLE, _("People")),
    (RosterImport.Kind.ACCOUNTS, _("Accounts")),
]


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("File"), help_text=_("CSV or an Excel workbook (.xlsx), as the billing system exports it.")
    )
    kind = forms.ChoiceField(label=_("What it tells"), choices=KINDS, required=False)
    exported_on = DayField(label=_("Exported on"), initial=today)
    source_name = forms.CharField(
        label=_("Source"),
        max_length=100,
        required=False,
        help_text=_("Name the system it comes from: how its columns were found is remembered."),
    )
    scope = forms.ChoiceField(
        label=_("The file covers"), choices=RosterSource.Scope, initial=RosterSource.Scope.COMPANY, required=False
    )

    def clean_exported_on(self) -> object:
        day = self.cleaned_data["exported_on"]
        if day > today():
            raise forms.ValidationError(gettext("This day is yet to come: choose the day the file was exported."))
        return day

    def clean(self) -> dict[str, object]:
        data = super().clean() or {}
        if data.get("scope") == RosterSource.Scope.CUSTOMERS and not data.get("source_name"):
            self.add_error(
                "source_name", gettext("Name the source: only then is it remembered which customers its files cover.")
            )
        return data


class ConfirmForm(forms.Form):
    """The number of people who lose access, which the guard wants typed."""

    typed = forms.IntegerField(
        label=_("How many people lose access?"),
        help_text=_("Type the number from the figures above."),
        min_value=0,
    )
