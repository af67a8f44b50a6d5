"""Previews: drawn by a process of its own, upright, without what the picture tells; failures are written down."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import File as Content
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.jobs import run_due
from accounts.models import Job, LedgerEntry
from channels_app.actions.files import add_version
from channels_app.actions.previews import draw_preview
from channels_app.files import store
from channels_app.models import File, FileVersion
from kam.lib import drawing
from tests.accounts.pages import page_of, text_of
from tests.cast import Cast
from tests.channels_app.disguised import PDF, picture
from tests.channels_app.page_hands import limit_section
from tests.channels_app.routes.files import make_file, section_id
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


def preview_of(client: Client, cast: Cast, file: File, query: str = "") -> Image.Image:
    response = client.get(reverse("file_preview", args=[cast.pankki.customer_number, file.pk]) + query)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/webp"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    return Image.open(io.BytesIO(b"".join(response.streaming_content)))


def photograph(side: int = 6) -> bytes:
    """Make a photograph held on its side, with a place, a camera and a comment."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = side, "Kamera"
    exif.get_ifd(0x8825)[2] = (60.0, 10.0, 15.5)
    return picture("JPEG", (400, 200), exif=exif, comment=b"Espoo")


def test_preview_that_can_be_read_of_a_limited_file_is_in_the_ledger(cast: Cast, client: Client) -> None:
    file = make_file(cast.pankki, cast.alice, PDF, "a.pdf", section_id=section_id("contracts"))
    draw_preview(file.versions.get().pk)
    limit_section(cast.pankki, "contracts", ["sales"])
    sign_in(client, cast.saara)
    preview_of(client, cast, file)
    assert not LedgerEntry.objects.filter(event="opened").exists()
    preview_of(client, cast, file, "?large")
    entry = LedgerEntry.objects.get(event="opened")
    assert (entry.actor, entry.cause["what"], entry.cause["id"]) == (cast.saara, "file", file.pk)


@pytest.mark.parametrize(
    ("content", "name", "large", "small"),
    [
        (picture("PNG", (2000, 1000)), "a.png", (1280, 640), (320, 160)),
        (picture("GIF", (100, 50)), "a.gif", (100, 50), (100, 50)),
        (picture("WEBP", (640, 640)), "a.webp", (640, 640), (320, 320)),
        (photograph(), "a.jpg", (200, 400), (160, 320)),
        (PDF, "a.pdf", (1280, 640), (320, 160)),
    ],
)
def test_preview_in_two_sizes_upright(
    cast: Cast, client: Client, content: bytes, name: str, large: tuple[int, int], small: tuple[int, int]
) -> None:
    file = make_file(cast.pankki, cast.alice, content, name)
    sign_in(client, cast.bob)
    address = reverse("file_preview", args=[cast.pankki.customer_number, file.pk])
    assert client.get(address).status_code == 404
    run_due()
    assert FileVersion.objects.get(file=file).preview == "made"
    assert preview_of(client, cast, file, "?large").size == large
    assert preview_of(client, cast, file).size == small


def test_photograph_keeps_its_side_and_loses_where_it_was_taken(cast: Cast, client: Client) -> None:
    file = make_file(cast.pankki, cast.alice, photograph(), "a.jpg")
    kept = FileVersion.objects.get(file=file).content.read()
    assert b"Kamera" in photograph()
    for told in (b"Kamera", b"Espoo"):
        assert told not in kept
    exif = Image.open(io.BytesIO(kept)).getexif()
    assert dict(exif) == {0x0112: 6}
    assert Image.open(io.BytesIO(kept)).tobytes() == Image.open(io.BytesIO(photograph())).tobytes()
    run_due()
    assert not preview_of(sign_in(client, cast.bob), cast, file).getexif()


def test_what_cannot_be_drawn_is_written_down_and_shown_as_such(cast: Cast, client: Client) -> None:
    file = make_file(cast.pankki, cast.alice, b"%PDF-1.4\nstartxref\n9\n%%EOF\n", "a.pdf")
    run_due()
    assert FileVersion.objects.get(file=file).preview == "failed"
    assert Job.objects.get(name="file_preview").state == "done"
    about = reverse("file_page", args=[cast.pankki.customer_number, file.pk])
    assert "No preview could be made of this file." in text_of(page_of(client, cast.bob, about))


def test_drawing_twice_leaves_one_preview(cast: Cast) -> None:
    file = make_file(cast.pankki, cast.alice, picture(), "a.png")
    before = {name for name, _ in store.stored()}
    version = FileVersion.objects.get(file=file)
    draw_preview(version.pk)
    draw_preview(version.pk)
    draw_preview(10**9)
    assert len({name for name, _ in store.stored()} - before) == 2


def test_text_waits_for_no_preview_and_a_new_version_gets_its_own(cast: Cast) -> None:
    file = make_file(cast.pankki, cast.alice)
    assert not Job.objects.filter(name="file_preview").exists()
    content = io.BytesIO(picture())
    add_version(actor=cast.alice, file=file, content=Content(content, name="a.png"), name="a.png")
    run_due()
    assert FileVersion.objects.get(file=file, number=2).preview == "made"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("while True: pass", "too long|status"),
        ("bytearray(10**10)", "MemoryError"),
        ("open(sys.argv[3], 'wb').write(bytes(30 * 1024**2))", "status"),
        ("import os; os.kill(os.getpid(), 9)", "status -9"),
    ],
)
def test_drawing_has_bounds(tmp_path: Path, monkeypatch: Any, code: str, reason: str) -> None:
    """Whatever a hostile file does to a decoder, it does it to a process with bounds, which is ended."""
    hostile = tmp_path / "hostile.py"
    source = Path(drawing.__file__).read_text().split('if __name__ == "__main__":')[0]
    hostile.write_text(f"{source}\n_CPU_SECONDS = 1\n_bound()\n{code}\n")
    monkeypatch.setattr(drawing, "__file__", str(hostile))
    monkeypatch.setattr(drawing, "SECONDS", 5)
    with pytest.raises(drawing.NotDrawn, match=reason):
        drawing.draw("picture", tmp_path / "a", tmp_path / "b", tmp_path / "c")


def test_drawing_knows_no_secrets(tmp_path: Path, monkeypatch: Any) -> None:
    spy = tmp_path / "spy.py"
    spy.write_text("import os, sys; sys.exit(f'{sorted(os.environ)} {[m for m in sys.modules if m == \"django\"]}')")
    monkeypatch.setattr(drawing, "__file__", str(spy))
    monkeypatch.setenv("SECRET_KEY", "x")
    with pytest.raises(drawing.NotDrawn) as told:
        drawing.draw("picture", tmp_path / "a", tmp_path / "b", tmp_path / "c")
    assert "SECRET_KEY" not in str(told.value)
    assert str(told.value).endswith("[]")
