"""Writing a memo: one form with its lines of decisions and tasks, which works without JavaScript.

What was typed can always be shown again without being judged: from a draft, and after asking for more lines or for
people of a name. `typed` and `shown_again` are the two ways between a sent form and its first values.
"""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from accounts.access import Action
from accounts.forms.fields import DayField
from accounts.forms.people import choices_among
from accounts.models import Account, Person
from accounts.queries.people import named
from channels_app.actions.memos import DecisionLine, Minutes
from channels_app.actions.pages import own_files
from channels_app.forms.pages import MOST_REVISIONS, LimitForm
from channels_app.forms.rich_text import RichTextField
from channels_app.forms.tasks import TaskLineForm
from channels_app.models import Memo
from channels_app.queries.people import people_at
from kam.lib.dates import months_later, today

EARLIEST = dt.date(1990, 1, 1)
MOST_LINES = 60
EMPTY_DECISIONS, EMPTY_TASKS = 2, 1
# What a draft keeps elsewhere, or not at all.
_NOT_TYPED = {"csrfmiddlewaretoken", "title", "body", "based_on", "more", "find_people"}
_LINE = re.compile(r"(decisions|tasks)-(\d{1,3})-(\w+)")


class DecisionForm(forms.Form):
    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    text = forms.CharField(
        label=_("Decision"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    announced = False

    @property
    def line(self) -> DecisionLine | None:
        text = self.cleaned_data.get("text", "")
        return DecisionLine(text, self.cleaned_data.get("pk")) if text else None


_lines = {"min_num": 0, "max_num": MOST_LINES, "absolute_max": MOST_LINES, "validate_max": True}
DecisionLines = forms.formset_factory(DecisionForm, extra=EMPTY_DECISIONS, **_lines)  # type: ignore[arg-type]
TaskLines = forms.formset_factory(TaskLineForm, extra=EMPTY_TASKS, **_lines)  # type: ignore[arg-type]


class MemoForm(LimitForm):
    """A memo as it is written. `decisions` and `tasks` are its lines; `minutes` is what a valid form says."""

    title = forms.CharField(
        label=_("Topic"), max_length=200, widget=forms.TextInput(attrs={"list": "topics", "autocomplete": "off"})
    )
    held_on = DayField(label=_("Date"), initial=today)
    meeting = forms.ChoiceField(label=_("Kind of meeting"), choices=Memo.Meeting.choices, initial=Memo.Meeting.TEAM)
    place = forms.CharField(label=_("Place"), max_length=100, required=False)
    participants = forms.TypedMultipleChoiceField(label=_("Who was there"), coerce=int, required=False)
    find = forms.CharField(
        label=_("Find somebody else"),
        max_length=100,
        required=False,
        help_text=_("Part of the name, or the employee number."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    others = forms.CharField(
        label=_("Others present"),
        max_length=300,
        required=False,
        help_text=_("The customer's people and visitors, by name."),
    )
    body = RichTextField(label=_("What was discussed"), required=False)
    next_day = DayField(label=_("Day of the next meeting"), required=False)
    next_time = forms.TimeField(
        label=_("Time"),
        required=False,
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    next_place = forms.CharField(label=_("Place of the next meeting"), max_length=100, required=False)
    note = forms.CharField(
        label=_("What changed"), max_length=200, required=False, help_text=_("One line for the history.")
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_REVISIONS, initial=0)
    began_from = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=MOST_REVISIONS, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        account: Account,
        memo: Memo | None,
        recent: Iterable[Person] = (),
        initial: dict[str, Any] | None = None,
        search: dict[str, str],
    ) -> None:
        """Take the memo that is changed, the people of recent memos for quick ticks, and where the searches answer."""
        super().__init__(data, initial=initial)
        self.people, self.memo = people_at(account), memo
        body: Any = self.fields["body"]
        body.files = own_files(account)
        ticked = _numbers(data.getlist("participants") if data is not None else (initial or {}).get("participants", ()))
        self._offer(ticked, recent)
        self.fields["find"].widget.attrs |= {
            "hx-get": search["ticks"],
            "hx-trigger": "input changed delay:250ms",
            "hx-target": "#participants",
            "hx-swap": "outerHTML",
            "hx-include": "#participants",
        }
        if memo is None:
            del self.fields["note"]
        if memo is not None or not account.standing.may(Action.MANAGE):
            del self.fields["who"], self.fields["kinds"]
        self._add_lines(data, initial or {}, search["names"])

    def _offer(self, ticked: set[int], recent: Iterable[Person]) -> None:
        """Offer those ticked, those of recent memos, and whoever fits the name that is looked for."""
        was_there = set() if self.memo is None else {one.person_id for one in self.memo.participants.all()}
        here = set(self.people.filter(pk__in=ticked - was_there).values_list("pk", flat=True))
        chosen = Person.objects.filter(pk__in=ticked & (here | was_there)).select_related("area")
        found = choices_among(self.people, str(self["find"].value() or "").replace("\0", ""))
        self.offered = offered(chosen, recent, found)
        self.ticked = {person.pk for person in chosen}
        field: Any = self.fields["participants"]
        field.choices = [(person.pk, person.name) for person in self.offered]

    def _add_lines(self, data: Any, initial: dict[str, Any], search: str) -> None:
        among = {"people": self.people, "search": search}
        self.decisions = DecisionLines(data, initial=initial.get("decisions"), prefix="decisions")
        self.tasks = TaskLines(data, initial=initial.get("tasks"), prefix="tasks", form_kwargs=among)
        announced = set() if self.memo is None else {one.pk for one in self.memo.decisions.all() if one.announced_at}
        for line in self.decisions.forms:
            line.announced = str(line["pk"].value() or "") in {str(pk) for pk in announced}
            if line.announced:
                line.fields["text"].widget.attrs["readonly"] = True

    def is_valid(self) -> bool:
        return all([super().is_valid(), self.decisions.is_valid(), self.tasks.is_valid()])

    def clean_held_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["held_on"]
        if not EARLIEST <= day <= months_later(today(), 12):
            raise ValidationError(_("Check the year of the date."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        data["next_at"] = self._next_at(data.get("next_day"), data.get("next_time"))
        if text := data.get("find"):
            ticked = data.get("participants") or []
            if not named(Person.objects.filter(pk__in=ticked), text).exists():
                self.add_error("find", _("Tick the person you mean, or empty this field."))
        return data

    def _next_at(self, day: dt.date | None, clock: dt.time | None) -> dt.datetime | None:
        if day is None and clock is None:
            if self.cleaned_data.get("next_place"):
                self.add_error("next_day", _("Give the day and the time as well."))
            return None
        if day is None or clock is None:
            if not self.has_error("next_day") and not self.has_error("next_time"):
                missing = "next_day" if day is None else "next_time"
                self.add_error(missing, _("Give both the day and the time."))
            return None
        moment = in_helsinki(day, clock)
        if moment is None:
            self.add_error("next_time", _("There is no such time on that night: the clocks are put forward."))
        held_on = self.cleaned_data.get("held_on")
        if held_on and day < held_on:
            self.add_error("next_day", _("The next meeting cannot be before this one."))
        return moment

    @property
    def minutes(self) -> Minutes:
        data = self.cleaned_data
        return Minutes(
            topic=data["title"],
            body=data["body"],
            held_on=data["held_on"],
            meeting=data["meeting"],
            place=data["place"],
            others=data["others"],
            participants=frozenset(data["participants"]),
            decisions=tuple(line.line for line in self.decisions.forms if line.line),
            tasks=tuple(line.line for line in self.tasks.forms if line.line),
            next_at=data["next_at"],
            next_place=data["next_place"],
        )


def offered(chosen: Iterable[Person], recent: Iterable[Person], found: Iterable[Person]) -> list[Person]:
    """Return whom the form shows to tick: who is ticked, then who was at recent memos, then who fits the name."""
    first = sorted(chosen, key=lambda person: person.name_key)
    return list(dict.fromkeys([*first, *recent, *found]))


def in_helsinki(day: dt.date, clock: dt.time) -> dt.datetime | None:
    """Return the moment at which Helsinki's clocks show that; the first of two in October, None in the gap of March."""
    zone = timezone.get_default_timezone()
    moment = dt.datetime.combine(day, clock, zone)
    there = moment.astimezone(dt.UTC).astimezone(zone)
    return moment if there.replace(tzinfo=None) == moment.replace(tzinfo=None) else None


def first_values(memo: Memo) -> dict[str, Any]:
    """Return what the form shows of a memo that exists."""
    next_at = memo.next_at and timezone.localtime(memo.next_at, timezone.get_default_timezone())
    return {
        "title": memo.page.title,
        "held_on": memo.held_on,
        "meeting": memo.meeting,
        "place": memo.place,
        "others": memo.others,
        "participants": [one.person_id for one in memo.participants.all()],
        "body": memo.page.body,
        "decisions": [{"pk": decision.pk, "text": decision.text} for decision in memo.decisions.all()],
        "next_day": next_at and next_at.date(),
        "next_time": next_at and next_at.time(),
        "next_place": memo.next_place,
        "based_on": memo.page.number,
    }


def typed(data: QueryDict) -> dict[str, list[str]]:
    """Return the fields of a sent form for a draft to keep, as they were typed; topic and text it keeps by itself.

    Without the one character that the database does not hold.
    """
    return {
        name: [str(value).replace("\0", "") for value in values]
        for name, values in data.lists()
        if name not in _NOT_TYPED and "\0" not in name
    }


def shown_again(data: MultiValueDict[str, str]) -> dict[str, Any]:
    """Return the form's first values from what was typed, for it to be shown again unjudged."""
    lines: dict[str, dict[int, dict[str, str]]] = {"decisions": {}, "tasks": {}}
    initial: dict[str, Any] = {}
    for name in data:
        value = data.get(name) or ""
        if part := _LINE.fullmatch(name):
            lines[part[1]].setdefault(int(part[2]), {})[part[3]] = value
        elif name in ("participants", "kinds"):
            initial[name] = data.getlist(name)
        elif name not in _NOT_TYPED or name in ("title", "body", "based_on"):
            initial[name] = value
    for prefix, rows in lines.items():
        initial[prefix] = [rows[number] for number in sorted(rows) if _holds_words(rows[number])][:MOST_LINES]
    return initial


def _holds_words(row: dict[str, str]) -> bool:
    return any(row.get(name, "").strip() for name in ("text", "title", "person", "due_on"))


def _numbers(values: Iterable[Any]) -> set[int]:
    return {int(value) for value in values if str(value).isdecimal() and len(str(value)) < 18}
