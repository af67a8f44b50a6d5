"""Writing pages: every save is a revision, based on the one it was written over; whoever comes second is asked.

Whoever may write (access.edits, for a memo also its author) is settled by the view that fetches the page.
"""

import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actions.refusal import Refusal
from accounts.models import Account, Contract, Person
from channels_app.actions.drafts import drop_draft, keep_draft
from channels_app.actions.freshness import note_check
from channels_app.actions.indexing import index_files, index_pages
from channels_app.actions.page_limits import stored_limit
from channels_app.models import Draft, File, Page, Revision
from channels_app.models.locks import hold_limits
from kam.lib.html import clean


@dataclass(frozen=True)
class Facts:
    """What a page says of itself beside its text: the contract it is about, how often it is to be checked (days)."""

    contract: Contract | None
    review_days: int | None


class Conflict(Exception):
    """Somebody saved `latest` after the revision that `written` is based on. Nothing was overwritten."""

    def __init__(self, latest: Revision, written: "Written") -> None:
        super().__init__(f"revision {latest.number} came in between")
        self.latest = latest
        self.written = written


@dataclass(frozen=True)
class Written:
    """What somebody wrote over a revision of a page: title, clean body, what they say has changed, changed facts."""

    title: str
    body: str
    based_on: int
    note: str = ""
    facts: Facts | None = None


def create_page(
    *,
    actor: Person,
    account: Account,
    section_id: int,
    title: str,
    body: str,
    contract: Contract | None = None,
    limit: Collection[str] | None = None,
    review_days: int | None = None,
    from_draft: bool = True,
    now: dt.datetime | None = None,
) -> Page:
    """Write a new page with its revision 1 and take the files that its author put into it; the draft is gone.

    Unless it does not come `from_draft`: then what its author has begun to write there stays. Raises Refusal when it
    has no title, or the contract is another account's.
    """
    with transaction.atomic():
        hold_limits(account.pk)
        now = now or timezone.now()
        page = Page(account=account, section_id=section_id, author=actor, created_at=now)
        _state(page, Facts(contract, review_days))
        page.limit = stored_limit(limit)
        _put(page, actor, Written(_named(title), cleaned(account, body), 0), now)
        if from_draft:
            drop_draft(person=actor, account=account, section_id=section_id, page=None, based_on={0})
    return page


def save_page(
    *,
    actor: Person,
    page: Page,
    title: str,
    body: str,
    based_on: int,
    note: str = "",
    facts: Facts | None = None,
    began_from: int | None = None,
    now: dt.datetime | None = None,
) -> Page:
    """Save what `actor` wrote over revision `based_on` as the page's next revision, and return the page as it is now.

    Raises Conflict when `based_on` is not the latest any more: the text is then kept as the actor's draft. Within a
    transaction of the caller's, the caller keeps it by `keep_conflict` after that has been rolled back. `began_from` is
    the revision that a draft began from, when the actor has decided since about a later one. `facts` stay as they are
    unless given. Raises Refusal without a title and for a removed page.
    """
    written = Written(_named(title), cleaned(page.account, body), based_on, note.strip()[:200], facts)
    try:
        return _save(actor, page, written, began_from, now or timezone.now())
    except Conflict as conflict:
        keep_conflict(actor=actor, page=page, conflict=conflict)
        raise


def keep_conflict(*, actor: Person, page: Page, conflict: Conflict) -> Draft:
    """Keep the text that came second as its author's draft, with what its form held beside it."""
    written = conflict.written
    fields: dict[str, Any] = {"note": written.note}
    if written.facts is not None:
        contract, review_days = written.facts.contract, written.facts.review_days
        fields |= {"contract": str(contract.pk) if contract else "", "review_days": str(review_days or "")}
    return keep_draft(
        person=actor,
        account=page.account,
        section_id=page.section_id,
        page=page,
        title=written.title,
        body=written.body,
        based_on=written.based_on,
        fields=fields,
    )


