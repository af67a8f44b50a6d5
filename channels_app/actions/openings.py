"""That somebody opened what is limited to some: access.md has it in the ledger."""

from collections.abc import Sequence

from accounts import audit
from accounts.models import Account, LedgerEntry, Person


def note_opening(*, person: Person, account: Account, what: str, thing_id: int, audience: Sequence[str] | None) -> None:
    """Write to the ledger that `person` opened the page, file or section `what`, if it is limited at all."""
    if audience is not None:
        cause = {"what": what, "id": thing_id, "limited_to": list(audience)}
        audit.record(LedgerEntry.Event.OPENED, actor=person, account=account, cause=cause)


def note_openings(
    *, person: Person, account: Account, what: str, things: Sequence[tuple[int, Sequence[str] | None]]
) -> None:
    """Write one entry about all that `person` opened at once; `things` are ids with audiences, some limited."""
    limited = [thing_id for thing_id, audience in things if audience is not None]
    if limited:
        audit.record(LedgerEntry.Event.OPENED, actor=person, account=account, cause={"what": what, "ids": limited})
