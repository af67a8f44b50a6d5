"""Writing a message: its words, whom it is aimed at, by when it is acknowledged, who looks at it first.

One form for a new message and for one that is mended. Of a published one only the words are changed, and whether
everybody is asked to acknowledge again; the fields of the rest are not there then.
"""

import datetime as dt
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.access import Action, Extent
from accounts.forms.fields import DayField
from accounts.models import ABOVE_LIMITS, Account, Person, Role
from channels_app.actions.messages import Words
from channels_app.actions.pages import own_files
from channels_app.aims import Aim
from channels_app.forms.memos import in_helsinki
from channels_app.forms.pages import LimitForm, chosen_limit
from channels_app.forms.replies import WithFiles
from channels_app.forms.rich_text import RichTextField
from channels_app.models import Message, MessageKind, Wording
from channels_app.queries.messages import ANNOUNCED, areas_at, sites_at
from kam.lib.dates import months_later, today
from kam.lib.workdays import workday_after

EVERYBODY, CHOSEN = "everybody", "chosen"
NOON = dt.time(12)
# Whom a message is aimed at by what they do; directors and specialists are met by "everybody".
AIMED_ROLES = (Role.SUPERVISOR, Role.INSTRUCTOR, Role.MANAGER, Role.AREA_DIRECTOR, Role.BUSINESS_DIRECTOR, Role.SALES)
# What of the form a draft keeps beside subject and text.
KEPT_FIELDS = (
    "kind", "to", "roles", "areas", "sites", "due_day", "due_time", "critical", "pinned_until", "who", "kinds",
    "ask_eyes", "eyes_note", "files",
)  # fmt: skip
_MANY = ("roles", "areas", "sites", "kinds", "files")