def restore_revision(*, actor: Person, page: Page, revision: Revision, now: dt.datetime | None = None) -> Page:
    """Make the title and text of an earlier revision the page's latest one; what was there stays in the history.

    Raises Refusal for the latest revision itself and for a removed page.
    """
    with transaction.atomic():
        page = _locked(page)
        if revision.number == page.number:
            raise Refusal("latest", _("This is how the page reads now."))
        written = Written(revision.title, cleaned(page.account, revision.body), page.number)
        now = now or timezone.now()
        note_check(actor=actor, page=page, day=_day_of(now))
        return _put(page, actor, written, now, restored_from=revision.number)


def own_files(account: Account) -> re.Pattern[str]:
    """Return what the addresses of the account's files look like, content and page alike; the group is the number."""
    return re.compile(rf"/accounts/{re.escape(account.customer_number)}/files/([0-9]{{1,18}})/(?:about/)?")


def cleaned(account: Account, body: str) -> str:
    """Return `body` without whatever a page may not hold; pictures and files stay if they are the account's."""
    return clean(body, files=own_files(account))


def _named(title: str) -> str:
    title = " ".join(title.split())[:200]
    if not title:
        raise Refusal("no_title", _("Give the page a title."))
    return title


@transaction.atomic
def _save(actor: Person, page: Page, written: Written, began_from: int | None, now: dt.datetime) -> Page:
    page = _locked(page)
    if page.number != written.based_on:
        raise Conflict(page.revisions.select_related("author").get(number=page.number), written)
    note_check(actor=actor, page=page, day=_day_of(now))  # by the interval that held until now
    if written.facts is not None:
        _state(page, written.facts)
    _put(page, actor, written, now)
    begun = {written.based_on} if began_from is None else {written.based_on, began_from}
    drop_draft(person=actor, account=page.account, section_id=page.section_id, page=page, based_on=begun)
    return page


def _state(page: Page, facts: Facts) -> None:
    if facts.contract is not None and facts.contract.account_id != page.account_id:
        raise Refusal("contract", _("Choose a contract of this account."))
    page.contract, page.review_days = facts.contract, facts.review_days


def _locked(page: Page) -> Page:
    hold_limits(page.account_id)
    locked: Page = Page.objects.select_for_update(of=("self",)).select_related("account").get(pk=page.pk)
    if locked.removed_at is not None:
        raise Refusal("removed", _("The page has been removed. Bring it back before changing it."))
    return locked


def _put(page: Page, actor: Person, written: Written, now: dt.datetime, restored_from: int | None = None) -> Page:
    """Write the page and its next revision, take its files, tell the search."""
    page.title, page.body = written.title, written.body
    page.number += 1
    page.changed_by, page.changed_at = actor, now
    page.checked_by, page.checked_on = actor, _day_of(now)
    page.save()
    page.refresh_from_db(fields=["audience"])
    Revision.objects.create(
        page=page,
        number=page.number,
        title=page.title,
        body=page.body,
        note=written.note,
        author=actor,
        saved_at=now,
        restored_from=restored_from,
    )
    _take_files(page, actor, now)
    index_pages([page.pk])
    return page


def _day_of(now: dt.datetime) -> dt.date:
    """Return the day that `now` is in, in Helsinki."""
    return timezone.localdate(now, timezone.get_default_timezone())


def _take_files(page: Page, actor: Person, now: dt.datetime) -> None:
    """Let the files that the actor put into the text while writing it belong to the page.

    Whatever belongs to something already stays there: its readers may be fewer, or more, than the page's.
    """
    named = {int(number) for number in own_files(page.account).findall(page.body)}
    if named:
        waiting = File.objects.filter(pk__in=named, account=page.account_id, section=page.section_id)
        waiting = waiting.filter(page=None, contract=None, attached_at=None, removed_at=None, added_by=actor)
        taken = list(waiting.select_for_update().values_list("pk", flat=True))
        File.objects.filter(pk__in=taken).update(page=page, attached_at=now)
        index_files(taken)
