"""How the views of pages get theirs: the account, the page in it, and whether the reader may change it."""

from django.http import Http404
from django.urls import reverse

from accounts.access import account_for, edits
from accounts.views.parts import Request
from channels_app.actions.openings import note_opening
from channels_app.models import Page
from channels_app.queries.pages import is_memo, may_write, page_of


def readable(request: Request, customer_number: str, pk: int) -> tuple[Page, bool]:
    """Fetch a page for its reader, and say whether they may write it; Http404 when they may not see it.

    That somebody opens a limited page goes into the ledger.
    """
    page, writes = _page(request, customer_number, pk)
    note_opening(person=request.person, account=page.account, what="page", thing_id=page.pk, audience=page.audience)
    return page, writes


def writable(request: Request, customer_number: str, pk: int) -> Page:
    """Fetch a page for whoever may write it; Http404 for everybody else."""
    page, writes = _page(request, customer_number, pk)
    if not writes:
        raise Http404
    return page


def _page(request: Request, customer_number: str, pk: int) -> tuple[Page, bool]:
    account = account_for(request.person, customer_number)
    may_edit = edits(request.person, account)
    page = page_of(account, pk, edits=may_edit)
    return page, may_write(request.person, page, edits=may_edit)


def address_of(page: Page) -> str:
    """Return where the page is read: a memo's text at the memo's address."""
    return reverse("memo" if is_memo(page) else "page", args=[page.account.customer_number, page.pk])


def number_posted(request: Request, name: str) -> int:
    """Return the number that was posted under `name`, 0 when there is none worth the name."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
