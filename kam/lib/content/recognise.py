"""From bytes to a type: the first bytes say which structure must hold, and the whole file must then have it.

A library that names types by their first bytes would not do: the first bytes are what a disguised file gets right.
Nothing is read into memory whole, whatever its size.
"""

from collections.abc import Callable, Iterator
from typing import IO

from kam.lib.content import documents, packages, pictures, texts, videos
from kam.lib.content.kinds import Found, Unwelcome
from kam.lib.content.reading import HARMLESS_VIRUS, chunks, holds

_BY_FIRST_BYTES: list[tuple[int, bytes, Callable[[IO[bytes]], Found]]] = [
    (0, b"\xff\xd8\xff", pictures.jpeg),
    (0, b"\x89PNG\r\n\x1a\n", pictures.png),
    (0, b"GIF87a", pictures.gif),
    (0, b"GIF89a", pictures.gif),
    (8, b"WEBP", pictures.webp),
    (0, b"%PDF-", documents.pdf),
    (0, b"PK\x03\x04", packages.document),
    (4, b"ftyp", videos.iso),
    (0, b"\x1a\x45\xdf\xa3", videos.webm),
]
_REFUSED: list[tuple[bytes, str]] = [
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old_office"),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"#!", "program"),
    (b"\xfe\xed\xfa", "program"),
    (b"\xcf\xfa\xed\xfe", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"PK", "archive"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"{\\rtf", "unknown"),
]


def recognise(file: IO[bytes], name: str = "") -> Found:
    """Return what the content is; raises Unwelcome for anything that is not taken.

    `file` must be seekable and is left at its beginning. `name` decides one thing only: whether a text is a table.
    """
    found = _recognise(file, name)
    file.seek(0)
    return found


def _recognise(file: IO[bytes], name: str) -> Found:
    file.seek(0)
    head = file.read(16)
    if not head:
        raise Unwelcome("empty")
    if holds(_all(file), HARMLESS_VIRUS):
        raise Unwelcome("malware")
    for at, mark, look in _BY_FIRST_BYTES:
        if head[at : at + len(mark)] == mark:
            return look(file)
    for mark, code in _REFUSED:
        if head.startswith(mark):
            raise Unwelcome(code)
    return texts.text(file, name)


def _all(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    return chunks(file)
