"""What somebody has written and not saved yet: kept as they type, one draft a person and page, until it is saved."""

from collections.abc import Collection
from typing import Any

from django.db import transaction

from accounts.models import Account, Person
from channels_app.models import Draft, Page


@transaction.atomic
def keep_draft(
    *,
    person: Person,
    account: Account,
    section_id: int,
    page: Page | None,
    title: str,
    body: str,
    based_on: int,
    fields: dict[str, Any] | None = None,
) -> Draft:
    """Keep the text as `person`'s draft of the page, or of a new one in the section; an earlier draft gives way.

    `body` is cleaned by the caller. `fields` are the form's other fields as they were typed.
    """
    kept, _ = Draft.objects.update_or_create(
        person=person,
        account=account,
        section_id=section_id,
        page=page,
        defaults={"title": title[:200], "body": body, "based_on": based_on, "fields": fields or {}},
    )
    return kept


@transaction.atomic
def hand_draft_over(*, person: Person, page: Page) -> None:
    """Let what `person` wrote for a new page in the section of `page` be their draft of that page.

    Where they have one of the page already, both stay.
    """
    drafts = Draft.objects.filter(person=person, account=page.account, section=page.section_id)
    if not drafts.filter(page=page).exists():
        drafts.filter(page=None).update(page=page)


def drop_draft(
    *, person: Person, account: Account, section_id: int, page: Page | None, based_on: Collection[int] | None = None
) -> None:
    """Throw away the person's draft; with `based_on`, only one that began from one of those revisions.

    So saving what one tab holds leaves the draft that another tab of before has kept.
    """
    drafts = Draft.objects.filter(person=person, account=account, section=section_id, page=page)
    if based_on is not None:
        drafts = drafts.filter(based_on__in=based_on)
    drafts.delete()
