"""The first page: what one must do, above what one may read, gathered from everything one has access to."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from accounts.access import running, signed_in
from accounts.handover import unread_letters
from accounts.models import AccessGrant, Account, Kind, Person
from accounts.queries.accounts import my_accounts
from accounts.queries.substitutions import running_for
from accounts.views.parts import Request
from kam.leftovers import leftovers_at
from kam.lib.dates import today


@require_safe
@signed_in
def home(request: Request) -> HttpResponse:
    person = request.person
    substitutions = running_for(person)
    context = {
        "person": person,
        "today": today(),
        "accounts": my_accounts(person),
        "letters": [stay.account for stay in unread_letters(person)],
        "leftovers": leftovers_of_directed(person),
        "standing_in": [one for one in substitutions if one.substitute_id == person.pk],
        "away": [one for one in substitutions if one.absent_id == person.pk],
    }
    return render(request, "home.html", context)


def leftovers_of_directed(person: Person) -> list[tuple[Account, int]]:
    """Return the accounts that `person` directs (also as deputy or substitute) where something was left behind."""
    directed = AccessGrant.objects.filter(running(), person=person, acts_as=Kind.DIRECTOR)
    accounts = list(my_accounts(person).filter(pk__in=directed.values("account")))
    found = leftovers_at(accounts)
    return [(account, len(found[account.pk])) for account in accounts if account.pk in found]


urlpatterns: list[URLPattern] = [path("", home, name="home")]
