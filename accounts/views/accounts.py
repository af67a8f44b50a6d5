"""The list of accounts from A to Ö."""

from django.http import HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from accounts.access import signed_in
from accounts.queries.accounts import list_accounts
from accounts.views.parts import Request, render_page, text_in


@require_safe
@signed_in
def account_list(request: Request) -> HttpResponse:
    words = text_in(request, "q")
    context = {"accounts": list_accounts(request.person, words), "q": words}
    return render_page(request, "accounts/list.html", context, part="account-lines")


urlpatterns = [
    path("accounts/", account_list, name="accounts"),
]
