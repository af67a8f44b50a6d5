"""What has changed in accounts lately, as one reader sees it: read from the search's entries, which know all things."""

import datetime as dt
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Count, F, Max, QuerySet, Window
from django.db.models.functions import RowNumber

from accounts.access import Standing
from accounts.models import Account, Person, SearchEntry
from accounts.queries.within import rows_within


@dataclass(frozen=True)
class News:
    """A thing that was written, changed or made known.

    `kind` is the search's ("page", "memo", …) or the app's own word for it, `who` may be empty.
    """

    account_id: int
    kind: str
    title: str
    url: str
    who: str
    at: dt.datetime


@dataclass(frozen=True)
class AccountNews:
    """What is new in one account, newest first, and how much more there is than what is named."""

    account_id: int
    name: str
    customer_number: str
    news: tuple[News, ...] = ()
    more: int = 0


def latest_in(account: Account, standing: Standing, count: int) -> list[News]:
    """Return the `count` latest changes in `account` for somebody of that standing there, newest first; one query."""
    return [News(*row) for row in rows_within(_LATEST_SQL, account, standing, count=count)]


_LATEST_SQL = """
SELECT e.account_id, e.kind, e.title, e.path, coalesce(btrim(p.first_name || ' ' || p.last_name), ''), e.changed_at
FROM accounts_searchentry e LEFT JOIN accounts_person p ON p.id = e.changed_by_id
WHERE e.account_id = %(account)s AND (e.audience IS NULL OR e.audience && %(kinds)s::varchar[])
ORDER BY e.changed_at DESC, e.id DESC LIMIT %(count)s"""


def latest_for(person: Person, since: dt.datetime, per_account: int) -> list[AccountNews]:
    """Return what others have changed after `since` in the accounts that `person` sees; one query.

    At most `per_account` things an account; the account that changed last comes first.
    """
    account = F("account")
    rows = (
        SearchEntry.objects.visible_to(person)
        .filter(changed_at__gt=since)
        .exclude(changed_by=person)
        .annotate(
            place=Window(RowNumber(), partition_by=account, order_by=[F("changed_at").desc(), F("pk").desc()]),
            of=Window(Count("pk"), partition_by=account),
            last=Window(Max("changed_at"), partition_by=account),
        )
        .filter(place__lte=per_account)
        .order_by("-last", "account", "place")
    )
    by_account = groupby(_with_account(rows), key=lambda entry: entry.account)
    return [_account_news(account, list(entries)) for account, entries in by_account]


_NAMED = ("account_id", "kind", "title", "path", "changed_at", "changed_by__first_name", "changed_by__last_name")


def _with_account(rows: QuerySet[SearchEntry, Any]) -> QuerySet[SearchEntry, Any]:
    return rows.select_related("changed_by", "account").only(*_NAMED, "account__name", "account__customer_number")


def _account_news(account: Account, entries: list[Any]) -> AccountNews:
    news = tuple(_news(entry) for entry in entries)
    return AccountNews(account.pk, account.name, account.customer_number, news, more=entries[0].of - len(news))


def _news(entry: SearchEntry) -> News:
    who = entry.changed_by.name if entry.changed_by else ""
    return News(entry.account_id, entry.kind, entry.title, entry.path, who, entry.changed_at)