class AimForm(forms.Form):
    """Whom a message is aimed at. `aim` is what the form says, valid or not: what is no choice is left out."""

    to = forms.ChoiceField(label=_("Whom it is for"), widget=forms.RadioSelect, initial=EVERYBODY)
    roles = forms.MultipleChoiceField(
        label=_("What they do"),
        required=False,
        choices=[],
        widget=forms.CheckboxSelectMultiple,
    )
    areas = forms.TypedMultipleChoiceField(
        label=_("Areas"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    sites = forms.TypedMultipleChoiceField(
        label=_("Sites"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Those who answer for the site, and their superiors."),
    )

    def offer_aims(self, account: Account, kind: str, message: Message | None) -> None:
        """Offer the roles, areas and sites of the account; to a superior who announces, only their own people.

        What a superior wrote stays for their people, whoever mends it.
        """
        of_all = account.standing.extent(Action.ANNOUNCE) is Extent.ALL
        self.own_people = kind in ANNOUNCED and (message.aim_own_people if message else not of_all)
        fields: dict[str, Any] = self.fields
        everybody = _("all your own people here") if self.own_people else _("everybody who sees the account")
        chosen = _("some of them: choose below") if self.own_people else _("some: choose below")
        fields["to"].choices = [(EVERYBODY, everybody), (CHOSEN, chosen)]
        fields["roles"].choices = [(str(role), str(role.label).capitalize()) for role in AIMED_ROLES]
        fields["areas"].choices = list(areas_at(account).values_list("pk", "name"))
        fields["sites"].choices = list(sites_at(account).values_list("pk", "name"))

    @property
    def aim(self) -> Aim:
        data = self.cleaned_data
        if data.get("to") != CHOSEN:
            return Aim(own_people=self.own_people)
        chosen = {name: tuple(sorted(data.get(name) or ())) for name in ("roles", "areas", "sites")}
        return Aim(own_people=self.own_people, **chosen)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if "to" not in self.fields:
            return data
        nobody = not any(data.get(name) for name in ("roles", "areas", "sites"))
        if (
            data.get("to") == CHOSEN
            and nobody
            and not any(self.has_error(name) for name in ("roles", "areas", "sites"))
        ):
            self.add_error("to", _("Choose at least one role, area or site below."))
        return data


class MessageForm(LimitForm, AimForm, WithFiles):
    """A message as it is written. `words` is what a valid form says; `based_on` the wording that was written over."""

    kind = forms.ChoiceField(choices=MessageKind.choices, widget=forms.HiddenInput, required=False)
    subject = forms.CharField(label=_("Subject"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    body = RichTextField(label=_("What you want to say"), required=False)
    due_day = DayField(label=_("To be acknowledged by"))
    due_time = forms.TimeField(
        label=_("Time"),
        input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )
    critical = forms.BooleanField(label=_("Critical: do not wait for the end of quiet hours (20–06)"), required=False)
    ask_again = forms.BooleanField(
        label=_("Ask everybody to acknowledge again"),
        required=False,
        help_text=_(
            "For a change that whoever has acknowledged must know. Leave it out when you mend a slip of the pen."
        ),
    )
    pinned_until = DayField(
        label=_("Pinned until"),
        required=False,
        help_text=_("Shown first until that day. Whoever comes to the account until then is asked to read it too."),
    )
    ask_eyes = forms.BooleanField(label=_("Ask somebody else to look at it before it is published"), required=False)
    eyes_note = forms.CharField(label=_("What should they look at?"), max_length=300, required=False)
    based_on = forms.IntegerField(widget=forms.HiddenInput, min_value=0, initial=0, required=False)

    def __init__(
        self, *args: Any, account: Account, person: Person, kind: str, section_id: int, message: Message | None = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, account=account, person=person, section_id=section_id, **kwargs)
        self.message, self.message_kind = message, kind
        fields: dict[str, Any] = self.fields
        fields["body"].files = own_files(account)
        fields["body"].widget.attrs["rows"] = 10
        self.offer_aims(account, kind, message)
        self._leave_out(account, kind, message)
        if "due_day" in fields:
            fields["due_day"].initial, fields["due_time"].initial = workday_after(today()), NOON

    def _leave_out(self, account: Account, kind: str, message: Message | None) -> None:
        """Take away what this kind does not have, what the person may not, and what is settled by publishing."""
        out = {"ask_again"}
        if message is not None and message.published_at is not None:
            out = {"to", "roles", "areas", "sites", "pinned_until", "who", "kinds", "critical"}
            out |= {"ask_again"} if kind != MessageKind.URGENT else set()
        if kind != MessageKind.URGENT:
            out |= {"due_day", "due_time", "critical"}
        if kind not in ANNOUNCED:
            out |= {"pinned_until", "who", "kinds", "ask_eyes", "eyes_note"}
        if account.standing.extent(Action.ANNOUNCE) is not Extent.ALL:
            out |= {"who", "kinds"}
        for name in out:
            self.fields.pop(name, None)
        if "ask_again" in self.fields:  # by when is asked only of those who ask again
            self.fields["due_day"].required = self.fields["due_time"].required = False

    def clean_pinned_until(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["pinned_until"]
        if day is not None and not today() <= day <= months_later(today(), 24):
            raise forms.ValidationError(_("Choose a day between today and two years from now."))
        return day

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "due_day" in self.fields and (data.get("ask_again") or "ask_again" not in self.fields):
            self._clean_deadline(data)
        return data

    def _clean_deadline(self, data: dict[str, Any]) -> None:
        moment = deadline_of(data)
        if moment is None:
            if not self.has_error("due_day") and not self.has_error("due_time"):
                self.add_error("due_day", _("Say by which day and time it is to be acknowledged."))
        elif moment <= timezone.now():
            self.add_error("due_day", _("The time to acknowledge by has to be in the future."))
        elif moment.date() > months_later(today(), 3):
            self.add_error("due_day", _("Choose a day within three months: what is urgent does not wait longer."))

    @property
    def words(self) -> Words:
        """What is written; raises KeyError while the form is not valid."""
        data, message = self.cleaned_data, self.message
        standing = message if message is not None and message.published_at is not None else None
        return Words(
            kind=self.message_kind,
            subject=data["subject"],
            body=data["body"],
            aim=Aim.of(standing) if standing else self.aim,
            limit=standing.limit if standing else data.get("limit", message.limit if message else None),
            pinned_until=standing.pinned_until if standing else data.get("pinned_until"),
            acknowledge_by=deadline_of(data),
            critical=standing.critical if standing else bool(data.get("critical")),
            files=self.file_ids,
        )


def deadline_of(data: dict[str, Any]) -> dt.datetime | None:
    """Return the moment that the form names, None when it names none."""
    day, clock = data.get("due_day"), data.get("due_time")
    return in_helsinki(day, clock) if day and clock else None


def first_values(message: Message, wording: Wording) -> dict[str, Any]:
    """Return what the form shows of a message that exists, with the words of `wording`."""
    chosen = message.aim_roles or message.aim_areas or message.aim_sites
    by_when = message.acknowledge_by and timezone.localtime(message.acknowledge_by, timezone.get_default_timezone())
    values: dict[str, Any] = {
        "subject": wording.subject,
        "body": wording.body,
        "to": CHOSEN if chosen else EVERYBODY,
        "roles": message.aim_roles,
        "areas": message.aim_areas,
        "sites": message.aim_sites,
        "pinned_until": message.pinned_until,
        "critical": message.critical,
        "based_on": wording.number,
        **chosen_limit(message.limit),
    }
    if by_when and by_when > timezone.now():
        values |= {"due_day": by_when.date(), "due_time": by_when.time()}
    return values


def typed(data: QueryDict) -> dict[str, Any]:
    """Return the form's other fields as they were typed, for a draft to keep and the form to show again unjudged."""
    found: dict[str, Any] = {}
    for name in KEPT_FIELDS:
        values = [value.replace("\0", "") for value in data.getlist(name)]
        if values:
            found[name] = values if name in _MANY else values[-1]
    return found


def audience_of(limit: Any, of_section: Any) -> list[str] | None:
    """Return the kinds that would see a message with this limit in a section with that one; None for everybody."""
    if limit is None and of_section is None:
        return None
    kinds = set(of_section if limit is None else limit) & set(limit if of_section is None else of_section)
    return sorted({str(kind) for kind in kinds} | {str(kind) for kind in ABOVE_LIMITS})


class WithdrawForm(forms.Form):
    because = forms.CharField(
        label=_("Why it is withdrawn"),
        max_length=200,
        required=False,
        help_text=_("One line for those who come looking for it."),
    )


class PinForm(forms.Form):
    until = DayField(label=_("Pinned until"), required=False, help_text=_("Empty: it is pinned no longer."))

    def clean_until(self) -> dt.date | None:
        day: dt.date | None = self.cleaned_data["until"]
        if day is not None and not today() <= day <= months_later(today(), 24):
            raise forms.ValidationError(_("Choose a day between today and two years from now."))
        return day
