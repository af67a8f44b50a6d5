"""What a section of an account holds, as one reader sees it: pages, contracts, and sections that were removed."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count, Exists, F, OuterRef, Q

from accounts.access import Standing, running
from accounts.models import ABOVE_LIMITS, AccessGrant, Account, Contract, Kind, Person
from accounts.queries.within import rows_within
from channels_app.models import Essential, File, FileVersion, Page, Revision, Section, SectionKind, SectionSetting
from channels_app.queries.contents import Contents, Line, address_of
from channels_app.queries.definition import DefinitionLine, published_versions, removed_lines
from channels_app.queries.essentials import superiors_of
from channels_app.queries.files import Listed, listed
from channels_app.queries.freshness import Fresh, freshness
from channels_app.queries.pages import pages_in
from kam.lib.dates import first_day, last_day, today


@dataclass(frozen=True)
class PageLine:
    """A page in the list of its section. `essentials` says whether a superior's summary stands above it."""

    page: Page
    fresh: Fresh
    essentials: bool


@dataclass(frozen=True)
class SectionFile:
    """A file that lies in a section, with the contract that it belongs to."""

    contract_id: int | None
    listed: Listed


def page_lines(account: Account, line: Line, person: Person) -> list[PageLine]:
    """Return the pages of the section that `person` may see, in their order; two queries.

    An essential of a revision that they may not see is none to them, as on the page itself.
    """
    readable = Revision.objects.within(account, account.standing.kinds)
    of_readable = Exists(readable.filter(page=OuterRef("page"), number=OuterRef("page_number")))
    essentials = Essential.objects.filter(of_readable, page=OuterRef("pk"))
    if not account.standing.kinds & set(ABOVE_LIMITS):
        essentials = essentials.filter(author__in=[person.pk, *superiors_of(person)])
    pages = pages_in(account, line.section_id).defer("body").annotate(has_essentials=Exists(essentials))
    return [PageLine(page, _fresh(page, line), page.has_essentials) for page in pages]


def section_files(account: Account, section_id: int) -> list[SectionFile]:
    """Return the files of the section and its contracts that the reader may see, no page's or message's; one query."""
    files = File.objects.within(account, account.standing.kinds).standing_ones()
    files = files.filter(section=section_id, page=None, message=None, attached_at__isnull=False)
    latest = FileVersion.objects.filter(file__in=files, number=F("file__number")).select_related("file", "added_by")
    ordered = latest.order_by("file__name_key", "file_id")
    return [SectionFile(version.file.contract_id, listed(account, version)) for version in ordered]


@dataclass(frozen=True)
class OverduePage:
    """A page that is past its review, and who checked it last, and when."""

    pk: int
    title: str
    checked_by: str
    checked_on: dt.date


def overdue_pages(account: Account, contents: Contents, most: int) -> list[OverduePage]:
    """Return the first `most` pages that the reader may see and that are past their review, the longest first.

    How many there are in all, the contents say. One query.
    """
    lines = [line for line in contents.lines if line.overdue and line.open]
    if not lines:
        return []
    sections = {"sections": [line.section_id for line in lines], "intervals": [line.review_days for line in lines]}
    return [OverduePage(*row) for row in rows_within(_OVERDUE_SQL, account, account.standing, **sections, most=most)]


_OVERDUE_SQL = """
SELECT p.id, p.title, btrim(who.first_name || ' ' || who.last_name), p.checked_on
FROM unnest(%(sections)s::bigint[], %(intervals)s::int[]) AS s(id, review_days)
JOIN channels_app_page p ON p.section_id = s.id
JOIN accounts_person who ON who.id = p.checked_by_id
WHERE p.account_id = %(account)s AND (p.audience IS NULL OR p.audience && %(kinds)s::varchar[])
    AND p.removed_at IS NULL AND p.checked_on + coalesce(p.review_days, s.review_days) <= %(day)s
ORDER BY p.checked_on + coalesce(p.review_days, s.review_days), p.id LIMIT %(most)s"""


def _fresh(page: Page, line: Line) -> Fresh:
    return freshness(page.checked_on, line.review_days if page.review_days is None else page.review_days, today())


# --- contracts ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ContractGroup:
    """A contract of the account with what is written about it. `state` is running, to come or over."""

    contract: Contract
    first_day: dt.date | None
    last_day: dt.date | None
    state: str
    pages: list[PageLine] = field(default_factory=list)
    files: list[Listed] = field(default_factory=list)


def contract_groups(
    account: Account, pages: Iterable[PageLine], files: Iterable[SectionFile]
) -> tuple[list[ContractGroup], list[PageLine], list[Listed]]:
    """Return the account's contracts, those that run first, with their pages and files; then what has no contract.

    One query.
    """
    by_pages: dict[int | None, list[PageLine]] = defaultdict(list)
    by_files: dict[int | None, list[Listed]] = defaultdict(list)
    for line in pages:
        by_pages[line.page.contract_id].append(line)
    for file in files:
        by_files[file.contract_id].append(file.listed)
    groups = [
        ContractGroup(
            contract,
            first_day(contract.period),
            last_day(contract.period),
            _state(contract),
            by_pages.pop(contract.pk, []),
            by_files.pop(contract.pk, []),
        )
        for contract in account.contracts.order_by("period", "number")
    ]
    order = {"running": 0, "to come": 1, "over": 2}
    groups.sort(key=lambda group: order[group.state])
    return groups, list(chain.from_iterable(by_pages.values())), list(chain.from_iterable(by_files.values()))


