"""A page's history: its revisions as far as the reader could have seen them when they were the latest."""

from django.db.models import QuerySet
from django.http import Http404

from channels_app.models import Page, Revision


def revisions_of(page: Page) -> QuerySet[Revision]:
    """Return the revisions of `page`, which the reader may see today, that they may see as well; the latest first.

    A revision that a limit kept from them while it was the latest stays kept from them (models.pages.Revision).
    """
    revisions: QuerySet[Revision] = Revision.objects.within(page.account, page.account.standing.kinds)
    return revisions.filter(page=page).select_related("author")


def revision_of(page: Page, number: int) -> Revision:
    """Fetch the revision of that number; raises Http404 when there is none, or none for the reader."""
    revision = revisions_of(page).filter(number=number).first()
    if revision is None:
        raise Http404
    return revision


def pair_of(page: Page, older: int | None, newer: int) -> tuple[Revision, Revision]:
    """Fetch two revisions, the older first whatever the order they are asked in; raises Http404 as `revision_of`.

    Without `older`, the one that the reader sees before `newer`.
    """
    if older is None:
        before = revisions_of(page).filter(number__lt=newer).first()
        older = before.number if before else 0
    found = {one.number: one for one in revisions_of(page).filter(number__in=(older, newer))}
    if set(found) != {older, newer}:
        raise Http404
    return found[min(older, newer)], found[max(older, newer)]
