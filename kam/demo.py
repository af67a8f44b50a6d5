"""The demo's people: one for each role, picked from whatever the database holds. Used only while DEMO is on."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.access import running
from accounts.models import AccessGrant, BarrierSide, Directorship, Kind, Person, Role, TitleRole
from accounts.signin.logins import known_people
from channels_app.models import Task
from kam.lib.dates import ONE_DAY, monday_of, today

PILOT = "031900"  # Jyväsjärven Palvelukeskukset: whoever can, sees it, so that the roles can be compared
DIRECTS = {"kind": Kind.DIRECTOR}


@dataclass(frozen=True)
class DemoPerson:
    """Somebody to sign in as: what they stand for, who they are, and what is to be seen with their eyes."""

    role_label: str | Promise
    name: str
    employee_number: str
    hint: str | Promise


def cast() -> list[DemoPerson]:
    """Return one person per role and nobody twice; a role that nobody has is left out."""
    taken: set[int] = set()
    found = []
    for label, hint, people in _roles():
        at_pilot = AccessGrant.objects.filter(running(), person=OuterRef("pk"), account__customer_number=PILOT)
        answers_there = at_pilot.filter(kind=Kind.RESPONSIBLE)  # has sites of their own to find on the account's page
        ahead = (today(), monday_of(today()) + 6 * ONE_DAY)  # so that their first page has something for this week
        tasks = Task.objects.open_ones().filter(
            person=OuterRef("pk"), account__customer_number=PILOT, due_on__range=ahead
        )
        people = people.exclude(pk__in=taken).alias(at_pilot=Exists(at_pilot), answers_there=Exists(answers_there))
        people = people.alias(has_tasks=Exists(tasks))
        person = people.order_by("-at_pilot", "-answers_there", "-has_tasks", "name_key", "employee_number").first()
        if person is not None:
            taken.add(person.pk)
            found.append(DemoPerson(label, person.name, person.employee_number, hint))
    return found


def _roles() -> Iterator[tuple[str | Promise, str | Promise, QuerySet[Person]]]:
    """Yield label, hint and candidates; the ones that few people fit come first, so that nobody takes them away."""
    yield _("Administrator"), _("Imports, barriers, people, ledger"), known_people().filter(is_administrator=True)
    yield from _barrier_sides()
    director, deputy = Directorship.Post.DIRECTOR, Directorship.Post.DEPUTY
    yield _("Key account director"), _("Leads accounts"), _with(Q(directorship__post=director, **DIRECTS))
    yield _("Deputy director"), _("Deputises for a director"), _with(Q(directorship__post=deputy, **DIRECTS))
    yield _("Management group member"), _("Sees every account"), _with(Q(kind=Kind.MANAGEMENT))
    yield _("Specialist"), _("Invited to one account for a time"), _with(Q(kind=Kind.INVITED))
    yield _("Business director"), _("Above several areas"), _titled(Role.BUSINESS_DIRECTOR, Kind.SUPERIOR)
    yield _("Area director"), _("Above the managers of an area"), _titled(Role.AREA_DIRECTOR, Kind.SUPERIOR)
    yield _("Manager"), _("Above supervisors"), _titled(Role.MANAGER, Kind.SUPERIOR)
    yield _("Sales"), _("The accounts with sites in the area"), _with(Q(kind=Kind.SALES))
    yield _("Instructor"), _("Helps a supervisor at their sites"), _titled(Role.INSTRUCTOR, Kind.RESPONSIBLE)
    yield _("Supervisor"), _("Answers for sites; mostly on a phone"), _titled(Role.SUPERVISOR, Kind.RESPONSIBLE)


def _barrier_sides() -> Iterator[tuple[str | Promise, str | Promise, QuerySet[Person]]]:
    """Yield a supervisor on each side of the first barrier: neither ever sees the other's account."""
    sides = BarrierSide.objects.filter(members__isnull=False).order_by("barrier_id", "pk").distinct()
    for side in [one for one in sides if one.barrier_id == sides[0].barrier_id][:2]:
        at_this_side = Q(kind=Kind.RESPONSIBLE, account__barriers__side=side)
        yield _("On one side of a barrier"), _("Never sees the other side's account"), _with(at_this_side)


def _with(grants: Q) -> QuerySet[Person]:
    """Return those who hold such a grant today, and no blocked one: the plainest example of each role."""
    held = AccessGrant.objects.filter(grants, running(), person=OuterRef("pk"))
    blocked = AccessGrant.objects.filter(person=OuterRef("pk"), blocked=True)
    return known_people().filter(Exists(held), ~Exists(blocked))


def _titled(role: Role, kind: Kind) -> QuerySet[Person]:
    """Return those whose title means `role` and who hold a grant of this kind today."""
    titles = TitleRole.objects.filter(role=role).values("title")
    return _with(Q(kind=kind)).alias(small=Lower("title")).filter(Q(small__in=titles) | Exists(_assigned(role)))


def _assigned(role: Role) -> QuerySet[AccessGrant]:
    return AccessGrant.objects.filter(running(), person=OuterRef("pk"), assignment__role=role, kind=Kind.RESPONSIBLE)
