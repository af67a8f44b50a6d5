"""Files as one reader sees them: lists for pages and sections, one file with its versions, and who may do what."""

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, Q, QuerySet
from django.http import Http404
from django.urls import reverse

from accounts.access import Action, Extent, Standing, edits
from accounts.models import Account, Contract, Person
from accounts.queries.within import rows_within
from channels_app.models import File, FileVersion, Message, MessageKind, Page, SectionKind
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


# Where everybody who may write does: whose words need no editor.
EVERYBODYS = (SectionKind.MEMOS, SectionKind.MESSAGES, SectionKind.QUESTIONS, SectionKind.FEEDBACK)


def may_put_into_draft(person: Person, account: Account, kind: SectionKind, page: Page | None) -> bool:
    """Say whether `person` puts files into what they write there: memos and messages are written by everybody."""
    return may_add_to(person, account, page) or (
        page is None and kind in EVERYBODYS and account.standing.may(Action.WRITE)
    )


def may_change(person: Person, account: Account, file: File) -> bool:
    """Say whether `person` adds versions to the file, removes it and brings it back; `file` comes from `file_for`.

    Nobody does in a section that was removed from the contents. A message's file is whoever's who added it: the others
    have read it as it is.
    """
    if file.message_id is not None:
        return file.in_contents and file.added_by_id == person.pk
    return file.in_contents and may_add_to(person, account, file.page)


def is_read(file: File) -> bool:
    """Say whether the file went out with a message: whoever read or approved that did so with this content."""
    return file.message_id is not None and file.attached_at is not None


# --- one file -------------------------------------------------------------------------------------------------------
def file_for(person: Person, account: Account, pk: int) -> File:
    """Return the file if `person` may see it now; raises Http404 otherwise, whatever the reason.

    One in a draft is its adder's alone; a removed one, or one of a removed page, its editors'. A message's is seen as
    the message is: one that waits for second eyes with it by who may approve, one of a withdrawn message or a removed
    reply by its author and them.
    """
    stands = ExpressionWrapper(in_contents(), BooleanField())
    seen = File.objects.filter(Q(pk__in=_within(account, person)), account=account).annotate(in_contents=stands)
    seen = seen.select_related("page__section", "section", "contract", "added_by", "message", "reply")
    file = seen.filter(pk=pk).first()
    if file is None or not (_is_shown(file) or file.added_by_id == person.pk or _is_decided_by(account, file)):
        raise Http404
    gone = file.removed_at or (file.page is not None and file.page.removed_at)
    if gone and not may_change(person, account, file):
        raise Http404
    file.account = account
    return file


def _within(account: Account, person: Person) -> QuerySet[File, int]:
    """Return the ids of the files within the reader's limits, and of those of their own feedback, which is not."""
    messages = Message.objects.seen_in(account, account.standing.kinds, person).filter(kind=MessageKind.FEEDBACK)
    own = File.objects.filter(message__in=messages)
    return (File.objects.within(account, account.standing.kinds) | own).values_list("pk", flat=True)


def _is_shown(file: File) -> bool:
    """Say whether all within its limits see it: not that of a draft, a withdrawn message or a removed reply."""
    withdrawn = file.message is not None and file.message.withdrawn_at is not None
    removed = file.reply is not None and file.reply.removed_at is not None
    return file.attached_at is not None and not withdrawn and not removed


def _is_decided_by(account: Account, file: File) -> bool:
    return file.message is not None and account.standing.extent(Action.ANNOUNCE) is Extent.ALL


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
    of = "page_id = %(page)s" if page else "page_id IS NULL AND f.contract_id IS NOT DISTINCT FROM %(contract)s::bigint"
    sql = f"{_FILES_SQL} AND f.removed_at IS {'NOT' if removed else ''} NULL AND f.{of} ORDER BY f.name_key, f.id"
    values = {"section": section_id, "page": page and page.pk, "contract": contract and contract.pk}
    return [_listed(account, *row) for row in rows_within(sql, account, standing, **values)]


_FILES_SQL = """
SELECT f.id, f.name, f.number, f.audience IS NOT NULL, v.content_type, v.size, v.preview,
    btrim(who.first_name || ' ' || who.last_name), v.added_at
FROM channels_app_file f
JOIN channels_app_fileversion v ON v.file_id = f.id AND v.number = f.number
JOIN accounts_person who ON who.id = v.added_by_id
WHERE f.account_id = %(account)s AND (f.audience IS NULL OR f.audience && %(kinds)s::varchar[])
    AND f.attached_at IS NOT NULL AND f.section_id = %(section)s"""


def listed(account: Account, version: FileVersion) -> Listed:
    """Return how the file of this version stands in a list."""
    file = version.file
    return _listed(
        account,
        file.pk,
        file.name,
        file.number,
        file.audience is not None,
        version.content_type,
        version.size,
        version.preview,
        version.added_by.name,
        version.added_at,
    )


def _listed(
    account: Account,
    pk: int,
    name: str,
    number: int,
    limited: bool,
    content_type: str,
    size: int,
    preview: str,
    added_by: str,
    added_at: dt.datetime,
) -> Listed:
    where = [account.customer_number, pk]
    return Listed(
        pk=pk,
        name=name,
        kind=CONTENT_TYPES[content_type].kind,
        words=in_words(content_type),
        size=size,
        number=number,
        url=reverse("file", args=where),
        about_url=reverse("file_page", args=where),
        preview_url=reverse("file_preview", args=where) if preview == FileVersion.Preview.MADE else "",
        added_by=added_by,
        added_at=added_at,
        limited=limited,
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
    if file.message is not None:
        name = "question" if file.message.kind == MessageKind.QUESTION else "message"
        return file.message.subject, reverse(name, args=[number, file.message.pk])
    if file.page is not None:
        name = "memo" if file.section.kind == SectionKind.MEMOS else "page"
        return file.page.title, reverse(name, args=[number, file.page.pk])
    return "", reverse("section", args=[number, file.section_id])
