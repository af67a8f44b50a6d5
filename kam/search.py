"""The search: one field over everything the reader may see, of what every app offers (search.py: sources)."""

import datetime as dt
from dataclasses import dataclass, replace

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.access import signed_in
from accounts.models import Person, SearchEntry
from accounts.queries.finding import Found, Hit, Query, SeenAccount, Source, find_entries, seen_by
from accounts.views.parts import Request, number_in, render_page, text_in
from kam.gather import from_apps
from kam.lib.excerpts import excerpt, marked
from kam.lib.finnish_words import QueryWord, marks, marks_within, query_words

SHORTEST = 2
OF_EACH_KIND = 5
ON_A_PAGE = 20
# Of what is looked up by its name; who needs more of them types more of it.
MOST_NAMES = 50
MOST_ACCOUNTS = 50
# Nobody leafs further: they add a word.
MOST_PAGES = 50
DAYS = {"week": 7, "month": 31, "year": 366}
TIMES = (("", _("any time")), ("week", _("last week")), ("month", _("last month")), ("year", _("last year")))


@dataclass(frozen=True)
class Asked:
    """What the address of the search says. `account` is a customer number; what names nothing is left out."""

    q: str
    account: str
    kind: str
    when: str
    page: int

    @cached_property
    def words(self) -> tuple[QueryWord, ...]:
        return tuple(query_words(self.q))

    @property
    def is_too_short(self) -> bool:
        """Whether something was typed, but nothing that could be searched for."""
        return bool(self.q) and not any(len(word.typed) >= SHORTEST for word in self.words)

    @property
    def since(self) -> dt.datetime | None:
        return timezone.now() - dt.timedelta(days=DAYS[self.when]) if self.when else None

    def url(self, **other: str) -> str:
        """Return the query string of the same search with something else about it, on its first page."""
        said = {"q": self.q, "account": self.account, "kind": self.kind, "when": self.when} | other
        return "?" + urlencode({key: value for key, value in said.items() if value})


@dataclass(frozen=True)
class Line:
    """A result as it is shown: its title and a piece of its text with the words marked."""

    hit: Hit
    title: SafeString
    text: SafeString

    @property
    def others(self) -> int:
        """How many accounts it is of besides the first."""
        return len(self.hit.accounts) - 1


@dataclass(frozen=True)
class Group:
    """The results of one kind. `count` may be more than are shown, and `more` that there are more than were counted."""

    source: Source
    lines: tuple[Line, ...]
    count: int
    more: bool
    url: str
    current: bool


@dataclass(frozen=True)
class Results:
    """All that was found: a group a kind that has anything, and how many things the accounts have."""

    groups: tuple[Group, ...] = ()
    accounts: tuple[tuple[SeenAccount, int], ...] = ()
    page: Page[int] | None = None

    @property
    def count(self) -> int:
        return sum(group.count for group in self.groups)

    @property
    def more(self) -> bool:
        return any(group.more for group in self.groups)

    @property
    def shown(self) -> list[Group]:
        return [group for group in self.groups if group.lines]


@require_safe
@signed_in
def search(request: Request) -> HttpResponse:
    seen = seen_by(request.person)
    asked = asked_in(request, seen)
    results = Results() if asked.is_too_short or not asked.words else found(request.person, asked, seen)
    context = {
        "asked": asked,
        "account": next((account for account in seen if account.customer_number == asked.account), None),
        "seen": len(seen),
        "results": results,
        "times": TIMES,
        "everywhere": asked.url(account=""),
        "all_kinds": asked.url(kind=""),
        "unfiltered": asked.url(kind="", when=""),
    }
    return render_page(request, "search.html", context, part="search-results")


def asked_in(request: Request, seen: tuple[SeenAccount, ...]) -> Asked:
    """Read the address; an account that the reader does not see, and a kind or time that is none, are left out."""
    account, kind, when = (text_in(request, name) for name in ("account", "kind", "when"))
    return Asked(
        q=text_in(request, "q"),
        account=account if any(one.customer_number == account for one in seen) else "",
        kind=kind if any(source.kind == kind for source in all_sources()) else "",
        when=when if when in DAYS else "",
        page=max(number_in(request, "page") or 1, 1),
    )


def all_sources() -> list[Source]:
    """Return what may be found, in the order in which it is shown."""
    offered = (source for sources in from_apps("search", "sources") for source in sources)
    return sorted(offered, key=lambda source: source.order)


def found(person: Person, asked: Asked, seen: tuple[SeenAccount, ...]) -> Results:
    """Search the sources; as many queries whatever is found."""
    accounts = tuple(one for one in seen if one.customer_number == asked.account) if asked.account else seen
    query = Query(asked.words, accounts, asked.since)
    indexed = [source.kind for source in all_sources() if source.find is None]
    of_one = asked.kind in indexed
    entries = find_entries(
        person,
        query,
        [asked.kind] if of_one else indexed,
        limit=ON_A_PAGE if of_one else OF_EACH_KIND,
        offset=(asked.page - 1) * ON_A_PAGE if of_one else 0,
    )
    groups = tuple(group for source in all_sources() if (group := _group(source, asked, query, entries)).count)
    page = _turning(asked, groups) if of_one else None
    if page and page.number != asked.page:  # past the last page is the last page
        return found(person, replace(asked, page=page.number), seen)
    return Results(groups, _by_account(seen, entries), page)


def _group(source: Source, asked: Asked, query: Query, entries: Found) -> Group:
    if source.find is None:
        hits = [_hit(entry) for entry in entries.entries.get(source.kind, [])]
        of_kind = {account: number for (account, kind), number in entries.counts.items() if kind == source.kind}
        count, more = sum(of_kind.values()), bool(entries.full & of_kind.keys())
    else:
        hits = source.find(query, MOST_NAMES) if query.since is None else []
        count, more = len(hits), len(hits) == MOST_NAMES
    is_current = asked.kind == source.kind
    shown = hits if is_current else [] if asked.kind else hits[:OF_EACH_KIND]
    lines = tuple(_line(hit, query.words) for hit in shown)
    return Group(source, lines, count, more, asked.url(kind=source.kind), is_current)


def _hit(entry: SearchEntry) -> Hit:
    return Hit(
        kind=entry.kind,
        title=entry.title,
        path=entry.path,
        accounts=(entry.account.name,),
        text=entry.text,
        who=entry.changed_by.name if entry.changed_by else "",
        at=entry.changed_at,
    )


def _line(hit: Hit, words: tuple[QueryWord, ...]) -> Line:
    spans = marks_within if hit.is_name else marks
    text = excerpt(hit.text, words)
    return Line(hit, marked(hit.title, spans(hit.title, words)), marked(text, spans(text, words)))


def _by_account(seen: tuple[SeenAccount, ...], entries: Found) -> tuple[tuple[SeenAccount, int], ...]:
    counts: dict[int, int] = {}
    for (account_id, _kind), number in entries.counts.items():
        counts[account_id] = counts.get(account_id, 0) + number
    with_any = [(account, counts[account.pk]) for account in seen if account.pk in counts]
    return tuple(sorted(with_any, key=lambda one: -one[1])[:MOST_ACCOUNTS])


def _turning(asked: Asked, groups: tuple[Group, ...]) -> Page[int] | None:
    count = next((group.count for group in groups if group.current), 0)
    return Paginator(range(min(count, MOST_PAGES * ON_A_PAGE)), ON_A_PAGE).get_page(asked.page) if count else None


urlpatterns: list[URLPattern] = [path("search/", search, name="search")]
