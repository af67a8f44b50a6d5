"""Writing a reply, with files beside it."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.html import linebreaks, urlize
from django.utils.translation import gettext_lazy as _

from accounts.actions.refusal import Refusal
from accounts.models import Account, Person
from channels_app.actions.files import add_file
from channels_app.actions.pages import own_files
from channels_app.actions.publishing import unattached_files
from channels_app.forms.rich_text import RichTextField
from channels_app.models import File, Message
from kam.lib.content import ACCEPT


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class FilesField(forms.FileField):
    """Several files at once; `cleaned_data` holds a list."""

    widget = ManyFiles

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            label=_("Files"),
            required=False,
            allow_empty_file=True,
            help_text=_("Pictures, PDF, Word, Excel and PowerPoint files, text and video."),
            **kwargs,
        )
        self.widget.attrs["accept"] = ACCEPT

    def clean(self, data: Any, initial: Any = None) -> Any:
        each = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in each]


class WithFiles(forms.Form):
    """A form with files beside its text. What was taken once stays with the form when it comes back with errors.

    `sent_files` are those that were added with it and belong to nothing yet; their ids stand in hidden fields.
    """

    new_files = FilesField()

    def __init__(self, *args: Any, account: Account, person: Person, section_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.account, self.person, self.section_id = account, person, section_id
        named = self.data.getlist("files") if self.is_bound and hasattr(self.data, "getlist") else []
        named = named or (self.initial or {}).get("files", [])
        ids = [int(one) for one in map(str, named) if one.isdecimal() and len(one) < 18]
        self.sent_files: list[File] = list(unattached_files(person, account, section_id, ids)) if ids else []

    def take_files(self) -> None:
        """Store the files that came with the form, belonging to nothing yet; once, also when it comes back with errors.

        Raises Refusal for what is not taken.
        """
        for content in self.cleaned_data.pop("new_files", None) or []:
            added = add_file(
                actor=self.person,
                account=self.account,
                section_id=self.section_id,
                content=content,
                name=content.name or "",
                attached=False,
            )
            self.sent_files.append(added)

    def keep_files(self) -> None:
        """Take the files along while something else has to be put right; say it where one is not taken."""
        try:
            self.take_files()
        except Refusal as refusal:
            self.add_error("new_files", refusal.message)

    @property
    def file_ids(self) -> Collection[int]:
        return tuple(file.pk for file in self.sent_files)


class PlainTextField(RichTextField):
    """A text typed without formatting, on whatever telephone; clean HTML comes out of it like out of the editor."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.Textarea, **kwargs})

    def to_python(self, value: Any) -> str:
        return super().to_python(urlize(linebreaks(str(value or "").strip(), autoescape=True), nofollow=True))


class ReplyForm(WithFiles):
    """A new reply to a message, as one types it on a telephone; files lie beside it."""

    body = PlainTextField(label=_("Your reply"))
    field_order = ("body", "new_files")

    def __init__(self, *args: Any, account: Account, person: Person, message: Message, **kwargs: Any) -> None:
        super().__init__(*args, account=account, person=person, section_id=message.section_id, **kwargs)
        body: Any = self.fields["body"]
        body.files = own_files(account)
        people = reverse("message_people", args=[account.customer_number])
        body.widget.attrs |= {"rows": 4, "data-mentions": f"{people}?message={message.pk}"}


class EditReplyForm(forms.Form):
    """A reply that is mended, over its wording `based_on`."""

    body = RichTextField(label=_("Your reply"))
    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, account: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        body: Any = self.fields["body"]
        body.files = own_files(account)
        body.widget.attrs["rows"] = 8
