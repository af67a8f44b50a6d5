"""Logins: made for known people only, following their addresses, shut and reopened."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.db import connection
from django.test import Client

from accounts.models import EmailConflict, Person, User
from accounts.signin.logins import (
    NOWHERE,
    follow_emails,
    login_for_claims,
    login_for_email,
    reopen_login,
    shut_logins,
)
from accounts.signin.rules import Claims
from kam.lib.dates import today
from tests.accounts.signin.conftest import sign_in_by_code, signed_in_as
from tests.cast import make_login, make_person

YESTERDAY = today() - dt.timedelta(1)


def test_known_person_gets_a_login_once(bob: Person) -> None:
    login = login_for_email("BOB@yritysx.example")
    assert login is not None
    assert (login.person, login.email, login.has_usable_password()) == (bob, bob.email, False)
    assert login_for_email(bob.email) == login
    assert list(EmailAddress.objects.values_list("email", "primary", "verified")) == [(bob.email, True, False)]


@pytest.mark.django_db
def test_nobody_unknown_gets_one() -> None:
    assert login_for_email("nobody@yritysx.example") is None
    assert login_for_email("") is None
    assert not User.objects.exists()


@pytest.mark.parametrize("left_on", [YESTERDAY, YESTERDAY - dt.timedelta(400)])
def test_somebody_who_left_gets_none(bob: Person, left_on: dt.date) -> None:
    Person.objects.update(left_on=left_on)
    assert login_for_email(bob.email) is None
    assert not User.objects.exists()


def test_last_day_still_counts(bob: Person) -> None:
    Person.objects.update(left_on=today())
    assert login_for_email(bob.email) is not None


def test_contested_address_opens_nothing_until_somebody_decides(bob: Person) -> None:
    other = make_person("Toinen", "Esimies", email="")
    conflict = EmailConflict.objects.create(email=bob.email, earlier=other, claimant=bob)
    assert login_for_email(bob.email) is None
    EmailConflict.objects.filter(pk=conflict.pk).update(resolved_at="2026-11-01T00:00Z", bearer=bob)
    assert login_for_email(bob.email) is not None


def test_shut_login_is_not_made_again(bob: Person) -> None:
    login_for_email(bob.email)
    shut_logins([bob.pk])
    assert login_for_email(bob.email) is None
    reopen_login(bob)
    assert login_for_email(bob.email) is not None


@pytest.mark.django_db(transaction=True)
def test_two_at_once_end_with_one_login(bob: Person) -> None:
    def ask(_number: int) -> int:
        try:
            login = login_for_email(bob.email)
            assert login is not None
            return login.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(ask, range(16)))
    assert len(found) == 1
    assert User.objects.count() == EmailAddress.objects.count() == 1


def test_company_sign_in_goes_by_number_first(bob: Person) -> None:
    other = make_person("Toinen", "Esimies", email="toinen@yritysx.example")
    by_number = login_for_claims(Claims(bob.employee_number, other.email))
    by_email = login_for_claims(Claims("", other.email))
    assert by_number is not None
    assert by_email is not None
    assert (by_number.person, by_email.person) == (bob, other)
    assert list(EmailAddress.objects.filter(verified=True).values_list("email", flat=True)) == [other.email]


@pytest.mark.parametrize("claims", [Claims("", ""), Claims("9999999", "bob@yritysx.example"), Claims("", "x@x.fi")])
def test_company_sign_in_of_the_unknown_opens_nothing(bob: Person, claims: Claims) -> None:
    assert login_for_claims(claims) is None


# --- addresses ------------------------------------------------------------------------------------------------------
def logins() -> dict[str, str]:
    return dict(User.objects.exclude(person=None).values_list("person__first_name", "email"))


def test_addresses_follow_and_may_swap(bob: Person) -> None:
    ann = make_person("Ann", "Ohjaaja", email="ann@yritysx.example")
    still = make_person("Still", "Sama", email="still@yritysx.example")
    for person in (bob, ann, still):
        login_for_email(person.email)
    EmailAddress.objects.update(verified=True)
    Person.objects.filter(pk=bob.pk).update(email="")
    Person.objects.filter(pk=ann.pk).update(email="bob@yritysx.example")
    Person.objects.filter(pk=bob.pk).update(email="ann@yritysx.example")
    assert follow_emails() == 2
    assert logins() == {"Bob": "ann@yritysx.example", "Ann": "bob@yritysx.example", "Still": "still@yritysx.example"}
    # A new address has to be proven again, an old one not.
    assert set(EmailAddress.objects.values_list("user__person__first_name", "email", "verified")) == {
        ("Bob", "ann@yritysx.example", False),
        ("Ann", "bob@yritysx.example", False),
        ("Still", "still@yritysx.example", True),
    }
    assert follow_emails() == 0


def test_contested_address_leaves_the_login_without_one(bob: Person) -> None:
    login_for_email(bob.email)
    Person.objects.update(email="")
    assert follow_emails() == 1
    assert logins()["Bob"].endswith(NOWHERE)
    assert not EmailAddress.objects.exists()
    assert follow_emails() == 0
    Person.objects.update(email="decided@yritysx.example")
    assert follow_emails() == 1
    assert logins() == {"Bob": "decided@yritysx.example"}


def test_login_of_nobody_gives_way(bob: Person) -> None:
    login_for_email(bob.email)
    User.objects.create_user("new@yritysx.example")
    Person.objects.update(email="new@yritysx.example")
    assert follow_emails() == 1
    assert logins() == {"Bob": "new@yritysx.example"}


def test_activation_takes_an_address_that_another_login_still_holds(bob: Person) -> None:
    login_for_email(bob.email)
    Person.objects.update(email="")
    heir = make_person("Perijä", "Uusi", email="bob@yritysx.example")
    login = login_for_email("bob@yritysx.example")
    assert login is not None
    assert (login.person, login.email) == (heir, "bob@yritysx.example")


def test_following_costs_the_same_for_many(bob: Person, django_assert_num_queries: Any) -> None:
    people = [make_person(f"P{number}", "Monta") for number in range(30)]
    for person in people:
        login_for_email(person.email)
    Person.objects.filter(pk=people[0].pk).update(email="moved@yritysx.example")
    with django_assert_num_queries(11) as one:
        assert follow_emails() == 1
    for person in people:
        Person.objects.filter(pk=person.pk).update(email=f"new{person.pk}@yritysx.example")
    with django_assert_num_queries(len(one)):
        assert follow_emails() == 30


# --- shutting -------------------------------------------------------------------------------------------------------
def test_shutting_ends_all_sessions_at_once(bob: Person, dana: Person) -> None:
    phone, desk, other = Client(), Client(), Client()
    sign_in_by_code(phone, bob)
    sign_in_by_code(desk, bob)
    ann = make_person("Ann", "Ohjaaja", email="ann@yritysx.example")
    sign_in_by_code(other, ann)
    assert shut_logins([bob.pk, dana.pk, 0]) == 1
    assert (signed_in_as(phone), signed_in_as(desk)) == (None, None)
    assert signed_in_as(other) is not None
    assert set(UserSession.objects.values_list("user__person__first_name", flat=True)) == {"Ann"}
    assert shut_logins([bob.pk]) == 0


def test_session_that_no_list_knows_ends_with_the_next_request(bob: Person, client: Client) -> None:
    client.force_login(make_login(bob))
    UserSession.objects.all().delete()
    assert signed_in_as(client) is not None
    shut_logins([bob.pk])
    assert signed_in_as(client) is None
    assert "_auth_user_id" not in client.session


def test_session_of_somebody_who_left_ends_with_the_next_request(bob: Person, client: Client) -> None:
    sign_in_by_code(client, bob)
    assert signed_in_as(client) is not None
    Person.objects.filter(pk=bob.pk).update(left_on=YESTERDAY)
    assert client.get("/me/").status_code == 302
    assert "_auth_user_id" not in client.session
