"""What a mail is made of: templates, the heads that mail systems read, and how many alike are written at once."""

import hashlib
import re
from copy import copy
from dataclasses import astuple, dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import get_template

from accounts.models import Delivery

OWN_MESSAGE_ID = re.compile(r"<(\d{1,18})\.[0-9a-f]{32}@")
PLAIN_ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+", re.ASCII)


@dataclass(frozen=True)
class Own:
    """What is one mail's own: to whom, its Message-ID, the address that it leads to, and the one that ends such mails.

    The last two may be empty.
    """

    to: str
    message_id: str
    url: str = ""
    unsubscribe: str = ""


# Stands in a mail's place while the text for all that are alike is made; nothing of it is ever an address.
STAND_IN = Own("0to0@stand-in.invalid", "<0id0@stand-in.invalid>", "https://0url0.invalid/", "https://0end0.invalid/")


def make_mail(template: str, context: dict[str, Any], own: Own) -> EmailMultiAlternatives:
    """Write a mail by the templates of that name, in the active language."""
    context = {**context, "url": own.url, "unsubscribe": own.unsubscribe}
    context["subject"] = " ".join(get_template(f"{template}_subject.txt").render(context).split())
    headers = {
        "From": settings.DEFAULT_FROM_EMAIL,  # as it reads; what comes back goes to the envelope's sender
        "Message-ID": own.message_id,
        # RFC 3834: no machine answers to it; the second is what older ones look at.
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
    }
    if own.unsubscribe:
        headers |= {"List-Unsubscribe": f"<{own.unsubscribe}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    mail = EmailMultiAlternatives(
        subject=context["subject"],
        body=get_template(f"{template}.txt").render(context),
        from_email=settings.BOUNCES_ADDRESS or settings.DEFAULT_FROM_EMAIL,
        to=[own.to],
        headers=headers,
    )
    mail.attach_alternative(get_template(f"{template}.html").render(context), "text/html")
    return mail


# --- many alike -----------------------------------------------------------------------------------------------------
class _Bytes:
    """A mail as it goes over the wire; for the mail backends, which ask for nothing else of it."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def as_bytes(self, unixfrom: bool = False, linesep: str = "\n") -> bytes:
        return self.content if linesep == "\r\n" else self.content.replace(b"\r\n", b"\n")


class _MailLikeOthers(EmailMultiAlternatives):
    wire: _Bytes

    def message(self, **options: Any) -> Any:
        return self.wire


class Form:
    """A mail written once, from which each of those that are alike is made by putting in what is its own.

    Writing a mail takes longer than a server takes to accept it: an urgent message goes to thousands.
    """

    def __init__(self, template: str, context: dict[str, Any], *, with_end: bool) -> None:
        self.template, self.context = template, context
        own = STAND_IN if with_end else Own(STAND_IN.to, STAND_IN.message_id, STAND_IN.url)
        self._mail = make_mail(template, context, own)
        self._html = str(self._mail.alternatives[0][0])
        message: Any = self._mail.message()
        self._wire: bytes = message.as_bytes(linesep="\r\n")
        self._whole = self._is_whole(own)

    def _is_whole(self, own: Own) -> bool:
        """Say whether every place can be found again: a line too long for mail is broken by the encoding."""
        head = {own.to: 1, own.message_id: 1, own.unsubscribe: 1}
        return all(
            self._wire.count(place.encode())
            == head.get(place, 0) + str(self._mail.body).count(place) + self._html.count(place)
            for place in astuple(own)
            if place
        )

    def mail(self, own: Own) -> EmailMultiAlternatives:
        if not self._whole or not PLAIN_ADDRESS.fullmatch(own.to):
            return make_mail(self.template, self.context, own)
        places = list(zip(astuple(STAND_IN), astuple(own), strict=True))
        mail = copy(self._mail)
        mail.__class__ = _MailLikeOthers
        body, html, wire = str(self._mail.body), self._html, self._wire
        for place, value in places:
            body, html = body.replace(place, value), html.replace(place, value)
            wire = wire.replace(place.encode(), value.encode())
        mail.body, mail.to, mail.alternatives = body, [own.to], []
        mail.attach_alternative(html, "text/html")
        mail.extra_headers = {**mail.extra_headers, "Message-ID": own.message_id}
        if own.unsubscribe:
            mail.extra_headers["List-Unsubscribe"] = f"<{own.unsubscribe}>"
        mail.wire = _Bytes(wire)  # type: ignore[attr-defined]
        return mail


# --- addresses ------------------------------------------------------------------------------------------------------
def site_address(path: str) -> str:
    """Return the address, with the system's own host, of a path of this system."""
    return settings.SITE_URL.rstrip("/") + path


def message_id(delivery: Delivery) -> str:
    """Return the Message-ID that the delivery's mail carries, however often it leaves."""
    secret = hashlib.sha256(f"{settings.SECRET_KEY}:{delivery.key}".encode()).hexdigest()[:32]
    return f"<{delivery.pk}.{secret}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


def delivery_id_in(message_id: str) -> int | None:
    """Return the delivery's id that a Message-ID of ours begins with; whether it is ours, its whole text says."""
    found = OWN_MESSAGE_ID.match(message_id)
    return int(found[1]) if found else None
