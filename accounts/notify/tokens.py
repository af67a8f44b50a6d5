"""The word in a mail that ends such mails: signed, so that nobody can end another person's (RFC 8058)."""

from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.urls import reverse

from accounts.models import Topic

SALT = "accounts.notify.unsubscribe"
SUMMARY = "summary"  # in a topic's place: all that comes in the daily summary


@dataclass(frozen=True)
class Choice:
    """Whose choice, about which topic (or the daily summary), at which account; None is everywhere."""

    person_id: int
    topic: str
    account_id: int | None = None


def unsubscribe_address(choice: Choice) -> str:
    """Return the address that ends what `choice` names, for whoever holds it; it does not grow old."""
    token = signing.dumps([choice.person_id, choice.topic, choice.account_id], salt=SALT)
    return settings.SITE_URL.rstrip("/") + reverse("unsubscribe", args=[token])


def choice_in(token: str) -> Choice | None:
    """Read what an address names; None for one that was not made here."""
    try:
        person_id, topic, account_id = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return Choice(person_id, topic, account_id) if topic == SUMMARY or topic in Topic.values else None
