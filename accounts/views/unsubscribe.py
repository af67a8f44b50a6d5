"""The address in a mail that ends such mails, without signing in: whoever holds the mail holds the word in it.

A mail program's own button posts to it at once (RFC 8058); a link that is merely opened, by a person or by a machine
that looks through mail, changes nothing and shows one button.
"""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.access import sees
from accounts.actions.notify_choices import unsubscribe as end_mails
from accounts.models import Account, Topic
from accounts.notify.tokens import SUMMARY, Choice, choice_in


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    choice = choice_in(token)
    if choice is None:
        raise Http404
    if request.method == "POST":
        end_mails(choice)
    context = {
        "done": request.method == "POST",
        "summary": choice.topic == SUMMARY,
        "topic": "" if choice.topic == SUMMARY else Topic(choice.topic).label,
        "account": _account(choice),
    }
    return render(request, "accounts/unsubscribe.html", context)


def _account(choice: Choice) -> Account | None:
    """Return the account to name: none to somebody who no longer sees it."""
    if choice.account_id and sees([choice.person_id], choice.account_id):
        return Account.objects.get(pk=choice.account_id)
    return None


urlpatterns = [path("unsubscribe/<str:token>/", unsubscribe, name="unsubscribe")]
