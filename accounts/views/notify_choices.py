"""How I hear of what happens, for all accounts and for single ones; what an account's e-mails may carry."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.access import Action, account_for, signed_in
from accounts.actions.notify_choices import choose_ways, let_mail_carry_content
from accounts.forms.notify_choices import WaysForm
from accounts.queries.accounts import my_accounts
from accounts.queries.notify_choices import ways_of
from accounts.views.parts import Request, render_page, text_in


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def notify_choices(request: Request) -> HttpResponse:
    number = text_in(request, "account")
    account = account_for(request.person, number) if number else None
    ways = ways_of(request.person)
    chosen = ways.at(account) if account else ways.everywhere
    form = WaysForm(request.POST or None, chosen=chosen, at_account=account is not None)
    if request.method == "POST" and form.is_valid():
        choose_ways(actor=request.person, ways=form.cleaned_data, account=account)
        messages.success(request, _("Your choice has been saved."))
        return redirect("notify_choices")
    context = {
        "form": form,
        "account": account,
        "ways": ways,
        "others": [one for one in my_accounts(request.person) if not ways.at(one)],
        "person": request.person,
    }
    return render_page(request, "accounts/notify_choices.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def account_mail(request: Request, customer_number: str) -> HttpResponse:
    account = account_for(request.person, customer_number, Action.MANAGE)
    if request.method == "POST":
        allowed = request.POST.get("content") == "1"
        if let_mail_carry_content(actor=request.person, account=account, allowed=allowed):
            text = (
                _("E-mails about the account carry their content from now on.")
                if allowed
                else _("E-mails about the account carry a subject and a link alone from now on.")
            )
            messages.success(request, text)
        return redirect(reverse("account_mail", args=[customer_number]))
    return render_page(request, "accounts/account_mail.html", {"account": account})


urlpatterns = [
    path("me/notices/", notify_choices, name="notify_choices"),
    path("accounts/<str:customer_number>/mail/", account_mail, name="account_mail"),
]
