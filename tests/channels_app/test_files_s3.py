"""FILES_SERVED_BY=s3 against a real server that speaks S3: private, and open by an address for a minute."""

import io
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from typing import Any
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from django.core.files.base import File as Content
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from moto.server import ThreadedMotoServer

from accounts.jobs import run_due
from channels_app.actions.clean_files import clean_files
from channels_app.actions.files import add_version
from channels_app.files import store
from channels_app.models import FileVersion
from tests.cast import Cast
from tests.channels_app.disguised import picture
from tests.channels_app.routes.files import make_file
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
TEXT = b"Avaimet saa vartijalta."
BUCKET = "kanava"


@pytest.fixture
def bucket(settings: Any) -> Iterator[Any]:
    server = ThreadedMotoServer("127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    keys = {"access_key": "a", "secret_key": "b", "region_name": "eu-north-1"}
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        region_name=keys["region_name"],
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-north-1"})
    options = {
        "bucket_name": BUCKET,
        "endpoint_url": f"http://{host}:{port}",
        **keys,
        "addressing_style": "path",
        "signature_version": "s3v4",
        "default_acl": None,
        "file_overwrite": False,
        "querystring_auth": True,
        "querystring_expire": 60,
    }
    settings.STORAGES = settings.STORAGES | {
        "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    }
    settings.FILES_SERVED_BY = "s3"
    yield client
    urllib.request.urlopen(urllib.request.Request(f"http://{host}:{port}/moto-api/reset", method="POST")).close()
    server.stop()


def fetch(url: str, **headers: str) -> tuple[int, Message, bytes]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_whoever_may_is_sent_to_an_address_that_opens_for_a_minute(cast: Cast, client: Client, bucket: Any) -> None:
    file = make_file(cast.pankki, cast.alice, TEXT, "ohje ä.txt")
    url = reverse("file", args=[cast.pankki.customer_number, file.pk])
    answer = sign_in(client, cast.bob).get(url)
    assert answer.status_code == 302
    assert answer["Cache-Control"] == "private, no-cache"
    assert parse_qs(urlsplit(answer["Location"]).query)["X-Amz-Expires"] == ["60"]
    status, headers, body = fetch(answer["Location"])
    assert (status, body) == (200, TEXT)
    assert headers["Content-Type"] == "text/plain; charset=utf-8"
    assert headers["Content-Disposition"] == "attachment; filename*=utf-8''ohje%20%C3%A4.txt"
    assert headers["Cache-Control"] == "private, no-store"
    assert fetch(answer["Location"], Range="bytes=0-6")[2] == TEXT[:7]
    for person in (cast.charlie, cast.eero, cast.yrjo):
        assert sign_in(client, person).get(url).status_code == 404


def test_stored_object_is_nobodys_without_a_signature(cast: Cast, bucket: Any) -> None:
    make_file(cast.pankki, cast.alice, TEXT)
    acl = bucket.get_bucket_acl(Bucket=BUCKET)
    assert [grant["Grantee"]["Type"] for grant in acl["Grants"]] == ["CanonicalUser"]
    name = str(FileVersion.objects.get().content)
    given = bucket.get_object_acl(Bucket=BUCKET, Key=name)["Grants"]
    assert not [grant for grant in given if "AllUsers" in grant["Grantee"].get("URI", "")]
    assert "?" in default_storage.url(name)


def test_versions_previews_and_clearing_away_work_in_a_bucket(cast: Cast, client: Client, bucket: Any) -> None:
    file = make_file(cast.pankki, cast.alice, TEXT)
    content = io.BytesIO(picture("PNG", (600, 300)))
    add_version(actor=cast.alice, file=file, content=Content(content, name="a.png"), name="a.png")
    run_due()
    assert FileVersion.objects.get(file=file, number=2).preview == "made"
    preview = reverse("file_preview", args=[cast.pankki.customer_number, file.pk])
    address = sign_in(client, cast.bob).get(preview)["Location"]
    assert fetch(address)[1]["Content-Type"] == "image/webp"
    assert len(list(store.stored())) == 4
    bucket.put_object(Bucket=BUCKET, Key="channel/aa/bb", Body=b"x")
    assert clean_files().contents == 0
    bucket.delete_object(Bucket=BUCKET, Key=str(FileVersion.objects.get(file=file, number=1).content))
    assert clean_files().missing == (FileVersion.objects.get(file=file, number=1).pk,)


def test_address_says_when_it_was_made(cast: Cast, client: Client, bucket: Any) -> None:
    """Each use gets an address of its own: an old one is not handed on from a cache."""
    file = make_file(cast.pankki, cast.alice, TEXT)
    url = reverse("file", args=[cast.pankki.customer_number, file.pk])
    sign_in(client, cast.bob)
    first = client.get(url)["Location"]
    time.sleep(1.1)
    assert client.get(url)["Location"] != first


def settings_with(**env: str) -> "subprocess.CompletedProcess[str]":
    code = (
        "import kam.settings as s; d = s.CONTENT_SECURITY_POLICY['DIRECTIVES']; print(*d['img-src'], *d['media-src'])"
    )
    return subprocess.run([sys.executable, "-c", code], env=os.environ | env, capture_output=True, text=True)


def test_pages_may_show_what_the_bucket_holds_and_nothing_else_from_elsewhere() -> None:
    own = settings_with(FILES_SERVED_BY="s3", S3_BUCKET="kanava", S3_ENDPOINT_URL="https://s3.example.com")
    bucket = ["https://s3.example.com", "https://kanava.s3.example.com"]
    assert own.stdout.split() == ["'self'", "data:", *bucket, "'self'", *bucket]
    assert "https://kanava.s3.eu-north-1.amazonaws.com" in (
        settings_with(FILES_SERVED_BY="s3", S3_BUCKET="kanava", S3_REGION="eu-north-1").stdout
    )
    assert settings_with(FILES_SERVED_BY="app").stdout.split() == ["'self'", "data:", "'self'"]


def test_settings_refuse_half_a_bucket_and_unknown_ways() -> None:
    assert "set S3_BUCKET too" in settings_with(FILES_SERVED_BY="s3").stderr
    assert "app, x-accel or s3" in settings_with(FILES_SERVED_BY="ftp").stderr
