"""The second step: required of administrators, open to everybody, never dropped by accident."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.middleware import OPEN_PAGES
from accounts.models import Person
from accounts.signin.rules import DEMO_SESSION
from tests.accounts.signin.conftest import app_code, set_up_app, sign_in_by_code, signed_in_as
from tests.cast import make_login

# allauth tells that a second step was set up when the transaction is through, as in real life.
pytestmark = pytest.mark.django_db(transaction=True)

SET_UP = "/login/second-step/"
CONFIRM = "/login/second-step/reauthenticate/"
CLOSED = ["/me/", "/accounts/", "/login/sessions/", "/login/password/set/", "/login/second-step/webauthn/"]


def test_administrator_without_one_opens_nothing_but_its_set_up(client: Client, dana: Person) -> None:
    sign_in_by_code(client, dana)
    for path in CLOSED:
        answer = client.get(path)
        assert (answer.status_code, answer.url) == (302, SET_UP), path
    assert client.get(SET_UP).status_code == 200
    assert client.get("/login/second-step/totp/activate/").status_code == 200
    assert client.get("/login/second-step/webauthn/add/").status_code == 200
    assert client.post("/preferences/", {"language": "en"}).url == "/"


def test_open_pages_exist() -> None:
    for name in set().union(*OPEN_PAGES.values()):
        assert reverse(name)


def test_everybody_else_needs_none(client: Client, bob: Person) -> None:
    sign_in_by_code(client, bob)
    assert client.get("/me/").status_code == 200


def test_somebody_named_administrator_is_led_to_it_at_the_next_request(client: Client, bob: Person) -> None:
    sign_in_by_code(client, bob)
    assert client.get("/me/").status_code == 200
    Person.objects.update(is_administrator=True)
    assert client.get("/me/").url == SET_UP


def test_app_once_set_up_opens_everything_and_is_asked_for_next_time(client: Client, dana: Person) -> None:
    sign_in_by_code(client, dana)
    secret = set_up_app(client)
    assert client.get("/me/").status_code == 200
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    page = client.get("/login/second-step/recovery-codes/").content.decode()
    assert len(codes) == 10
    assert all(code in page for code in codes)
    assert mail.outbox[-1].to == [dana.email]  # told that it was set up
    assert "todennussovellus" in mail.outbox[-1].alternatives[0][0]

    desk = Client()
    assert sign_in_by_code(desk, dana).url == "/login/second-step/authenticate/"
    assert signed_in_as(desk) is None
    assert desk.post("/login/second-step/authenticate/", {"code": "000000"}).status_code == 200
    desk.post("/login/second-step/authenticate/", {"code": app_code(secret)})
    assert signed_in_as(desk) == str(dana.login.pk)


def test_recovery_code_opens_once(client: Client, dana: Person) -> None:
    sign_in_by_code(client, dana)
    set_up_app(client)
    code = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()[0]
    first, second = Client(), Client()
    sign_in_by_code(first, dana)
    first.post("/login/second-step/authenticate/", {"code": code})
    assert signed_in_as(first) == str(dana.login.pk)
    sign_in_by_code(second, dana)
    second.post("/login/second-step/authenticate/", {"code": code})
    assert signed_in_as(second) is None


def test_session_from_before_must_take_the_step_too(dana: Person) -> None:
    """A session opened while no second step existed does not ride on the one that is set up elsewhere."""
    old, new = Client(), Client()
    sign_in_by_code(old, dana)
    sign_in_by_code(new, dana)
    secret = set_up_app(new)
    for path in [*CLOSED, SET_UP, "/login/second-step/totp/activate/", "/login/second-step/recovery-codes/"]:
        answer = old.get(path)
        assert answer.status_code == 302, path
        assert answer.url.startswith(CONFIRM), path
    assert old.get(f"{CONFIRM}?next=/me/").status_code == 200
    answer = old.post(CONFIRM, {"code": app_code(secret), "next": "/me/"})
    assert answer.url == "/me/"
    assert old.get("/me/").status_code == 200


def test_administrator_cannot_drop_the_last_one(client: Client, dana: Person) -> None:
    sign_in_by_code(client, dana)
    secret = set_up_app(client)
    client.post(f"{CONFIRM}?next={SET_UP}", {"code": app_code(secret)})
    client.post("/login/second-step/totp/deactivate/")
    assert Authenticator.objects.filter(type="totp").exists()


def test_others_may_drop_theirs_after_showing_that_it_is_them(client: Client, bob: Person) -> None:
    sign_in_by_code(client, bob)
    secret = set_up_app(client)
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    desk = Client()
    sign_in_by_code(desk, bob)
    desk.post("/login/second-step/authenticate/", {"code": app_code(secret)})
    assert signed_in_as(desk) == str(bob.login.pk)
    for path in ("totp/deactivate/", "recovery-codes/generate/", "webauthn/add/"):
        assert desk.post(f"/login/second-step/{path}").url.startswith(CONFIRM), path
    assert desk.get("/login/second-step/recovery-codes/").url.startswith(CONFIRM)
    desk.post(CONFIRM, {"code": codes[0]})
    assert desk.post("/login/second-step/totp/deactivate/").url == SET_UP
    assert not Authenticator.objects.exists()


def test_guessing_the_app_code_is_stopped(client: Client, dana: Person) -> None:
    sign_in_by_code(client, dana)
    secret = set_up_app(client)
    desk = Client()
    sign_in_by_code(desk, dana)
    for _number in range(5):
        desk.post("/login/second-step/authenticate/", {"code": "000000"})
    desk.post("/login/second-step/authenticate/", {"code": app_code(secret)})
    assert signed_in_as(desk) is None


@pytest.mark.parametrize(("demo", "status"), [(True, 200), (False, 302)])
def test_demo_sign_in_counts_as_a_second_step_in_the_demo_alone(
    client: Client, dana: Person, settings: Any, demo: bool, status: int
) -> None:
    settings.DEMO = demo
    client.force_login(make_login(dana))
    session = client.session
    session[DEMO_SESSION] = True
    session.save()
    assert client.get("/me/").status_code == status


def test_step_costs_one_query_before_and_none_after(
    client: Client, dana: Person, django_assert_num_queries: Any
) -> None:
    sign_in_by_code(client, dana)
    client.get(SET_UP)
    with django_assert_num_queries(3):  # session, login with its person, second steps
        client.get("/me/")
    set_up_app(client)
    client.get("/me/")
    with django_assert_num_queries(2):
        client.post("/preferences/", {"language": "xx"})
