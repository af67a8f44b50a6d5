"""Asking a question, and writing to the director in one field."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Person
from channels_app.actions.pages import own_files
from channels_app.forms.replies import PlainTextField, WithFiles
from channels_app.queries.contents import Line


class QuestionForm(WithFiles):
    """A question. What looks like it is shown while it is typed; `shown` are the ids of what was."""

    title = forms.CharField(
        label=_("What do you want to know?"),
        help_text=_("One thing at a time, as you would ask a colleague."),
        max_length=200,
    )
    body = PlainTextField(label=_("What else helps to answer it"), required=False)
    field_order = ("title", "body", "new_files")

    def __init__(
        self, *args: Any, account: Account, person: Person, section_id: int, search: str, **kwargs: Any
    ) -> None:
        """Take the address that answers with what looks alike."""
        super().__init__(*args, account=account, person=person, section_id=section_id, **kwargs)
        body: Any = self.fields["body"]
        body.files = own_files(account)
        body.widget.attrs |= {"rows": 4, "data-mentions": reverse("message_people", args=[account.customer_number])}
        self.fields["title"].widget.attrs |= {
            "autocomplete": "off",
            "hx-get": search,
            "hx-trigger": "input changed delay:350ms",
            "hx-target": "#similar",
            "hx-sync": "this:replace",
        }

    @property
    def shown(self) -> set[int]:
        """The questions that stood on the page when it was sent."""
        named: list[str] = self.data.getlist("shown") if isinstance(self.data, QueryDict) else []
        return {int(one) for one in named if one.isascii() and one.isdecimal() and len(one) < 18}


class KeepForm(forms.Form):
    """In which section a question is kept as a page."""

    section = forms.TypedChoiceField(label=_("Section"), coerce=int)

    def __init__(self, *args: Any, sections: list[Line], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: Any = self.fields["section"]
        choices.choices = [(line.section_id, line.name) for line in sections]


class ToDirectorForm(forms.Form):
    """One field; to the directors alone, unless everybody may read it."""

    text = forms.CharField(
        label=_("What would you like to say or ask?"),
        help_text=_("The account's directors and the management group read it, and nobody else."),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    everybody = forms.BooleanField(
        label=_("Ask everybody instead: it becomes a question that anybody at the account may answer"),
        required=False,
    )
