"""The definition of the table of contents that all accounts share: its versions, its draft, and what differs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from django.db.models import Count, Prefetch, QuerySet
from django.utils.translation import get_language

from accounts.models import Person
from channels_app.models import ContentsLine, ContentsVersion, Page, SectionKind
from channels_app.models.contents import PAGE_KINDS

MOST_NAMES = 8


@dataclass(frozen=True)
class DefinitionLine:
    """A section as a version has it, its place given by its order; `section_id` 0 is one that is still to be made."""

    section_id: int
    kind: SectionKind
    name_fi: str
    name_en: str
    purpose_fi: str = ""
    purpose_en: str = ""
    review_days: int | None = None

    @property
    def name(self) -> str:
        return self.name_en if get_language() == "en" else self.name_fi

    @property
    def purpose(self) -> str:
        return self.purpose_en if get_language() == "en" else self.purpose_fi

    @property
    def of_pages(self) -> bool:
        """Whether it holds pages. Each other kind has a part of the system that lives in it, and cannot be removed."""
        return self.kind in PAGE_KINDS


@dataclass(frozen=True)
class Change:
    """One difference between two versions. `before` is empty for what is new, `after` for what is gone.

    `what` is one of added, back, removed, renamed, moved, purpose, review. Places count from 1.
    """

    what: str
    line: DefinitionLine
    before: DefinitionLine | None = None
    old_place: int | None = None
    new_place: int | None = None


@dataclass(frozen=True)
class Reach:
    """How much hangs on a section: in how many accounts there are pages, how many pages, and the accounts to name."""

    accounts: int = 0
    pages: int = 0
    names: list[str] = field(default_factory=list)


def draft_version() -> ContentsVersion | None:
    """Return the one draft that the directors share, None when nobody has begun one."""
    return _with_lines().filter(published_at=None).first()


def published_versions() -> list[ContentsVersion]:
    """Return every version there was, the live one first; three queries."""
    return list(_with_lines().filter(published_at__isnull=False).order_by("-number"))


def _with_lines() -> QuerySet[ContentsVersion]:
    lines = Prefetch("lines", ContentsLine.objects.select_related("section").order_by("position"))
    return ContentsVersion.objects.select_related("published_by", "edited_by").prefetch_related(lines)


def lines_of(version: ContentsVersion) -> tuple[DefinitionLine, ...]:
    """Return the sections of a version in their order."""
    return tuple(
        DefinitionLine(
            line.section_id,
            SectionKind(line.section.kind),
            line.name_fi,
            line.name_en,
            line.purpose_fi,
            line.purpose_en,
            line.review_days,
        )
        for line in version.lines.all()
    )


def removed_lines(versions: Iterable[ContentsVersion], kept: Iterable[DefinitionLine]) -> list[DefinitionLine]:
    """Return the sections that some published version had and `kept` lacks, as the last one that had them did."""
    there = {line.section_id for line in kept}
    gone: dict[int, DefinitionLine] = {}
    for version in versions:  # newest first
        for line in lines_of(version):
            if line.section_id not in there:
                gone.setdefault(line.section_id, line)
    return list(gone.values())


def differences(
    old: Sequence[DefinitionLine], new: Sequence[DefinitionLine], known: Iterable[int] = ()
) -> list[Change]:
    """Return what changes from `old` to `new`, in the order of `new`, what is removed last.

    A section that is not in `old` but among the ids `known` is brought back rather than added. Moved is the smallest
    number of sections whose moving explains the new order.
    """
    before = {line.section_id: (place, line) for place, line in enumerate(old, 1)}
    after = {line.section_id for line in new}
    ever, moved = set(known), _moved(old, new)
    changes: list[Change] = []
    for place, line in enumerate(new, 1):
        if line.section_id not in before:
            what = "back" if line.section_id in ever else "added"
            changes.append(Change(what, line, new_place=place))
            continue
        old_place, was = before[line.section_id]
        if (was.name_fi, was.name_en) != (line.name_fi, line.name_en):
            changes.append(Change("renamed", line, was, old_place, place))
        if line.section_id in moved:
            changes.append(Change("moved", line, was, old_place, place))
        if (was.purpose_fi, was.purpose_en) != (line.purpose_fi, line.purpose_en):
            changes.append(Change("purpose", line, was, old_place, place))
        if was.review_days != line.review_days:
            changes.append(Change("review", line, was, old_place, place))
    changes += [
        Change("removed", line, line, place) for place, line in enumerate(old, 1) if line.section_id not in after
    ]
    return changes


def _moved(old: Sequence[DefinitionLine], new: Sequence[DefinitionLine]) -> set[int]:
    common = {line.section_id for line in old} & {line.section_id for line in new}
    was = [line.section_id for line in old if line.section_id in common]
    now = [line.section_id for line in new if line.section_id in common]
    still: set[int] = set()
    for block in SequenceMatcher(None, was, now, autojunk=False).get_matching_blocks():
        still |= set(was[block.a : block.a + block.size])
    return common - still


def reach_of(person: Person, section_ids: Iterable[int]) -> dict[int, Reach]:
    """Return how much hangs on the sections; two queries.

    Numbers are of all accounts; names are only of those that `person` sees and where they see a page of it.
    """
    ids = list(section_ids)
    pages = Page.objects.filter(section__in=ids, removed_at=None).order_by()
    counted = pages.values_list("section").annotate(Count("account", distinct=True), Count("pk"))
    names: dict[int, list[str]] = {}
    seen = Page.objects.visible_to(person).filter(section__in=ids, removed_at=None)
    for section_id, name in seen.order_by("account__name_key").values_list("section", "account__name").distinct():
        names.setdefault(section_id, []).append(name)
    found = {
        section_id: Reach(accounts, number, names.get(section_id, [])[:MOST_NAMES])
        for section_id, accounts, number in counted
    }
    return {section_id: found.get(section_id, Reach()) for section_id in ids}
