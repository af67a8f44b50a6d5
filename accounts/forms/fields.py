"""Form fields that several topics share."""

from typing import Any

from django import forms


class DayField(forms.DateField):
    """A day, by the browser's own calendar; written by hand it is taken in ISO order or as Finns and the English do."""

    input_formats = ["%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y"]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(input_formats=self.input_formats, **kwargs)
