"""The import's story for whoever starts it: a page, a job or a command.

receive → (job) read and forecast → confirm → (job) apply. Every step may be repeated: it looks at the import's state
first, works in one transaction, and leaves either the old state or the new one.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone

from accounts.audit import record
from accounts.jobs import enqueue
from accounts.models import LedgerEntry, Person, RosterImport, RosterSource
from accounts.roster.read import Table, open_table
from accounts.roster.rows import Kind, Unreadable
from accounts.roster.stage import Progress, stage
from accounts.roster.undo import undo as bring_back
from accounts.roster.undo import undoable
from accounts.roster.work import Work, carry_out, data_version, latest_applied, take_lock
from accounts.signin.logins import follow_emails, shut_logins
from kam.lib.dates import today
from kam.lib.sql import unhurried

State = RosterImport.State
# States in which nothing of the import has been applied and nothing is under way.
OPEN = [State.FORECAST, State.STALE, State.FAILED]

__all__ = [
    "GuardRefused",
    "apply",
    "confirm",
    "discard",
    "import_now",
    "read",
    "receive",
    "receive_sheet",
    "renew",
    "undo",
    "undoable",
]


class GuardRefused(Exception):
    """The file would do much harm if it is wrong: type the number of people who lose access (`needed`)."""

    def __init__(self, needed: int, reasons: list[str]) -> None:
        super().__init__(f"{needed} people lose access: {', '.join(reasons)}")
        self.needed, self.reasons = needed, reasons


def receive(
    *,
    kind: str | None,
    content: IO[bytes],
    file_name: str,
    exported_on: dt.date | None = None,
    source_name: str = "",
    scope: str = RosterSource.Scope.COMPANY,
    actor: Person | None,
    background: bool = True,
) -> RosterImport:
    """Keep the file and have it read in the background; `kind` None is found from its header.

    With `background` off the caller reads it on the spot (a command).
    """
    source = None
    if source_name:
        source, _ = RosterSource.objects.update_or_create(name=source_name, defaults={"scope": scope})
    digest = hashlib.sha256()
    for block in iter(lambda: content.read(1 << 20), b""):
        digest.update(block)
    content.seek(0)
    with transaction.atomic():
        roster_import = RosterImport(
            kind=kind or "",
            source=source,
            file_name=Path(file_name).name[:200],
            sha256=digest.hexdigest(),
            exported_on=exported_on or today(),
            created_by=actor,
        )
        roster_import.file.save(f"{digest.hexdigest()[:16]}{Path(file_name).suffix.lower()[:8]}", File(content))
        if background:
            _enqueue_read(roster_import, actor)
    return roster_import


def receive_sheet(roster_import: RosterImport, kind: str, *, actor: Person | None) -> RosterImport:
    """Take the same workbook in once more for another of its sheets, say the people beside who answers for what."""
    with roster_import.file.open("rb") as content:
        return receive(
            kind=kind,
            content=content,
            file_name=roster_import.file_name,
            exported_on=roster_import.exported_on,
            source_name=roster_import.source.name if roster_import.source else "",
            scope=roster_import.source.scope if roster_import.source else RosterSource.Scope.COMPANY,
            actor=actor,
        )


def read(roster_import: RosterImport, progress: Progress) -> None:
    """Read, check and stage the file, then make its forecast. What can't be read leaves the import FAILED."""
    if roster_import.state not in (State.UPLOADED, State.READING):
        return
    if _stage(roster_import, progress):
        progress("forecast", roster_import.rows_read, roster_import.rows_read)
        _forecast(roster_import)


