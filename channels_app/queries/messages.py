"""Messages as one reader of one account sees them: the lists, one message with its replies, its wordings, its readers.

Every query starts from `Message.objects.seen_in` or `visible_to`; replies, wordings, files and recipients are reached
through a message found that way.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.http import Http404
from django.urls import reverse

from accounts.access import Action, Extent
from accounts.models import Account, Approval, Area, Person, Role, Site
from channels_app.aims import Aim
from channels_app.models import File, FileVersion, Message, MessageKind, MessageRecipient, Reply, Section, Wording
from channels_app.queries.files import Listed, listed
from channels_app.queries.people import people_at
from kam.lib.dates import today

ANNOUNCED = (MessageKind.ANNOUNCEMENT, MessageKind.URGENT)
# What stands in the section of announcements; questions and feedback have sections of their own.
TALK = (*ANNOUNCED, MessageKind.DISCUSSION)
_SECTIONS = {MessageKind.QUESTION: "questions", MessageKind.FEEDBACK: "feedback"}
SECTION_KEY = "announcements"
# What the approvals and notices of messages are about.
THING = "message"


def section_of(kind: str) -> Section:
    """Return the section in which messages of this kind stand."""
    return Section.objects.get(key=_SECTIONS.get(MessageKind(kind), SECTION_KEY))


def address_of_message(message: Message) -> str:
    """Return where the message is read: a question among the questions, every other one at its own address."""
    name = "question" if message.kind == MessageKind.QUESTION else "message"
    return reverse(name, args=[message.account.customer_number, message.pk])


# --- who reads, who may ---------------------------------------------------------------------------------------------
def readers_of(message: Message) -> QuerySet[Person]:
    """Return whoever may read the message today: the account's people within its limits, of feedback its author too."""
    people = people_at(message.account, message.audience)
    if message.kind != MessageKind.FEEDBACK:
        return people
    return (people | people_at(message.account).filter(pk=message.author_id)).distinct()


def still_reading(message: Message, people: Collection[int]) -> set[int]:
    """Return those of the person ids `people` who may read the message today."""
    return set(readers_of(message).filter(pk__in=list(people)).values_list("pk", flat=True)) if people else set()


def announces_to_all(account: Account) -> bool:
    """Say whether the reader announces to everybody at the account, which carries their standing."""
    return account.standing.extent(Action.ANNOUNCE) is Extent.ALL


def may_edit(person: Person, account: Account, message: Message) -> bool:
    """Say whether `person`, who sees the message, mends its text: its author, an announcement's also the directors."""
    if message.withdrawn_at is not None:
        return False
    if message.kind in ANNOUNCED:
        return announces_to_all(account) or (message.author_id == person.pk and account.standing.may(Action.ANNOUNCE))
    return message.author_id == person.pk


def may_withdraw(person: Person, account: Account, message: Message) -> bool:
    """Say whether `person` takes the message back: its author, and whoever announces to everybody."""
    return message.withdrawn_at is None and (message.author_id == person.pk or announces_to_all(account))


def may_repeat(person: Person, account: Account, message: Message) -> bool:
    """Say whether `person` reminds those who have not opened the message, and says until when it is pinned."""
    announced = message.kind in ANNOUNCED and message.is_published and account.standing.may(Action.ANNOUNCE)
    return announced and (message.author_id == person.pk or announces_to_all(account))


def may_remove_reply(person: Person, account: Account, reply: Reply) -> bool:
    return reply.removed_at is None and (reply.author_id == person.pk or announces_to_all(account))


# --- lists ----------------------------------------------------------------------------------------------------------
def messages_listed(account: Account, person: Person, kinds: Collection[str]) -> QuerySet[Message]:
    """Return the published messages of these kinds for their list: what is pinned today first, then the latest.

    Each with `unread` (it asks something of the person, who has not opened it), `unacknowledged`, `reply_count`,
    `file_count` and `last_at`, when something was last said in it.
    """
    own = MessageRecipient.objects.filter(message=OuterRef("pk"), person=person, left_at=None)
    replies = Reply.objects.filter(message=OuterRef("pk"), removed_at=None).order_by()
    files = File.objects.filter(message=OuterRef("pk"), removed_at=None, reply=None).order_by()
    latest = replies.order_by("-written_at").values("written_at")[:1]
    found = Message.objects.seen_in(account, account.standing.kinds, person).published().filter(kind__in=kinds)
    urgent = Q(kind=MessageKind.URGENT) & Exists(own.filter(acknowledged_number__lt=OuterRef("asked_number")))
    found = found.select_related("author").annotate(
        pinned=ExpressionWrapper(Q(pinned_until__isnull=False, pinned_until__gte=today()), output_field=BooleanField()),
        unread=Exists(own.filter(opened_at=None)),
        unacknowledged=ExpressionWrapper(urgent, output_field=BooleanField()),
        reply_count=Coalesce(Subquery(replies.values("message").annotate(n=Count("pk")).values("n")), 0),
        file_count=Coalesce(Subquery(files.values("message").annotate(n=Count("pk")).values("n")), 0),
        last_at=Coalesce(Subquery(latest), F("published_at")),
    )
    return found.order_by("-pinned", "-last_at" if MessageKind.DISCUSSION in kinds else "-published_at", "-pk")


