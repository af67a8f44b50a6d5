"""Accounts, sites and people by their names, among what the reader sees: looked up as they are, not in the index."""

from pathlib import Path
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import Account, Kind
from accounts.queries.finding import Hit, Query, SeenAccount
from kam.lib.dates import today
from kam.lib.finnish import finnish_key
from kam.lib.finnish_words import is_named, normal

ACCOUNT, SITE, PERSON = "account", "site", "person"


def _read(name: str) -> str:
    return (Path(__file__).parent / f"finding_{name}.sql").read_text(encoding="utf-8")


_AMONG_THEIRS = {SITE: _read("sites"), PERSON: _read("people")}
_ANYWHERE = {SITE: _read("sites_anywhere"), PERSON: _read("people_anywhere")}


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
    """Return the open sites of the query's accounts by name, number or address.

    One query, for the management group two.
    """
    accounts = {account.pk: account for account in query.accounts}
    found = []
    for number, name, street, postal_code, city, account_id in _rows(SITE, query, limit):
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
    """Return who directs the query's accounts or answers for sites of theirs, by name or title.

    One query, for the management group two.
    """
    accounts = {account.pk: account for account in query.accounts}
    found = []
    for first, last, title, phone, account_ids in _rows(PERSON, query, limit):
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


def _rows(what: str, query: Query, limit: int) -> list[tuple[Any, ...]]:
    if not query.accounts:
        return []
    values: dict[str, Any] = {"accounts": query.account_ids, "day": today(), "limit": limit}
    named = []
    for number, word in enumerate(query.words):
        # Letters and digits, and what joins them in a word: nothing that LIKE takes for a pattern.
        values[f"key{number}"] = [f"%{finnish_key(each)}%" for each in sorted(word.within)]
        values[f"also{number}"] = [f"%{each}%" for each in sorted(word.within)]
        named.append(f"(s.key LIKE ANY(%(key{number})s) OR s.also LIKE ANY(%(also{number})s))")
    sql = (_ANYWHERE if _sees_all(query) else _AMONG_THEIRS)[what]
    with connection.cursor() as cursor:
        cursor.execute(sql.replace("{named}", " AND ".join(named)), values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _sees_all(query: Query) -> bool:
    """Say whether the query's accounts are all there are: then nothing is hidden that the time could tell of.

    Going through what is named so is faster then than going through all that is theirs. The management group sees every
    account, but for a member whom a barrier keeps from some; hence the count.
    """
    of_management = all(Kind.MANAGEMENT in account.kinds for account in query.accounts)
    return of_management and len(query.accounts) == Account.objects.count()
