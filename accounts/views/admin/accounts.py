"""Accounts by hand: their data, contracts, directors and deputies."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import administrator_required
from accounts.actions import accounts as actions
from accounts.actions.refusal import Refusal
from accounts.forms.admin.accounts import AccountForm, ContractForm, DirectorForm, EndForm
from accounts.models import Account, Contract, Directorship
from accounts.queries.admin.accounts import account_lines, account_page
from accounts.views.parts import Request, render_page, text_in
from kam.lib.dates import first_day, today


@require_safe
@administrator_required
def admin_accounts(request: Request) -> HttpResponse:
    words = text_in(request, "q")
    context = {"lines": account_lines(words), "words": words}
    return render_page(request, "accounts/admin/accounts.html", context, part="accounts")


def the_account(customer_number: str) -> Account:
    """Fetch an account for its administration; nothing of its content is reached from it."""
    return get_object_or_404(Account, customer_number=customer_number)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def account_new(request: Request) -> HttpResponse:
    form = AccountForm(request.POST or None)
    if (made := _saved(request, form, None)) is not None:
        messages.success(request, _("The account is there. Add its contract and its director."))
        return redirect("admin_account", made.customer_number)
    context = {"form": form}
    return render(request, "accounts/admin/account_new.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def admin_account(request: Request, customer_number: str) -> HttpResponse:
    """One account; the form posted here changes its data."""
    account = the_account(customer_number)
    form = AccountForm(request.POST or None, initial={name: getattr(account, name) for name in actions.FIELDS})
    if (saved := _saved(request, form, account)) is not None:
        messages.success(request, _("Saved."))
        return redirect("admin_account", saved.customer_number)
    return _page(request, account, form=form if form.is_bound else None)


def _saved(request: Request, form: AccountForm, account: Account | None) -> Account | None:
    if not form.is_valid():
        return None
    try:
        return actions.save_account(actor=request.person, account=account, **form.cleaned_data)
    except Refusal as refusal:
        form.add_error("customer_number", refusal.message)
        return None


def _page(
    request: Request, account: Account, *, form: AccountForm | None = None, director_form: DirectorForm | None = None
) -> HttpResponse:
    facts = account_page(account)
    begins = [day for contract in facts.contracts if (day := first_day(contract.period))]
    first = min(begins, default=today()) if not facts.directorships else today()
    context = {
        "account": account,
        "facts": facts,
        "form": form or AccountForm(initial={name: getattr(account, name) for name in actions.FIELDS}),
        "director_form": director_form or DirectorForm(initial={"first_day": first}, auto_id="director-%s"),
        "today": today(),
    }
    return render(request, "accounts/admin/account.html", context, status=422 if form or director_form else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator_required
def contract(request: Request, customer_number: str, pk: int | None = None) -> HttpResponse:
    """Add a contract to the account, or change the one given."""
    account = the_account(customer_number)
    found = get_object_or_404(Contract, pk=pk, account=account) if pk else None
    form = ContractForm(request.POST or None, account=account, contract=found)
    if form.is_valid():
        try:
            actions.save_contract(actor=request.person, account=account, contract=found, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error("number" if refusal.code == "taken" else None, refusal.message)
        else:
            messages.success(request, _("The contract has been saved."))
            return redirect("admin_account", customer_number)
    context = {"account": account, "contract": found, "form": form}
    return render(request, "accounts/admin/contract.html", context, status=422 if form.is_bound else 200)


@require_POST
@administrator_required
def director(request: Request, customer_number: str) -> HttpResponse:
    account = the_account(customer_number)
    form = DirectorForm(request.POST, auto_id="director-%s")
    if form.is_valid():
        try:
            actions.set_director(actor=request.person, account=account, **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("Saved: access follows from now on."))
            return redirect("admin_account", customer_number)
    return _page(request, account, director_form=form)


@require_POST
@administrator_required
def director_end(request: Request, customer_number: str, pk: int) -> HttpResponse:
    posts = Directorship.objects.select_related("account", "person")
    found = get_object_or_404(posts, pk=pk, account__customer_number=customer_number)
    form = EndForm(request.POST)
    if form.is_valid():
        actions.end_directorship(actor=request.person, directorship=found, last_day=form.cleaned_data["last_day"])
        messages.success(request, _("Saved: access follows from now on."))
    else:
        messages.error(request, _("Choose the last day."))
    return redirect("admin_account", customer_number)


urlpatterns = [
    path("accounts/", admin_accounts, name="admin_accounts"),
    path("accounts/new", account_new, name="admin_account_new"),
    path("accounts/<str:customer_number>/", admin_account, name="admin_account"),
    path("accounts/<str:customer_number>/contracts/new", contract, name="admin_contract_new"),
    path("accounts/<str:customer_number>/contracts/<int:pk>/", contract, name="admin_contract"),
    path("accounts/<str:customer_number>/directors/", director, name="admin_director"),
    path("accounts/<str:customer_number>/directors/<int:pk>/end/", director_end, name="admin_director_end"),
]
