"""Names that fit what a file is; recognising survives whatever it is given; pictures lose what they tell."""

import io
import random
import unicodedata

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kam.lib.content import CONTENT_TYPES, Found, Unwelcome, in_words, mended_name, recognise
from kam.lib.content.pictures import without_traces
from kam.lib.content.reading import HARMLESS_VIRUS, holds
from kam.lib.ranges import Unsatisfiable, byte_range

PDF, JPEG, TEXT = "application/pdf", "image/jpeg", "text/plain"


@pytest.mark.parametrize(
    ("name", "content_type", "mended"),
    [
        ("lasku.pdf", PDF, "lasku.pdf"),
        ("LASKU.PDF", PDF, "LASKU.pdf"),
        ("kuva.png", JPEG, "kuva.jpg"),
        ("kuva.JPEG", JPEG, "kuva.jpeg"),
        ("lasku.exe", PDF, "lasku.exe.pdf"),
        ("sivu.html", TEXT, "sivu.html.txt"),
        ("sopimus 1.12.2026", PDF, "sopimus 1.12.2026.pdf"),
        ("../../etc/passwd", TEXT, "passwd.txt"),
        ("..\\..\\boot.ini", TEXT, "boot.ini.txt"),
        ("C:\\kuvat\\ovi.jpg", JPEG, "ovi.jpg"),
        ("a\0b.txt", TEXT, "ab.txt"),
        ("a\r\nSet-Cookie: x=1.txt", TEXT, "a Set-Cookie_ x=1.txt"),
        ("lasku\u202efdp.exe", PDF, "laskufdp.exe.pdf"),
        ("nolla\u200bleveä.txt", TEXT, "nollaleveä.txt"),
        ("\ud800.txt", TEXT, "file.txt"),
        ("", TEXT, "file.txt"),
        (".pdf", PDF, "file.pdf"),
        ("...", PDF, "file.pdf"),
        (" . ", PDF, "file.pdf"),
        ("CON", TEXT, "_CON.txt"),
        ("nul.txt", TEXT, "_nul.txt"),
        ("com1.pdf", PDF, "_com1.pdf"),
        ("conto.pdf", PDF, "conto.pdf"),
        ("a<b>|c?.pdf", PDF, "a_b_c_.pdf"),
        ("ä" * 300, TEXT, "ä" * 118 + ".txt"),
        ("a" * 300, TEXT, "a" * 146 + ".txt"),
        ("ka\u0308ynti.txt", TEXT, "käynti.txt"),
    ],
)
def test_name_fits_what_the_file_is(name: str, content_type: str, mended: str) -> None:
    with translation.override("en"):
        assert mended_name(name, content_type) == mended


@given(st.text(), st.sampled_from(sorted(CONTENT_TYPES)))
def test_any_name_comes_out_storable_and_stays_so(name: str, content_type: str) -> None:
    mended = mended_name(name, content_type)
    assert 0 < len(mended) <= 150
    assert len(mended.encode()) <= 240
    assert mended.endswith(CONTENT_TYPES[content_type].extensions)
    assert not set(mended) & set('/\\<>:"|?*%\r\n\0')
    assert not mended.startswith(".")
    assert not {unicodedata.category(letter) for letter in mended} & {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert mended_name(mended, content_type) == mended


HEADS = [
    b"", b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"RIFF\x10\0\0\0WEBP", b"%PDF-", b"PK\x03\x04",
    b"\0\0\0\x10ftypisom", b"\x1a\x45\xdf\xa3\x84",
]  # fmt: skip


@given(st.sampled_from(HEADS), st.binary(max_size=300))
def test_recognising_ends_in_a_type_or_a_refusal_whatever_the_bytes(head: bytes, rest: bytes) -> None:
    try:
        found = recognise(io.BytesIO(head + rest))
    except Unwelcome:
        return
    assert isinstance(found, Found)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_damaged_picture_never_breaks_more_than_itself(kind: str) -> None:
    dice, whole = random.Random(kind), io.BytesIO()
    Image.effect_noise((60, 40), 80).convert("RGB").save(whole, kind)
    for _ in range(300):
        damaged = bytearray(whole.getvalue())
        for _ in range(dice.randint(1, 4)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        file = io.BytesIO(bytes(damaged[: dice.choice([len(damaged), dice.randrange(len(damaged))])]))
        try:
            found = recognise(file)
        except Unwelcome:
            continue
        if found.content_type.startswith("image/"):
            without_traces(file, found.content_type, io.BytesIO())


def test_picture_without_traces_shows_the_same_picture_each_frame_of_it() -> None:
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", "green", "blue")]
    for kind in ("GIF", "PNG", "WEBP"):
        whole, cleaned = io.BytesIO(), io.BytesIO()
        options = {"lossless": True, "exif": b"Exif\0\0place", "xmp": b"place"} if kind == "WEBP" else {}
        frames[0].save(whole, kind, save_all=True, append_images=frames[1:], duration=100, loop=0, **options)
        found = recognise(whole)
        without_traces(whole, found.content_type, cleaned)
        before, after = Image.open(whole), Image.open(cleaned)
        assert getattr(after, "n_frames", 1) == getattr(before, "n_frames", 1) == 3
        assert b"place" not in cleaned.getvalue()
        assert recognise(cleaned) == found
        for number in range(3):
            before.seek(number)
            after.seek(number)
            assert before.convert("RGB").tobytes() == after.convert("RGB").tobytes()


def test_searched_bytes_are_found_across_pieces() -> None:
    for cut in range(1, len(HARMLESS_VIRUS)):
        assert holds([b"aa" + HARMLESS_VIRUS[:cut], HARMLESS_VIRUS[cut:] + b"aa"], HARMLESS_VIRUS)
    assert holds([bytes([letter]) for letter in HARMLESS_VIRUS], HARMLESS_VIRUS)
    assert not holds([HARMLESS_VIRUS[:-1], b"!"], HARMLESS_VIRUS)


def test_every_type_has_words() -> None:
    assert all(in_words(content_type) for content_type in CONTENT_TYPES)
    assert in_words("x/y") == "x/y"


@given(st.text(alphabet="bytes=0123456789-, ", max_size=20), st.integers(0, 30))
def test_range_lies_within_the_content_or_is_none(header: str, size: int) -> None:
    try:
        found = byte_range(header, size)
    except Unsatisfiable:
        return
    assert found is None or 0 <= found[0] < found[1] <= size
