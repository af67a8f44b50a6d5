"""How people choose to hear of what happens, and what an account's mails may carry."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import audit
from accounts.actions.refusal import Refusal
from accounts.models import Account, LedgerEntry, NotifyChoice, Person, Topic, Way
from accounts.notices import DEFAULT_WAYS, MANDATORY
from accounts.notify.tokens import SUMMARY, Choice
from accounts.queries.notify_choices import AS_EVERYWHERE, CHOOSABLE


@transaction.atomic
def choose_ways(*, actor: Person, ways: Mapping[str, str], account: Account | None = None) -> None:
    """Let `actor` hear of each topic in `ways` as it says, everywhere or at `account`; there, it may be AS_EVERYWHERE.

    Raises Refusal for a topic that must reach everybody.
    """
    if MANDATORY & ways.keys():
        raise Refusal("mandatory", _("Urgent messages reach everybody at once: that can't be changed."))
    for topic, way in ways.items():
        rows = NotifyChoice.objects.filter(person=actor, topic=topic, account=account)
        if way not in (AS_EVERYWHERE, None if account else DEFAULT_WAYS[Topic(topic)]):
            _put(actor.pk, topic, account.pk if account else None, way)
        else:
            rows.delete()


def _put(person_id: int, topic: str, account_id: int | None, way: str) -> None:
    found: dict[str, Any] = {"person_id": person_id, "topic": topic, "account_id": account_id}
    NotifyChoice.objects.update_or_create(**found, defaults={"way": way})


@transaction.atomic
def unsubscribe(choice: Choice) -> None:
    """End the mails that `choice` names; what they tell stays in the system. Done twice, it changes nothing more."""
    if not Person.objects.filter(pk=choice.person_id).exists():
        return
    if choice.topic != SUMMARY:
        if choice.topic not in MANDATORY:
            _put(choice.person_id, choice.topic, choice.account_id, Way.NONE)
        return
    own = NotifyChoice.objects.filter(person=choice.person_id)
    chosen = dict(own.filter(account=None).values_list("topic", "way"))
    own.filter(way=Way.DAILY).exclude(account=None).update(way=Way.NONE)
    for topic in CHOOSABLE:
        if chosen.get(topic, DEFAULT_WAYS[topic]) == Way.DAILY:
            _put(choice.person_id, topic, None, Way.NONE)


@transaction.atomic
def let_mail_carry_content(*, actor: Person, account: Account, allowed: bool) -> bool:
    """Let the account's e-mails carry what they are about, or the subject and a link alone; False when it is so."""
    changed = Account.objects.filter(pk=account.pk, content_in_mail=not allowed).update(content_in_mail=allowed)
    if changed:
        audit.record(
            LedgerEntry.Event.EDITED,
            actor=actor,
            account=account,
            cause={
                "what": "content in mail",
                "before": {"content_in_mail": not allowed},
                "after": {"content_in_mail": allowed},
            },
        )
    return bool(changed)
