"""Whom a page is limited to: decided by the account's directors."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Action, signed_in
from accounts.views.parts import Request
from channels_app.actions.page_limits import limit_page
from channels_app.forms.pages import LimitForm, chosen_limit
from channels_app.queries.contents import contents_of
from channels_app.views.page_access import address_of, readable
from channels_app.views.parts import channel_page


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def page_limit(request: Request, customer_number: str, pk: int) -> HttpResponse:
    page, _writes = readable(request, customer_number, pk)
    account = page.account
    if not account.standing.may(Action.MANAGE):
        raise Http404
    form = LimitForm(request.POST or None, initial=chosen_limit(page.limit))
    if request.method == "POST" and form.is_valid():
        limit_page(actor=request.person, page=page, limit=form.cleaned_data["limit"])
        messages.success(request, _("Who sees the page has been decided anew."))
        return HttpResponseRedirect(address_of(page))
    contents = contents_of(account, account.standing)
    context = {"page": page, "form": form, "line": contents.line(page.section_id), "back": address_of(page)}
    return channel_page(
        request,
        "channel/page_limit.html",
        account,
        context,
        section=page.section_id,
        contents=contents,
        status=422 if form.errors else 200,
    )


urlpatterns = [path("accounts/<str:customer_number>/pages/<int:pk>/limit/", page_limit, name="page_limit")]
