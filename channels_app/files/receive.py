"""From an upload to a stored content: recognised, looked through for viruses, without traces, under a random name."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, cast

import structlog
from django.conf import settings
from django.core.files.base import File as Content
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from accounts.actions.refusal import Refusal
from channels_app.files import store
from kam.lib.clamd import ScannerDown, virus_in
from kam.lib.content import Found, Kind, Unwelcome, mended_name, recognise
from kam.lib.content.pictures import without_traces
from kam.lib.content.reading import chunks

logger = structlog.get_logger(__name__)
MB = 1024 * 1024


@dataclass(frozen=True)
class Received:
    """A content in the store: under which name, what it is called, what it is. `size` is in bytes."""

    content: str
    name: str
    found: Found
    size: int
    sha256: str


@contextmanager
def received(content: Content, name: str) -> Iterator[Received]:
    """Take an upload into the store; what the caller does not write down, because something is raised, is thrown away.

    Raises Refusal: too large, a kind that is not taken, a virus, a scanner that gives no verdict. Reads piece by piece.
    """
    size = content.size or 0
    _check_size(size, max(settings.FILES_MAX_MB, settings.FILES_VIDEO_MAX_MB))
    file = cast(IO[bytes], content)
    try:
        found = recognise(file, name)
    except Unwelcome as unwelcome:
        raise Refusal(unwelcome.code, unwelcome.message) from None
    _check_size(size, settings.FILES_VIDEO_MAX_MB if found.kind is Kind.VIDEO else settings.FILES_MAX_MB)
    _check_viruses(file)
    with tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as cleaned:
        kept = content
        if found.kind is Kind.PICTURE:
            without_traces(file, found.content_type, cast(IO[bytes], cleaned))
            kept = Content(cleaned)
            size = cleaned.tell()
        sha256 = _sum(kept)
        stored = store.put(kept)
    try:
        yield Received(stored, mended_name(name, found.content_type), found, size, sha256)
    except BaseException:
        store.remove(stored)
        raise


def _check_size(size: int, most: int) -> None:
    if size > most * MB:
        values = {"size": filesizeformat(size), "most": filesizeformat(most * MB)}
        raise Refusal("too_large", _("The file is %(size)s; the most is %(most)s.") % values)


def _check_viruses(file: IO[bytes]) -> None:
    if not settings.CLAMD_ADDRESS:
        return
    file.seek(0)
    try:
        virus = virus_in(chunks(file), settings.CLAMD_ADDRESS)
    except ScannerDown as down:
        logger.error("the virus scanner gives no verdict", reason=str(down))
        raise Refusal("scanner", _("The file cannot be checked for viruses right now: try again in a while.")) from None
    if virus:
        logger.warning("a virus was refused", virus=virus)
        raise Refusal("malware", Unwelcome("malware").message)


def _sum(content: Content) -> str:
    total = hashlib.sha256()
    content.seek(0)
    for chunk in chunks(cast(IO[bytes], content)):
        total.update(chunk)
    content.seek(0)
    return total.hexdigest()
