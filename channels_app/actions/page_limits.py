"""Whom a page is limited to. Whoever may decide it (Action.MANAGE) is settled by the view."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from accounts import audit
from accounts.models import LedgerEntry, Person
from channels_app.actions.indexing import index_files, index_pages, index_tasks
from channels_app.models import Page, Task
from channels_app.models.locks import hold_limits


@transaction.atomic
def limit_page(*, actor: Person, page: Page, limit: Collection[str] | None) -> Page:
    """Limit the page to the kinds of `limit`, None to none but the section's, and write it to the ledger.

    Widening opens the latest revision alone: earlier ones stay with those who could see them (migration 0003).
    """
    hold_limits(page.account_id)
    locked: Page = Page.objects.select_for_update(of=("self",)).select_related("account").get(pk=page.pk)
    before, kinds = locked.limit, stored_limit(limit)
    if kinds == before:
        return locked
    locked.limit = kinds
    locked.save(update_fields=["limit"])
    locked.refresh_from_db(fields=["audience"])
    index_pages([locked.pk])
    index_files(list(locked.files.values_list("pk", flat=True)))
    index_tasks(list(Task.objects.filter(memo=locked.pk).values_list("pk", flat=True)))
    cause = {"what": "page limited", "page": locked.pk, "title": locked.title, "before": before, "after": locked.limit}
    audit.record(LedgerEntry.Event.EDITED, actor=actor, account=locked.account, cause=cause)
    return locked


def stored_limit(limit: Collection[str] | None) -> Any:
    """Return a page's limit as it is stored: each kind once, in one order."""
    return None if limit is None else sorted(set(limit))
