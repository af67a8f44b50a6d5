"""Every address × everybody: who gets in, who finds nothing there, who is sent to sign in.

A new route without an expectation fails. An expectation names who gets in; of the others, whoever is signed in finds a
missing page (404, not 403: they may not know that it is there), and whoever isn't is sent to sign in.
"""

from collections.abc import Callable, Iterator
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.access import is_administrator
from accounts.jobs import enqueue
from accounts.models import (
    Barrier,
    BarrierDecision,
    EmailConflict,
    Invitation,
    Job,
    PushSubscription,
    RosterImport,
    Substitution,
    TitleRole,
)  # fmt: skip
from kam.lib.dates import period
from kam.lib.webpush import public_key
from scripts.vapid import new_key
from tests.cast import ONE_DAY, ROLES, Cast
from tests.channels_app.routes import (
    acknowledge,
    contents,
    feedback,
    files,
    memos,
    messages,
    notices,
    pages,
    questions,
    reach,
    search,
)
from tests.matrix import (
    ADMINISTRATOR,
    DIRECTORS,
    EVERYBODY,
    NOBODY_KNOWN,
    SEE_PANKKI,
    SEE_REACH,
    SIGNED_IN,
    Route,
    pankki,
)
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


def invitation(cast: Cast) -> dict[str, Any]:
    return pankki(cast) | {"pk": Invitation.objects.get(person=cast.tuula).pk}


def an_import(cast: Cast, state: str = "forecast") -> dict[str, Any]:
    made = RosterImport(kind="roster", state=state, file_name="vienti.csv", exported_on=cast.day)
    made.applied_at = timezone.now() if state == "applied" else None
    made.file.save("vienti.csv", ContentFile(b"Asiakasnro;"))
    return {"pk": made.pk}


def an_applied_import(cast: Cast) -> dict[str, Any]:
    return an_import(cast, "applied")


def a_job(cast: Cast) -> dict[str, Any]:
    return {"job_id": (Job.objects.first() or enqueue("letters", "matrix", {})).pk}


def bobs_substitution(cast: Cast) -> dict[str, Any]:
    return {"pk": Substitution.objects.get(absent=cast.bob).pk}


def a_barrier(cast: Cast) -> dict[str, Any]:
    return {"pk": Barrier.objects.get().pk}


def a_person(cast: Cast) -> dict[str, Any]:
    return {"employee_number": cast.bob.employee_number}


def an_email_conflict(cast: Cast) -> dict[str, Any]:
    made, _ = EmailConflict.objects.get_or_create(email="x@y.example", earlier=cast.bob, claimant=cast.ines)
    return {"pk": made.pk}


def a_contract(cast: Cast) -> dict[str, Any]:
    return pankki(cast) | {"pk": cast.pankki.contracts.get().pk}


def a_directorship(cast: Cast) -> dict[str, Any]:
    return pankki(cast) | {"pk": cast.pankki.directorships.get(post="deputy").pk}


def a_side(cast: Cast) -> dict[str, Any]:
    return a_barrier(cast) | {"side": cast.barrier.sides.first().pk}


def a_decision(cast: Cast) -> dict[str, Any]:
    side = cast.barrier.sides.first()
    days = period(cast.day, cast.day + ONE_DAY)
    made, _ = BarrierDecision.objects.get_or_create(
        barrier=cast.barrier, person=cast.eero, side=side, defaults={"period": days, "reason": "sovittu"}
    )
    return {"pk": made.pk}


def a_membership(cast: Cast) -> dict[str, Any]:
    return {"pk": cast.greta.memberships.get().pk}


def a_title(cast: Cast) -> dict[str, Any]:
    return {"pk": TitleRole.objects.get(title="esimies").pk}


def at_barrier(cast: Cast) -> dict[str, Any]:
    return a_barrier(cast) | a_person(cast)


