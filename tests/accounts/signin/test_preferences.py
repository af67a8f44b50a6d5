"""Language and colours: the person's own choice, else this browser's."""

import pytest
from django.test import Client

from accounts.models import Person, User
from tests.accounts.signin.conftest import sign_in_by_code


def language(client: Client, browser: str = "") -> str:
    page = client.get(
        "/login/" if not client.session.get("_auth_user_id") else "/me/", headers={"accept-language": browser}
    )
    return page.content.decode().split('<html lang="')[1][:2]


def test_browser_decides_until_somebody_chooses(client: Client, db: None) -> None:
    assert language(client) == "fi"
    assert language(client, "en-GB,en;q=0.9") == "en"
    assert language(client, "sv,de") == "fi"
    client.post("/preferences/", {"language": "fi"})
    assert language(client, "en") == "fi"


def test_own_choice_goes_along_to_another_browser(client: Client, bob: Person) -> None:
    sign_in_by_code(client, bob)
    client.post("/preferences/", {"language": "en", "theme": "dark"})
    login = User.objects.get()
    assert (login.language, login.theme) == ("en", "dark")
    other = Client()
    sign_in_by_code(other, bob)
    assert language(other, "fi") == "en"
    assert 'data-bs-theme="dark"' in other.get("/me/").content.decode()


def test_signed_out_choice_stays_in_the_browser_alone(client: Client, bob: Person) -> None:
    client.post("/preferences/", {"theme": "dark", "language": "en"})
    page = client.get("/login/").content.decode()
    assert 'data-bs-theme="dark"' in page
    assert client.cookies["theme"]["httponly"]
    assert not User.objects.exists()


@pytest.mark.parametrize("posted", [{"language": "sv"}, {"theme": "pink"}, {"language": ""}, {}, {"is_active": "0"}])
def test_what_is_not_offered_changes_nothing(client: Client, bob: Person, posted: dict[str, str]) -> None:
    sign_in_by_code(client, bob)
    before = User.objects.values().get()
    assert client.post("/preferences/", posted).status_code == 302
    after = User.objects.values().get()
    assert {name: after[name] for name in after if name != "last_seen_at"} == {
        name: before[name] for name in before if name != "last_seen_at"
    }


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/accounts/?q=a", "/accounts/?q=a"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("accounts", "/"),
        ("", "/"),
    ],
)
def test_goes_back_to_a_page_of_its_own(client: Client, db: None, wanted: str, reached: str) -> None:
    assert client.post("/preferences/", {"language": "fi", "next": wanted}).url == reached


def test_only_a_press_changes_anything(client: Client, db: None) -> None:
    assert client.get("/preferences/?language=en").status_code == 405


def test_own_page_shows_oneself(client: Client, bob: Person) -> None:
    assert client.get("/me/").url == "/login/?next=/me/"
    sign_in_by_code(client, bob)
    page = client.get("/me/").content.decode()
    for shown in (bob.name, bob.email, bob.employee_number, "/login/second-step/", "/login/out/", "/preferences/"):
        assert shown in page
