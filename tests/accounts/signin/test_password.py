"""Signing in with a password, choosing one, and what protects it."""

from django.core import mail
from django.test import Client

from accounts.models import Person, User
from accounts.signin.logins import follow_emails, login_for_email, shut_logins
from tests.accounts.signin.conftest import code_in, sign_in_by_code, signed_in_as

GOOD = "neljä sanaa peräkkäin riittää"


def with_password(person: Person) -> User:
    """Make a login whose address is proven and that has a password."""
    browser = Client()
    sign_in_by_code(browser, person)
    login = User.objects.get(person=person)
    login.set_password(GOOD)
    login.save()
    mail.outbox.clear()
    return login


def by_password(client: Client, email: str, password: str) -> int:
    return client.post("/login/", {"login": email, "password": password}).status_code


def test_password_opens_and_a_wrong_one_does_not(client: Client, bob: Person) -> None:
    login = with_password(bob)
    assert by_password(client, bob.email, "wrong password here") == 200
    assert signed_in_as(client) is None
    assert by_password(client, "BOB@yritysx.example", GOOD) == 302
    assert signed_in_as(client) == str(login.pk)


def test_right_password_of_a_shut_login_opens_nothing(client: Client, bob: Person) -> None:
    with_password(bob)
    shut_logins([bob.pk])
    by_password(client, bob.email, GOOD)
    assert signed_in_as(client) is None


def test_right_password_of_somebody_who_left_opens_nothing(client: Client, bob: Person) -> None:
    with_password(bob)
    Person.objects.update(left_on="2026-01-01")
    by_password(client, bob.email, GOOD)
    assert signed_in_as(client) is None


def test_guessing_is_stopped_even_for_the_right_password(client: Client, bob: Person) -> None:
    with_password(bob)
    for _number in range(5):
        by_password(Client(), bob.email, "wrong password here")
    assert by_password(client, bob.email, GOOD) == 200
    assert signed_in_as(client) is None


def test_first_password_is_chosen_with_a_code(client: Client, bob: Person) -> None:
    assert client.post("/login/password/reset/", {"email": bob.email}).status_code == 302
    answer = client.post("/login/password/reset/code/", {"code": code_in(str(mail.outbox[-1].body))})
    assert answer.url == "/login/password/reset/new/"
    for weak in ("short", "password1234", "bob@yritysx.example"):
        page = client.post("/login/password/reset/new/", {"password1": weak, "password2": weak})
        assert page.status_code == 200, weak
    answer = client.post("/login/password/reset/new/", {"password1": GOOD, "password2": GOOD})
    assert answer.status_code == 302
    assert signed_in_as(client) == str(bob.login.pk)
    browser = Client()
    assert by_password(browser, bob.email, GOOD) == 302
    assert [message.to for message in mail.outbox] == [[bob.email], [bob.email]]  # the code, and that it was changed


def test_reset_of_an_unknown_address_looks_the_same(client: Client, bob: Person) -> None:
    urls = {Client().post("/login/password/reset/", {"email": e}).url for e in (bob.email, "nobody@x.example")}
    assert urls == {"/login/password/reset/code/"}
    assert "Sillä ei ole tunnusta." in mail.outbox[1].body


def test_new_address_must_be_proven_before_the_password_works(client: Client, bob: Person) -> None:
    login = with_password(bob)
    Person.objects.update(email="new@yritysx.example")
    follow_emails()
    by_password(Client(), bob.email, GOOD)
    answer = client.post("/login/", {"login": "new@yritysx.example", "password": GOOD})
    assert answer.url == "/login/address/confirm/"
    assert signed_in_as(client) is None
    assert mail.outbox[-1].to == ["new@yritysx.example"]
    client.post("/login/address/confirm/", {"code": code_in(str(mail.outbox[-1].body))})
    assert signed_in_as(client) == str(login.pk)


def test_changing_the_password_asks_for_the_present_one(client: Client, bob: Person) -> None:
    login_for_email(bob.email)
    with_password(bob)
    by_password(client, bob.email, GOOD)
    new = "aivan uusi pitkä sanasto"
    page = {"password1": new, "password2": new}
    assert client.post("/login/password/change/", {"oldpassword": "wrong", **page}).status_code == 200
    assert client.post("/login/password/change/", {"oldpassword": GOOD, **page}).status_code == 302
    assert by_password(Client(), bob.email, new) == 302