def bobs_telephone(cast: Cast) -> dict[str, Any]:
    """Bob's telephone, at a service that answers nothing."""
    keys = {key: value for key, value in a_browser(cast).items() if key != "endpoint"}
    telephone, _new = PushSubscription.objects.get_or_create(
        endpoint="https://127.0.0.1:9/bob", defaults={"user": cast.bob.login, **keys}
    )
    return {"pk": telephone.pk}


def a_browser(cast: Cast) -> dict[str, Any]:
    key = public_key(new_key())  # any point on the curve is one
    return {"endpoint": "https://fcm.googleapis.com/fcm/send/1", "p256dh": key, "auth": "A" * 22}


def administration(given: Callable[[Cast], dict[str, Any]] = lambda cast: {}, method: str = "get") -> Route:
    return Route(ADMINISTRATOR, given, method)


EXPECTED: dict[str, Route] = {
    # for anybody
    "manifest": Route(EVERYBODY),
    "service_worker": Route(EVERYBODY),
    "health_live": Route(EVERYBODY),
    "health_ready": Route(EVERYBODY),
    "preferences": Route(EVERYBODY, method="post", posts={"language": "fi"}),
    # for whoever is known
    "home": Route(SIGNED_IN),
    "me": Route(SIGNED_IN),
    "push": Route(SIGNED_IN),
    "push_subscribe": Route(SIGNED_IN, method="post", posts=a_browser),
    "push_test": Route({"supervisor"}, bobs_telephone, "post"),
    "push_forget": Route({"supervisor"}, bobs_telephone, "post"),
    "accounts": Route(SIGNED_IN),
    "substitutions": Route(SIGNED_IN),
    "substitution_people": Route(SIGNED_IN, lambda cast: {"field": "substitute"}),
    "substitution_end": Route({"supervisor", "manager", "area_director"}, bobs_substitution, "post"),
    # an account
    "account_sites": Route(SEE_PANKKI, pankki),
    "account_sites_print": Route(SEE_PANKKI, pankki),
    "why": Route(SEE_PANKKI, pankki),
    "handover": Route(SEE_PANKKI, pankki),
    "arrivals": Route(SEE_REACH, pankki),
    "who_sees": Route(DIRECTORS, pankki),
    "who_sees_export": Route(DIRECTORS, pankki, "post"),
    "invitations": Route(DIRECTORS, pankki),
    "invitation_people": Route(DIRECTORS, pankki),
    "invitation_renew": Route(DIRECTORS, invitation, "post"),
    "invitation_end": Route(DIRECTORS, invitation, "post"),
    # the administration
    "administration": administration(),
    "imports": administration(),
    "import": administration(an_import),
    "import_sheet": administration(an_import, "post"),
    "import_confirm": administration(an_import, "post"),
    "import_renew": administration(an_import, "post"),
    "import_discard": administration(an_import, "post"),
    "import_undo": administration(an_applied_import),
    "import_problems": administration(an_import),
    "import_file": administration(an_import, "post"),
    "import_forecast_csv": administration(an_import, "post"),
    "import_forecast_xlsx": administration(an_import, "post"),
    "conflicts": administration(),
    "email_decision": Route(ADMINISTRATOR, an_email_conflict, "post", {"bearer": "earlier"}),
    "barriers": administration(),
    "barrier": administration(a_barrier),
    "barrier_place": administration(a_barrier, "post"),
    "barrier_side_new": administration(a_barrier, "post"),
    "barrier_side_remove": administration(a_side, "post"),
    "barrier_whom": administration(a_barrier, "post"),
    "barrier_decide": administration(at_barrier),
    "barrier_decision_end": administration(a_decision, "post"),
    "people": administration(),
    "person": administration(a_person),
    "person_edit": administration(a_person),
    "person_choices": administration(lambda cast: {"field": "person"}),
    "person_administrator": administration(a_person, "post"),
    "person_login": administration(a_person, "post"),
    "membership_new": administration(a_person, "post"),
    "membership_end": administration(a_membership, "post"),
    "titles": administration(),
    "title_remove": administration(a_title, "post"),
    "admin_accounts": administration(),
    "admin_account_new": administration(),
    "admin_account": administration(pankki),
    "admin_contract_new": administration(pankki),
    "admin_contract": administration(a_contract),
    "admin_director": administration(pankki, "post"),
    "admin_director_end": administration(a_directorship, "post"),
    "who_could_see": administration(),
    "who_could_see_export": administration(method="post"),
    "ledger": administration(),
    "ledger_export": administration(method="post"),
    "jobs": administration(),
    "job": administration(a_job),
    "job_retry": administration(a_job, "post"),
    "job_progress": administration(a_job),
    **contents.ROUTES,
    **pages.ROUTES,
    **files.ROUTES,
    **memos.ROUTES,
    **messages.ROUTES,
    **acknowledge.ROUTES,
    **reach.ROUTES,
    **questions.ROUTES,
    **feedback.ROUTES,
    **notices.ROUTES,
    **search.ROUTES,
}


