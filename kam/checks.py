"""What `manage.py check` says about the machine."""

from typing import Any

from django.core.checks import CheckMessage, Warning, register

from kam.lib.finnish_words import has_dictionary


@register()
def search_has_its_dictionary(**kwargs: Any) -> list[CheckMessage]:
    """Warn where Voikko is missing: the search works, but knows fewer forms of words."""
    if has_dictionary():
        return []
    return [
        Warning(
            "The search goes without its Finnish dictionary: fewer forms and no parts of compound words are found.",
            hint="Install libvoikko1 and voikko-fi (Debian, Ubuntu) or libvoikko (Homebrew), then run reindex.",
            id="kam.W001",
        )
    ]