def _state(contract: Contract) -> str:
    begins, ends = first_day(contract.period), last_day(contract.period)
    if begins and begins > today():
        return "to come"
    return "over" if ends and ends < today() else "running"


# --- removed sections -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class RemovedSection:
    """A section that the contents no longer have. Its pages and files are counted as the reader sees them."""

    section_id: int
    kind: SectionKind
    name: str
    local: bool
    pages: int
    files: int
    limit: tuple[str, ...] | None
    url: str

    @property
    def filled(self) -> bool:
        return bool(self.pages or self.files)


def removed_sections(account: Account, contents: Contents, *, manages: bool = False) -> list[RemovedSection]:
    """Return the removed sections that have something the reader may see, shared ones first; six queries.

    Whoever manages the account also gets its own empty ones, to bring them back.
    """
    local = Section.objects.filter(account=account, removed_at__isnull=False).order_by("-removed_at")
    gone = [(line.section_id, line.kind, line.name, False) for line in _removed_shared(contents)]
    gone += [(section.pk, SectionKind(section.kind), section.local_name, True) for section in local]
    ids = [section_id for section_id, *_ in gone]
    pages = _counted(Page.objects.within(account, account.standing.kinds).standing_ones(), ids)
    loose = File.objects.within(account, account.standing.kinds).filter(
        removed_at=None, page=None, message=None, attached_at__isnull=False
    )
    files = _counted(loose, ids)
    limits = SectionSetting.objects.filter(account=account, section__in=ids, limit__isnull=False)
    limited = {pk: tuple(limit or ()) for pk, limit in limits.values_list("section", "limit")}
    found = [
        RemovedSection(
            pk, kind, name, own, pages.get(pk, 0), files.get(pk, 0), limited.get(pk), address_of(account, pk, kind)
        )
        for pk, kind, name, own in gone
    ]
    return [one for one in found if one.filled or (manages and one.local)]


def _removed_shared(contents: Contents) -> list[DefinitionLine]:
    there = [DefinitionLine(line.section_id, line.kind, "", "") for line in contents.lines if not line.local]
    return removed_lines(published_versions(), there)


def _counted(things: Any, section_ids: Collection[int]) -> dict[int, int]:
    return dict(things.filter(section__in=section_ids).order_by().values_list("section").annotate(Count("pk")))


def as_line(removed: RemovedSection) -> Line:
    """Return a removed section as a line of the contents, for the pages that show a section."""
    return Line(
        section_id=removed.section_id,
        kind=removed.kind,
        key="",
        number=None,
        name=removed.name,
        purpose="",
        review_days=None,
        unused_because="",
        limit=removed.limit,
        open=True,
        pages=removed.pages,
        overdue=0,
        url=removed.url,
    )


# --- limits ---------------------------------------------------------------------------------------------------------
def losing_sight(
    account: Account, before: Collection[str] | None, after: Collection[str] | None
) -> list[tuple[Person, list[Kind]]]:
    """Return who sees the account today and sees a section by the limit `before` but not by `after`; two queries."""
    kinds = dict(
        AccessGrant.objects.filter(running(), account=account)
        .order_by()
        .values_list("person")
        .annotate(found=ArrayAgg("acts_as", distinct=True))
    )
    standings = {pk: Standing(frozenset(Kind(kind) for kind in found)) for pk, found in kinds.items()}
    losing = {pk: one for pk, one in standings.items() if one.within(before) and not one.within(after)}
    people = Person.objects.filter(pk__in=losing).order_by("name_key", "employee_number")
    return [(person, sorted(losing[person.pk].kinds)) for person in people]


# --- editors --------------------------------------------------------------------------------------------------------
def editors_of(account: Account) -> list[tuple[Any, bool]]:
    """Return the account's editors with whether each sees the account today; one without sight edits nothing."""
    seeing = AccessGrant.objects.filter(running(), account=account, person=OuterRef("person"))
    found = account.editors.filter(ended_at=None).select_related("person__area", "named_by")
    found = found.annotate(sees=Exists(seeing)).order_by("person__name_key", "pk")
    return [(editor, editor.sees) for editor in found]


def may_become_editors(account: Account) -> Any:
    """Return who may be named an editor: whoever sees the account and does not edit it already."""
    grants = AccessGrant.objects.filter(running(), account=account)
    directors = grants.filter(acts_as=Kind.DIRECTOR).values("person")
    editors = account.editors.filter(ended_at=None).values("person")
    return Person.objects.filter(Q(pk__in=grants.values("person")) & ~Q(pk__in=directors) & ~Q(pk__in=editors))
