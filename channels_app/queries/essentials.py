"""The essentials of a page: whose summaries stand above it for a reader."""

from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.access import Standing
from accounts.models import ABOVE_LIMITS, Kind, Person
from accounts.queries.within import rows_within
from channels_app.models import Essential, Page
from kam.lib.sql import columns_of, made

# A circle of superiors ends the walk.
_CHAIN = """
WITH RECURSIVE above(id, steps) AS (
    SELECT superior_id, 1 FROM accounts_person WHERE id = %s AND superior_id IS NOT NULL
    UNION ALL
    SELECT p.superior_id, a.steps + 1 FROM accounts_person p JOIN above a ON p.id = a.id WHERE p.superior_id IS NOT NULL
) CYCLE id SET circled USING path
SELECT id, min(steps) FROM above WHERE NOT circled GROUP BY id
"""


@dataclass(frozen=True)
class Shown:
    """Essentials as a reader sees them. `own` are the reader's own."""

    essential: Essential
    own: bool
    # The page has been saved since the essentials were written.
    outdated: bool


def writes_essentials(standing: Standing) -> bool:
    """Say whether somebody writes essentials for their people: who acts as a superior at the account."""
    return Kind.SUPERIOR in standing.kinds


def essentials_for(person: Person, page: Page) -> list[Shown]:
    """Return the essentials that stand above `page` for `person`, the nearest superior's first.

    One query where nobody has written any, else two.

    They are shown to their author, to everybody below the author, and to the account's directors and management.
    Those of a revision that the reader may not see are not shown: they tell of it.
    """
    essentials = [_essential(row) for row in rows_within(_SEEN_SQL, page.account, page.account.standing, page=page.pk)]
    steps = superiors_of(person) if essentials else {}
    if not page.account.standing.kinds & set(ABOVE_LIMITS):
        essentials = [one for one in essentials if one.author_id in {person.pk, *steps}]
    shown = [Shown(one, one.author_id == person.pk, one.page_number != page.number) for one in essentials]
    far = len(steps) + 1
    place = {person.pk: 0} | steps
    return sorted(shown, key=lambda one: (place.get(one.essential.author_id, far), one.essential.author.name_key))


_SEEN_SQL = f"""
SELECT {columns_of(Essential, "e")}, {columns_of(Person, "author")}
FROM channels_app_essential e JOIN accounts_person author ON author.id = e.author_id
WHERE e.page_id = %(page)s AND EXISTS (
    SELECT FROM channels_app_revision r JOIN channels_app_page p ON p.id = r.page_id
    WHERE r.page_id = e.page_id AND r.number = e.page_number AND p.account_id = %(account)s
        AND (r.audience IS NULL OR r.audience && %(kinds)s::varchar[]))"""  # noqa: S608  columns


def _essential(row: tuple[Any, ...]) -> Essential:
    values = iter(row)
    essential = made(Essential, values)
    essential.author = made(Person, values)
    return essential


def own_essential(person: Person, page: Page) -> Essential | None:
    """Return what `person` wrote above `page`."""
    return page.essentials.filter(author=person).first()


def superiors_of(person: Person) -> dict[int, int]:
    """Return everybody above `person` with the number of steps up to them; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_CHAIN, [person.pk])
        return {person_id: steps for person_id, steps in cursor.fetchall() if person_id != person.pk}
