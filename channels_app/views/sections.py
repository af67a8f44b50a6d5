"""A section of the table of contents, whatever it holds."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from accounts.access import account_for, signed_in
from accounts.views.parts import Request
from channels_app.queries.contents import contents_of
from channels_app.views.parts import channel_page, section_in


@require_safe
@signed_in
def section(request: Request, customer_number: str, section_id: int) -> HttpResponse:
    account = account_for(request.person, customer_number)
    contents = contents_of(account, account.standing)
    line = section_in(contents, section_id)
    return channel_page(request, "channel/section.html", account, {"line": line}, section=line, contents=contents)


urlpatterns = [path("accounts/<str:customer_number>/sections/<int:section_id>/", section, name="section")]
