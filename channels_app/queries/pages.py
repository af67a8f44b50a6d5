"""Pages as somebody may see them: one page, those of a section, those of the whole channel."""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Any, cast

from django.db.models import ForeignKey, Model, Prefetch, QuerySet
from django.http import Http404

from accounts.models import ABOVE_LIMITS, Account, Contract, Kind, Person
from accounts.queries.within import rows_within
from channels_app.models import ContentsLine, Draft, Memo, Page, Section
from channels_app.queries.contents import Contents, Line
from kam.lib.sql import built, columns_of, made, planned_rows


def page_of(account: Account, pk: int, *, edits: bool = False) -> Page:
    """Fetch a page of `account`, which the caller is authorised for, by the limits of the reader's standing there.

    Its section, contract, memo and people are at hand. Raises Http404 for a page that the reader may not see, and for a
    removed one unless they edit. Two queries.
    """
    page = next((_page(row) for row in rows_within(_PAGE_SQL, account, account.standing, page=pk)), None)
    if page is None or (page.removed_at is not None and not edits):
        raise Http404
    page.account = account
    _name_people(page)
    return page


_BESIDE: dict[str, type[Model]] = {"section": Section, "contract": Contract, "memo": Memo}
# Whether the section stands in the contents: as in_contents() of queries/freshness.py.
_PAGE_SQL = f"""
SELECT EXISTS (
        SELECT FROM channels_app_contentsline l WHERE l.section_id = page.section_id AND l.version_id = (
            SELECT id FROM channels_app_contentsversion WHERE published_at IS NOT NULL ORDER BY number DESC LIMIT 1)
    ) OR (section.account_id IS NOT NULL AND section.removed_at IS NULL),
    {columns_of(Page, "page")}, {", ".join(columns_of(model, name) for name, model in _BESIDE.items())}
FROM channels_app_page page
JOIN channels_app_section section ON section.id = page.section_id
LEFT JOIN accounts_contract contract ON contract.id = page.contract_id
LEFT JOIN channels_app_memo memo ON memo.page_id = page.id
WHERE page.id = %(page)s AND page.account_id = %(account)s
    AND (page.audience IS NULL OR page.audience && %(kinds)s::varchar[])"""  # noqa: S608  columns


def _page(row: tuple[Any, ...]) -> Page:
    stands, *columns = row
    values = iter(columns)
    page = made(Page, values)
    page.in_contents = stands
    for name, model in _BESIDE.items():
        found, relation = built(model, values), cast("ForeignKey[Any]", Page._meta.get_field(name))
        relation.set_cached_value(page, found)
        if isinstance(found, Memo):
            found.page = page
    return page


_PEOPLE = ("author", "changed_by", "checked_by", "removed_by")
_PEOPLE_SQL = f"SELECT {columns_of(Person, 'p')} FROM accounts_person p WHERE p.id = ANY (%(people)s)"  # noqa: S608


def _name_people(page: Page) -> None:
    """Give the page its people by a statement of their own: joined to it four times, they take long to plan."""
    asked = {getattr(page, f"{role}_id") for role in _PEOPLE} - {None}
    rows = planned_rows(_PEOPLE_SQL, {"people": sorted(asked)})
    people = {person.pk: person for person in (made(Person, iter(row)) for row in rows)}
    for role in _PEOPLE:
        setattr(page, role, people.get(getattr(page, f"{role}_id")))


def may_write(person: Person, page: Page, *, edits: bool) -> bool:
    """Say whether `person` writes this page, as `page_of` gave it: whoever edits the account's pages, a memo's author.

    Nobody writes in a section that was removed from the contents.
    """
    return page.in_contents and (edits or (is_memo(page) and page.author_id == person.pk))


def is_memo(page: Page) -> bool:
    """Say whether the page is a memo's text: then it is read at the memo's address."""
    return getattr(page, "memo", None) is not None


def pages_in(account: Account, section_id: int) -> QuerySet[Page]:
    """Return the pages of a section that the reader may see, in their order; memos the latest first."""
    pages: QuerySet[Page] = Page.objects.within(account, account.standing.kinds).standing_ones()
    order = ("-memo__held_on", "position", "title_key", "pk")
    return pages.filter(section=section_id).select_related("checked_by", "contract", "memo").order_by(*order)


def removed_pages(account: Account, section_id: int) -> list[Page]:
    """Return a section's removed pages for somebody who edits, the last removed first; one query."""
    pages = Page.objects.within(account, account.standing.kinds).filter(section=section_id, removed_at__isnull=False)
    return list(pages.select_related("removed_by", "memo").defer("body").order_by("-removed_at"))


def pages_to_read(account: Account, contents: Contents) -> list[Page]:
    """Return every page and memo of the channel that the reader may see, in the order of the contents.

    Pages of sections that are no longer in the contents come last. Three queries, whatever there is.
    """
    pages: QuerySet[Page] = (
        Page.objects.within(account, account.standing.kinds)
        .standing_ones()
        .select_related("section", "contract", "changed_by", "checked_by", "memo")
        .prefetch_related(Prefetch("memo__decisions"))
        .order_by("-memo__held_on", "position", "title_key", "pk")
    )
    for page in pages:
        page.account = account
    place = {line.section_id: number for number, line in enumerate(contents.lines)}
    return sorted(pages, key=lambda page: (place.get(page.section_id, len(place)), page.section_id))


def section_names(pages: Iterable[Page], contents: Contents) -> dict[int, str]:
    """Return what the sections of `pages` are called, removed ones as they were at last; one query."""
    names = {line.section_id: line.name for line in contents.lines}
    gone = {page.section_id: page.section for page in pages if page.section_id not in names}
    lines = ContentsLine.objects.filter(section__in=gone, version__published_at__isnull=False)
    names |= {line.section_id: line.name for line in lines.order_by("version__number")}
    return {section_id: str(section) for section_id, section in gone.items()} | names


def review_days(page: Page, line: Line | None) -> int | None:
    """Return how often the page is to be checked: its own interval, else its section's; None for never."""
    if page.review_days is not None:
        return page.review_days
    return line.review_days if line else None


def draft_saved_at(person: Person, page: Page) -> dt.datetime | None:
    """Return when `person` last wrote on the page without saving it; None when there is no such draft. One query."""
    values = {"person": person.pk, "account": page.account_id, "section": page.section_id, "page": page.pk}
    return next((saved_at for (saved_at,) in planned_rows(_DRAFT_SQL, values)), None)


_DRAFT_SQL = """
SELECT saved_at FROM channels_app_draft
WHERE person_id = %(person)s AND account_id = %(account)s AND section_id = %(section)s AND page_id = %(page)s"""


def draft_of(person: Person, account: Account, section_id: int, page: Page | None = None) -> Draft | None:
    """Return what `person` has written of the page, or of a new one in the section, and not saved."""
    return Draft.objects.filter(person=person, account=account, section=section_id, page=page).first()


def limit_names(audience: Collection[str] | None) -> list[str]:
    """Return what the kinds are called that a page is limited to, but for those who stand above limits."""
    return [str(Kind(kind).label) for kind in audience or () if kind not in ABOVE_LIMITS]
