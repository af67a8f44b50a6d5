"""A file's name made fit to be stored, shown and sent: no path, nothing invisible, an extension that is true."""

import re
import unicodedata

from django.utils.translation import gettext as _

from kam.lib.content.kinds import CONTENT_TYPES

LONGEST = 150  # letters
LONGEST_BYTES = 240  # file systems stop at 255
# Controls, formatting (bidirectional marks among them), halves of surrogates, private and unknown letters, separators.
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
_FORBIDDEN = re.compile(r'[<>:"|?*%]+')
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|clock\$)(?=\.|$)", re.IGNORECASE)
_KNOWN = {extension for one in CONTENT_TYPES.values() for extension in one.extensions}


def mended_name(name: str, content_type: str) -> str:
    """Return `name` as it may be stored, ending as files of that type do; "file.pdf" when nothing is left of it."""
    stem, extension = _parted(_plain(name), CONTENT_TYPES[content_type].extensions)
    stem = stem.strip(" .") or _("file")
    if _RESERVED.match(stem):
        stem = f"_{stem}"
    stem = stem[: LONGEST - len(extension)]
    while len(f"{stem}{extension}".encode()) > LONGEST_BYTES:
        stem = stem[:-1]
    return f"{stem.rstrip(' .')}{extension}"


def is_named_csv(name: str) -> bool:
    """Say whether a text calls itself a table: nothing in its content tells the two apart."""
    return _plain(name).lower().endswith(".csv")


def _plain(name: str) -> str:
    name = unicodedata.normalize("NFC", name.encode("utf-8", "ignore").decode())
    name = re.split(r"[/\\]", name)[-1]
    name = "".join(letter for letter in name if unicodedata.category(letter) not in _INVISIBLE or letter in "\t\n\r")
    return _FORBIDDEN.sub("_", " ".join(name.split()))


def _parted(name: str, extensions: tuple[str, ...]) -> tuple[str, str]:
    stem, dot, end = name.rpartition(".")
    extension = f"{dot}{end}".lower()
    if extension in extensions:
        return stem, extension
    return (stem if extension in _KNOWN else name), extensions[0]
