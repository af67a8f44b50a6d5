"""What leaves the house, written at the moment of sending, in its reader's language and no longer than it is true."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Delivery, Notice, Person
from accounts.notices import KINDS, About, phrase_of, teller_of
from accounts.notify.mails import Form, Own, make_mail, message_id, site_address
from accounts.notify.telling import NOTICE
from accounts.notify.tokens import Choice, unsubscribe_address

Content = Callable[[Delivery], dict[str, Any] | None]
# A mail; nothing to say any more; or why it can't be written, which must not keep the others waiting.
Written = EmailMultiAlternatives | Exception | None

_contents: dict[str, Content] = {}


def content(template: str) -> Callable[[Content], Content]:
    """Register what fills `template` at the moment of sending, in the reader's language.

    It returns the context, or None when there is nothing to say any more. Without one, a delivery's own context does.
    `url` in it is where the mail's button leads; `unsubscribe`, the address that ends such mails, goes into the head.
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
            batch = _Batch(_told(each.notice for each in own if each.notice))
            for delivery in own:
                composed[delivery.pk] = batch.write(delivery)
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


@dataclass(frozen=True)
class Story:
    """All that the mail of a notice says and that is not its reader's own: mails of one story are alike."""

    kind: str
    title: str
    account_id: int | None
    who_id: int | None
    told_at: dt.datetime
    about: About


@dataclass(frozen=True)
class _Batch:
    """What a batch tells in one language, and the forms of its mails."""

    told: dict[int, About | Exception]
    forms: dict[Story, Form] = field(default_factory=dict)

    def write(self, delivery: Delivery) -> Written:
        try:
            return self._notice(delivery, delivery.notice) if delivery.notice else self._other(delivery)
        except Exception as error:  # whatever a template or its data can do
            return error

    def _other(self, delivery: Delivery) -> EmailMultiAlternatives | None:
        fill = _contents.get(delivery.template)
        filled = fill(delivery) if fill else delivery.context
        if filled is None:
            return None
        context = {"person": delivery.person, "account": delivery.account, **filled}
        own = Own(delivery.person.email, message_id(delivery), context.get("url", ""), context.get("unsubscribe", ""))
        return make_mail(delivery.template, context, own)

    def _notice(self, delivery: Delivery, notice: Notice) -> EmailMultiAlternatives | None:
        about = self.told.get(notice.pk)
        if isinstance(about, Exception):
            raise about
        if about is None:
            return None
        story = Story(notice.kind, notice.title, notice.account_id, notice.who_id, notice.created_at, about)
        if story not in self.forms:
            may_end = not KINDS[notice.kind].mandatory
            self.forms[story] = Form(NOTICE, notice_context(notice, about), with_end=may_end)
        return self.forms[story].mail(_own_of(delivery, notice))


def notice_context(notice: Notice, about: About) -> dict[str, Any]:
    """Return what the mail of a notice says: its content only where the account's director allows it."""
    kind, account = KINDS[notice.kind], notice.account
    allowed = account is None or account.content_in_mail
    return {
        "notice": notice,
        "account": account,
        "phrase": phrase_of(notice),
        "text": about.text if allowed else "",
        "withheld": bool(about.text) and not allowed,
        "mandatory": kind.mandatory,
        "topic": kind.topic.label,
        "label": about.button,
        "choices": site_address(reverse("notify_choices")),
    }


def _own_of(delivery: Delivery, notice: Notice) -> Own:
    kind = KINDS[notice.kind]
    choice = Choice(delivery.person_id, kind.topic, notice.account_id)
    return Own(
        to=delivery.person.email,
        message_id=message_id(delivery),
        url=site_address(reverse("notice", args=[notice.pk])),
        unsubscribe="" if kind.mandatory else unsubscribe_address(choice),
    )
