"""Which browsers may be woken, and for whom: the one who is signed in there, and nobody who was before."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions.refusal import Refusal
from accounts.models import PushSubscription, User
from kam.lib.webpush import Browser, has_keys, is_service

# A telephone, a tablet, a few computers; the one that was used least gives way.
MOST_BROWSERS = 10


@transaction.atomic
def subscribe(*, user: User, browser: Browser, device: str) -> PushSubscription:
    """Let the browser be woken for `user`; one that was somebody else's is theirs from now on.

    Raises Refusal for an address of no push service that the server knows, and for keys that are none.
    """
    if not is_service(browser.endpoint, settings.PUSH_SERVICES):
        raise Refusal("unknown_service", _("This browser's notification service is not one that can be used here."))
    if not has_keys(browser):
        raise Refusal("bad_keys", _("The browser gave keys that can't be used. Turn notifications off and on again."))
    keys = {"p256dh": browser.p256dh, "auth": browser.auth, "user": user, "device": device[:100]}
    row, _new = PushSubscription.objects.update_or_create(endpoint=browser.endpoint, defaults=keys)
    kept = PushSubscription.objects.filter(user=user).exclude(pk=row.pk).order_by("-used_at", "-pk")
    PushSubscription.objects.filter(pk__in=list(kept.values_list("pk", flat=True)[MOST_BROWSERS - 1 :])).delete()
    return row


def leave_browser(pk: int, *, unless: User | None = None) -> None:
    """Somebody signed out of the browser with that subscription, or another than `unless` signed in."""
    left = PushSubscription.objects.filter(pk=pk)
    (left.exclude(user=unless) if unless else left).delete()
