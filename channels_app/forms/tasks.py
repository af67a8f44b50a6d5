"""Writing down a task: what, who does it, by when. The same in a memo's lines and on a task's own page."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import DayField
from accounts.forms.people import PersonForm
from accounts.models import Person
from channels_app.actions.memos import TaskLine


class TaskForm(PersonForm):
    """A task. Without `people` to choose among there is no field for whose it is."""

    title = forms.CharField(label=_("What is to be done"), max_length=300)
    person = forms.CharField(label=_("Who does it"), max_length=100, required=False)
    due_on = DayField(label=_("By when"), required=False)

    def __init__(self, *args: Any, people: QuerySet[Person] | None, search: str, **kwargs: Any) -> None:
        """Take the people to choose among, and the address that answers their search."""
        among = {} if people is None else {"person": people}
        super().__init__(*args, people=among, search={"person": search}, **kwargs)
        if people is None:
            del self.fields["person"]
            return
        name = self.add_prefix("person")
        self.fields["person"].widget.attrs |= {
            "hx-get": f"{search}?field={name}",
            "hx-target": f"#{name}-choices",
        }


class TaskLineForm(TaskForm):
    """One line of a memo's new tasks; a line without words is none."""

    title = forms.CharField(label=_("Task"), max_length=300, required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if not data.get("title") and (data.get("person") or data.get("due_on")):
            self.add_error("title", _("Say what is to be done."))
        return data

    @property
    def line(self) -> TaskLine | None:
        """The task of a line that holds one."""
        data = self.cleaned_data
        return TaskLine(data["title"], data.get("person"), data.get("due_on")) if data.get("title") else None
