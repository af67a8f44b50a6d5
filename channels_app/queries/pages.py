"""Pages as somebody may see them: one page, those of a section, those of the whole channel."""

from collections.abc import Collection, Iterable

from django.db.models import BooleanField, ExpressionWrapper, Prefetch, QuerySet
from django.http import Http404

from accounts.models import ABOVE_LIMITS, Account, Kind, Person
from channels_app.models import ContentsLine, Draft, Page
from channels_app.queries.contents import Contents, Line
from channels_app.queries.freshness import in_contents


def page_of(account: Account, pk: int, *, edits: bool = False) -> Page:
    """Fetch a page of `account`, which the caller is authorised for, by the limits of the reader's standing there.

    Raises Http404 for a page that the reader may not see, and for a removed one unless they edit. Two queries.
    """
    stands = ExpressionWrapper(in_contents(), BooleanField())
    pages: QuerySet[Page] = Page.objects.within(account, account.standing.kinds).annotate(in_contents=stands)
    page = pages.filter(pk=pk).select_related("section", "contract", "memo").first()
    if page is None or (page.removed_at is not None and not edits):
        raise Http404
    page.account = account
    _name_people(page)
    return page


def _name_people(page: Page) -> None:
    """Give the page its people in one query: joined to it four times, they cost the database more than all the rest."""
    roles = ("author", "changed_by", "checked_by", "removed_by")
    people = Person.objects.in_bulk({getattr(page, f"{role}_id") for role in roles} - {None})
    for role in roles:
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
    return page.review_days or (line.review_days if line else None)


def draft_of(person: Person, account: Account, section_id: int, page: Page | None = None) -> Draft | None:
    """Return what `person` has written of the page, or of a new one in the section, and not saved."""
    return Draft.objects.filter(person=person, account=account, section=section_id, page=page).first()


def limit_names(audience: Collection[str] | None) -> list[str]:
    """Return what the kinds are called that a page is limited to, but for those who stand above limits."""
    return [str(Kind(kind).label) for kind in audience or () if kind not in ABOVE_LIMITS]
