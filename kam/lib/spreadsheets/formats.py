"""What a file is, told by its first bytes: names lie, and a wrong guess would read rubbish as data."""

from enum import StrEnum
from mmap import ACCESS_READ, mmap
from pathlib import Path

from kam.lib.spreadsheets.faults import Unreadable

MAX_BYTES = 256 * 1024 * 1024
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
BINARY = (
    b"%PDF",
    b"PK\x05\x06",  # a zip archive without anything in it
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"\x1f\x8b",
    b"7z\xbc\xaf\x27\x1c",
    b"Rar!",
    b"\x7fELF",
    b"MZ\x90",
    b"{\\rtf",
    b"SQLite format 3\x00",
    b"\xff\xfe\x00\x00",  # UTF-32: no office program writes it
    b"\x00\x00\xfe\xff",
)


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


def sniff(path: Path) -> Format:
    """The format of the file at `path`.

    Raises Unreadable: `empty`, `too_large`, `encrypted`, `old_excel`, `web_page`, `not_a_table`.
    """
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise Unreadable("too_large", megabytes=str(MAX_BYTES // 1024 // 1024))
    with path.open("rb") as file:
        head = file.read(65536)
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise Unreadable("empty")
    if head.startswith(ZIP):
        return Format.XLSX
    if head.startswith(OLE):
        raise Unreadable("encrypted" if _holds_encrypted_package(path) else "old_excel")
    if head.startswith(BINARY):
        raise Unreadable("not_a_table")
    if _looks_like_markup(head):
        raise Unreadable("web_page")
    return Format.CSV


def _holds_encrypted_package(path: Path) -> bool:
    """A workbook with a password is an OLE container whose directory names this stream, in UTF-16."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        return content.find("EncryptedPackage".encode("utf-16-le")) >= 0


def _looks_like_markup(head: bytes) -> bool:
    """Reporting tools like to save an HTML or XML table under the name `.xls`."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:64].lower()
    return start.startswith((b"<html", b"<!doctype", b"<?xml", b"<table", b"<meta", b"<style"))