def confirm(roster_import: RosterImport, *, actor: Person | None, typed: int | None = None) -> None:
    """Have the forecast applied in the background.

    Raises GuardRefused when the guard asks for the number of people who lose access and `typed` is another.
    """
    with transaction.atomic():
        roster_import = RosterImport.objects.select_for_update().get(pk=roster_import.pk)
        if roster_import.state != State.FORECAST:
            return
        needed = roster_import.figures.get("access_lost", 0)
        if roster_import.guard and typed != needed:
            raise GuardRefused(needed, roster_import.guard)
        _set(roster_import, state=State.APPLYING, applied_by=actor)
        enqueue("apply_import", f"import:{roster_import.pk}", {"import": roster_import.pk}, created_by=actor)


def apply(roster_import: RosterImport) -> None:
    """Apply a confirmed import; when the data changed since its forecast it becomes STALE and nothing happens."""
    with transaction.atomic():
        take_lock()
        roster_import = (
            RosterImport.objects.select_for_update(of=("self",)).select_related("source").get(pk=roster_import.pk)
        )
        if roster_import.state != State.APPLYING:
            return
        if roster_import.data_version != data_version():
            _set(roster_import, state=State.STALE)
            return
        carry_out(
            roster_import,
            actor=roster_import.applied_by,
            keep=lambda work: True,
            after=lambda work: _applied(roster_import, work, roster_import.applied_by),
        )


def import_now(
    roster_import: RosterImport, *, actor: Person | None = None, past_guard: bool = False, progress: Progress
) -> None:
    """Read, forecast and apply at once, for commands; the forecast and its guard come first all the same.

    Leaves the import FORECAST when the guard stops it, FAILED when the file can't be used.
    """
    if not _stage(roster_import, progress):
        return

    def keep(work: Work) -> bool:
        return work.changes and (past_guard or not work.guard)

    def after(work: Work) -> None:
        if keep(work):
            _applied(roster_import, work, actor)
        else:
            _forecast_made(roster_import, work)

    carry_out(roster_import, actor=actor, keep=keep, after=after)


def renew(roster_import: RosterImport, *, actor: Person | None, create_accounts: Iterable[str] | None = None) -> None:
    """Start again from the file: after a failure, when the data changed, or to create unknown customers too."""
    with transaction.atomic():
        roster_import = RosterImport.objects.select_for_update().get(pk=roster_import.pk)
        if roster_import.state not in [*OPEN, State.APPLYING, State.READING, State.UPLOADED]:
            return
        if create_accounts is not None:
            roster_import.create_accounts = sorted(set(create_accounts))
        _set(
            roster_import,
            state=State.UPLOADED,
            error_code="",
            error_params={},
            create_accounts=roster_import.create_accounts,
        )
        _enqueue_read(roster_import, actor)


def discard(roster_import: RosterImport, *, actor: Person | None) -> None:
    """Put an import aside that was never applied; its file and forecast stay in the history."""
    with transaction.atomic():
        roster_import = RosterImport.objects.select_for_update().get(pk=roster_import.pk)
        if roster_import.state in OPEN:
            _set(roster_import, state=State.DISCARDED)


def undo(*, actor: Person | None) -> RosterImport | None:
    """Undo the latest applied roster: a new import that brings back the assignments as they were. None: nothing to."""
    with transaction.atomic():
        take_lock()
        undoing = bring_back(actor=actor)
        if undoing:
            enqueue("letters", "letters", {"import": undoing.pk}, created_by=actor)
    return undoing


def _enqueue_read(roster_import: RosterImport, actor: Person | None) -> None:
    enqueue("read_import", f"import:{roster_import.pk}", {"import": roster_import.pk}, created_by=actor)


def _stage(roster_import: RosterImport, progress: Progress) -> bool:
    """Stage the file's rows; False when there is nothing to go on with, the import then says why."""
    with unhurried():
        _set(roster_import, state=State.READING)
    try:
        table = _open(roster_import)
        if _unchanged(roster_import):
            _set(roster_import, state=State.UNCHANGED)
            return False
        stage(roster_import, table, progress)
    except Unreadable as problem:
        _set(roster_import, state=State.FAILED, error_code=problem.code, error_params=dict(problem.params))
        return False
    if roster_import.rows_good == 0:
        _set(roster_import, state=State.FAILED, error_code="no_good_rows", error_params={})
        return False
    return True


