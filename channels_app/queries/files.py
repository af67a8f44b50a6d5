"""Files as one reader sees them: lists for pages and sections, one file with its versions, and who may do what."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, F
from django.http import Http404
from django.urls import reverse

from accounts.access import Action, Standing, edits
from accounts.models import Account, Contract, Person
from channels_app.models import File, FileVersion, Page, SectionKind
from channels_app.queries.freshness import in_contents
from kam.lib.content import ACCEPT, CONTENT_TYPES, Kind, in_words

MB = 1024 * 1024


@dataclass(frozen=True)
class Listed:
    """A file in a list, by its latest version. `preview_url` is empty while there is none; `size` is in bytes."""

    pk: int
    name: str
    kind: Kind
    words: str
    size: int
    number: int
    url: str
    about_url: str
    preview_url: str
    added_by: str
    added_at: dt.datetime
    limited: bool

    @property
    def is_picture(self) -> bool:
        return self.kind is Kind.PICTURE

    @property
    def icon(self) -> str:
        return ICONS[self.kind]


ICONS = {
    Kind.PICTURE: "image",
    Kind.PDF: "file-earmark-pdf",
    Kind.OFFICE: "file-earmark-text",
    Kind.TEXT: "file-earmark-text",
    Kind.VIDEO: "film",
}


@dataclass(frozen=True)
class Upload:
    """Where files are added from a page: what the form of templates/channel/_upload.html needs. Sizes are in bytes."""

    url: str
    section_id: int
    page_id: int | None = None
    contract_id: int | None = None
    most: int = 0
    most_video: int = 0
    accept: str = ACCEPT


# --- who may --------------------------------------------------------------------------------------------------------
def may_add_to(person: Person, account: Account, page: Page | None = None) -> bool:
    """Say whether `person` adds files at the account: editors anywhere, whoever wrote a memo to that one.

    `account` carries the standing; whether they see the section or page is asked before.
    """
    return edits(person, account) or (page is not None and page.author_id == person.pk and is_memo(page))


def is_memo(page: Page) -> bool:
    return page.section.kind == SectionKind.MEMOS


def may_put_into_draft(person: Person, account: Account, kind: SectionKind, page: Page | None) -> bool:
    """Say whether `person` puts files into what they write there: memos are written by everybody who may write."""
    return may_add_to(person, account, page) or (
        page is None and kind is SectionKind.MEMOS and account.standing.may(Action.WRITE)
    )


def may_change(person: Person, account: Account, file: File) -> bool:
    """Say whether `person` adds versions to the file, removes it and brings it back; `file` comes from `file_for`.

    Nobody does in a section that was removed from the contents.
    """
    return file.in_contents and may_add_to(person, account, file.page)


# --- one file -------------------------------------------------------------------------------------------------------
def file_for(person: Person, account: Account, pk: int) -> File:
    """Return the file if `person` may see it now; raises Http404 otherwise, whatever the reason.

    One in a draft is its adder's alone; a removed one, or one of a removed page, its editors'.
    """
    stands = ExpressionWrapper(in_contents(), BooleanField())
    seen = File.objects.within(account, account.standing.kinds).annotate(in_contents=stands)
    file = seen.select_related("page__section", "section", "contract", "added_by").filter(pk=pk).first()
    if file is None or (file.attached_at is None and file.added_by_id != person.pk):
        raise Http404
    gone = file.removed_at or (file.page is not None and file.page.removed_at)
    if gone and not may_change(person, account, file):
        raise Http404
    file.account = account
    return file


def version_of(file: File, number: int | None = None) -> FileVersion:
    """Return the version of that number, the latest unless given; raises Http404."""
    version = file.versions.select_related("added_by").filter(number=file.number if number is None else number).first()
    if version is None:
        raise Http404
    return version


def versions_of(file: File) -> list[FileVersion]:
    """Return all versions, the latest first."""
    return list(file.versions.select_related("added_by"))


# --- lists ----------------------------------------------------------------------------------------------------------
def files_listed(
    account: Account,
    standing: Standing,
    *,
    section_id: int,
    page: Page | None = None,
    contract: Contract | None = None,
    removed: bool = False,
) -> list[Listed]:
    """Return the files of a page, of a contract, or else those of the section that belong to neither; one query."""
    seen = File.objects.within(account, standing.kinds).filter(attached_at__isnull=False, section=section_id)
    seen = seen.filter(removed_at__isnull=not removed, page=page)
    if page is None:
        seen = seen.filter(contract=contract)
    latest = FileVersion.objects.filter(file__in=seen, number=F("file__number")).select_related("file", "added_by")
    return [listed(account, version) for version in latest.order_by("file__name_key", "file_id")]


def listed(account: Account, version: FileVersion) -> Listed:
    """Return how the file of this version stands in a list."""
    file, number = version.file, account.customer_number
    has_preview = version.preview == FileVersion.Preview.MADE
    return Listed(
        pk=file.pk,
        name=file.name,
        kind=CONTENT_TYPES[version.content_type].kind,
        words=in_words(version.content_type),
        size=version.size,
        number=file.number,
        url=reverse("file", args=[number, file.pk]),
        about_url=reverse("file_page", args=[number, file.pk]),
        preview_url=reverse("file_preview", args=[number, file.pk]) if has_preview else "",
        added_by=version.added_by.name,
        added_at=version.added_at,
        limited=file.audience is not None,
    )


def upload_to(
    account: Account, *, section_id: int, page: Page | None = None, contract: Contract | None = None
) -> Upload:
    """Return what a page needs to draw the form that adds files there; whether it may, may_add_to says."""
    return Upload(
        reverse("file_upload", args=[account.customer_number]),
        section_id,
        page.pk if page else None,
        contract.pk if contract else None,
        settings.FILES_MAX_MB * MB,
        settings.FILES_VIDEO_MAX_MB * MB,
    )


def place_of(file: File) -> tuple[str, str]:
    """Return the title and address of where the file belongs: its page or memo, else its section ("" for its name)."""
    number = file.account.customer_number
    if file.page is not None:
        name = "memo" if file.section.kind == SectionKind.MEMOS else "page"
        return file.page.title, reverse(name, args=[number, file.page.pk])
    return "", reverse("section", args=[number, file.section_id])
