"""How to hear of each topic: everywhere, or at one account, where it may be as everywhere."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import Way
from accounts.queries.notify_choices import AS_EVERYWHERE, CHOOSABLE


class WaysForm(forms.Form):
    """A field for each topic; for one account each has AS_EVERYWHERE before the ways."""

    def __init__(self, *args: Any, chosen: Mapping[str, str], at_account: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(AS_EVERYWHERE, _("As at all accounts")), *Way.choices] if at_account else list(Way.choices)
        for topic in CHOOSABLE:
            initial = chosen.get(topic, AS_EVERYWHERE)
            self.fields[topic.value] = forms.ChoiceField(label=topic.label, choices=choices, initial=initial)
