"""Throwing away what belongs to nothing: files of drafts that were given up, contents that no row names.

Safe at any time and to do again: whatever is young, or a draft still mentions, stays.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any, TypeVar

import structlog
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from channels_app.files import store
from channels_app.models import Draft, File, FileVersion
from channels_app.models.locks import hold_limits

logger = structlog.get_logger(__name__)
DRAFT_AGE = dt.timedelta(days=7)
CONTENT_AGE = dt.timedelta(days=1)
_AT_ONCE = 1000
T = TypeVar("T")


@dataclass(frozen=True)
class Cleaned:
    """What was thrown away, and the ids of versions whose content is not in the store: those need a backup."""

    files: int
    contents: int
    missing: tuple[int, ...]


def clean_files(now: dt.datetime | None = None, progress: Callable[[str, int, int], Any] | None = None) -> Cleaned:
    """Throw away files that no draft has mentioned for a week and contents without a row that are a day old."""
    now, say = now or timezone.now(), progress or (lambda *_: None)
    files = _abandoned(now - DRAFT_AGE, say)
    contents = _nameless(now - CONTENT_AGE, say)
    missing = tuple(_missing())
    if missing:
        logger.error("contents of files are missing", versions=list(missing))
    return Cleaned(files, contents, missing)


# --- files of drafts ------------------------------------------------------------------------------------------------
def _abandoned(before: dt.datetime, say: Callable[[str, int, int], Any]) -> int:
    # A message's wait with it for second eyes.
    old = list(File.objects.filter(attached_at=None, message=None, added_at__lt=before).values_list("pk", "account_id"))
    count = 0
    for number, (pk, account_id) in enumerate(old, 1):
        count += _throw_away(pk, account_id)
        say("drafts", number, len(old))
    return count


@transaction.atomic
def _throw_away(pk: int, account_id: int) -> bool:
    hold_limits(account_id)
    waiting = File.objects.filter(pk=pk, attached_at=None, message=None)
    file = waiting.select_for_update(of=("self",)).select_related("account").first()
    if file is None or _in_a_draft(file):
        return False
    names = [(str(version.content), str(version.preview_image)) for version in file.versions.all()]
    file.versions.all().delete()
    file.delete()
    transaction.on_commit(lambda: _remove(names))
    return True


def _in_a_draft(file: File) -> bool:
    address = reverse("file", args=[file.account.customer_number, file.pk])
    return Draft.objects.filter(Q(body__contains=address) | Q(fields__icontains=address), account=file.account).exists()


def _remove(names: Iterable[tuple[str, str]]) -> None:
    for content, preview in names:
        store.remove(content)
        if preview:
            store.remove_preview(preview)


# --- contents without a row, rows without a content -----------------------------------------------------------------
def _nameless(before: dt.datetime, say: Callable[[str, int, int], Any]) -> int:
    old = (name for name, written in store.stored() if written < before)
    count = seen = 0
    for names in _portions(old):
        for name in set(names) - _known(names):
            store.remove(name)
            count += 1
        seen += len(names)
        say("contents", seen, seen)
    return count


def _known(names: Collection[str]) -> set[str]:
    """Return those of the names that a row knows, those of small previews by their large ones."""
    large = {store.large(name) for name in names}
    rows = FileVersion.objects.filter(Q(content__in=large) | Q(preview_image__in=large))
    known = {name for row in rows.values_list("content", "preview_image") for name in row}
    return {name for name in names if store.large(name) in known}


def _missing() -> Iterator[int]:
    for versions in _portions(FileVersion.objects.order_by("pk").values_list("pk", "content").iterator()):
        yield from (pk for pk, content in versions if not store.exists(content))


def _portions(things: Iterable[T]) -> Iterator[list[T]]:
    iterator = iter(things)
    while portion := list(islice(iterator, _AT_ONCE)):
        yield portion