def _open(roster_import: RosterImport) -> Table:
    """Open the file as the kind it was given as, or as the first kind whose columns it has."""
    path = Path(roster_import.file.path)
    remembered = roster_import.source.mapping.get(roster_import.kind) if roster_import.source else None
    kinds = [Kind(roster_import.kind)] if roster_import.kind else [Kind.ROSTER, Kind.PEOPLE, Kind.ACCOUNTS]
    first_problem: Unreadable | None = None
    for kind in kinds:
        try:
            table = open_table(path, kind, remembered=remembered)
        except Unreadable as problem:
            first_problem = first_problem or problem
            continue
        reading = {
            "sheet": table.sheet,
            "encoding": table.encoding,
            "delimiter": table.delimiter,
            "mapping": table.mapping,
            "unknown": table.unknown,
            "other_sheets": {kind.value: sheet for kind, sheet in table.other_sheets.items()},
        }
        with unhurried():
            _set(roster_import, kind=kind.value, reading=reading, rows_total=table.total_estimate)
            _remember_mapping(roster_import, table)
        return table
    assert first_problem is not None  # noqa: S101  every kind was tried and none opened
    raise first_problem


def _remember_mapping(roster_import: RosterImport, table: Table) -> None:
    source = roster_import.source
    if source and source.mapping.get(table.kind.value) != table.mapping:
        source.mapping = {**source.mapping, table.kind.value: table.mapping}
        source.save(update_fields=["mapping"])


def _unchanged(roster_import: RosterImport) -> bool:
    """Say whether this very file was applied last and nothing has changed since: then it has nothing to change."""
    latest = latest_applied(roster_import.kind)
    return (
        latest is not None
        and latest.sha256 == roster_import.sha256
        and latest.exported_on == roster_import.exported_on
        and latest.source_id == roster_import.source_id
        and latest.create_accounts == roster_import.create_accounts
        and latest.data_version == data_version()
    )


def _forecast(roster_import: RosterImport) -> None:
    # Somebody may have chosen accounts to create while the file was being read.
    roster_import.refresh_from_db(fields=["create_accounts"])
    carry_out(
        roster_import,
        actor=None,
        keep=lambda work: False,
        after=lambda work: _forecast_made(roster_import, work),
    )


def _forecast_made(roster_import: RosterImport, work: Work) -> None:
    _set(
        roster_import,
        state=State.FORECAST if work.changes else State.UNCHANGED,
        figures=work.figures,
        guard=work.guard,
        data_version=work.data_version,
    )


def _applied(roster_import: RosterImport, work: Work, actor: Person | None) -> None:
    """Set down what was applied, shut the logins it shuts, and have the letters written."""
    now = timezone.now()
    record(
        LedgerEntry.Event.IMPORTED,
        actor=actor,
        roster_import=roster_import,
        cause={"file": roster_import.file_name, "exported_on": str(roster_import.exported_on), "figures": work.figures},
        now=now,
    )
    shut_logins(work.losers)
    for person in Person.objects.filter(pk__in=work.losers):
        record(
            LedgerEntry.Event.LOGIN_SHUT,
            actor=actor,
            person=person,
            roster_import=roster_import,
            cause={"reason": "the e-mail address moved to somebody else"},
            now=now,
        )
    follow_emails()
    _set(
        roster_import,
        state=State.APPLIED,
        figures=work.figures,
        guard=work.guard,
        applied_at=now,
        applied_by=actor,
        data_version=data_version(),
    )
    enqueue("letters", "letters", {"import": roster_import.pk}, created_by=actor)


def _set(roster_import: RosterImport, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(roster_import, name, value)
    RosterImport.objects.filter(pk=roster_import.pk).update(**fields)
