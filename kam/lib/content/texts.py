"""Plain text and CSV. Text that some program would run instead of showing is none."""

import codecs
import re
from typing import IO

from kam.lib.content.kinds import Found, Unwelcome
from kam.lib.content.names import is_named_csv
from kam.lib.content.reading import chunks

_HEAD = 4096  # browsers that guess types look at the first 1,445 bytes
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_NOT_WINDOWS_1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_MARKUP = re.compile(
    rb"\A\s*<[a-z!?/%]|<\?(php|xml|=)|<(!doctype|html|head|body|script|svg|iframe|object|embed|hta:|img|meta|style)\b"
    rb"|^mime-version:|^content-type:\s*(multipart|text/html)|^content-location:|^from: <saved by",
    re.IGNORECASE | re.MULTILINE,
)
_RUN = re.compile(
    rb"\A\s*(#!|\[internetshortcut\]|\[desktop entry\]|windows registry editor|@echo off\b)", re.IGNORECASE
)


def text(file: IO[bytes], name: str) -> Found:
    """Return text/plain or text/csv for UTF-8 and Western European text; raises Unwelcome for anything else."""
    file.seek(0)
    head = file.read(_HEAD).removeprefix(codecs.BOM_UTF8)
    if _RUN.search(head):
        raise Unwelcome("program")
    if head.lstrip().startswith(b"{\\rtf"):
        raise Unwelcome("unknown")
    if _MARKUP.search(head):
        raise Unwelcome("web")
    _check_letters(file)
    return Found("text/csv" if is_named_csv(name) else "text/plain")


def _check_letters(file: IO[bytes]) -> None:
    decoder, utf8 = codecs.getincrementaldecoder("utf-8")(), True
    western = True
    file.seek(0)
    for chunk in chunks(file):
        if _CONTROL.search(chunk):
            raise Unwelcome("unknown")
        western = western and not _NOT_WINDOWS_1252.search(chunk)
        if utf8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                utf8 = False
        if not (utf8 or western):
            raise Unwelcome("unknown")
