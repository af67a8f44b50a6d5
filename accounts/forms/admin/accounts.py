"""Accounts by hand: their data, contracts and directors."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.forms.admin.search import search_of
from accounts.forms.fields import DayField
from accounts.forms.people import PersonForm
from accounts.models import Account, Contract, Directorship, Site
from accounts.queries.admin.accounts import sites_of
from accounts.queries.people import working_here
from kam.lib import dates


class AccountForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    customer_number = forms.CharField(
        label=_("Customer number"),
        max_length=20,
        validators=[RegexValidator(r"^[0-9A-Za-z-]+$", _("Use digits, letters and hyphens only."))],
        help_text=_("As the billing system has it, with its leading zeros."),
    )
    industry = forms.CharField(label=_("Industry"), max_length=100, required=False)
    listed = forms.BooleanField(
        label=_("Listed: anyone signed in can look up who directs it"), required=False, initial=True
    )


class ContractForm(forms.Form):
    number = forms.CharField(label=_("Contract number"), max_length=40)
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    first_day = DayField(label=_("First day"), required=False)
    last_day = DayField(label=_("Last day"), required=False, help_text=_("Until further notice when empty."))
    sites = forms.ModelMultipleChoiceField(
        Site.objects.none(), label=_("Sites"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, account: Account, contract: Contract | None, **kwargs: Any) -> None:
        if contract is not None:
            kwargs["initial"] = {
                "number": contract.number,
                "name": contract.name,
                "first_day": dates.first_day(contract.period),
                "last_day": dates.last_day(contract.period),
                "sites": contract.sites.all(),
            }
        super().__init__(*args, **kwargs)
        field: Any = self.fields["sites"]
        field.queryset = sites_of(account)


class DirectorForm(PersonForm):
    post = forms.ChoiceField(label=_("Post"), choices=Directorship.Post)
    person = forms.CharField(label=_("Who"), max_length=100)
    first_day = DayField(label=_("First day"))
    last_day = DayField(label=_("Last day"), required=False, help_text=_("Until further notice when empty."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, people={"person": working_here()}, search=search_of("person"), **kwargs)


class EndForm(forms.Form):
    last_day = DayField(label=_("Last day"))
