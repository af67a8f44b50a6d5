"""Office documents: zip packages that must be what they say they are, without macros and without surprises.

Everything in the package is unpacked once, into nothing, and counted as it comes: what the package says of its own size
is not believed.
"""

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from itertools import chain
from typing import IO, cast
from xml.parsers import expat

from kam.lib.content.kinds import Found, Unwelcome
from kam.lib.content.reading import CHUNK, HARMLESS_VIRUS, holds, size_of

_MOST_MEMBERS = 10_000
_MOST_UNPACKED = 300 * 1024 * 1024
# Tables of equal cells shrink to a fiftieth; bombs to a thousandth and less.
_MOST_RATIO, _FREE = 150, 20 * 1024 * 1024
_MOST_XML = 8 * 1024 * 1024
_OOXML = "application/vnd.openxmlformats-officedocument."
_MAIN = {
    f"{_OOXML}{name}.main+xml": f"{_OOXML}{name}"
    for name in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
}
_ODF = {f"application/vnd.oasis.opendocument.{name}" for name in ("text", "spreadsheet", "presentation")}
# Relationships whose target an office program opens by itself, without being asked.
_FETCHED = ("attachedTemplate", "oleObject", "frame", "subDocument", "aFChunk", "control")
_ELSEWHERE = ("http:", "https:", "ftp:", "\\\\", "//", "file://///", "file:////", "file:\\\\", "mhtml:", "ms-")


class _Budget:
    """How much may still be unpacked; shared by a document and those within it."""

    def __init__(self, packed: int) -> None:
        self.left = min(_MOST_UNPACKED, _FREE + _MOST_RATIO * packed)

    def spend(self, file: IO[bytes]) -> Iterator[bytes]:
        while chunk := file.read(CHUNK):
            self.left -= len(chunk)
            if self.left < 0:
                raise Unwelcome("bomb")
            yield chunk


def document(file: IO[bytes]) -> Found:
    """Return the type of an Office or OpenDocument file; raises Unwelcome for other packages and for unsafe ones."""
    return _document(file, _Budget(size_of(file)), within=False)


def _document(file: IO[bytes], budget: _Budget, *, within: bool) -> Found:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package:
            _check_list(package, budget)
            content_type = _type_of(package)
            for member in package.infolist():
                with package.open(member) as content:
                    _check_member(member.filename, content, budget, within=within)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError):
        raise Unwelcome("broken") from None
    return Found(content_type)


def _check_list(package: zipfile.ZipFile, budget: _Budget) -> None:
    members = package.infolist()
    if len(members) > _MOST_MEMBERS or sum(member.file_size for member in members) > budget.left:
        raise Unwelcome("bomb")
    if len({member.filename for member in members}) != len(members):
        raise Unwelcome("broken")
    for member in members:
        if member.flag_bits & 1:
            raise Unwelcome("old_office")  # has a password
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unwelcome("broken")


def _check_member(name: str, content: IO[bytes], budget: _Budget, *, within: bool) -> None:
    first = content.read(8)
    if first.startswith((b"MZ", b"\x7fELF")):
        raise Unwelcome("program")
    pieces = chain([first], budget.spend(content))
    if not first.startswith(b"PK\x03\x04"):
        if holds(pieces, HARMLESS_VIRUS):
            raise Unwelcome("malware")
        return
    if within or "/embeddings/" not in name:
        raise Unwelcome("archive")
    with tempfile.SpooledTemporaryFile(max_size=4 * CHUNK) as copy:
        copy.writelines(pieces)
        _document(cast(IO[bytes], copy), budget, within=True)


# --- what the package says it is ------------------------------------------------------------------------------------
def _type_of(package: zipfile.ZipFile) -> str:
    names = package.namelist()
    if names and names[0] == "mimetype":
        return _odf(package, names)
    if "[Content_Types].xml" in names:
        return _ooxml(package, names)
    raise Unwelcome("archive")


def _odf(package: zipfile.ZipFile, names: list[str]) -> str:
    content_type = _small(package, "mimetype").decode("ascii", "replace").strip()
    if content_type not in _ODF:
        raise Unwelcome("unknown")
    if not {"content.xml", "META-INF/manifest.xml"} <= set(names):
        raise Unwelcome("broken")
    if any(name.startswith(("Basic/", "Scripts/")) for name in names):
        raise Unwelcome("macros")
    if any(tag == "encryption-data" for tag, _ in _elements(package, "META-INF/manifest.xml")):
        raise Unwelcome("old_office")
    return content_type


def _ooxml(package: zipfile.ZipFile, names: list[str]) -> str:
    parts = [given for tag, given in _elements(package, "[Content_Types].xml") if tag in ("Override", "Default")]
    types = {given.get("ContentType", "") for given in parts}
    if any(_runs(content_type.lower()) for content_type in types) or any(_runs(name.lower()) for name in names):
        raise Unwelcome("macros")
    main = {
        _MAIN[given["ContentType"]]
        for given in parts
        if given.get("ContentType") in _MAIN and given.get("PartName", "").lstrip("/") in names
    }
    if len(main) != 1:
        raise Unwelcome("unknown")
    for name in names:
        if name.endswith(".rels") and any(_fetches(given) for _, given in _elements(package, name)):
            raise Unwelcome("remote")
    return main.pop()


def _runs(name: str) -> bool:
    return any(word in name for word in ("macroenabled", "vbaproject", "activex", "macrosheet"))


def _fetches(given: dict[str, str]) -> bool:
    """Say whether a relationship has something fetched from another machine; a template of one's own disk is none."""
    kind, target = given.get("Type", "").rpartition("/")[2], given.get("Target", "").strip().lower()
    return given.get("TargetMode") == "External" and kind in _FETCHED and target.startswith(_ELSEWHERE)


def _small(package: zipfile.ZipFile, name: str) -> bytes:
    with package.open(name) as member:
        content = member.read(_MOST_XML + 1)
    if len(content) > _MOST_XML:
        raise Unwelcome("bomb")
    return content


def _elements(package: zipfile.ZipFile, name: str) -> list[tuple[str, dict[str, str]]]:
    """Return the elements of an XML part, names without their namespace; one with a DTD of its own is refused."""
    found: list[tuple[str, dict[str, str]]] = []
    reader = expat.ParserCreate()

    def begin(tag: str, given: dict[str, str]) -> None:
        found.append((tag.rpartition(":")[2], given))

    def refuse(*_: object) -> None:
        raise Unwelcome("broken")

    reader.StartElementHandler = begin
    reader.StartDoctypeDeclHandler = refuse
    try:
        reader.Parse(_small(package, name), True)
    except expat.ExpatError:
        raise Unwelcome("broken") from None
    return found
