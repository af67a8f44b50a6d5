"""One-click sign-in: everybody of the cast in the demo, nothing at all elsewhere."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Person, User
from kam import demo
from tests.cast import Cast, make_person


@pytest.fixture
def in_demo(settings: Any) -> None:
    settings.DEMO = True
    settings.ROOT_URLCONF = "tests.kam.demo_urls"


def test_outside_the_demo_there_is_no_such_address(client: Client, cast: Cast) -> None:
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/", {"employee_number": cast.dana.employee_number}).status_code == 404
    assert "/demo/" not in client.get("/login/").content.decode()
    assert not client.session.get("_auth_user_id")


def test_address_alone_is_not_enough(client: Client, cast: Cast, settings: Any) -> None:
    settings.ROOT_URLCONF = "tests.kam.demo_urls"
    settings.DEMO = False
    assert client.get("/demo/").status_code == 404
    assert client.post("/demo/", {"employee_number": cast.dana.employee_number}).status_code == 404
    assert not User.objects.filter(last_login__isnull=False).exists()


@pytest.mark.usefixtures("in_demo")
def test_list_names_one_person_a_role(client: Client, cast: Cast) -> None:
    people = demo.cast()
    numbers = [one.employee_number for one in people]
    assert len(set(numbers)) == len(numbers)
    assert people[0].name == cast.dana.name
    names = {one.name for one in people}
    assert {cast.aaro.name, cast.greta.name, cast.tuula.name, cast.matti.name, cast.arja.name} <= names
    assert cast.leena.name not in names  # left yesterday
    page = client.get("/demo/").content.decode()
    assert all(number in page for number in numbers)


@pytest.mark.usefixtures("in_demo")
@pytest.mark.parametrize("who", ["dana", "bob", "alice"])
def test_one_press_signs_in_administrators_too(client: Client, cast: Cast, who: str) -> None:
    person: Person = getattr(cast, who)
    answer = client.post("/demo/", {"employee_number": person.employee_number})
    assert (answer.status_code, answer.url) == (302, "/")
    page = client.get("/me/")
    assert page.status_code == 200
    assert person.name in page.content.decode()


@pytest.mark.usefixtures("in_demo")
def test_changing_the_person_leaves_nothing_of_the_one_before(client: Client, cast: Cast) -> None:
    client.post("/demo/", {"employee_number": cast.dana.employee_number})
    first = client.session.session_key
    client.post("/demo/", {"employee_number": cast.bob.employee_number})
    assert client.session.session_key != first
    assert cast.bob.name in client.get("/me/").content.decode()


@pytest.mark.usefixtures("in_demo")
@pytest.mark.parametrize("number", ["", "nobody", "9999999", "x" * 500])
def test_nobody_unknown_is_signed_in(client: Client, cast: Cast, number: str) -> None:
    assert client.post("/demo/", {"employee_number": number}).status_code == 404
    assert not client.session.get("_auth_user_id")


@pytest.mark.usefixtures("in_demo")
def test_somebody_who_left_is_not_signed_in(client: Client, cast: Cast) -> None:
    assert client.post("/demo/", {"employee_number": cast.leena.employee_number}).status_code == 404


@pytest.mark.usefixtures("in_demo")
def test_empty_database_shows_an_empty_list(client: Client, db: None) -> None:
    make_person()
    assert demo.cast() == []
    assert client.get("/demo/").status_code == 200
