"""People as colleagues know them: found by a part of the name, above and below each other, around an account."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import Lower, Trim

from accounts.models import Account, Directorship, Person, Role, TitleRole
from kam.lib.dates import today
from kam.lib.finnish import finnish_key


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


def contacts_of(account: Account, areas: Iterable[int]) -> list[Contact]:
    """Return the account's director and deputy, then the directors of `areas`; one query."""
    titles = TitleRole.objects.filter(role=Role.AREA_DIRECTOR).values("title")
    day = today()

    def holds(post: str) -> QuerySet[Directorship]:
        return Directorship.objects.filter(account=account, post=post, period__contains=day)

    director, deputy = (Q(pk__in=holds(post).values("person")) for post in ("director", "deputy"))
    leads_area = Q(plain_title__in=titles, area__in=list(areas))
    people = (
        working_here()
        .annotate(
            plain_title=Lower(Trim("title")),
            place=Case(
                When(director, then=Value(0)),
                When(deputy, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            ),
        )
        .filter(director | deputy | leads_area)
        .select_related("area")
        .order_by("place", "area__name_key", "name_key")
    )
    posts = (Directorship.Post.DIRECTOR, Directorship.Post.DEPUTY, Role.AREA_DIRECTOR)
    return [
        Contact(
            person_id=person.pk,
            name=person.name,
            post=posts[person.place].value,
            area=person.area.name if person.area else "",
            phone=person.phone,
            email=person.email,
        )
        for person in people
    ]
