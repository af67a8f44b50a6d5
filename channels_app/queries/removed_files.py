"""The removed files of a section, for those who may bring them back."""

from django.db.models import F

from accounts.models import Account
from channels_app.models import File, FileVersion
from channels_app.queries.files import Listed, listed


def removed_files(account: Account, section_id: int) -> list[Listed]:
    """Return the removed files of a section, its pages and contracts that the reader may see; the latest first.

    For somebody who edits. Files of a removed page come back with it and are not listed; whose a message's files are,
    its author says. One query.
    """
    removed = File.objects.within(account, account.standing.kinds).filter(section=section_id, removed_at__isnull=False)
    removed = removed.filter(attached_at__isnull=False, page__removed_at=None, message=None)
    latest = FileVersion.objects.filter(file__in=removed, number=F("file__number")).select_related("file", "added_by")
    return [listed(account, version) for version in latest.order_by("-file__removed_at", "-file_id")]
