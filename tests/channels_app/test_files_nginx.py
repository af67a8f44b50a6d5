"""FILES_SERVED_BY=x-accel with a real nginx in front of a real web server, by the configuration that is shipped."""

import os
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from string import Template
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse

from channels_app.models import FileVersion
from tests.cast import Cast, build_cast
from tests.channels_app.disguised import picture
from tests.channels_app.routes.files import make_file
from tests.conftest import BASE_DIR, Start, free_port, listens, wait_until
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)
Ask = Callable[..., tuple[int, dict[str, str], bytes]]
LETTERS = bytes(range(97, 123)) * 20_000
FRAME = """
daemon off; error_log stderr; pid {folder}/nginx.pid;
events {{ }}
http {{
    access_log off;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""


@pytest.fixture
def front(process_env: dict[str, str], start: Start, tmp_path: Path, settings: Any) -> str:
    """Start web server and nginx on this test's database and store; return nginx's address."""
    store = tmp_path / "media"
    store.mkdir()
    settings.MEDIA_ROOT = store
    web, listen = free_port(), free_port()
    env = process_env | {"FILES_SERVED_BY": "x-accel", "MEDIA_ROOT": str(store), "WEB_BIND": f"127.0.0.1:{web}"}
    env |= {"WEB_WORKERS": "1"}
    start(sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "kam.wsgi:application", env=env, log="web")
    site = Template((BASE_DIR / "deploy/nginx.conf.template").read_text())
    given = {"LISTEN": f"127.0.0.1:{listen}", "WEB_ADDRESS": f"127.0.0.1:{web}", "MEDIA_ROOT": str(store)}
    (tmp_path / "site.conf").write_text(site.safe_substitute(given))
    as_root = "user root;" if os.geteuid() == 0 else ""  # its workers must pass through pytest's closed folders
    (tmp_path / "nginx.conf").write_text(as_root + FRAME.format(folder=tmp_path))
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    assert program, "nginx is missing: `make test` installs it, or install the package nginx-light"
    start(program, "-p", tmp_path, "-c", tmp_path / "nginx.conf", env=dict(os.environ), log="nginx")
    wait_until(lambda: listens(web) and listens(listen), what="web server and nginx listening")
    return f"http://127.0.0.1:{listen}"


@pytest.fixture
def ask(front: str) -> Ask:
    def ask(path: str, person: Any, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        cookie = sign_in(Client(), person).cookies[django_settings.SESSION_COOKIE_NAME].value
        sent = {"Cookie": f"{django_settings.SESSION_COOKIE_NAME}={cookie}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(front + path, headers=sent, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, dict(answer.headers), answer.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()

    return ask


def test_nginx_sends_files_with_their_headers_ranges_and_only_to_whoever_may(ask: Ask, front: str) -> None:
    cast: Cast = build_cast()
    text = make_file(cast.pankki, cast.alice, LETTERS, "käyttöohje.txt")
    shown = make_file(cast.pankki, cast.alice, picture(), "kuva.png")
    url, image = (reverse("file", args=[cast.pankki.customer_number, file.pk]) for file in (text, shown))

    status, headers, body = ask(url, cast.bob)
    assert (status, body) == (200, LETTERS)
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["Content-Disposition"] == "attachment; filename*=utf-8''k%C3%A4ytt%C3%B6ohje.txt"
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "private, no-cache",
        "X-Frame-Options": "DENY",
    }.items():
        assert headers[name] == value
    assert "X-Accel-Redirect" not in headers

    status, headers, body = ask(url, cast.bob, Range="bytes=10-19", If_Range=headers["ETag"])
    assert (status, body, headers["Content-Range"]) == (206, LETTERS[10:20], "bytes 10-19/520000")
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert ask(url, cast.bob, Range="bytes=-5")[2] == LETTERS[-5:]
    assert ask(url, cast.bob, Range="bytes=0-1,5-6")[2] == LETTERS
    assert ask(url, cast.bob, Range="bytes=600000-")[0] == 416
    assert ask(url, cast.bob, If_None_Match=headers["ETag"])[0] == 304
    status, headers, body = ask(url, cast.bob, method="HEAD")
    assert (status, headers["Content-Length"], body) == (200, "520000", b"")

    assert ask(image, cast.bob)[1]["Content-Disposition"] == 'inline; filename="kuva.png"'
    for outsider in (cast.charlie, cast.eero, cast.yrjo):
        assert ask(url, outsider, Range="bytes=10-19")[0] == 404
    stored = str(FileVersion.objects.get(file=text).content)
    for guess in (f"/stored-files/{stored}", "/stored-files/", f"/media/{stored}"):
        status, _, body = ask(guess, cast.bob)
        assert status == 404
        assert LETTERS[:20] not in body


def test_proxies_take_the_largest_video() -> None:
    assert "client_max_body_size 600m" in (BASE_DIR / "deploy/nginx.conf.template").read_text()
    assert "max_size 600MB" in (BASE_DIR / "deploy/Caddyfile").read_text()
    assert django_settings.FILES_VIDEO_MAX_MB < 600
