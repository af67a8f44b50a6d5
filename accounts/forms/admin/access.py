"""Asking who could see what on a day."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.admin.search import search_of
from accounts.forms.fields import DayField
from accounts.forms.people import PersonForm
from accounts.models import Account, Person
from accounts.queries.admin.access import Reading
from kam.lib.dates import today


class AccessForm(PersonForm):
    account = forms.ModelChoiceField(
        Account.objects.order_by("name_key"),
        label=_("Account"),
        required=False,
        to_field_name="customer_number",
        empty_label=_("Choose an account"),
    )
    person = forms.CharField(label=_("or person"), max_length=100, required=False)
    on = DayField(label=_("Day"), initial=today)
    compared_with = DayField(label=_("Compared with an earlier day"), required=False)
    reading = forms.ChoiceField(
        label=_("Reading"),
        choices=[
            (Reading.NOW, _("As the data says now")),
            (Reading.THEN, _("As the system knew that day")),
        ],
        initial=Reading.NOW,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, people={"person": Person.objects.all()}, search=search_of("person"), **kwargs)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        chosen = [name for name in ("account", "person") if data.get(name)]
        if len(chosen) != 1 and "person" not in self.errors:
            self.add_error(None, gettext("Choose an account or a person, one of the two."))
        data["of"] = data.get("account") or data.get("person")
        data["reading"] = Reading(data.get("reading") or Reading.NOW)
        return data
