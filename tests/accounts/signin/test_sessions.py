"""Where I am signed in, and that a visit is written down now and then."""

import datetime as dt
from typing import Any

from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from accounts.models import Person, User
from tests.accounts.signin.conftest import sign_in_by_code, signed_in_as


def test_others_are_signed_out_at_once(bob: Person) -> None:
    phone, desk = Client(), Client()
    sign_in_by_code(phone, bob)
    sign_in_by_code(desk, bob)
    assert UserSession.objects.count() == 2
    assert desk.get("/login/sessions/").content.decode().count("<li>") >= 2
    assert desk.post("/login/sessions/").status_code == 302
    assert signed_in_as(phone) is None
    assert signed_in_as(desk) is not None


def test_nobody_ends_the_sessions_of_another(bob: Person, dana: Person) -> None:
    mine, theirs = Client(), Client()
    Person.objects.update(is_administrator=False)
    sign_in_by_code(mine, bob)
    sign_in_by_code(theirs, dana)
    mine.post("/login/sessions/")
    assert signed_in_as(theirs) is not None
    assert "dana" not in mine.get("/login/sessions/").content.decode().lower()


def test_signed_out_means_signed_out(client: Client, bob: Person) -> None:
    sign_in_by_code(client, bob)
    assert client.get("/login/out/").status_code == 200  # only asks
    assert signed_in_as(client) is not None
    assert client.post("/login/out/").url == "/login/"
    assert signed_in_as(client) is None


def test_visit_is_noted_at_most_once_in_five_minutes(
    client: Client, bob: Person, time_machine: Any, django_assert_num_queries: Any
) -> None:
    sign_in_by_code(client, bob)
    client.get("/me/")
    first = User.objects.get().last_seen_at
    assert first is not None
    with django_assert_num_queries(2):
        client.post("/preferences/", {})
    assert User.objects.get().last_seen_at == first
    time_machine.move_to(timezone.now() + dt.timedelta(minutes=6))
    client.get("/me/")
    assert User.objects.get().last_seen_at > first
