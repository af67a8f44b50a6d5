"""Changing the table that says which role a title means. Access is derived anew for everybody: titles make sales."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actions.refusal import Refusal
from accounts.derivation import derive_access
from accounts.models import LedgerEntry, Person, TitleRole


@transaction.atomic
def set_title(*, actor: Person, title: str, role: str) -> TitleRole:
    """Let `title` mean `role`, whether the table knows the title or not; Refusal for an empty title."""
    title = " ".join(title.lower().split())
    if not title:
        raise Refusal("empty", _("Write the title as the billing system has it."))
    before = TitleRole.objects.select_for_update().filter(title=title).first()
    row, _made = TitleRole.objects.update_or_create(title=title, defaults={"role": role})
    _written(actor, title, before.role if before else "", role)
    return row


@transaction.atomic
def remove_title(*, actor: Person, title: TitleRole) -> None:
    """Take the title out of the table: it means nothing from then on."""
    title.delete()
    _written(actor, title.title, title.role, "")


def _written(actor: Person, title: str, before: str, after: str) -> None:
    if before == after:
        return
    audit.record(
        LedgerEntry.Event.EDITED,
        actor=actor,
        cause={"what": "title", "title": title, "before": {"role": before}, "after": {"role": after}},
    )
    derive_access(actor=actor)
