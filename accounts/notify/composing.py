"""What leaves the house, written at the moment of sending, in its reader's language and no longer than it is true."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import get_template
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Delivery, Notice, Person
from accounts.notices import KINDS, About, phrase_of, teller_of
from accounts.notify.telling import NOTICE
from accounts.notify.tokens import Choice, unsubscribe_address

Content = Callable[[Delivery], dict[str, Any] | None]
# A mail; nothing to say any more; or why it can't be written, which must not keep the others waiting.
Written = EmailMultiAlternatives | Exception | None

OWN_MESSAGE_ID = re.compile(r"<(\d{1,18})\.[0-9a-f]{32}@")

_contents: dict[str, Content] = {}


def content(template: str) -> Callable[[Content], Content]:
    """Register what fills `template` at the moment of sending, in the reader's language.

    It returns the context, or None when there is nothing to say any more. Without one, a delivery's own context does.
    What it puts under `unsubscribe`, the address of a page that ends such mails, goes into the mail's head as well.
    """

    def register(fill: Content) -> Content:
        _contents[template] = fill
        return fill

    return register


def compose(delivery: Delivery) -> EmailMultiAlternatives | None:
    """Write one mail; None when there is nothing to say any more."""
    written = compose_all([delivery])[delivery.pk]
    if isinstance(written, Exception):
        raise written
    return written


def compose_all(deliveries: Iterable[Delivery]) -> dict[int, Written]:
    """Write the mails of `deliveries`, by their ids.

    Person, login, account, notice and whose deed it was are loaded. Each language and kind of thing is asked once for
    all notices that are about it.
    """
    by_language: dict[str, list[Delivery]] = defaultdict(list)
    for delivery in deliveries:
        by_language[language_of(delivery.person)].append(delivery)
    composed: dict[int, Written] = {}
    for language, own in by_language.items():
        with translation.override(language):
            told = _told(each.notice for each in own if each.notice)
            for delivery in own:
                composed[delivery.pk] = _compose(delivery, told)
    return composed


def language_of(person: Person) -> str:
    login = getattr(person, "login", None)
    return (login and login.language) or settings.LANGUAGE_CODE


def _told(notices: Iterable[Notice]) -> dict[int, About | Exception]:
    """Return by id what `notices` still have to tell, in the active language; those that have nothing are left out."""
    by_thing: dict[str, list[Notice]] = defaultdict(list)
    for notice in notices:
        by_thing[notice.thing].append(notice)
    told: dict[int, About | Exception] = {}
    for thing, own in by_thing.items():
        try:
            told |= abouts_of(thing, own)
        except Exception as error:  # of one kind of thing
            told |= dict.fromkeys((notice.pk for notice in own), error)
    return told


def abouts_of(thing: str, notices: Iterable[Notice]) -> dict[int, About]:
    """Return by id what `notices`, all about the same kind of thing, still have to tell."""
    tells = teller_of(thing)
    return tells(notices) if tells else {notice.pk: About("", _("Open it")) for notice in notices}


def _compose(delivery: Delivery, told: dict[int, About | Exception]) -> Written:
    try:
        filled = _filled(delivery, told)
        return None if filled is None else _mail(delivery, filled)
    except Exception as error:  # whatever a template or its data can do
        return error


def _filled(delivery: Delivery, told: dict[int, About | Exception]) -> dict[str, Any] | None:
    if delivery.notice:
        about = told.get(delivery.notice.pk)
        if isinstance(about, Exception):
            raise about
        return about and notice_context(delivery, delivery.notice, about)
    fill = _contents.get(delivery.template)
    return fill(delivery) if fill else delivery.context


def notice_context(delivery: Delivery, notice: Notice, about: About) -> dict[str, Any]:
    """Return what the mail of a notice says: its content only where the account's director allows it."""
    kind, account = KINDS[notice.kind], notice.account
    allowed = account is None or account.content_in_mail
    context = {
        "notice": notice,
        "phrase": phrase_of(notice),
        "text": about.text if allowed else "",
        "withheld": bool(about.text) and not allowed,
        "mandatory": kind.mandatory,
        "topic": kind.topic.label,
        "url": site_address(reverse("notice", args=[notice.pk])),
        "label": about.button,
        "choices": site_address(reverse("notify_choices")),
    }
    if not kind.mandatory:
        context["unsubscribe"] = unsubscribe_address(Choice(delivery.person_id, kind.topic, notice.account_id))
    return context


def _mail(delivery: Delivery, filled: dict[str, Any]) -> EmailMultiAlternatives:
    name = delivery.template or NOTICE
    context = {"person": delivery.person, "account": delivery.account, **filled}
    context["subject"] = " ".join(get_template(f"{name}_subject.txt").render(context).split())
    headers = {
        "From": settings.DEFAULT_FROM_EMAIL,  # as it reads; what comes back goes to the envelope's sender
        "Message-ID": message_id(delivery),
        # RFC 3834: no machine answers to it; the second is what older ones look at.
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
    }
    if address := filled.get("unsubscribe"):
        headers |= {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    message = EmailMultiAlternatives(
        subject=context["subject"],
        body=get_template(f"{name}.txt").render(context),
        from_email=settings.BOUNCES_ADDRESS or settings.DEFAULT_FROM_EMAIL,
        to=[delivery.person.email],
        headers=headers,
    )
    message.attach_alternative(get_template(f"{name}.html").render(context), "text/html")
    return message


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
