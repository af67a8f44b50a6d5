"""A page's history: its revisions, one as it was, what differs between two, and bringing one back."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import signed_in
from accounts.actions.refusal import Refusal
from accounts.views.parts import Request, number_in
from channels_app.actions.pages import restore_revision
from channels_app.queries.revisions import pair_of, revision_of, revisions_of
from channels_app.views.page_access import address_of, readable, writable
from channels_app.views.parts import channel_page
from kam.lib.differences import differences

ON_A_PAGE = 50


@require_safe
@signed_in
def page_history(request: Request, customer_number: str, pk: int) -> HttpResponse:
    page, writes = readable(request, customer_number, pk)
    revisions = revisions_of(page).defer("body")
    page_obj = Paginator(revisions, ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "page_obj": page_obj, "writes": writes, "back": address_of(page)}
    return channel_page(request, "channel/history.html", page.account, context, section=page.section_id)


@require_safe
@signed_in
def page_revision(request: Request, customer_number: str, pk: int, number: int) -> HttpResponse:
    page, writes = readable(request, customer_number, pk)
    revision = revision_of(page, number)
    older = revisions_of(page).filter(number__lt=number).defer("body").first()
    context = {"page": page, "revision": revision, "older": older, "writes": writes, "back": address_of(page)}
    return channel_page(request, "channel/page_revision.html", page.account, context, section=page.section_id)


@require_safe
@signed_in
def page_differences(request: Request, customer_number: str, pk: int) -> HttpResponse:
    """Show what changed from revision `from` of the query string to revision `to`.

    Without `to` it is the latest one; without `from`, whatever came before `to`.
    """
    page, writes = readable(request, customer_number, pk)
    older, newer = pair_of(page, number_in(request, "from"), number_in(request, "to") or page.number)
    context = {
        "page": page,
        "older": older,
        "newer": newer,
        "difference": differences(older.body, newer.body),
        "writes": writes,
        "back": address_of(page),
    }
    return channel_page(request, "channel/differences.html", page.account, context, section=page.section_id)


@require_POST
@signed_in
def page_restore(request: Request, customer_number: str, pk: int, number: int) -> HttpResponse:
    page = writable(request, customer_number, pk)
    revision = revision_of(page, number)
    try:
        restore_revision(actor=request.person, page=page, revision=revision)
    except Refusal as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The earlier version is the page again; what stood there stays in the history."))
    return HttpResponseRedirect(address_of(page))


_PAGE = "accounts/<str:customer_number>/pages/<int:pk>/"
urlpatterns = [
    path(f"{_PAGE}history/", page_history, name="page_history"),
    path(f"{_PAGE}history/differences/", page_differences, name="page_differences"),
    path(f"{_PAGE}history/<int:number>/", page_revision, name="page_revision"),
    path(f"{_PAGE}history/<int:number>/restore/", page_restore, name="page_restore"),
]
