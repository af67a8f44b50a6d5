"""Notifications on one's telephone: allowed by each browser for itself, seen and taken back here."""

from django.conf import settings
from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import signed_in
from accounts.actions.push import leave_browser, subscribe
from accounts.actions.refusal import Refusal
from accounts.models import PushSubscription, User
from accounts.push import Wake, can_push, wake
from accounts.views.parts import Request
from kam.lib.webpush import Browser, Gone, NotTaken, public_key

# Names, in this browser, the subscription that it gave: so that it ends with whoever leaves the browser.
COOKIE = "push"
A_YEAR = 365 * 24 * 3600
_signer = Signer(salt="accounts.push")


@require_safe
@signed_in
def push(request: Request) -> HttpResponse:
    context = {
        "subscriptions": PushSubscription.objects.filter(user__person=request.person),
        "here": subscription_here(request),
        "can_push": can_push(),
        "key": public_key(settings.VAPID_PRIVATE_KEY) if can_push() else "",
    }
    return render(request, "accounts/push.html", context)


@require_POST
@signed_in
def push_subscribe(request: Request) -> JsonResponse:
    """Answers with what was kept, or 422 with a sentence for people."""
    browser = Browser(*(request.POST.get(name, "")[:1000] for name in ("endpoint", "p256dh", "auth")))
    assert isinstance(request.user, User)  # noqa: S101  signed_in has seen to it
    try:
        kept = subscribe(user=request.user, browser=browser, device=request.POST.get("device", "").replace("\0", ""))
    except Refusal as refusal:
        return JsonResponse({"error": str(refusal)}, status=422)
    response = JsonResponse({"id": kept.pk})
    response.set_cookie(
        COOKIE, _signer.sign(str(kept.pk)),
        max_age=A_YEAR, samesite="Lax", secure=request.is_secure(), httponly=True,
    )  # fmt: skip
    return response


@require_POST
@signed_in
def push_forget(request: Request, pk: int) -> HttpResponse:
    get_object_or_404(PushSubscription, pk=pk, user=request.user).delete()
    messages.success(request, _("That device is not woken any more."))
    return redirect("push")


@require_POST
@signed_in
def push_test(request: Request, pk: int) -> HttpResponse:
    """Wake one of one's own devices now, and say what came of it."""
    subscription = get_object_or_404(PushSubscription, pk=pk, user=request.user)
    trial = Wake(_("A trial"), _("Notifications reach this device."), "/me/push/", f"trial-{pk}")
    try:
        wake(subscription, trial)
    except Gone:
        messages.error(request, _("The device has taken its permission back. Turn notifications on there again."))
    except NotTaken:
        messages.error(request, _("The notification service did not answer. Try again in a moment."))
    else:
        messages.success(request, _("Sent. It should be on the device in a few seconds."))
    return redirect("push")


def subscription_here(request: HttpRequest) -> int | None:
    """Return the id of the subscription that this browser gave last, whoever was signed in then."""
    try:
        return int(_signer.unsign(request.COOKIES.get(COOKIE, "")))
    except (BadSignature, ValueError):
        return None


def leave(request: HttpRequest, *, unless: User | None = None) -> None:
    """Let the browser sleep for whoever was signed in there; see accounts/signin/signals.py."""
    if (pk := subscription_here(request)) is not None:
        leave_browser(pk, unless=unless)


urlpatterns = [
    path("me/push/", push, name="push"),
    path("me/push/subscribe/", push_subscribe, name="push_subscribe"),
    path("me/push/<int:pk>/forget/", push_forget, name="push_forget"),
    path("me/push/<int:pk>/test/", push_test, name="push_test"),
]
