"""The table of contents as one reader of one account sees it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.urls import reverse
from django.utils.translation import get_language

from accounts.access import Standing
from accounts.models import Account
from channels_app.models import SectionKind
from kam.lib.dates import today
from kam.lib.sql import planned_rows

_CONTENTS_SQL = (Path(__file__).parent / "contents.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Line:
    """A section at an account. `number` is empty for a local one; `pages` and `overdue` count what the reader sees."""

    section_id: int
    kind: SectionKind
    key: str
    number: int | None
    name: str
    purpose: str
    review_days: int | None
    unused_because: str
    limit: tuple[str, ...] | None
    # Whether the reader is among those whom the section is limited to.
    open: bool
    pages: int
    overdue: int
    url: str
    # Of the pages those that are ever to be checked, by their own interval or the section's.
    asked: int = 0

    @property
    def local(self) -> bool:
        return self.number is None

    @property
    def state(self) -> str:
        """The shape that stands beside the name: a section that needs its owner's eye, else none."""
        return "warn" if self.overdue else ""


@dataclass(frozen=True)
class Contents:
    """The sections in their order, local ones last. A local one that the reader may not open is not there at all."""

    lines: tuple[Line, ...]

    def line(self, section_id: int) -> Line | None:
        return next((line for line in self.lines if line.section_id == section_id), None)

    def of_kind(self, kind: SectionKind) -> Line | None:
        return next((line for line in self.lines if line.kind == kind), None)

    @property
    def fresh(self) -> tuple[int, int]:
        """How many of the pages that are ever to be checked are fresh, and how many there are."""
        pages = sum(line.asked for line in self.lines)
        return pages - sum(line.overdue for line in self.lines), pages

    @property
    def fresh_percent(self) -> int | None:
        """The share of pages that were checked in time; 100 only when all were, None where none is ever to be."""
        fresh, pages = self.fresh
        return 100 * fresh // pages if pages else None


def contents_of(account: Account, standing: Standing) -> Contents:
    """Return the live table of contents of `account` for somebody of that standing there; one query."""
    values: dict[str, Any] = {
        "account": account.pk,
        "kinds": [str(kind) for kind in standing.kinds],
        "day": today(),
        "language": get_language() or "fi",
    }
    lines = (_line(account, standing, row) for row in planned_rows(_CONTENTS_SQL, values))
    return Contents(tuple(line for line in lines if line.open or not line.local))


def _line(account: Account, standing: Standing, row: tuple[Any, ...]) -> Line:
    section_id, kind, key, number, name, purpose, review_days, unused, limit, pages, overdue, asked = row
    return Line(
        section_id,
        SectionKind(kind),
        key or "",
        number,
        name,
        purpose,
        review_days,
        unused or "",
        None if limit is None else tuple(limit),
        standing.within(limit),
        pages,
        overdue,
        address_of(account, section_id, kind),
        asked,
    )


# Sections whose content has a page of its own.
ELSEWHERE = {
    SectionKind.MESSAGES: "messages",
    SectionKind.QUESTIONS: "questions",
    SectionKind.ROSTER: "account_sites",
    SectionKind.MEMOS: "memos",
    SectionKind.BOARD: "tasks",
    SectionKind.FEEDBACK: "feedback",
}


def address_of(account: Account, section_id: int, kind: str) -> str:
    """Return where a section is read: messages, sites, memos and tasks have their own pages."""
    if elsewhere := ELSEWHERE.get(SectionKind(kind)):
        return reverse(elsewhere, args=[account.customer_number])
    return reverse("section", args=[account.customer_number, section_id])