def routes(patterns: list[Any] | None = None) -> Iterator[str]:
    """Yield the name of every address of ours; allauth's own are tested where sign-in is."""
    for pattern in patterns if patterns is not None else get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            if not str(pattern.pattern).startswith("login/"):
                yield from routes(pattern.url_patterns)
        elif isinstance(pattern, URLPattern):
            assert pattern.name, f"{pattern.pattern} has no name"
            yield pattern.name


def test_every_address_has_an_expectation():
    assert set(routes()) == set(EXPECTED)


def outcome(client: Client, route: Route, name: str, cast: Cast) -> str:
    address = reverse(name, kwargs=route.given(cast))
    posts = route.posts(cast) if callable(route.posts) else route.posts
    response = getattr(client, route.method)(address, posts)
    if response.status_code == 404:
        return "missing"
    if response.status_code == 302 and response["Location"].startswith("/login/"):
        return "sign in"
    assert response.status_code in (200, 204, 302, 303, 304, 400, 422), (name, response.status_code)
    return "in"


@pytest.mark.parametrize("role", ROLES)
def test_everybody_gets_in_where_they_may_and_nowhere_else(role: str, cast: Cast):
    person = cast.roles[role]
    client = Client() if person is None else sign_in(Client(), person)
    signed_in, found, expected = client.cookies.output(header=""), {}, {}
    for name, route in EXPECTED.items():
        sid = transaction.savepoint()
        client.cookies = SimpleCookie(signed_in)  # as at first: the session is rolled back with everything else
        found[name] = outcome(client, route, name, cast)
        expected[name] = "in" if role in route.who else "sign in" if role in NOBODY_KNOWN else "missing"
        transaction.savepoint_rollback(sid)
    assert found == expected


@pytest.mark.parametrize("role", ["director", "administrator"])
def test_odd_numbers_in_an_address_are_missing_and_never_an_error(role: str, cast: Cast):
    """Whatever stands where an address has a number or a name: nothing of that name is there."""
    client, found = sign_in(Client(), cast.roles[role]), {}
    for name, route in EXPECTED.items():
        for odd in ("\0", "a\0b", "a\nb", "\u202e", "ä", "9" * 400):
            given = route.given(cast)
            kwargs = {key: odd if isinstance(value, str) else 9**30 for key, value in given.items()}
            if not kwargs or not all(isinstance(value, str | int) for value in given.values()) or "field" in kwargs:
                continue
            with transaction.atomic():
                found[name, odd] = getattr(client, route.method)(reverse(name, kwargs=kwargs)).status_code
    assert {key: status for key, status in found.items() if status != 404} == {}
    assert len(found) > 100


def test_the_administrator_of_the_cast_is_one(cast: Cast):
    assert [role for role, person in cast.roles.items() if is_administrator(person)] == ["administrator"]


def test_barrier_decision_is_there_for_nobody_but_administrators(cast: Cast):
    assert not BarrierDecision.objects.exists(), "the cast's blocks follow from the rules alone"
