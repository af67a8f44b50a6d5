"""Saying that a page is still right."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.refusal import Refusal
from accounts.models import Person
from channels_app.models import Page
from channels_app.models.locks import hold_limits
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
    locked.checked_by, locked.checked_on = actor, today()
    locked.save(update_fields=["checked_by", "checked_on"])
