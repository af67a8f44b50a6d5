"""Removing a page, so that only whoever edits still finds it, and bringing it back."""

from django.db import transaction
from django.utils import timezone

from accounts.models import Person
from channels_app.actions.indexing import index_files, index_pages, index_tasks
from channels_app.models import Page, Task
from channels_app.models.locks import hold_limits


@transaction.atomic
def remove_page(*, actor: Person, page: Page) -> None:
    """Take the page, its files and tasks out of everybody's sight. Nothing is deleted; twice is once."""
    locked = _locked(page)
    if locked.removed_at is None:
        locked.removed_at, locked.removed_by = timezone.now(), actor
        _stored(locked)


@transaction.atomic
def bring_back_page(*, actor: Person, page: Page) -> None:
    """Put a removed page back where it was, as it was."""
    locked = _locked(page)
    if locked.removed_at is not None:
        locked.removed_at = locked.removed_by = None
        _stored(locked)


def _locked(page: Page) -> Page:
    hold_limits(page.account_id)
    locked: Page = Page.objects.select_for_update(of=("self",)).get(pk=page.pk)
    return locked


def _stored(page: Page) -> None:
    page.save(update_fields=["removed_at", "removed_by"])
    index_pages([page.pk])
    index_files(list(page.files.values_list("pk", flat=True)))
    index_tasks(list(Task.objects.filter(memo=page.pk).values_list("pk", flat=True)))
