"""The essentials that a superior writes above a page for their own people."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import signed_in
from accounts.actions.refusal import Refusal
from accounts.views.parts import Request
from channels_app.actions.essentials import remove_essential, write_essential
from channels_app.forms.pages import EssentialForm
from channels_app.queries.essentials import own_essential, writes_essentials
from channels_app.views.page_access import address_of, readable
from channels_app.views.parts import channel_page


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def page_essential(request: Request, customer_number: str, pk: int) -> HttpResponse:
    page, _writes = readable(request, customer_number, pk)
    if not writes_essentials(page.account.standing) or page.removed_at is not None:
        raise Http404
    own = own_essential(request.person, page)
    if request.method == "POST" and "remove" in request.POST:
        remove_essential(actor=request.person, page=page)
        messages.success(request, _("Your essentials have been removed."))
        return HttpResponseRedirect(address_of(page))
    form = EssentialForm(request.POST or None, initial={"text": own.text if own else "", "number": page.number})
    if request.method == "POST" and form.is_valid():
        try:
            write_essential(actor=request.person, page=page, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Your essentials now stand above the page for your people."))
            return HttpResponseRedirect(address_of(page))
    context = {"page": page, "form": form, "own": own, "back": address_of(page)}
    return channel_page(
        request,
        "channel/page_essential.html",
        page.account,
        context,
        section=page.section_id,
        status=422 if form.errors else 200,
    )


urlpatterns = [path("accounts/<str:customer_number>/pages/<int:pk>/essential/", page_essential, name="page_essential")]
