"""Undoing the latest roster import: the rows it changed become as they were, the rows it made never ran."""

from django.db import connection
from django.utils import timezone

from accounts.audit import record
from accounts.derivation import derive_access
from accounts.models import LedgerEntry, Person, RosterImport
from accounts.roster.work import SQL, data_version, latest_applied
from kam.lib.sql import run_script


def undoable() -> RosterImport | None:
    """Return the roster import that an undo would bring back: the latest applied one that still stands."""
    return latest_applied(RosterImport.Kind.ROSTER)


def undo(*, actor: Person | None) -> RosterImport | None:
    """Bring back assignments, placements, superiors and last days as they were before the latest roster.

    Ledger rows stay.

    Call it in a transaction that holds the access lock. Returns the undoing import, None when there is none to undo.
    """
    undone = undoable()
    if undone is None:
        return None
    now = timezone.now()
    undoing = RosterImport.objects.create(
        kind=RosterImport.Kind.UNDO,
        state=RosterImport.State.APPLIED,
        file_name=undone.file_name,
        exported_on=undone.exported_on,
        created_by=actor,
        applied_by=actor,
        applied_at=now,
        undoes=undone,
    )
    with connection.cursor() as cursor:
        run_script(cursor, SQL / "undo.sql", {"import": undone.pk})
    derived = derive_access(actor=actor, roster_import=undoing, now=now)
    figures = {"grants_changed": derived.changed}
    record(LedgerEntry.Event.UNDONE, actor=actor, roster_import=undoing, cause={"undone": undone.pk}, now=now)
    RosterImport.objects.filter(pk=undone.pk).update(state=RosterImport.State.UNDONE)
    undoing.figures, undoing.data_version = figures, data_version()
    undoing.save(update_fields=["figures", "data_version"])
    return undoing
