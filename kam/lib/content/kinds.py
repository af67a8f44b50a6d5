"""The kinds of files that are welcome, and the sentences that say why others are not."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Kind(StrEnum):
    """What a file is to people; size limits and serving go by it."""

    PICTURE = "picture"
    PDF = "pdf"
    OFFICE = "office"
    TEXT = "text"
    VIDEO = "video"


@dataclass(frozen=True)
class ContentType:
    """A type as the system knows it: the first extension is the one given to a name that has none of them."""

    kind: Kind
    extensions: tuple[str, ...]
    words: str | Promise


_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."
CONTENT_TYPES: dict[str, ContentType] = {
    "image/jpeg": ContentType(Kind.PICTURE, (".jpg", ".jpeg"), gettext_lazy("JPEG picture")),
    "image/png": ContentType(Kind.PICTURE, (".png",), gettext_lazy("PNG picture")),
    "image/gif": ContentType(Kind.PICTURE, (".gif",), gettext_lazy("GIF picture")),
    "image/webp": ContentType(Kind.PICTURE, (".webp",), gettext_lazy("WebP picture")),
    "application/pdf": ContentType(Kind.PDF, (".pdf",), gettext_lazy("PDF")),
    f"{_OOXML}wordprocessingml.document": ContentType(Kind.OFFICE, (".docx",), gettext_lazy("Word document")),
    f"{_OOXML}spreadsheetml.sheet": ContentType(Kind.OFFICE, (".xlsx",), gettext_lazy("Excel workbook")),
    f"{_OOXML}presentationml.presentation": ContentType(Kind.OFFICE, (".pptx",), gettext_lazy("PowerPoint slides")),
    f"{_ODF}text": ContentType(Kind.OFFICE, (".odt",), gettext_lazy("OpenDocument text")),
    f"{_ODF}spreadsheet": ContentType(Kind.OFFICE, (".ods",), gettext_lazy("OpenDocument spreadsheet")),
    f"{_ODF}presentation": ContentType(Kind.OFFICE, (".odp",), gettext_lazy("OpenDocument slides")),
    "text/plain": ContentType(Kind.TEXT, (".txt", ".md", ".log"), gettext_lazy("Plain text")),
    "text/csv": ContentType(Kind.TEXT, (".csv",), gettext_lazy("CSV table")),
    "video/mp4": ContentType(Kind.VIDEO, (".mp4", ".m4v"), gettext_lazy("MP4 video")),
    "video/quicktime": ContentType(Kind.VIDEO, (".mov",), gettext_lazy("MOV video")),
    "video/webm": ContentType(Kind.VIDEO, (".webm",), gettext_lazy("WebM video")),
}
# For the attribute `accept` of a file field. HEIC is left out on purpose: an iPhone then sends JPEG.
ACCEPT = ",".join([*CONTENT_TYPES, *(extension for one in CONTENT_TYPES.values() for extension in one.extensions)])


@dataclass(frozen=True)
class Found:
    """What a content is. `width` and `height` are a picture's, in points, as it is stored (not turned upright)."""

    content_type: str
    width: int | None = None
    height: int | None = None

    @property
    def kind(self) -> Kind:
        return CONTENT_TYPES[self.content_type].kind


def in_words(content_type: str) -> str:
    """Say to people what the type is; an unknown one as it is."""
    known = CONTENT_TYPES.get(content_type)
    return str(known.words) if known else content_type


def accepted() -> str:
    return _(
        "Pictures (JPEG, PNG, GIF, WebP), PDF, Word, Excel and PowerPoint files (docx, xlsx, pptx), OpenDocument, "
        "plain text, CSV and video (MP4, MOV, WebM) are accepted."
    )


_SENTENCES: dict[str, Callable[[], str]] = {
    "empty": lambda: _("The file is empty."),
    "unknown": lambda: _("Files of this kind are not accepted."),
    "web": lambda: _("Web pages, SVG drawings and other files that a browser would run are not accepted."),
    "program": lambda: _("Programs and scripts are not accepted."),
    "heic": lambda: _("HEIC pictures are not accepted: send the picture as JPEG."),
    "old_office": lambda: _(
        "Files of old Office versions and files with a password are not accepted: save it as docx, xlsx or pptx, "
        "without a password."
    ),
    "macros": lambda: _("The document holds macros: save it without them."),
    "remote": lambda: _(
        "The document fetches a part of itself from somewhere else when it is opened: save it as PDF instead."
    ),
    "archive": lambda: _("Zip and other packages are not accepted: add the files in it one by one."),
    "bomb": lambda: _("The document unpacks to far more than a document holds."),
    "broken": lambda: _("The file is damaged or cut short: save it again where it came from, and add the new copy."),
    "pixels": lambda: _("The picture is too large to be shown: make it smaller than 100 million points."),
    "malware": lambda: _("A virus was found in the file. It was not stored."),
}
# Sentences that say enough without the list of what is accepted.
_ENOUGH = {"empty", "heic", "old_office", "macros", "remote", "bomb", "broken", "pixels", "malware"}


class Unwelcome(Exception):
    """The content is not taken. `code` is for code, `message` says it to people, and what is accepted instead."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.message = _SENTENCES[code]() if code in _ENOUGH else f"{_SENTENCES[code]()} {accepted()}"
        super().__init__(self.message)
