"""Messages that stay: announcements, urgent ones, discussions, feedback, and questions with their answers.

A message asks something of those it is aimed at (`MessageRecipient`); whoever sees the account may read it, within its
limit. Aims address, limits hide (docs/decisions/0012).
"""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import ABOVE_LIMITS, KindsField, LimitedQuerySet, Role, no_widening
from kam.lib.dates import today

if TYPE_CHECKING:
    from accounts.models import Person


class MessageKind(models.TextChoices):
    ANNOUNCEMENT = "announcement", _("announcement")
    URGENT = "urgent", _("urgent message")
    DISCUSSION = "discussion", _("discussion")
    FEEDBACK = "feedback", _("feedback")
    QUESTION = "question", _("question")


class MessageQuerySet(LimitedQuerySet):
    """Feedback is limited to those above limits, and yet its author sees their own."""

    def visible_to(self, person: "Person | None", day: dt.date | None = None) -> Self:
        if person is None:
            return self.none()
        from accounts.access import seen_accounts  # the rule lives there; access imports models

        own = Q(kind=MessageKind.FEEDBACK, author=person, account__in=seen_accounts(person, day))
        return self.filter(Q(pk__in=super().visible_to(person, day).values("pk")) | own)

    def seen_in(self, account: models.Model, kinds: "frozenset[str]", person: "Person | None") -> Self:
        """Keep what somebody of these kinds, namely `person`, sees at the account: `within`, and their own feedback."""
        if not kinds or person is None:
            return self.none()
        within = Q(audience__isnull=True) | Q(audience__overlap=[str(kind) for kind in kinds])
        return self.filter(within | Q(kind=MessageKind.FEEDBACK, author=person), account=account)

    def published(self) -> Self:
        """Keep what has been published and not withdrawn."""
        return self.filter(published_at__isnull=False, withdrawn_at=None)

    def standing(self, day: dt.date | None = None) -> Self:
        """Keep what asks something of whoever comes now: pinned today, or urgent."""
        return self.published().filter(Q(pinned_until__gte=day or today()) | Q(kind=MessageKind.URGENT))


class Message(models.Model):
    """A message as it reads now. `number` is that of its latest published wording, 0 while it waits for second eyes.

    `audience`, what comes of its own limit and its section's, is kept by a trigger (migration 0006).
    """

    # How far it has come, in numbers, for whoever may know; set where messages are listed (views/messages.py).
    reached: object | None

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="messages")
    section = models.ForeignKey("channels_app.Section", models.PROTECT, related_name="messages")
    kind = models.CharField(_("kind"), max_length=12, choices=MessageKind)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(blank=True)  # HTML, sanitised before it is stored
    number = models.PositiveIntegerField(default=0)
    author = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    withdrawn_because = models.CharField(_("why it was withdrawn"), max_length=200, blank=True)
    limit = KindsField()
    audience = KindsField(editable=False)

    # Whom it is aimed at: of these roles (any when empty), in these areas or at these sites (anywhere when both are).
    aim_roles = ArrayField(models.CharField(max_length=20, choices=Role), default=list, blank=True)
    aim_areas = ArrayField(models.BigIntegerField(), default=list, blank=True)
    aim_sites = ArrayField(models.BigIntegerField(), default=list, blank=True)
    # The author's own people only: all that a superior may announce to.
    aim_own_people = models.BooleanField(default=False)

    pinned_until = models.DateField(_("pinned until"), null=True, blank=True)
    # An urgent message is to be acknowledged by then. A critical one does not wait for the end of quiet hours.
    acknowledge_by = models.DateTimeField(_("to be acknowledged by"), null=True, blank=True)
    critical = models.BooleanField(_("critical"), default=False)
    # The wording that an acknowledgement must be of, at least: grows when an edit asks everybody again.
    asked_number = models.PositiveIntegerField(default=0)

    # Questions: when somebody else first answered, which answer is right and who says so, the page it became.
    answered_at = models.DateTimeField(null=True)
    right_reply = models.ForeignKey("channels_app.Reply", models.PROTECT, null=True, related_name="+")
    right_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    right_at = models.DateTimeField(null=True)
    page = models.OneToOneField("channels_app.Page", models.PROTECT, null=True, related_name="question")

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        constraints = [
            no_widening("message_keeps_those_above_limits"),
            models.CheckConstraint(
                condition=Q(kind=MessageKind.URGENT, acknowledge_by__isnull=False)
                | (~Q(kind=MessageKind.URGENT) & Q(acknowledge_by=None, critical=False)),
                name="urgent_until_when",
            ),
            models.CheckConstraint(
                condition=~Q(kind=MessageKind.FEEDBACK) | Q(limit=[str(kind) for kind in ABOVE_LIMITS]),
                name="feedback_is_for_those_above_limits",
            ),
            models.CheckConstraint(
                condition=Q(kind=MessageKind.QUESTION) | Q(right_reply=None, page=None),
                name="only_questions_are_answered",
            ),
            models.CheckConstraint(
                condition=Q(published_at=None, number=0) | Q(published_at__isnull=False, number__gt=0),
                name="message_published_with_a_wording",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "kind", "-published_at"], name="message_of_an_account"),
            models.Index(
                fields=["acknowledge_by"],
                condition=Q(kind="urgent", withdrawn_at=None, published_at__isnull=False),
                name="message_urgent",
            ),
            models.Index(fields=["account"], condition=Q(kind="question", right_reply=None), name="question_open"),
        ]

    def __str__(self) -> str:
        return self.subject

    @property
    def is_published(self) -> bool:
        return self.published_at is not None and self.withdrawn_at is None

    @property
    def to_everybody(self) -> bool:
        return not (self.aim_roles or self.aim_areas or self.aim_sites or self.aim_own_people)


