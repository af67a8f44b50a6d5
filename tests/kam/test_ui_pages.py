"""Pages for what went wrong, the web app manifest, and the frame of mails."""

import json
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.staticfiles import finders
from django.http import HttpRequest
from django.template import Context, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation
from PIL import Image

from kam import views


@pytest.fixture
def visitor() -> HttpRequest:
    request = RequestFactory().get("/somewhere/")
    request.user = AnonymousUser()
    return request


@pytest.mark.parametrize(
    ("view", "status", "heading"),
    [
        (views.bad_request, 400, "That could not be understood"),
        (views.permission_denied, 403, "This is not open to you"),
        (views.page_not_found, 404, "Page not found"),
    ],
)
def test_error_pages_say_what_to_do(view, status: int, heading: str, visitor: HttpRequest) -> None:
    with translation.override("en"):
        response = view(visitor, Exception("a cause that must not show"))
    html = response.content.decode()
    assert response.status_code == status
    assert f"<h1>{heading}</h1>" in html
    assert "must not show" not in html
    assert 'href="/"' in html


def test_server_error_is_drawn_without_database_session_or_person() -> None:
    """No database mark on this test: a query would fail it."""
    with translation.override("en"):
        response = views.server_error(SimpleNamespace())  # type: ignore[arg-type]
    assert response.status_code == 500
    assert "Something broke here" in response.content.decode()


def test_forged_or_old_form_is_explained(client, settings) -> None:
    with translation.override("en"):
        html = render_to_string("403_csrf.html", request=None)
    assert "The page had grown old" in html


def test_manifest_is_in_the_readers_language(client) -> None:
    response = client.get("/manifest.webmanifest", headers={"accept-language": "en"})
    manifest = json.loads(response.content)
    assert response["Content-Type"] == "application/manifest+json"
    assert manifest["lang"] == "en"
    assert manifest["description"] == "One place for each national account"
    assert client.get("/manifest.webmanifest", headers={"accept-language": "fi"}).json()["lang"] == "fi"


def test_manifest_icons_exist_in_the_size_they_say(client) -> None:
    icons = client.get("/manifest.webmanifest").json()["icons"]
    assert {icon["purpose"] for icon in icons} == {"any", "maskable"}
    for icon in icons:
        path = finders.find(icon["src"].removeprefix("/static/"))
        assert path, icon
        if icon["type"] == "image/png":
            with Image.open(path) as picture:
                assert f"{picture.width}x{picture.height}" == icon["sizes"]


def test_mail_says_the_same_in_text_and_html() -> None:
    context = {"subject": "Aihe", "url": "https://kanava.example/a/?b=1&c=2", "label": "Open the account"}
    body = "{% block heading %}You see Pankki{% endblock %}{% block content %}Rock & roll{% endblock %}"
    with translation.override("en"):
        html = Template('{% extends "email/base.html" %}' + body).render(Context(context))
        text = Template('{% extends "email/base.txt" %}' + body).render(Context(context, autoescape=False))
    assert '<html lang="en">' in html
    assert "You see Pankki</h1>" in html
    assert 'href="https://kanava.example/a/?b=1&amp;c=2"' in html
    assert "Open the account:\nhttps://kanava.example/a/?b=1&c=2\n" in text
    assert text.startswith("You see Pankki\n\nRock & roll\n")
    assert "You get this because" in html
    assert "You get this because" in text
