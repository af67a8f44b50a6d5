"""People as an administrator sees them: found by any sign, with all that is known of their access, never content."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Assignment, EmailConflict, Person, Substitution, User
from accounts.queries.admin.conflicts import Torn, torn_people
from accounts.queries.explain import because_they, sentence
from accounts.queries.reach import Seen, accounts_seen
from kam.lib.dates import today
from kam.lib.finnish import finnish_key


def find_people(words: str, which: str = "") -> QuerySet[Person]:
    """Return the people whose name, number or e-mail fits; `which` narrows to administrators, shut logins, leavers."""
    people = Person.objects.select_related("area", "login").order_by("name_key", "employee_number")
    if "@" in words:
        people = people.filter(email__contains=words.lower())
    elif words:
        names = Q()
        for word in words.split():
            names &= Q(name_key__contains=finnish_key(word))
        people = people.filter(names | Q(employee_number=words))
    narrowing = {
        "administrators": Q(is_administrator=True),
        "shut": Q(login__is_active=False),
        "left": Q(left_on__lt=today()),
        "no_email": Q(email="") & (Q(left_on=None) | Q(left_on__gte=today())),
    }
    return people.filter(narrowing[which]) if which in narrowing else people


@dataclass(frozen=True)
class PersonPage:
    """What an administrator's page of a person shows."""

    seen: list[tuple[Seen, list[str]]]
    blocked: list[tuple[Seen, list[str]]]
    assignments: list[Assignment]
    substitutions: list[Substitution]
    memberships: list[Any]
    emails: list[EmailConflict]
    torn: list[Torn]
    login: User | None
    below: int


MOST_ASSIGNMENTS = 200


def person_page(person: Person) -> PersonPage:
    """Return all that the page of `person` shows; a constant number of queries."""
    day = today()
    assignments = (
        Assignment.objects.filter(person=person, period__endswith__isnull=True)
        | Assignment.objects.filter(person=person, period__endswith__gt=day)
    ).select_related("site", "roster_import")
    substitutions = Substitution.objects.filter(Q(absent=person) | Q(substitute=person), period__isempty=False)
    emails = EmailConflict.objects.filter(Q(earlier=person) | Q(claimant=person), resolved_at=None)
    return PersonPage(
        seen=_told(accounts_seen(person)),
        blocked=_told(accounts_seen(person, blocked=True)),
        assignments=list(assignments.order_by("site__name_key", "period")[:MOST_ASSIGNMENTS]),
        substitutions=list(substitutions.select_related("absent", "substitute").order_by("-period")[:50]),
        memberships=list(person.memberships.filter(period__isempty=False).order_by("-period")),
        emails=list(emails.select_related("earlier", "claimant")),
        torn=torn_people(Q(person=person)),
        login=User.objects.filter(person=person).first(),
        below=person.subordinates.count(),
    )


def _told(found: list[Seen]) -> list[tuple[Seen, list[str]]]:
    return [(seen, [sentence(because_they(cause)) for cause in seen.sight.causes]) for seen in found]
