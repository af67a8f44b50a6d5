"""Barriers: names, sides, accounts on them, and what an administrator decides about a person."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.admin.search import search_of
from accounts.forms.fields import DayField
from accounts.forms.people import PersonForm
from accounts.models import Account, Barrier, BarrierSide
from accounts.queries.people import working_here
from kam.lib.dates import today

CLEARED = "cleared"


class BarrierForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=100)
    reason = forms.CharField(label=_("Why it stands"), widget=forms.Textarea(attrs={"rows": 3}), required=False)


class NewBarrierForm(BarrierForm):
    first_side = forms.CharField(label=_("One side"), max_length=100)
    second_side = forms.CharField(label=_("The other side"), max_length=100)


class SideForm(forms.Form):
    name = forms.CharField(label=_("Name of the side"), max_length=100)


class PlaceForm(forms.Form):
    """Put an account on a side, on another one, or (no side) outside the barrier."""

    account = forms.ModelChoiceField(
        Account.objects.order_by("name_key"), label=_("Account"), empty_label=_("Choose an account")
    )
    side = forms.ModelChoiceField(
        BarrierSide.objects.none(), label=_("Side"), required=False, empty_label=_("Outside the barrier")
    )

    def __init__(self, *args: Any, barrier: Barrier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["side"]
        field.queryset = barrier.sides.all()
        field.label_from_instance = lambda side: side.name


class WhomForm(PersonForm):
    person = forms.CharField(label=_("Person"), max_length=100)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, people={"person": working_here()}, search=search_of("person"), **kwargs)


class DecisionForm(forms.Form):
    verdict = forms.ChoiceField(label=_("Decision"), widget=forms.RadioSelect)
    reason = forms.CharField(label=_("Why"), widget=forms.Textarea(attrs={"rows": 2}))
    first_day = DayField(label=_("First day"), initial=today)
    last_day = DayField(
        label=_("Last day"), required=False, help_text=_("Until further notice when empty; a clearing needs one.")
    )

    def __init__(self, *args: Any, barrier: Barrier, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.sides = {str(side.pk): side for side in barrier.sides.all()}
        verdict: Any = self.fields["verdict"]
        verdict.choices = [
            *[(pk, _("On the side %(side)s") % {"side": side.name}) for pk, side in self.sides.items()],
            (CLEARED, _("Cleared for all sides, for a time")),
        ]

    def side(self) -> BarrierSide | None:
        """Return the side that was chosen, None for a clearing."""
        return self.sides.get(self.cleaned_data["verdict"])
