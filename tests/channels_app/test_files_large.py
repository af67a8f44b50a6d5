"""A hundred megabytes up and down through a real web server, whose memory stays as it was; the scanner on the way."""

import http.client
import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.actions.refusal import Refusal
from channels_app.files import store
from channels_app.models import FileVersion
from tests.cast import Cast, build_cast
from tests.channels_app.disguised import box
from tests.channels_app.routes.files import make_file, section_id
from tests.conftest import Start, free_port, listens, wait_until
from tests.kam.lib.test_clamd import clamd as clamd  # a fixture
from tests.sign_in import sign_in

MB = 1024 * 1024
ALLOWED = 24 * MB


def highest(process: psutil.Process) -> int:
    """Return the most memory that the process ever held, in bytes."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


def video(path: Path, size: int) -> None:
    head = box(b"ftyp", b"isom" + bytes(4) + b"isom") + box(b"moov", bytes(100))
    with path.open("wb") as file:
        file.write(head + (size + 8).to_bytes(4, "big") + b"mdat")
        for _ in range(size // MB):
            file.write(os.urandom(MB))


@pytest.mark.django_db(transaction=True)
def test_memory_stays_flat(process_env: dict[str, str], start: Start, tmp_path: Path) -> None:
    cast = build_cast()
    port = free_port()
    env = process_env | {"WEB_BIND": f"127.0.0.1:{port}", "WEB_WORKERS": "1"}
    server = start(
        sys.executable, "-m", "gunicorn", "-c", "deploy/gunicorn.conf.py", "kam.wsgi:application", env=env, log="web"
    )
    wait_until(lambda: listens(port), what="the web server listening")
    wait_until(lambda: psutil.Process(server.pid).children(), what="its worker")
    worker = psutil.Process(server.pid).children()[0]
    session = sign_in(Client(), cast.alice).cookies[django_settings.SESSION_COOKIE_NAME].value
    token = "a" * 32
    headers = {"Cookie": f"{django_settings.SESSION_COOKIE_NAME}={session}; csrftoken={token}", "X-CSRFToken": token}
    headers |= {"X-Requested-With": "XMLHttpRequest", "Host": "127.0.0.1:8000", "Origin": "http://127.0.0.1:8000"}

    small, large = tmp_path / "small.mp4", tmp_path / "large.mp4"
    video(small, MB)
    video(large, 100 * MB)
    assert upload(port, cast, headers, small)["status"] == 201
    before = highest(worker)
    answer = upload(port, cast, headers, large)
    assert answer["status"] == 201, answer
    assert highest(worker) - before < ALLOWED
    assert FileVersion.objects.order_by("-pk")[0].size == large.stat().st_size

    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", answer["url"], headers=headers)
    response, length = connection.getresponse(), 0
    while piece := response.read(MB):
        length += len(piece)
    assert length == large.stat().st_size
    assert highest(worker) - before < ALLOWED


def upload(port: int, cast: Cast, headers: dict[str, str], path: Path) -> dict[str, Any]:
    mark = "kamkamkam"
    fields = f'--{mark}\r\nContent-Disposition: form-data; name="section"\r\n\r\n{section_id()}\r\n'
    fields += f'--{mark}\r\nContent-Disposition: form-data; name="attach"\r\n\r\n1\r\n--{mark}\r\n'
    fields += f'Content-Disposition: form-data; name="file"; filename="{path.name}"\r\n'
    begin, end = f"{fields}Content-Type: video/mp4\r\n\r\n".encode(), f"\r\n--{mark}--\r\n".encode()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.putrequest("POST", reverse("file_upload", args=[cast.pankki.customer_number]), skip_host=True)
    length = len(begin) + path.stat().st_size + len(end)
    sent = headers | {"Content-Type": f"multipart/form-data; boundary={mark}", "Content-Length": str(length)}
    for name, value in sent.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(begin)
    with path.open("rb") as file:
        connection.send(file)
    connection.send(end)
    response = connection.getresponse()
    text = response.read().decode()
    return {"status": response.status, **(json.loads(text) if text.startswith("{") else {"text": text[:500]})}


# --- the scanner ----------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_scanner_sees_every_upload_and_its_word_counts(cast: Cast, settings: Any, clamd: Any) -> None:
    settings.CLAMD_ADDRESS = clamd.address
    assert make_file(cast.pankki, cast.alice, b"Avaimet").pk
    assert clamd.seen == [b"Avaimet"]
    before = set(store.stored())
    with override("en"), pytest.raises(Refusal) as refused:
        make_file(cast.pankki, cast.alice, b"Lue EICAR")
    assert (refused.value.code, refused.value.message) == (
        "malware",
        "A virus was found in the file. It was not stored.",
    )
    clamd.answer = None
    with override("en"), pytest.raises(Refusal) as refused:
        make_file(cast.pankki, cast.alice, b"Avaimet")
    assert refused.value.code == "scanner"
    assert refused.value.message == "The file cannot be checked for viruses right now: try again in a while."
    assert set(store.stored()) == before
