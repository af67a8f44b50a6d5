"""Who stands in for whom, from which day to which, and why."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import DayField
from accounts.forms.people import PersonForm
from accounts.models import Person
from accounts.queries.people import working_here
from kam.lib.dates import today


class SubstitutionForm(PersonForm):
    """For oneself; for one of one's own people when `absent` is filled in, a field that only superiors have."""

    absent = forms.CharField(label=_("Who is absent"), max_length=100, required=False)
    substitute = forms.CharField(label=_("Who stands in"), max_length=100)
    first_day = DayField(label=_("First day"), initial=today)
    last_day = DayField(label=_("Last day"))
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def __init__(self, *args: Any, actor: Person, own_people: Collection[int], **kwargs: Any) -> None:
        people = {"substitute": working_here()}
        if own_people:
            people["absent"] = working_here().filter(pk__in=own_people)
        search = {name: reverse("substitution_people", args=[name]) for name in people}
        super().__init__(*args, people=people, search=search, **kwargs)
        self.actor = actor
        if own_people:
            self.fields["absent"].help_text = _("One of your people. Leave it empty when it is you.")
        else:
            del self.fields["absent"]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data.setdefault("absent", self.actor)
        return data
