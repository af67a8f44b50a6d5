"""Reading a page; saying that it is still right; removing it and bringing it back."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from accounts.access import Action, edits, signed_in
from accounts.actions.refusal import Refusal
from accounts.models import Directorship
from accounts.queries.people import contacts_of
from accounts.views.parts import Request
from channels_app.actions.freshness import check_page
from channels_app.actions.removed_pages import bring_back_page, remove_page
from channels_app.queries.contents import contents_of
from channels_app.queries.essentials import essentials_for, writes_essentials
from channels_app.queries.files import files_listed, upload_to
from channels_app.queries.freshness import freshness
from channels_app.queries.pages import draft_saved_at, is_memo, limit_names, review_days
from channels_app.queries.questions import origin_of
from channels_app.views.page_access import address_of, number_posted, readable, writable
from channels_app.views.parts import channel_page
from kam.lib.dates import today


@require_safe
@signed_in
def page(request: Request, customer_number: str, pk: int) -> HttpResponse:
    page, writes = readable(request, customer_number, pk)
    if is_memo(page):
        return redirect("memo", customer_number, pk)
    account = page.account
    contents = contents_of(account, account.standing)
    line = contents.line(page.section_id)
    contacts = contacts_of(account, ())
    essentials = essentials_for(request.person, page)
    context = {
        "page": page,
        "line": line,
        "keeper": next((one for one in contacts if one.post == Directorship.Post.DIRECTOR), None),
        "fresh": freshness(page.checked_on, review_days(page, line), today()),
        "essentials": essentials,
        "own_essential": any(shown.own for shown in essentials),
        "limited_to": limit_names(page.audience),
        "writes_essentials": writes_essentials(account.standing),
        "files": files_listed(account, account.standing, section_id=page.section_id, page=page),
        "upload": upload_to(account, section_id=page.section_id, page=page) if writes and not page.removed_at else None,
        "draft_saved_at": draft_saved_at(request.person, page) if writes else None,
        "writes": writes,
        "manages": account.standing.may(Action.MANAGE),
        "origin": origin_of(account, page.pk),
        "today": today(),
    }
    return channel_page(request, "channel/page.html", account, context, section=page.section_id, contents=contents)


@require_POST
@signed_in
def checked(request: Request, customer_number: str, pk: int) -> HttpResponse:
    """Take "still right" from a page or from the list of what is to be checked."""
    page = writable(request, customer_number, pk)
    try:
        check_page(actor=request.person, page=page, number=number_posted(request, "number"))
    except Refusal as refusal:
        messages.error(request, refusal.message)
        away = HttpResponseClientRedirect if request.htmx else HttpResponseRedirect
        return away(address_of(page))
    if request.htmx:
        return render(request, "channel/_freshness_checked.html", {"page": page, "today": today()})
    messages.success(request, _("Marked as right, by you, today."))
    return redirect("freshness") if request.POST.get("back") == "freshness" else HttpResponseRedirect(address_of(page))


@require_POST
@signed_in
def remove(request: Request, customer_number: str, pk: int) -> HttpResponse:
    page = writable(request, customer_number, pk)
    remove_page(actor=request.person, page=page)
    messages.success(
        request, _("“%(title)s” has been removed. Whoever edits can bring it back.") % {"title": page.title}
    )
    if edits(request.person, page.account):
        return redirect("page", customer_number, pk) if not is_memo(page) else redirect("memos", customer_number)
    return redirect("account", customer_number)


@require_POST
@signed_in
def bring_back(request: Request, customer_number: str, pk: int) -> HttpResponse:
    page = writable(request, customer_number, pk)
    bring_back_page(actor=request.person, page=page)
    messages.success(request, _("“%(title)s” is back.") % {"title": page.title})
    return HttpResponseRedirect(address_of(page))


_PAGE = "accounts/<str:customer_number>/pages/<int:pk>/"
urlpatterns = [
    path(_PAGE, page, name="page"),
    path(f"{_PAGE}checked/", checked, name="page_checked"),
    path(f"{_PAGE}remove/", remove, name="page_remove"),
    path(f"{_PAGE}bring-back/", bring_back, name="page_bring_back"),
]