def unread_counts(account: Account, person: Person) -> dict[str, int]:
    """Return how many messages of each kind ask something of the person and have not been opened; one query."""
    seen = Message.objects.seen_in(account, account.standing.kinds, person).published()
    waiting = seen.filter(recipients__person=person, recipients__opened_at=None, recipients__left_at=None)
    return dict(waiting.order_by().values_list("kind").annotate(n=Count("pk")))


def waiting_messages(account: Account, person: Person) -> list[Message]:
    """Return what is not published yet: the person's own, and for whoever may approve, everybody's; one query."""
    found = Message.objects.seen_in(account, account.standing.kinds, person).filter(
        published_at=None, withdrawn_at=None, kind__in=TALK
    )
    if not announces_to_all(account):
        found = found.filter(author=person)
    return list(found.select_related("author").order_by("-created_at"))


# --- one message ----------------------------------------------------------------------------------------------------
def message_of(account: Account, person: Person, pk: int) -> Message:
    """Fetch a message for its reader; raises Http404 unless they see it.

    An unpublished one is its author's and theirs who may approve it. Of a withdrawn one everybody who could read it
    finds its place: `is_withdrawn_for` says whether its words are still shown.
    """
    seen = Message.objects.seen_in(account, account.standing.kinds, person)
    found: Message | None = (
        seen.select_related("author", "withdrawn_by", "section").filter(pk=pk).first()
    )  # fmt: skip
    if found is None:
        raise Http404
    found.account = account
    if found.published_at is None and found.author_id != person.pk and not announces_to_all(account):
        raise Http404
    return found


def is_withdrawn_for(person: Person, account: Account, message: Message) -> bool:
    """Say whether the reader finds of the message that it was withdrawn and nothing else."""
    own = message.author_id == person.pk or announces_to_all(account)
    return message.withdrawn_at is not None and not own


def recipient_of(person: Person, message: Message) -> MessageRecipient | None:
    """Return the person's row among those the message is aimed at, None when it is not aimed at them."""
    return MessageRecipient.objects.filter(message=message, person=person, left_at=None).first()


def replies_of(message: Message) -> list[Reply]:
    """Return the replies in their order, removed ones among them: their places stay, their words are not shown."""
    return list(message.replies.select_related("author", "removed_by"))


def files_of(account: Account, message: Message) -> dict[int | None, list[Listed]]:
    """Return the files of a message that the reader sees: under None its own, under a reply's id that one's."""
    files = File.objects.filter(message=message, removed_at=None, attached_at__isnull=False)
    latest = FileVersion.objects.filter(file__in=files, number=F("file__number")).select_related("file", "added_by")
    found: dict[int | None, list[Listed]] = {}
    for version in latest.order_by("file__name_key", "file_id"):
        found.setdefault(version.file.reply_id, []).append(listed(account, version))
    return found


def wordings_of(account: Account, person: Person, message: Message) -> QuerySet[Wording]:
    """Return the texts that the message has had, the latest first, as far as the reader could see each of them.

    One that waits for second eyes is its author's and theirs who may approve.
    """
    found = message.wordings.filter(reply=None).select_related("author")
    if not announces_to_all(account):
        found = found.filter(Q(published_at__isnull=False) | Q(author=person))
    if message.kind == MessageKind.FEEDBACK and message.author_id == person.pk:
        return found
    kinds = [str(kind) for kind in account.standing.kinds]
    return found.filter(Q(audience=None) | Q(audience__overlap=kinds))


def reply_wordings_of(account: Account, message: Message, reply: Reply) -> QuerySet[Wording]:
    """Return the texts that a reply has had, the latest first, as far as the reader could see each of them."""
    kinds = [str(kind) for kind in account.standing.kinds]
    within = Q(audience=None) | Q(audience__overlap=kinds)
    own = Q(author=reply.author_id) if message.kind == MessageKind.FEEDBACK else Q()
    return message.wordings.filter(within | own, reply=reply).select_related("author")


def latest_wording(message: Message) -> Wording:
    """Return the text that was written last, be it still waiting for second eyes."""
    return message.wordings.filter(reply=None).select_related("author").order_by("-number")[0]


def last_approval(message: Message) -> Approval | None:
    """Return the last asking for second eyes about the message, with its verdict; None when nobody was asked."""
    asked = Approval.objects.filter(thing=THING, object_id=message.pk, account=message.account_id)
    return asked.select_related("decided_by", "author").order_by("-asked_at", "-pk").first()


# --- words for an aim -----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class AimNames:
    """Whom a message is aimed at, in words: names of roles, areas and sites."""

    roles: tuple[str, ...]
    areas: tuple[str, ...]
    sites: tuple[str, ...]
    own_people: bool

    @property
    def to_everybody(self) -> bool:
        return not (self.roles or self.areas or self.sites or self.own_people)


def aim_names(aim: Aim) -> AimNames:
    """Return the names of what the aim holds; at most two queries, none for what is aimed at everybody."""
    areas = tuple(Area.objects.filter(pk__in=aim.areas).values_list("name", flat=True)) if aim.areas else ()
    sites = tuple(Site.objects.filter(pk__in=aim.sites).values_list("name", flat=True)) if aim.sites else ()
    return AimNames(tuple(str(Role(role).label) for role in aim.roles), areas, sites, aim.own_people)


def areas_at(account: Account) -> QuerySet[Area]:
    """Return the areas in which the account has sites today."""
    return Area.objects.filter(placements__account=account, placements__period__contains=today()).distinct()


def sites_at(account: Account) -> QuerySet[Site]:
    """Return the account's open sites."""
    return Site.objects.filter(placements__account=account, placements__period__contains=today()).distinct()
