"""People as colleagues know them: found by a part of the name, above and below each other, around an account."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.models import Q, QuerySet

from accounts.models import Account, Directorship, Person, Role
from kam.lib.dates import today
from kam.lib.finnish import finnish_key
from kam.lib.sql import planned_rows


@dataclass(frozen=True)
class Contact:
    """Somebody around an account and how to reach them."""

    person_id: int
    name: str
    post: str
    area: str
    phone: str
    email: str


def working_here() -> QuerySet[Person]:
    """Return everybody whose last day with the company is not over."""
    return Person.objects.filter(Q(left_on__isnull=True) | Q(left_on__gte=today()))


def named(people: QuerySet[Person], text: str) -> QuerySet[Person]:
    """Keep those of `people` with every word of `text` in their names, or with exactly that employee number."""
    names = Q()
    for word in text.split():
        names &= Q(name_key__contains=finnish_key(word))
    return people.filter(names | Q(employee_number=text.strip())).select_related("area")


def below(person: Person) -> set[int]:
    """Return the ids of everybody below `person`: their own people, those people's people, and so on; one query."""
    return _chain("SELECT id FROM accounts_person WHERE superior_id = %s", "s.superior_id = c.id", "s.id", person)


def above(person: Person) -> set[int]:
    """Return the ids of everybody above `person`, up the chain of superiors; one query."""
    return _chain("SELECT superior_id FROM accounts_person WHERE id = %s", "s.id = c.id", "s.superior_id", person)


def _chain(start: str, step: str, take: str, person: Person) -> set[int]:
    # UNION drops what was found before, so that a circle of superiors ends the walk.
    sql = (
        f"WITH RECURSIVE c(id) AS ({start} UNION SELECT {take} FROM accounts_person s JOIN c ON {step}) "  # noqa: S608
        "SELECT id FROM c WHERE id IS NOT NULL"
    )  # the three texts are the constants of the two callers above
    with connection.cursor() as cursor:
        cursor.execute(sql, [person.pk])
        return {person_id for (person_id,) in cursor.fetchall()} - {person.pk}


_CONTACTS_SQL = (Path(__file__).parent / "contacts.sql").read_text(encoding="utf-8")
_POSTS = (Directorship.Post.DIRECTOR, Directorship.Post.DEPUTY, Role.AREA_DIRECTOR)


def contacts_of(account: Account, areas: Iterable[int]) -> list[Contact]:
    """Return the account's director and deputy, then the directors of `areas`; one query."""
    rows = planned_rows(_CONTACTS_SQL, {"account": account.pk, "areas": list(areas), "day": today()})
    return [
        Contact(person_id, f"{first} {last}".strip(), _POSTS[place].value, area or "", phone, email)
        for person_id, first, last, phone, email, area, place in rows
    ]
