"""Narrowing the ledger down."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.admin.search import search_of
from accounts.forms.fields import DayField
from accounts.forms.people import PersonForm
from accounts.models import Account, LedgerEntry, Person
from accounts.queries.admin.ledger import LedgerFilter


class LedgerForm(PersonForm):
    account = forms.ModelChoiceField(
        Account.objects.order_by("name_key"),
        label=_("Account"),
        required=False,
        to_field_name="customer_number",
        empty_label=_("Any"),
    )
    person = forms.CharField(label=_("Person"), max_length=100, required=False)
    event = forms.ChoiceField(
        label=_("What"), choices=[("", _("Anything")), *LedgerEntry.Event.choices], required=False
    )
    first_day = DayField(label=_("From"), required=False)
    last_day = DayField(label=_("To"), required=False)
    roster_import = forms.IntegerField(label=_("Import"), required=False, min_value=1, max_value=2**31)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, people={"person": Person.objects.all()}, search=search_of("person"), **kwargs)

    def filter(self) -> LedgerFilter:
        """Return what is asked for; what can't be understood narrows nothing and is marked in the form."""
        return LedgerFilter(**{name: self.cleaned_data[name] for name in self.fields if self.cleaned_data.get(name)})
