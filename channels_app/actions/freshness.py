"""Saying that a page is still right, and keeping who did so in time."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.refusal import Refusal
from accounts.models import Person
from channels_app.models import Page, PageCheck
from channels_app.models.locks import hold_limits
from channels_app.models.pages import due_for_review
from channels_app.queries.freshness import interval_of
from kam.lib.dates import today


@transaction.atomic
def check_page(*, actor: Person, page: Page, number: int) -> None:
    """Write down that `actor` has read revision `number` today and finds it right.

    Raises Refusal when the page has been saved or removed since: they have not read what stands there now.
    """
    hold_limits(page.account_id)
    locked = Page.objects.select_for_update(of=("self",)).get(pk=page.pk)
    if locked.removed_at is not None or locked.number != number:
        raise Refusal("changed", _("The page has changed since you opened it: read it, then say that it is right."))
    note_check(actor=actor, page=locked, day=today())
    locked.checked_by, locked.checked_on = actor, today()
    locked.save(update_fields=["checked_by", "checked_on"])


def note_check(*, actor: Person, page: Page, day: dt.date) -> None:
    """Keep that `actor` checks `page`, as it is before that, on `day`: in time or after its day had passed.

    A page that is never to be checked keeps nothing; of several checks on one day the first counts, since the others
    find a page that has just been checked.
    """
    due = due_for_review(page.checked_on, interval_of(page))
    if due is not None:
        check = PageCheck(page=page, person=actor, on=day, in_time=day < due)
        PageCheck.objects.bulk_create([check], ignore_conflicts=True)
