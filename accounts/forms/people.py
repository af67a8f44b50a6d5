"""Choosing a person in a form: by a part of the name or the employee number, then among those that fit.

Without JavaScript the form comes back with the people to choose among; with it they appear as one types.
A choice shows a colleague's name, title and area and nothing else.
"""

from typing import Any

from django import forms
from django.db.models import Case, IntegerField, Q, QuerySet, When
from django.utils.translation import gettext as _

from accounts.models import Person
from accounts.queries.people import named
from kam.lib.finnish import finnish_key

MOST_CHOICES = 10
SHORTEST_SEARCH = 2


def choices_among(people: QuerySet[Person], text: str) -> list[Person]:
    """Return the first of `people` whose names fit `text`, those whose names begin with it on top.

    None while it is too short to mean anybody.
    """
    text = text.strip()
    if len(text) < SHORTEST_SEARCH:
        return []
    first_word = finnish_key(text.split()[0])
    begins = Q(name_key__startswith=first_word) | Q(name_key__contains=f" {first_word}")
    found = named(people, text).annotate(begins=Case(When(begins, then=0), default=1, output_field=IntegerField()))
    return list(found.order_by("begins", "name_key", "employee_number")[:MOST_CHOICES])


class PersonForm(forms.Form):
    """A form whose fields named in `people` each choose one person of a queryset.

    Such a field is a text; the radio buttons of its choices are posted as `<field>_id` and win over the text. An
    optional one that is left empty has no entry in `cleaned_data`.
    """

    def __init__(self, *args: Any, people: dict[str, QuerySet[Person]], search: dict[str, str], **kwargs: Any) -> None:
        """Take the people whom each field chooses among, and the address that answers its search as one types."""
        super().__init__(*args, **kwargs)
        self.people = people
        for name in people:
            field = self.fields[name]
            field.help_text = _("Part of the name, or the employee number.")
            field.widget.attrs.update(
                {
                    "autocomplete": "off",
                    "hx-get": search[name],
                    "hx-trigger": "input changed delay:250ms",
                    "hx-target": f"#{name}-choices",
                    "hx-swap": "outerHTML",
                }
            )
        self.choices: dict[str, list[Person]] = {}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name, people in self.people.items():
            chosen = self.data.get(self.add_prefix(f"{name}_id"), "")
            if not self.fields[name].required and not data.get(name) and not chosen:
                data.pop(name, None)
            elif name in data:
                data[name] = self._picked(name, people, data[name], chosen)
        return data

    def _picked(self, name: str, people: QuerySet[Person], text: str, chosen: str) -> Person | None:
        fitting = named(people, text) if text else people  # a choice counts only while the text still fits it
        if chosen.isdecimal() and (person := fitting.filter(pk=int(chosen)).first()):
            self.choices[name] = [person]
            return person
        found = choices_among(people, text)
        exact = [person for person in found if person.employee_number == text.strip()]
        if len(exact or found) == 1:
            return (exact or found)[0]
        self.choices[name] = found
        self.add_error(name, _("Choose one of these.") if found else _("Nobody of this name was found."))
        return None
