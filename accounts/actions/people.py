"""An administrator's changes to people: their data, administrators, the management group, logins."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actions.refusal import Refusal
from accounts.derivation import derive_access
from accounts.models import EmailConflict, LedgerEntry, ManagementMembership, Person
from accounts.queries.people import below
from accounts.signin.logins import follow_emails, reopen_login, shut_logins
from kam.lib import dates
from kam.lib.dates import NEVER, ONE_DAY, period, today

EDITABLE = ("first_name", "last_name", "email", "phone", "title", "area", "superior", "left_on")
# A change of these may change what others see: those above the person.
TOUCHING_OTHERS = {"superior", "left_on"}


@transaction.atomic
def edit_person(*, actor: Person, person: Person, **fields: Any) -> bool:
    """Change the person's data by hand and derive access anew; False when nothing differs.

    `fields` are of EDITABLE, all optional. The next people file may say otherwise again.
    Raises Refusal: an e-mail that somebody else has or that is contested, a superior from below.
    """
    person = (
        Person.objects.select_for_update(of=("self",), no_key=True).select_related("area", "superior").get(pk=person.pk)
    )
    if "email" in fields:
        fields["email"] = fields["email"].strip().lower()
    changed = {name for name, value in fields.items() if getattr(person, name) != value}
    if not changed:
        return False
    _check(person, {name: fields[name] for name in changed})
    before = {name: _word(getattr(person, name)) for name in sorted(changed)}
    for name in changed:
        setattr(person, name, fields[name])
    person.save(update_fields=list(changed))
    after = {name: _word(getattr(person, name)) for name in sorted(changed)}
    _edited(actor, person, "person", before, after)
    if "email" in changed:
        follow_emails()
    derive_access(actor=actor, people=None if changed & TOUCHING_OTHERS else [person.pk])
    return True


def _check(person: Person, changes: dict[str, Any]) -> None:
    email = changes.get("email")
    if email and Person.objects.filter(email=email).exclude(pk=person.pk).exists():
        raise Refusal("email_taken", _("Somebody else has this e-mail address. Change theirs first."))
    if email and EmailConflict.objects.filter(email=email, resolved_at=None).exists():
        raise Refusal("email_contested", _("Two people claim this e-mail address. Decide whose it is under conflicts."))
    superior = changes.get("superior")
    if superior and (superior.pk == person.pk or superior.pk in below(person)):
        raise Refusal("circle", _("%(name)s is below this person: superiors would form a circle.") % {"name": superior})


@transaction.atomic
def name_administrator(*, actor: Person, person: Person, is_administrator: bool) -> None:
    """Let the person run the system, or no longer; Refusal for the last administrator there is."""
    administrators = Person.objects.select_for_update(no_key=True).filter(is_administrator=True)
    others = [one for one in administrators if one.pk != person.pk and not _left(one)]
    if person.is_administrator == is_administrator:
        return
    if not is_administrator and not others:
        raise Refusal("last", _("Somebody must run the system: name another administrator first."))
    Person.objects.filter(pk=person.pk).update(is_administrator=is_administrator)
    person.is_administrator = is_administrator
    _edited(
        actor, person, "administrator", {"administrator": not is_administrator}, {"administrator": is_administrator}
    )


def _left(person: Person) -> bool:
    return person.left_on is not None and person.left_on < today()


@transaction.atomic
def add_to_management(
    *, actor: Person, person: Person, first_day: dt.date, last_day: dt.date | None
) -> ManagementMembership:
    """Make the person a member of the management group; Refusal for days the wrong way round or taken."""
    if last_day and last_day < first_day:
        raise Refusal("wrong_way", _("The last day is before the first."))
    days = period(first_day, last_day)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    if person.memberships.filter(period__overlap=days).exists():
        raise Refusal("overlap", _("%(name)s is already a member on some of these days.") % {"name": person.name})
    membership = ManagementMembership.objects.create(person=person, period=days)
    _edited(actor, person, "membership", {"period": ""}, {"period": _days(days)})
    derive_access(actor=actor, people=[person.pk])
    return membership


@transaction.atomic
def end_membership(*, actor: Person, membership: ManagementMembership) -> None:
    """End the membership at once: its last day is yesterday, or it never was when it began today or lies ahead.

    Raises Refusal when it is over.
    """
    membership = ManagementMembership.objects.select_for_update(of=("self",)).select_related("person").get(
        pk=membership.pk
    )  # fmt: skip
    first, last = dates.first_day(membership.period), dates.last_day(membership.period)
    if membership.period.isempty or (last is not None and last < today()):
        raise Refusal("over", _("This membership is already over."))
    before = _days(membership.period)
    membership.period = period(first, today() - ONE_DAY) if first is None or first < today() else NEVER
    membership.save(update_fields=["period"])
    _edited(actor, membership.person, "membership", {"period": before}, {"period": _days(membership.period)})
    derive_access(actor=actor, people=[membership.person_id])


@transaction.atomic
def shut_login(*, actor: Person, person: Person, reason: str = "") -> None:
    """Shut the person's login and end their sessions at once; Refusal for one's own."""
    if person.pk == actor.pk:
        raise Refusal("self", _("You can't shut your own login."))
    if shut_logins([person.pk]):
        audit.record(
            LedgerEntry.Event.LOGIN_SHUT, actor=actor, person=person, cause={"what": "login shut", "reason": reason}
        )


@transaction.atomic
def open_login(*, actor: Person, person: Person) -> None:
    """Open a shut login again; Refusal while their address is contested or they have left."""
    if _left(person):
        raise Refusal("left", _("%(name)s no longer works here.") % {"name": person.name})
    if EmailConflict.objects.filter(earlier=person, resolved_at=None).exists():
        raise Refusal("contested", _("Decide first whose the e-mail address is, under conflicts."))
    if not person.email:
        raise Refusal("no_email", _("Without an e-mail address nobody can sign in: fill it in first."))
    reopen_login(person)
    audit.record(LedgerEntry.Event.EDITED, actor=actor, person=person, cause={"what": "login reopened"})


@transaction.atomic
def forget_failing_mail(*, actor: Person, person: Person) -> None:
    """Take mail to the person's address as arriving again; what comes back later is told anew."""
    since = Person.objects.filter(pk=person.pk).values_list("mail_fails_since", flat=True).get()
    if since is not None:
        Person.objects.filter(pk=person.pk).update(mail_fails_since=None)
        _edited(actor, person, "mail fails", {"since": localdate(since).isoformat()}, {"since": ""})


def _edited(actor: Person, person: Person, what: str, before: dict[str, Any], after: dict[str, Any]) -> None:
    audit.record(
        LedgerEntry.Event.EDITED,
        actor=actor,
        person=person,
        cause={"what": what, "before": before, "after": after},
    )


def _days(days: Any) -> str:
    if days.isempty:
        return ""
    first, last = dates.first_day(days), dates.last_day(days)
    return f"{first or ''}–{last or ''}"


def _word(value: Any) -> Any:
    """Return a value as the ledger keeps it: text outlives the row."""
    if value is None or isinstance(value, str | bool):
        return value or ""
    return value.isoformat() if isinstance(value, dt.date) else str(value)
