"""A person's data by hand, and membership of the management group."""

from typing import Any

from django import forms
from django.utils.html import conditional_escape
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.forms.admin.search import search_of
from accounts.forms.fields import DayField
from accounts.forms.people import PersonForm
from accounts.models import Area, Person
from kam.lib.dates import today


class PersonDataForm(PersonForm):
    first_name = forms.CharField(label=_("First name"), max_length=100, required=False)
    last_name = forms.CharField(label=_("Surname"), max_length=100)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    title = forms.CharField(label=_("Title"), max_length=100, required=False)
    area = forms.ModelChoiceField(
        Area.objects.order_by("name_key"), label=_("Area"), required=False, empty_label=_("None")
    )
    superior = forms.CharField(label=_("Superior"), max_length=100, required=False)
    left_on = DayField(label=_("Last day with the company"), required=False)

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        names = ("first_name", "last_name", "email", "phone", "title", "area", "left_on")
        initial = {name: getattr(person, name) for name in names}
        initial["superior"] = person.superior.employee_number if person.superior else ""
        everybody = {"superior": Person.objects.exclude(pk=person.pk)}
        super().__init__(*args, people=everybody, search=search_of("superior"), initial=initial, **kwargs)
        self.fields["superior"].help_text = _help(person)


def _help(person: Person) -> str:
    if person.superior is None:
        return gettext("Name or employee number.")
    # Help texts are shown as they are; a name is somebody's text.
    return conditional_escape(gettext("Name or employee number. Now: %(name)s.") % {"name": person.superior.name})


class MembershipForm(forms.Form):
    first_day = DayField(label=_("First day"), initial=today)
    last_day = DayField(label=_("Last day"), required=False, help_text=_("Until further notice when empty."))


class ShutForm(forms.Form):
    reason = forms.CharField(label=_("Why"), max_length=300, required=False)
