"""What people leave behind at an account when their access ends, until somebody takes it over.

Nothing is reassigned silently, nothing is lost. Every app that keeps things in somebody's name has a module of this
name with a `left_by(accounts)`, whose queries don't grow with the accounts; kam/leftovers.py gathers them.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Account, Directorship
from kam.lib.dates import ONE_DAY, today


@dataclass(frozen=True)
class Leftover:
    """One thing in the name of somebody who is gone from the account since `since`, the first day without them.

    `audience` are the kinds of access that may see it, None for everybody who sees the account.
    """

    account_id: int
    person_id: int
    person_name: str
    what: str
    url: str
    since: dt.date
    audience: tuple[str, ...] | None = None


def left_by(accounts: Collection[Account]) -> list[Leftover]:
    """Return the sites nobody answers for, and the posts of people who left the company; the longest first.

    Two queries, however many accounts.
    """
    urls = {account.pk: reverse("account", args=[account.customer_number]) for account in accounts}
    return sorted([*_sites(urls), *_posts(urls)], key=lambda each: (each.since, each.what))


# The last who answered for each open site for which nobody does; several who ended on the same day are all named.
SITES = """
SELECT pl.account_id, p.id, p.first_name, p.last_name, s.number, s.name, ended.last
FROM accounts_placement pl
JOIN accounts_site s ON s.id = pl.site_id
JOIN LATERAL (
    SELECT DISTINCT a.person_id, least(upper(a.period) - 1, q.left_on) AS last
    FROM accounts_assignment a JOIN accounts_person q ON q.id = a.person_id
    WHERE a.site_id = s.id AND NOT isempty(a.period) AND least(upper(a.period) - 1, q.left_on) < %(day)s
    ORDER BY last DESC
    FETCH FIRST 1 ROW WITH TIES
) ended ON true
JOIN accounts_person p ON p.id = ended.person_id
WHERE pl.account_id = ANY (%(accounts)s) AND pl.period @> %(day)s::date AND NOT EXISTS (
    SELECT FROM accounts_assignment a JOIN accounts_person q ON q.id = a.person_id
    WHERE a.site_id = s.id AND a.period @> %(day)s::date AND (q.left_on IS NULL OR q.left_on >= %(day)s))
"""


def _sites(urls: dict[int, str]) -> list[Leftover]:
    with connection.cursor() as cursor:
        cursor.execute(SITES, {"accounts": list(urls), "day": today()})
        rows = cursor.fetchall()
    return [
        Leftover(
            account_id=account_id,
            person_id=person_id,
            person_name=f"{first} {last}".strip(),
            what=_("Site %(name)s (%(number)s): nobody answers for it") % {"name": name, "number": number},
            url=urls[account_id],
            since=last_day + ONE_DAY,
        )
        for account_id, person_id, first, last, number, name, last_day in rows
    ]


def _posts(urls: dict[int, str]) -> list[Leftover]:
    held = Directorship.objects.filter(
        account__in=list(urls), period__contains=today(), person__left_on__lt=today()
    ).select_related("person")
    return [
        Leftover(
            account_id=each.account_id,
            person_id=each.person_id,
            person_name=each.person.name,
            what=str(Directorship.Post(each.post).label),
            url=urls[each.account_id],
            since=each.person.left_on + ONE_DAY,
        )
        for each in held
        if each.person.left_on
    ]
