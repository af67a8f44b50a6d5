"""Adding files and new versions of them, removing and bringing back. A content is stored before its row is written.

Who may is settled by the view (queries/files.py: may_add_to, may_change).
"""

from django.conf import settings
from django.core.files.base import File as Content
from django.db import connection, transaction
from django.db.models import Sum
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.refusal import Refusal
from accounts.jobs import enqueue
from accounts.models import Account, Contract, Person
from channels_app.actions.indexing import index_files
from channels_app.files import store
from channels_app.files.receive import MB, Received, received
from channels_app.models import File, FileVersion, Page
from channels_app.models.locks import hold_limits
from channels_app.queries.files import is_read
from kam.lib.content import Kind

PREVIEW_JOB = "file_preview"
_DRAWN = (Kind.PICTURE, Kind.PDF)


def add_file(
    *,
    actor: Person,
    account: Account,
    section_id: int,
    content: Content,
    name: str,
    page: Page | None = None,
    contract: Contract | None = None,
    attached: bool = True,
) -> File:
    """Add a file to a section of the account, to a page there, or to one of its contracts.

    Not `attached` it belongs to nothing yet: it was put into a draft and is its adder's alone until the page is saved.
    Raises Refusal for what channels_app/files/receive.py does not take, a full account, a page or contract elsewhere.
    """
    _check_room(account, content.size or 0)
    with received(content, name) as taken, transaction.atomic():
        hold_limits(account.pk)
        _hold_room(account, taken.size)
        _check_place(account, section_id, page, contract)
        file = File.objects.create(
            account=account,
            section_id=section_id,
            page=page,
            contract=contract,
            name=taken.name,
            added_by=actor,
            attached_at=timezone.now() if attached else None,
        )
        _add_version(file, actor, taken)
        index_files([file.pk])
    return file


def add_version(*, actor: Person, file: File, content: Content, name: str) -> FileVersion:
    """Add a content as the file's latest version; the earlier ones stay. The file takes the new one's name.

    Raises Refusal as `add_file` does, and for a removed file.
    """
    _check_room(file.account, content.size or 0)
    with received(content, name) as taken, transaction.atomic():
        file = _held(file)
        _hold_room(file.account, taken.size)
        version = _add_version(file, actor, taken)
        index_files([file.pk])
    return version


def bring_version_back(*, actor: Person, file: File, number: int) -> FileVersion:
    """Make an earlier version the latest: a new version with its content. Raises Refusal when there is none such."""
    with transaction.atomic():
        file = _held(file)
        earlier = file.versions.filter(number=number).exclude(number=file.number).first()
        if earlier is None:
            raise Refusal("version", _("This is the latest version already."))
        _hold_room(file.account, earlier.size)
        with store.opened(str(earlier.content)) as content:
            copied = store.put(Content(content))
        try:
            version = _copy_version(file, actor, earlier, copied)
            index_files([file.pk])
        except BaseException:
            store.remove(copied)
            raise
    return version


@transaction.atomic
def remove_file(*, actor: Person, file: File) -> None:
    """Take the file out of sight; its content stays, editors may bring it back. Twice is once."""
    hold_limits(file.account_id)
    File.objects.filter(pk=file.pk, removed_at=None).update(removed_at=timezone.now(), removed_by=actor)
    index_files([file.pk])


@transaction.atomic
def bring_file_back(*, file: File) -> None:
    """Put a removed file back into sight."""
    hold_limits(file.account_id)
    File.objects.filter(pk=file.pk).update(removed_at=None, removed_by=None)
    index_files([file.pk])


def _held(file: File) -> File:
    """Return the file as it is now, locked, to be given a version; raises Refusal when it takes none any more."""
    hold_limits(file.account_id)
    held = File.objects.select_for_update(no_key=True, of=("self",)).select_related("account").get(pk=file.pk)
    if held.removed_at:
        raise Refusal("removed", _("The file has been removed."))
    if is_read(held):
        raise Refusal("read", _("The file has gone out with a message. Mend the message and add the new file there."))
    return held


def _add_version(file: File, actor: Person, taken: Received) -> FileVersion:
    drawn = taken.found.kind in _DRAWN
    version = FileVersion(
        content=taken.content,
        name=taken.name,
        size=taken.size,
        sha256=taken.sha256,
        content_type=taken.found.content_type,
        width=taken.found.width,
        height=taken.found.height,
        preview=FileVersion.Preview.WAITING if drawn else FileVersion.Preview.NONE,
    )
    return _put(file, actor, version)


def _copy_version(file: File, actor: Person, earlier: FileVersion, content: str) -> FileVersion:
    drawn = earlier.preview != FileVersion.Preview.NONE
    version = FileVersion(
        content=content,
        name=earlier.name,
        size=earlier.size,
        sha256=earlier.sha256,
        content_type=earlier.content_type,
        width=earlier.width,
        height=earlier.height,
        preview=FileVersion.Preview.WAITING if drawn else FileVersion.Preview.NONE,
    )
    return _put(file, actor, version)


def _put(file: File, actor: Person, version: FileVersion) -> FileVersion:
    file.number, file.name = file.number + 1, version.name
    file.save(update_fields=["number", "name"])
    version.file, version.number, version.added_by = file, file.number, actor
    version.save()
    if version.preview == FileVersion.Preview.WAITING:
        enqueue(PREVIEW_JOB, f"{version.pk}", {"version": version.pk}, created_by=actor)
    return version


def _check_place(account: Account, section_id: int, page: Page | None, contract: Contract | None) -> None:
    if page is not None and (page.account_id, page.section_id) != (account.pk, section_id):
        raise Refusal("page", _("Choose a page of this account."))
    if contract is not None and contract.account_id != account.pk:
        raise Refusal("contract", _("Choose a contract of this account."))


# --- how much an account holds --------------------------------------------------------------------------------------
_ROOM_LOCK = 0x46494C45  # this lock's own number among PostgreSQL's advisory locks


def _hold_room(account: Account, size: int) -> None:
    """Let one write at a time count what the account holds, until its transaction ends; Refusal when it is full."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_ROOM_LOCK, account.pk % 2**31])
    _check_room(account, size)


def _check_room(account: Account, size: int) -> None:
    held = FileVersion.objects.filter(file__account=account).aggregate(sum=Sum("size"))["sum"] or 0
    room = settings.FILES_QUOTA_MB * MB
    if held + size > room:
        values = {"size": filesizeformat(size), "held": filesizeformat(held), "room": filesizeformat(room)}
        raise Refusal(
            "full",
            _("The account's files take %(held)s of %(room)s: there is no room for %(size)s more.") % values,
        )
