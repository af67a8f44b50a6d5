"""The company's own sign-in, against a real OpenID Connect provider in a process and a database of its own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from accounts.models import Person, User
from accounts.signin.logins import shut_logins
from tests.accounts.signin.provider.serve import CLIENT_ID, CLIENT_SECRET, PASSWORD
from tests.cast import make_person
from tests.conftest import BASE_DIR, Start, database_url, free_port, listens, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

USERS = [
    {"name": "bob", "email": "bob@yritysx.example", "verified": True},
    {"name": "unproven", "email": "dana@yritysx.example", "verified": False},
    {"name": "stranger", "email": "stranger@elsewhere.example", "verified": True},
    {"name": "numbered", "email": "whatever@elsewhere.example", "verified": False, "number": "0777777"},
]


@pytest.fixture
def provider(live_server: Any, start: Start, settings: Any) -> Iterator[str]:
    """Start the provider and point the system at it; yield its address."""
    name = f"provider_{os.getpid()}"
    url = database_url()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}"')
        connection.execute(f'CREATE DATABASE "{name}"')
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    callback = f"{live_server.url}/login/oidc/company/login/callback/"
    own = url.replace(f"/{urlsplit(url).path.strip('/')}", f"/{name}")
    command = [sys.executable, "-m", "tests.accounts.signin.provider.serve", str(port), callback, json.dumps(USERS)]
    process = start(*command, env={**os.environ, "PROVIDER_DATABASE_URL": own}, log="provider")
    wait_until(lambda: listens(port) or process.poll() is not None, what="the provider listening")
    app = {
        "provider_id": "company",
        "name": "OpenID Connect",
        "client_id": CLIENT_ID,
        "secret": CLIENT_SECRET,
        "settings": {"server_url": address, "oauth_pkce_enabled": True},
    }
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    yield address
    process.kill()
    process.wait()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


SignIn = Callable[[str], tuple[requests.Session, requests.Response]]


def token_in(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found, page
    return found[1]


@pytest.fixture
def sign_in(provider: str, live_server: Any) -> SignIn:
    """Walk the whole way as a browser does: our button, the provider's form, back to us."""

    def walk(name: str) -> tuple[requests.Session, requests.Response]:
        browser = requests.Session()
        page = browser.get(f"{live_server.url}/login/", timeout=20)
        assert 'action="/login/oidc/company/login/"' in page.text
        start_url = f"{live_server.url}/login/oidc/company/login/"
        form = browser.post(start_url, {"csrfmiddlewaretoken": token_in(page.text)}, timeout=20)
        assert form.url.startswith(provider), form.url
        posted = {"csrfmiddlewaretoken": token_in(form.text), "login": name, "password": PASSWORD}
        return browser, browser.post(form.url, posted, headers={"Referer": form.url}, timeout=20)

    return walk


def own_page(browser: requests.Session, live_server: Any) -> requests.Response:
    return browser.get(f"{live_server.url}/me/", allow_redirects=False, timeout=20)


def test_known_person_gets_in_by_a_verified_address(sign_in: SignIn, bob: Person, live_server: Any) -> None:
    browser, page = sign_in("bob")
    assert page.url.startswith(live_server.url)
    assert bob.name in own_page(browser, live_server).text
    login = User.objects.get()
    assert (login.person, login.has_usable_password()) == (bob, False)
    assert EmailAddress.objects.get().verified
    # The second time the provider's own name for them leads to the same login, even under a new address.
    Person.objects.update(email="moved@yritysx.example")
    again, _page = sign_in("bob")
    assert bob.name in own_page(again, live_server).text
    assert (User.objects.count(), SocialAccount.objects.count()) == (1, 1)


def test_employee_number_decides_where_it_is_given(sign_in: SignIn, live_server: Any) -> None:
    person = make_person("Numero", "Seitsemän", employee_number="0777777", email="numero@yritysx.example")
    browser, _page = sign_in("numbered")
    assert person.name in own_page(browser, live_server).text


@pytest.mark.parametrize("name", ["stranger", "unproven", "numbered"])
def test_nobody_unknown_or_unproven_gets_in(
    sign_in: SignIn, bob: Person, dana: Person, live_server: Any, name: str
) -> None:
    browser, page = sign_in(name)
    assert page.status_code == 403
    assert urlsplit(page.url).path == "/login/oidc/company/login/callback/"
    assert own_page(browser, live_server).status_code == 302
    assert not User.objects.exists()


def test_left_and_shut_are_refused(sign_in: SignIn, bob: Person, live_server: Any) -> None:
    sign_in("bob")
    shut_logins([bob.pk])
    browser, page = sign_in("bob")
    assert page.status_code == 403
    assert own_page(browser, live_server).status_code == 302
    User.objects.update(is_active=True)
    Person.objects.update(left_on="2026-01-01")
    browser, page = sign_in("bob")
    assert page.status_code == 403
    assert own_page(browser, live_server).status_code == 302


def test_administrator_still_takes_the_second_step(sign_in: SignIn, bob: Person, live_server: Any) -> None:
    Person.objects.update(is_administrator=True)
    browser, _page = sign_in("bob")
    assert own_page(browser, live_server).headers["Location"] == "/login/second-step/"


def test_answer_that_nobody_asked_for_is_refused(provider: str, live_server: Any, bob: Person) -> None:
    browser = requests.Session()
    callback = f"{live_server.url}/login/oidc/company/login/callback/"
    page = browser.get(callback, params={"code": "made-up", "state": "made-up"}, timeout=20)
    assert page.status_code in (200, 401, 403)
    assert own_page(browser, live_server).status_code == 302
    assert not User.objects.exists()


def test_provider_that_is_down_is_told_in_words(live_server: Any, settings: Any, bob: Person) -> None:
    app = {"provider_id": "company", "name": "x", "client_id": "x", "secret": "x"}
    app["settings"] = {"server_url": f"http://127.0.0.1:{free_port()}"}  # type: ignore[assignment]
    settings.SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": [app]}}
    answer = Client().post("/login/oidc/company/login/")
    assert answer.status_code == 503
    assert 'href="/login/"' in answer.content.decode()


def test_without_settings_there_is_no_button_and_no_address() -> None:
    client = Client()
    assert "oidc" not in client.get("/login/").content.decode()
    assert client.post("/login/oidc/company/login/").status_code == 404


def told(environment: dict[str, str]) -> Any:
    """Read form-action and the providers of the settings in a process of their own."""
    code = "from kam import settings as s; print(s.CONTENT_SECURITY_POLICY['DIRECTIVES']['form-action'], '|', "
    code += "[app['client_id'] for app in s.SOCIALACCOUNT_PROVIDERS['openid_connect']['APPS']])"
    clean = {"PATH": os.environ["PATH"], **environment}
    done = subprocess.run([sys.executable, "-c", code], cwd=BASE_DIR, env=clean, capture_output=True, text=True)
    return done.stdout.strip() or done.stderr


def test_settings_come_from_three_variables() -> None:
    server = {"OIDC_SERVER_URL": "https://login.example/realms/x", "OIDC_CLIENT_ID": "kanava"}
    assert told({}) == """["'self'"] | []"""
    assert told({**server, "OIDC_CLIENT_SECRET": "s"}) == """["'self'", 'https://login.example'] | ['kanava']"""
    assert "set OIDC_CLIENT_ID and OIDC_CLIENT_SECRET too" in told(server)
