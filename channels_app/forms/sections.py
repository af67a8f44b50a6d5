"""What a director says of a section at their account, and the name of a local one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.people import PersonForm
from accounts.models import Kind

EVERYBODY, SOME = "everybody", "some"
# The kinds of access in words for people; directors and the management group always see a section.
KIND_WORDS = {
    Kind.RESPONSIBLE: _("Those who answer for sites"),
    Kind.SUPERIOR: _("Their superiors"),
    Kind.SALES: _("Sales"),
    Kind.INVITED: _("Invited people"),
}


class SectionSettingForm(forms.Form):
    """Who sees the section, and why it is not used here. Without a limit to choose, only the latter."""

    sees = forms.ChoiceField(
        label=_("Who sees this section"),
        choices=[(EVERYBODY, _("Everybody who sees the account")), (SOME, _("Only some"))],
        widget=forms.RadioSelect,
        help_text=_("The directors and the management group always see it."),
    )
    kinds = forms.MultipleChoiceField(
        label=_("If only some, who besides the directors and the management group"),
        choices=list(KIND_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    unused_because = forms.CharField(
        label=_("Not used here, because"),
        max_length=200,
        required=False,
        help_text=_("One sentence, when this account has no use for the section. Leave it empty when it has."),
    )

    def __init__(self, *args: Any, limited: bool, **kwargs: Any) -> None:
        """Take whether the section can be limited at all."""
        super().__init__(*args, **kwargs)
        if not limited:
            del self.fields["sees"], self.fields["kinds"]

    @property
    def limit(self) -> list[str] | None:
        """The kinds that were chosen, None for everybody; all of the kinds are everybody."""
        if self.cleaned_data.get("sees") != SOME:
            return None
        kinds: list[str] = self.cleaned_data["kinds"]
        return None if len(kinds) == len(KIND_WORDS) else kinds


class LocalSectionForm(forms.Form):
    name = forms.CharField(label=_("Name of the section"), max_length=60)


class EditorForm(PersonForm):
    person = forms.CharField(label=_("Whom to name as editor"), max_length=100)
