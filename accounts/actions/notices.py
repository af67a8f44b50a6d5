"""What somebody does with their notices: reads one, or all."""

import datetime as dt

from django.utils import timezone

from accounts.models import Account, Notice, Person


def read_notice(notice: Notice, now: dt.datetime | None = None) -> None:
    """Set down that the notice has been read; the first time counts."""
    Notice.objects.filter(pk=notice.pk, read_at=None).update(read_at=now or timezone.now())


def read_all(*, actor: Person, account: Account | None = None, until: int, now: dt.datetime | None = None) -> int:
    """Mark what `actor` sees as read, up to the notice `until`, of `account` alone when given; return how many.

    What came after the list was opened has not been seen and stays unread.
    """
    unread = Notice.objects.visible_to(actor).unread().filter(pk__lte=until)
    if account:
        unread = unread.filter(account=account)
    return unread.update(read_at=now or timezone.now())