class ReplyQuerySet(LimitedQuerySet):
    """Start from the message: `Reply.objects.filter(message__in=Message.objects.visible_to(person))`."""

    account_path = "message__account"
    audience_path = "message__audience"


class Reply(models.Model):
    """What somebody answered; of a question, an answer. Who sees the message sees its replies."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="replies")
    author = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    body = models.TextField()
    number = models.PositiveIntegerField(default=1)
    written_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)
    removed_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")

    objects = ReplyQuerySet.as_manager()

    class Meta:
        ordering = ["written_at", "pk"]
        indexes = [models.Index(fields=["author", "written_at"], name="reply_of_an_author")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.author_id}"


class Wording(models.Model):
    """A message's or a reply's text from one edit to the next; of a message also one that waits for second eyes.

    `audience` is the message's while the wording was made: a later widening opens nothing of before.
    """

    message = models.ForeignKey(Message, models.PROTECT, related_name="wordings")
    reply = models.ForeignKey(Reply, models.PROTECT, null=True, related_name="wordings")
    number = models.PositiveIntegerField()
    subject = models.CharField(max_length=200, blank=True)
    body = models.TextField(blank=True)
    author = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)
    published_at = models.DateTimeField(null=True)
    # Whether everybody is to acknowledge anew once it is published, and by when.
    asks_again = models.BooleanField(default=False)
    acknowledge_by = models.DateTimeField(null=True)
    audience = KindsField(editable=False)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "reply", "number"], nulls_distinct=False, name="one_wording_a_number"
            ),
            no_widening("wording_keeps_those_above_limits"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.number}"


class Mention(models.Model):
    """A person of the account named in a message or a reply with "@First Last"."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="mentions")
    reply = models.ForeignKey(Reply, models.PROTECT, null=True, related_name="mentions")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "reply", "person"], nulls_distinct=False, name="mentioned_once")
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.person_id}"


class MessageRecipient(models.Model):
    """A person that a message is aimed at, and how far it has reached them.

    Delivered is read from the notice's deliveries. The row gives no sight of anything: access is asked each time, and
    whoever has lost it drops out of the count by `left_at`, kept as a note; who comes back, comes back with what they
    had opened and acknowledged.
    """

    message = models.ForeignKey(Message, models.PROTECT, related_name="recipients", db_index=False)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", db_index=False)
    added_at = models.DateTimeField(default=timezone.now)
    # Came to the account after the message was published.
    came_later = models.BooleanField(default=False)
    opened_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    # The wording that was acknowledged; it counts while it is not below the message's `asked_number`.
    acknowledged_number = models.PositiveIntegerField(default=0)
    # Somebody else: whoever stands in for the person.
    acknowledged_by = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+")
    left_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "person"], name="a_recipient_once"),
            models.CheckConstraint(
                condition=Q(acknowledged_at=None, acknowledged_number=0, acknowledged_by=None)
                | Q(acknowledged_at__isnull=False, acknowledged_number__gt=0),
                name="acknowledged_with_a_wording",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "message"], name="recipient_of_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.message_id} {self.person_id}"


class Repeat(models.Model):
    """A message said once more to those who had not opened it."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="repeats")
    number = models.PositiveIntegerField()
    by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    people = models.PositiveIntegerField()

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="one_repeat_a_number")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.number}"


class EscalationStep(models.Model):
    """A rung of an urgent message's ladder (channel.md, "Messages"): laid when it is published, shown in advance.

    `asking` is the wording that it presses for: one that asks again has a ladder of its own.
    """

    class What(models.TextChoices):
        PUBLISH = "publish", _("Everybody is told")
        REMIND = "remind", _("Whoever has not acknowledged is reminded")
        STAND_IN = "stand_in", _("Reminded again; their substitute, or else their superior, is told")
        DEADLINE = "deadline", _("Time is up: the superior and the author are told")

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        NOBODY = "nobody", _("everybody had acknowledged")
        OVERTAKEN = "overtaken", _("overtaken by the next step")
        ENDED = "ended", _("the message was withdrawn or asked anew")

    message = models.ForeignKey(Message, models.PROTECT, related_name="steps", db_index=False)
    asking = models.PositiveIntegerField()
    number = models.PositiveSmallIntegerField()
    what = models.CharField(max_length=8, choices=What)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)

    class Meta:
        ordering = ["message", "asking", "number"]
        constraints = [
            models.UniqueConstraint(fields=["message", "asking", "number"], name="one_step_a_number"),
            models.CheckConstraint(
                condition=Q(done_at=None, outcome="") | (Q(done_at__isnull=False) & ~Q(outcome="")),
                name="step_done_with_an_outcome",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(done_at=None), name="step_due")]

    def __str__(self) -> str:
        return f"{self.message_id} {self.asking}.{self.number}"


class Reminder(models.Model):
    """The log of the ladder: who was told at a step about whom. Written once, in the step's own transaction."""

    class As(models.TextChoices):
        SELF = "self", _("themselves")
        SUBSTITUTE = "substitute", _("substitute")
        SUPERIOR = "superior", _("superior")
        AUTHOR = "author", _("author")

    step = models.ForeignKey(EscalationStep, models.PROTECT, related_name="reminders", db_index=False)
    about = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", db_index=False)
    told = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+", db_index=False)
    told_as = models.CharField(max_length=10, choices=As)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["step", "about", "told"], name="told_once_a_step"),
            models.CheckConstraint(
                condition=~Q(told_as="self") | Q(told=F("about")), name="told_themselves_about_themselves"
            ),
        ]
        indexes = [models.Index(fields=["about", "step"], name="reminder_about")]

    def __str__(self) -> str:
        return f"{self.step_id} {self.told_id} about {self.about_id}"
