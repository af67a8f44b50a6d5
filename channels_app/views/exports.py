"""The pages of a channel as a table for a spreadsheet program, for whoever edits them."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404
from django.http.response import HttpResponseBase
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts import audit
from accounts.access import account_for, edits, signed_in
from accounts.models import LedgerEntry
from accounts.views.admin.exports import workbook_response
from accounts.views.parts import Request
from channels_app.models import Page
from channels_app.queries.contents import Contents, contents_of
from channels_app.queries.freshness import freshness
from channels_app.queries.pages import is_memo, limit_names, pages_to_read, review_days, section_names
from kam.lib.dates import today


@require_safe
@signed_in
def pages_export(request: Request, customer_number: str) -> HttpResponseBase:
    """Hand out what pages there are, how fresh, and for whom; no texts. The ledger has it."""
    account = account_for(request.person, customer_number)
    if not edits(request.person, account):
        raise Http404
    contents = contents_of(account, account.standing)
    pages = [page for page in pages_to_read(account, contents) if not is_memo(page)]
    cause = {"what": "pages", "pages": len(pages), "limited": [page.pk for page in pages if page.audience is not None]}
    audit.record(LedgerEntry.Event.EXPORTED, actor=request.person, account=account, cause=cause)
    header = (
        _("Section"), _("Heading"), _("Contract"), _("Checked by"), _("Checked on"), _("To be checked by"),
        _("Limited to"), _("Address"),
    )  # fmt: skip
    return workbook_response(f"pages-{account.customer_number}", header, _rows(request, contents, pages))


def _rows(request: Request, contents: Contents, pages: list[Page]) -> Iterator[tuple[Any, ...]]:
    names = section_names(pages, contents)
    for page in pages:
        days = review_days(page, contents.line(page.section_id))
        yield (
            names[page.section_id],
            page.title,
            page.contract.number if page.contract else None,
            page.checked_by.name,
            page.checked_on,
            freshness(page.checked_on, days, today()).due,
            _limited_to(page),
            request.build_absolute_uri(reverse("page", args=[page.account.customer_number, page.pk])),
        )


def _limited_to(page: Page) -> str | None:
    return None if page.audience is None else ", ".join(limit_names(page.audience)) or _("director")


urlpatterns = [path("accounts/<str:customer_number>/pages/export/", pages_export, name="pages_export")]
