"""Feedback: one's own with its answers, for directors and the management group all of it, for everybody how much."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.access import running
from accounts.models import ABOVE_LIMITS, AccessGrant, Account, Kind, Person
from channels_app.models import Message, MessageKind, Reply
from kam.lib.dates import today
from kam.lib.workdays import HELSINKI, workdays_between

OPEN, ANSWERED = "open", "answered"
FILTERS = (OPEN, ANSWERED)
A_YEAR = dt.timedelta(days=365)


@dataclass(frozen=True)
class Summary:
    """How much feedback the account was given within a year, and how much of it has been answered."""

    given: int
    answered: int

    @property
    def open(self) -> int:
        return self.given - self.answered


def reads_all(account: Account) -> bool:
    """Say whether the reader, whose standing the account carries, reads everybody's feedback."""
    return bool(account.standing.kinds & set(ABOVE_LIMITS))


def feedback_listed(account: Account, person: Person, which: str = "") -> QuerySet[Message]:
    """Return the feedback that `person` sees: what is open first, the newest at the top.

    `which` is one of FILTERS or empty for all. Each has `answered` and `reply_count`.
    """
    replies = Reply.objects.filter(message=OuterRef("pk"), removed_at=None).order_by()
    number = replies.values("message").annotate(number=Count("pk")).values("number")
    seen = Message.objects.seen_in(account, account.standing.kinds, person).published()
    found = seen.filter(kind=MessageKind.FEEDBACK).select_related("author")
    found = found.annotate(answered=_answered(), reply_count=Coalesce(Subquery(number), 0))
    if which:
        found = found.filter(answered=which == ANSWERED)
    return found.order_by("answered", "-published_at", "-pk")


def unanswered_feedback_of(person: Person) -> QuerySet[Message]:
    """Return what nobody has answered yet in the accounts that `person` acts as director of, the oldest first."""
    directed = AccessGrant.objects.filter(running(), person=person, acts_as=Kind.DIRECTOR).values("account_id")
    seen = Message.objects.visible_to(person).published().filter(kind=MessageKind.FEEDBACK, account__in=directed)
    return seen.exclude(_answered()).select_related("account").order_by("published_at", "pk")


def summary_of(account: Account) -> Summary:
    """Return how much feedback there is: everybody at the account sees that (channel.md, section 14); one query.

    It counts what its reader may not read, which is why nothing but two numbers comes out of it.
    """
    since = timezone.now() - A_YEAR
    given = Message.objects.published().filter(account=account, kind=MessageKind.FEEDBACK, published_at__gte=since)
    numbers = given.annotate(is_answered=_answered()).aggregate(
        given=Count("pk"), answered=Count("pk", filter=Q(is_answered=True))
    )
    return Summary(**numbers)


def waited(feedback: Message) -> int:
    """Return for how many working days the feedback has been there."""
    sent = (feedback.published_at or feedback.created_at).astimezone(HELSINKI).date()
    return workdays_between(max(sent, today() - A_YEAR), today())


def _answered() -> Exists:
    return Exists(Reply.objects.filter(message=OuterRef("pk"), removed_at=None).exclude(author=OuterRef("author")))
