"""What a notice about a message, a question or a reply still has to tell at the moment of sending.

Asked for many notices at once, in a constant number of queries. Whatever its person no longer sees, what was withdrawn,
and what they have acknowledged meanwhile is left out: then nothing is sent.
"""

from collections.abc import Iterable

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from accounts.access import running
from accounts.models import AccessGrant, Approval, Notice
from accounts.models.limited import IsAnyOf
from accounts.notices import About, about
from accounts.second_eyes import DECIDING
from channels_app.models import Message, MessageKind, MessageRecipient, Reply
from channels_app.queries.messages import THING
from kam.lib.html import text_of

# Plain text for a mail: as much as is read in one; the rest is behind the button.
MOST_CHARACTERS = 1500
TO_ACKNOWLEDGE = frozenset({"urgent", "urgent_reminder"})
EYES = frozenset({"eyes_asked", "eyes_approved", "eyes_returned"})


@about(THING)
def tell_of_messages(notices: Iterable[Notice]) -> dict[int, About]:
    """Return what each notice has to say by its id; six queries at most."""
    asked = {notice.pk: notice for notice in notices if notice.object_id is not None}
    messages = Message.objects.in_bulk({notice.object_id for notice in asked.values()})
    seen = _still_seen(asked)
    acknowledged, looked_at = _acknowledged(asked), _looked_at(asked)
    replies = _replies(asked)
    found: dict[int, About] = {}
    for pk, notice in asked.items():
        message = messages.get(notice.object_id or 0)
        if message is None or pk not in seen - looked_at or message.withdrawn_at is not None:
            continue
        if message.published_at is None and notice.kind not in EYES:
            continue
        if notice.kind in TO_ACKNOWLEDGE and (message.pk, notice.person_id) in acknowledged:
            continue
        reply = replies.get(_reply_in(notice))
        found[pk] = About(_text_for(notice, message, reply), _button(notice, message))
    return found


def _still_seen(asked: dict[int, Notice]) -> set[int]:
    """Return the ids of the notices whose person sees the message now: by its limits, or as its author's feedback."""
    grants = AccessGrant.objects.filter(running(), person=OuterRef("person"), account=OuterRef("account"))
    message = Message.objects.filter(pk=OuterRef("object_id"), account=OuterRef("account"))
    unlimited = Exists(message.filter(audience=None)) & Exists(grants)
    own = Exists(message.filter(kind=MessageKind.FEEDBACK, author=OuterRef("person"))) & Exists(grants)
    reaching = AccessGrant.objects.filter(
        running(), IsAnyOf(F("acts_as"), OuterRef("audience")), person=OuterRef(OuterRef("person")),
        account=OuterRef("account"),
    )  # fmt: skip
    limited = Exists(message.filter(Exists(reaching)))
    notices = Notice.objects.filter(pk__in=asked).filter(unlimited | own | limited)
    return set(notices.values_list("pk", flat=True))


def _acknowledged(asked: dict[int, Notice]) -> set[tuple[int, int]]:
    """Return (message, person) where the person, told to acknowledge, has done so or is not asked any more."""
    told = [notice for notice in asked.values() if notice.kind in TO_ACKNOWLEDGE]
    if not told:
        return set()
    rows = MessageRecipient.objects.filter(
        Q(left_at__isnull=False) | Q(acknowledged_number__gte=F("message__asked_number")),
        message__in={notice.object_id for notice in told},
        person__in={notice.person_id for notice in told},
    )
    return set(rows.values_list("message_id", "person_id"))


def _looked_at(asked: dict[int, Notice]) -> set[int]:
    """Return the ids of those that ask for second eyes where nothing waits any more, or the person may not decide."""
    told = {pk: notice for pk, notice in asked.items() if notice.kind == "eyes_asked"}
    if not told:
        return set()
    waiting = Approval.objects.waiting().filter(thing=THING, object_id=OuterRef("object_id"))
    grants = AccessGrant.objects.filter(running(), acts_as__in=DECIDING)
    deciding = grants.filter(person=OuterRef("person"), account=OuterRef("account"))
    open_ones = Notice.objects.filter(pk__in=told).filter(Exists(waiting) & Exists(deciding))
    return set(told) - set(open_ones.values_list("pk", flat=True))


def _replies(asked: dict[int, Notice]) -> dict[int, Reply]:
    numbers = {_reply_in(notice) for notice in asked.values()} - {0}
    return Reply.objects.in_bulk(numbers) if numbers else {}


def _reply_in(notice: Notice) -> int:
    """Return the id of the reply that the notice leads to, 0 for none: it stands behind the # of its path."""
    number = notice.path.rpartition("#reply-")[2] if "#reply-" in notice.path else ""
    return int(number) if number.isdecimal() and len(number) < 18 else 0


def _text_for(notice: Notice, message: Message, reply: Reply | None) -> str:
    if reply is not None and reply.message_id == message.pk:
        return "" if reply.removed_at is not None else shortened(text_of(reply.body))
    return "" if notice.kind in EYES else shortened(text_of(message.body))


def shortened(text: str) -> str:
    """Return the text, or as many of its first words as a mail takes, with three dots behind them."""
    if len(text) <= MOST_CHARACTERS:
        return text
    return text[:MOST_CHARACTERS].rsplit(None, 1)[0] + " …"


def _button(notice: Notice, message: Message) -> str:
    if notice.kind in TO_ACKNOWLEDGE:
        return _("Read and acknowledge")
    if notice.kind == "eyes_asked":
        return _("Look at it")
    return _("Read the question") if message.kind == MessageKind.QUESTION else _("Read")
