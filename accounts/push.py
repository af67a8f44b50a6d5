"""Waking telephones: what a notice says on a locked screen, and whom the browser that allowed it belongs to.

A screen shows no more than a mail's subject does; what it is about opens only to whoever is signed in there.
"""

from dataclasses import asdict, dataclass
from hashlib import sha256

from django.conf import settings
from django.utils import timezone

from accounts.models import Delivery, PushSubscription
from accounts.notices import KINDS, phrase_of
from kam.lib.webpush import Browser, Gone, push

# Enough to tell deliveries apart; a topic may have 32 letters (RFC 8030, 5.4).
TOPIC_LENGTH = 32


@dataclass(frozen=True)
class Wake:
    """What the service worker shows (static/js/service-worker.js) and what opens when it is touched.

    `tag` makes the same message replace itself; one that `stays` is there until it is touched.
    """

    title: str
    body: str
    url: str
    tag: str
    stays: bool = False


def send_push(delivery: Delivery) -> None:
    """Wake the delivery's browser with its notice, in the active language; both are loaded.

    Raises kam.lib.webpush.Gone when the browser takes nothing any more (its subscription is forgotten then) and
    NotTaken when the push service did not answer or refused: it may be tried again.
    """
    if delivery.subscription is None or delivery.notice is None:
        raise Gone
    wake(delivery.subscription, wake_of(delivery), topic=delivery.key)


def wake_of(delivery: Delivery) -> Wake:
    """Return what the notice says on a locked screen. One that asks for an answer opens where one press gives it.

    Not on the screen itself: "I have read and understood" is pressed under the text.
    """
    notice = delivery.notice
    assert notice is not None  # noqa: S101  send_push has looked
    answer = KINDS[notice.kind].answer
    return Wake(
        title=phrase_of(notice),
        body=": ".join(filter(None, [notice.account.name if notice.account else "", notice.title])),
        url=f"{notice.path}{answer}" if answer else f"/notices/{notice.pk}/",
        tag=f"notice-{notice.pk}",
        stays=bool(answer),
    )


def wake(subscription: PushSubscription, message: Wake, *, topic: str = "") -> None:
    """Show `message` in the browser. Raises Gone and NotTaken, as `send_push` does."""
    browser = Browser(subscription.endpoint, subscription.p256dh, subscription.auth)
    name = sha256(topic.encode()).hexdigest()[:TOPIC_LENGTH] if topic else ""
    try:
        push(
            browser, asdict(message),
            private_key=settings.VAPID_PRIVATE_KEY, contact=settings.VAPID_CONTACT, topic=name,
        )  # fmt: skip
    except Gone:
        subscription.delete()
        raise
    PushSubscription.objects.filter(pk=subscription.pk).update(used_at=timezone.now())


def can_push() -> bool:
    """Say whether this server has the key that telephones are woken with."""
    return bool(settings.VAPID_PRIVATE_KEY)
