"""The handover letter, with what every app adds to it, and the page of who came and who left."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from accounts.access import Action, account_for, signed_in
from accounts.handover import LetterPart, arrivals_at, letter_for, open_stay, read_letter
from accounts.models import Account, Person
from accounts.views.parts import Request
from kam.gather import from_apps
from kam.leftovers import leftovers_for, people_to_follow


def letter_parts(person: Person, account: Account) -> list[LetterPart]:
    """Return what the apps have to tell somebody new, without what has nothing in it."""
    parts = [part for parts_of in from_apps("handover", "letter_parts") for part in parts_of(person, account)]
    return [part for part in parts if part.items]


@require_safe
@signed_in
def handover(request: Request, customer_number: str) -> HttpResponse:
    """The letter as it stands today; reading it is what the director sees."""
    account = account_for(request.person, customer_number)
    stay = open_stay(request.person, account)
    if stay and request.method == "GET":
        read_letter(stay)
    context = {
        "account": account,
        "stay": stay,
        "letter": letter_for(request.person, account),
        "parts": letter_parts(request.person, account),
    }
    return render(request, "accounts/handover.html", context)


@require_safe
@signed_in
def arrivals(request: Request, customer_number: str) -> HttpResponse:
    """Who came, who has read the letter, who left, and what they left behind."""
    account = account_for(request.person, customer_number, Action.SEE_REACH)
    people = people_to_follow(request.person, account.standing)
    context = {
        "account": account,
        "arrivals": arrivals_at(account, people=people),
        "leftovers": leftovers_for(request.person, account),
        "own_people": people is not None,
    }
    return render(request, "accounts/arrivals.html", context)


urlpatterns: list[URLPattern] = [
    path("accounts/<str:customer_number>/handover/", handover, name="handover"),
    path("accounts/<str:customer_number>/arrivals/", arrivals, name="arrivals"),
]
