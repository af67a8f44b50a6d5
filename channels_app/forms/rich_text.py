"""A form field for formatted text: an editor with JavaScript, HTML as text without it; clean HTML comes out of it."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format
from django.utils.html import linebreaks
from django.utils.translation import gettext_lazy as _

from kam.lib.html import MOST_CHARACTERS, TooDeep, TooLong, clean, text_of

SCRIPTS = [
    "vendor/prosemirror/prosemirror.js",
    "js/editor-schema.js",
    "js/editor-files.js",
    "js/editor-tools.js",
    "js/editor.js",
    "js/editor-drafts.js",
]
_ANY_FILE = re.compile(r"/accounts/[^/?#\s]+/files/\d+/(?:about/)?")


class RichText(forms.Textarea):
    """The textarea that the form posts, and the editor that fills it where JavaScript runs (static/js/editor.js)."""

    template_name = "channel/_rich_text.html"

    class Media:
        css = {"all": ["css/editor.css"]}
        js = [forms.Script(path, defer=True) for path in SCRIPTS]

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 16, **(attrs or {})})


class RichTextField(forms.CharField):
    """Formatted text. `cleaned_data` holds clean HTML, empty where nothing is said.

    `files` says which of the system's own addresses pictures and links may have: those of any account's files unless
    the form narrows it (`form.fields["body"].files = own_files(account)`, see actions/pages.py).
    """

    widget = RichText
    default_error_messages = {
        "long": _(
            "The text is too long: %(length)s characters, where %(most)s is the most. Divide it over several pages."
        ),
        "deep": _("The text holds lists or tables too deep inside each other. Make it flatter."),
    }

    def __init__(self, *, files: re.Pattern[str] = _ANY_FILE, **kwargs: Any) -> None:
        super().__init__(strip=True, **kwargs)
        self.files = files

    def to_python(self, value: Any) -> str:
        text = str(value or "")
        if "<" not in text and len(text) <= MOST_CHARACTERS:
            text = linebreaks(text.strip())  # typed as plain text: an empty line begins a paragraph
        try:
            html = clean(text, files=self.files)
        except TooLong as error:
            numbers = {
                "length": number_format(error.length, force_grouping=True),
                "most": number_format(MOST_CHARACTERS, force_grouping=True),
            }
            raise ValidationError(self.error_messages["long"], code="long", params=numbers) from error
        except TooDeep as error:
            raise ValidationError(self.error_messages["deep"], code="deep") from error
        return html if text_of(html) or "<img" in html else ""
