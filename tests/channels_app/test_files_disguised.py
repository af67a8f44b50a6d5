"""Every disguised file is refused with its sentence, or handed out so that nothing in it can run."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from accounts.actions.refusal import Refusal
from channels_app.files import store
from channels_app.models import File, FileVersion
from tests.cast import Cast
from tests.channels_app.disguised import (
    EXCEL,
    HARMLESS,
    HTML,
    PDF,
    REFUSED,
    SLIDES,
    WORD,
    mp4,
    office,
    open_document,
    picture,
    webm,
)
from tests.channels_app.routes.files import make_file
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
ACCEPTED = (
    "Pictures (JPEG, PNG, GIF, WebP), PDF, Word, Excel and PowerPoint files (docx, xlsx, pptx), OpenDocument, "
    "plain text, CSV and video (MP4, MOV, WebM) are accepted."
)
SENTENCES = {
    "empty": "The file is empty.",
    "unknown": f"Files of this kind are not accepted. {ACCEPTED}",
    "web": f"Web pages, SVG drawings and other files that a browser would run are not accepted. {ACCEPTED}",
    "program": f"Programs and scripts are not accepted. {ACCEPTED}",
    "heic": "HEIC pictures are not accepted: send the picture as JPEG.",
    "old_office": "Files of old Office versions and files with a password are not accepted: save it as docx, xlsx or "
    "pptx, without a password.",
    "macros": "The document holds macros: save it without them.",
    "remote": "The document fetches a part of itself from somewhere else when it is opened: save it as PDF instead.",
    "archive": f"Zip and other packages are not accepted: add the files in it one by one. {ACCEPTED}",
    "bomb": "The document unpacks to far more than a document holds.",
    "broken": "The file is damaged or cut short: save it again where it came from, and add the new copy.",
    "pixels": "The picture is too large to be shown: make it smaller than 100 million points.",
    "malware": "A virus was found in the file. It was not stored.",
}
GOOD = {
    "JPEG": ("kuva.jpeg", lambda: picture("JPEG"), "image/jpeg"),
    "progressive JPEG": ("kuva.jpg", lambda: picture("JPEG", (300, 200), progressive=True), "image/jpeg"),
    "PNG": ("kuva.png", picture, "image/png"),
    "GIF": ("kuva.gif", lambda: picture("GIF"), "image/gif"),
    "WebP": ("kuva.webp", lambda: picture("WEBP"), "image/webp"),
    "PDF": ("lasku.pdf", lambda: PDF, "application/pdf"),
    "Word": ("ohje.docx", office, WORD),
    "Excel": ("hinnat.xlsx", lambda: office(EXCEL), EXCEL),
    "slides with a workbook": (
        "esitys.pptx",
        lambda: office(SLIDES, {"ppt/embeddings/a.xlsx": office(EXCEL)}),
        SLIDES,
    ),
    "OpenDocument": ("ohje.odt", open_document, "application/vnd.oasis.opendocument.text"),
    "OpenDocument table": (
        "a.ods",
        lambda: open_document("spreadsheet"),
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
    "text": ("ohje.txt", lambda: "Käynnit äänettömästi\t–\r\n".encode(), "text/plain"),
    "text of Windows": ("ohje.txt", lambda: "Käynnit – äänettömästi €".encode("cp1252"), "text/plain"),
    "CSV": ("hinnat.csv", lambda: b"a;b\r\n1;2\r\n", "text/csv"),
    "MP4": ("video.mp4", mp4, "video/mp4"),
    "MOV": ("video.mov", lambda: mp4(b"qt  "), "video/quicktime"),
    "WebM": ("video.webm", webm, "video/webm"),
}


def test_every_sentence_is_tried() -> None:
    assert {code for _, _, code in REFUSED.values()} == set(SENTENCES)


@pytest.mark.parametrize("case", REFUSED)
def test_refused_with_its_sentence_and_nothing_stored(cast: Cast, case: str) -> None:
    name, make, code = REFUSED[case]
    stored = set(store.stored())
    with override("en"), pytest.raises(Refusal) as refused:
        make_file(cast.pankki, cast.alice, make(), name)
    assert (refused.value.code, refused.value.message) == (code, SENTENCES[code])
    assert not File.objects.exists()
    assert set(store.stored()) == stored


@pytest.mark.parametrize("case", GOOD)
def test_taken_as_what_it_is(cast: Cast, case: str) -> None:
    name, make, content_type = GOOD[case]
    file = make_file(cast.pankki, cast.alice, make(), name)
    assert FileVersion.objects.get(file=file).content_type == content_type
    assert file.name == name


@pytest.mark.parametrize("case", [*HARMLESS, *GOOD])
def test_handed_out_so_that_nothing_runs(cast: Cast, client: Client, case: str) -> None:
    name, make, content_type = (HARMLESS | GOOD)[case]
    file = make_file(cast.pankki, cast.alice, make(), name)
    response = sign_in(client, cast.bob).get(reverse("file", args=[cast.pankki.customer_number, file.pk]))
    content = b"".join(response.streaming_content)
    shown = content_type.startswith("image/")
    assert response.status_code == 200
    assert response["Content-Type"] == (
        "text/plain; charset=utf-8" if content_type.startswith("text/") else content_type
    )
    assert response["Content-Disposition"].startswith("inline" if shown else "attachment")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, no-cache"
    if content_type.startswith("image/"):
        assert HTML not in content
        assert b"<?php" not in content
