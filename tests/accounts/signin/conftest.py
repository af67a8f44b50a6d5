"""What the tests of signing in share: empty counts, people who may sign in, and hands for codes and forms."""

import base64
import hashlib
import hmac
import re
import struct
import time
from collections.abc import Callable, Iterator

import pytest
from django.core import mail
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from accounts.models import Person
from tests.cast import make_person

CODE = re.compile(r"^    ([A-Z0-9-]{6,10})$", re.MULTILINE)


@pytest.fixture(autouse=True)
def _empty_counts(db: None) -> Iterator[None]:
    """Rate limits are counted in a table that no flush empties."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def bob(db: None) -> Person:
    return make_person("Bob", "Esimies", email="bob@yritysx.example")


@pytest.fixture
def dana(db: None) -> Person:
    return make_person("Dana", "Valvoja", email="dana@yritysx.example", is_administrator=True)


def code_in(text: str) -> str:
    """Return the code that stands in a line of its own in a mail."""
    found = CODE.search(text)
    assert found, text
    return found[1]


def ask_for_code(client: Client, email: str) -> HttpResponse:
    return client.post("/login/code/", {"email": email})


def sign_in_by_code(client: Client, person: Person) -> HttpResponse:
    """Ask for a code, read it in the newest mail, type it; return the answer to it."""
    assert ask_for_code(client, person.email).status_code == 302
    return client.post("/login/code/confirm/", {"code": code_in(str(mail.outbox[-1].body))})


def signed_in_as(client: Client) -> str | None:
    """Return the login id in the client's session as the server sees it, None when signed out."""
    return str(client.session.get("_auth_user_id")) if client.get("/me/").status_code == 200 else None


def app_code(secret: str, at: float | None = None) -> str:
    """Return what an authenticator app shows (RFC 6238), worked out here once more."""
    counter = struct.pack(">Q", int((at or time.time()) // 30))
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    number = struct.unpack(">I", digest[start : start + 4])[0] & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def secret_on(page: HttpResponse) -> str:
    found = re.search(r'<code class="secret">([A-Z2-7]+)</code>', page.content.decode())
    assert found
    return found[1]


def set_up_app(client: Client) -> str:
    """Set up an authenticator app in a signed-in client; return its secret."""
    secret = secret_on(client.get("/login/second-step/totp/activate/"))
    done = client.post("/login/second-step/totp/activate/", {"code": app_code(secret)})
    assert done.status_code == 302, done.content.decode()
    return secret


NewClient = Callable[[], Client]


@pytest.fixture
def new_client() -> NewClient:
    """Another browser: cookies of its own."""
    return Client
