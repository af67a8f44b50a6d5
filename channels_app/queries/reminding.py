"""The people around an urgent message on a day, for its ladder: three queries, however many people."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection

from django.db import connection

from accounts.access import running
from accounts.models import AccessGrant, Kind, Substitution
from channels_app.models import Message
from channels_app.reminding import Around

# UNION ends a walk that goes round in a circle.
_ABOVE = """
WITH RECURSIVE up (id) AS (
    SELECT unnest(%s::bigint[])
    UNION SELECT p.superior_id FROM up u JOIN accounts_person p ON p.id = u.id WHERE p.superior_id IS NOT NULL
)
SELECT p.id, p.superior_id FROM up u JOIN accounts_person p ON p.id = u.id WHERE p.superior_id IS NOT NULL
"""


def around(message: Message, people: Collection[int], day: dt.date) -> Around:
    """Return who reads `message` on `day`, who of them is away, and whoever is above `people`."""
    grants = AccessGrant.objects.filter(running(day), account=message.account_id)
    if message.audience is not None:
        grants = grants.filter(acts_as__in=message.audience)
    kinds = list(grants.values_list("person_id", "acts_as").distinct())
    readers = frozenset(person for person, _kind in kinds)
    return Around(
        author=message.author_id,
        readers=readers,
        directors=frozenset(person for person, kind in kinds if kind == Kind.DIRECTOR),
        substitutes=_substitutes_of(readers, day),
        superior=_superiors_of(people),
    )


def _substitutes_of(people: Collection[int], day: dt.date) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    running_ones = Substitution.objects.filter(absent__in=people, period__contains=day)
    for absent, substitute in running_ones.order_by().values_list("absent_id", "substitute_id"):
        found[absent].add(substitute)
    return dict(found)


def _superiors_of(people: Collection[int]) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_ABOVE, [sorted(people)])
        return dict(cursor.fetchall())
