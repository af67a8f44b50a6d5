"""The draft of the table of contents as one form: a part for each section, in the order in which they are sent."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from channels_app.models import SectionKind
from channels_app.queries.definition import DefinitionLine

LONGEST_INTERVAL = 1830


class LineForm(forms.Form):
    """A section's words; only one that holds pages has an interval."""

    name_fi = forms.CharField(label=_("Name in Finnish"), max_length=60)
    name_en = forms.CharField(label=_("Name in English"), max_length=60)
    purpose_fi = forms.CharField(label=_("What belongs there, in Finnish"), max_length=300, required=False)
    purpose_en = forms.CharField(label=_("What belongs there, in English"), max_length=300, required=False)
    review_days = forms.IntegerField(
        label=_("Pages are checked every so many days"),
        min_value=1,
        max_value=LONGEST_INTERVAL,
        required=False,
        help_text=_("Empty: nobody is asked to check them."),
    )

    def __init__(
        self, data: QueryDict | None = None, *, line: DefinitionLine, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, prefix=f"s{line.section_id}", initial=initial)
        self.line = line
        if not line.of_pages:
            del self.fields["review_days"]
        for name in ("name_fi", "purpose_fi"):
            self.fields[name].widget.attrs["lang"] = "fi"
        for name in ("name_en", "purpose_en"):
            self.fields[name].widget.attrs["lang"] = "en"
        for name in ("purpose_fi", "purpose_en"):
            self.fields[name].widget = forms.Textarea(attrs=self.fields[name].widget.attrs | {"rows": 2})

    @property
    def folded_errors(self) -> bool:
        """Whether something is wrong in the part that is folded away at first."""
        return bool(set(self.errors) - {"name_fi", "name_en"})

    def written(self) -> DefinitionLine:
        """Return the line as it was written; of a valid form."""
        data = self.cleaned_data
        return DefinitionLine(
            self.line.section_id,
            self.line.kind,
            data["name_fi"],
            data["name_en"],
            data["purpose_fi"],
            data["purpose_en"],
            data.get("review_days"),
        )


class NoteForm(forms.Form):
    note = forms.CharField(
        label=_("What changes and why"),
        max_length=300,
        required=False,
        help_text=_("Shown to the other directors beside the version."),
    )


class NewSectionForm(forms.Form):
    use_required_attribute = False  # it stands empty in the form of the whole draft

    new_name_fi = forms.CharField(label=_("Name in Finnish"), max_length=60)
    new_name_en = forms.CharField(label=_("Name in English"), max_length=60)
    new_kind = forms.ChoiceField(
        label=_("What it holds"),
        choices=[(SectionKind.PAGES, _("Several pages")), (SectionKind.PAGE, _("One page"))],
        initial=SectionKind.PAGES,
    )

    def written(self) -> DefinitionLine:
        data = self.cleaned_data
        return DefinitionLine(0, SectionKind(data["new_kind"]), data["new_name_fi"], data["new_name_en"])


def unbound(lines: Iterable[DefinitionLine]) -> list[LineForm]:
    """Return the forms of the lines as they stand."""
    return [LineForm(line=line, initial=vars(line)) for line in lines]


def sent(data: QueryDict, known: Mapping[int, DefinitionLine]) -> list[LineForm]:
    """Return the forms that were sent, in their order; sections nobody knows are left out."""
    numbers = [int(text) for text in data.getlist("section") if text.isascii() and text.isdecimal() and len(text) < 12]
    return [LineForm(data, line=known[number]) for number in dict.fromkeys(numbers) if number in known]
