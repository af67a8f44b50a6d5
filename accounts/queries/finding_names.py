"""Accounts, sites and people by their names, among what the reader sees: looked up as they are, not in the index."""

from pathlib import Path
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.http import urlencode

from accounts.queries.finding import Hit, Query, SeenAccount
from kam.lib.dates import today
from kam.lib.finnish import finnish_key
from kam.lib.finnish_words import is_named, normal

ACCOUNT, SITE, PERSON = "account", "site", "person"
_SITES_SQL = (Path(__file__).parent / "finding_sites.sql").read_text(encoding="utf-8")
_PEOPLE_SQL = (Path(__file__).parent / "finding_people.sql").read_text(encoding="utf-8")


def find_accounts(query: Query, limit: int) -> list[Hit]:
    """Return the accounts that the query names; no query of the database."""
    found = [account for account in query.accounts if is_named(_said_of(account), query.words)]
    return [
        Hit(
            kind=ACCOUNT,
            title=account.name,
            path=reverse("account", args=[account.customer_number]),
            text=" · ".join(filter(None, [account.customer_number, account.industry])),
            is_name=True,
        )
        for account in found[:limit]
    ]


def find_sites(query: Query, limit: int) -> list[Hit]:
    """Return the open sites of the query's accounts by name, number or address; one query."""
    accounts = {account.pk: account for account in query.accounts}
    found = []
    for number, name, street, postal_code, city, account_id in _rows(_SITES_SQL, query, limit):
        address = ", ".join(filter(None, [street, f"{postal_code} {city}".strip()]))
        account = accounts[account_id]
        found.append(
            Hit(
                kind=SITE,
                title=name,
                path=_sites_of(account, number),
                accounts=(account.name,),
                text=" · ".join(filter(None, [number, address])),
                is_name=True,
            )
        )
    return found


def find_people(query: Query, limit: int) -> list[Hit]:
    """Return who directs the query's accounts or answers for sites of theirs, by name or title; one query."""
    accounts = {account.pk: account for account in query.accounts}
    found = []
    for first, last, title, phone, account_ids in _rows(_PEOPLE_SQL, query, limit):
        name = f"{first} {last}".strip()
        theirs = [accounts[account_id] for account_id in account_ids]
        found.append(
            Hit(
                kind=PERSON,
                title=name,
                path=_sites_of(theirs[0], name),
                accounts=tuple(account.name for account in theirs),
                text=title,
                phone=phone,
                is_name=True,
            )
        )
    return found


def _said_of(account: SeenAccount) -> str:
    return normal(f"{account.name} {account.customer_number} {account.industry}")


def _sites_of(account: SeenAccount, words: str) -> str:
    return f"{reverse('account_sites', args=[account.customer_number])}?{urlencode({'q': words})}"


def _rows(sql: str, query: Query, limit: int) -> list[tuple[Any, ...]]:
    if not query.accounts:
        return []
    # Letters and digits, and what joins them in a word: nothing that LIKE takes for a pattern.
    words = [" ".join(sorted(f"%{finnish_key(each)}%" for each in word.within)) for word in query.words]
    values: dict[str, Any] = {"accounts": query.account_ids, "words": words, "day": today(), "limit": limit}
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
