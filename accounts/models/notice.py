"""What a person is told in the system, what they chose to get by mail, and the telephones that get urgent things."""

import datetime as dt
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.limited import KindsField, LimitedQuerySet, no_widening

if TYPE_CHECKING:
    from accounts.models.person import Person


class Topic(models.TextChoices):
    """What people choose the way of, each for itself; accounts/notices.py says which notices belong to which."""

    URGENT = "urgent", _("Urgent messages and their reminders")
    ANNOUNCEMENTS = "announcements", _("Announcements")
    QUESTIONS = "questions", _("Questions and answers")
    DISCUSSIONS = "discussions", _("Discussions, replies and mentions")
    DUTIES = "duties", _("What waits for me: second eyes, tasks, deadlines")


class Way(models.TextChoices):
    AT_ONCE = "at_once", _("E-mail at once")
    DAILY = "daily", _("In the daily summary")
    NONE = "none", _("In the system only")


class NoticeQuerySet(LimitedQuerySet):
    """A person's own lines alone; one that belongs to no account is about the system and always seen."""

    def visible_to(self, person: "Person | None", day: dt.date | None = None) -> Self:
        if person is None:
            return self.none()
        own = self.filter(person=person)
        return own.filter(Q(account=None) | Q(pk__in=super(NoticeQuerySet, own).visible_to(person, day).values("pk")))

    def unread(self) -> "NoticeQuerySet":
        return self.filter(read_at=None)


class Notice(models.Model):
    """One line in a person's notices, written once by accounts/notify.py: `key` names it among all that is ever said.

    It is about a thing (say "message" 17) of an account; one without an account is about the system itself. Whoever
    no longer sees the account, or stands outside the `audience` that the thing has now, does not see the line either;
    the app that owns the thing keeps `audience` and `title` true (for messages: triggers, migration 0006).
    """

    key = models.CharField(max_length=200, unique=True)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="notices", db_index=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, null=True, related_name="+", db_index=False)
    kind = models.CharField(max_length=30)  # of accounts/notices.py
    thing = models.CharField(max_length=20, blank=True)
    object_id = models.BigIntegerField(null=True)
    title = models.CharField(max_length=300, blank=True)
    path = models.CharField(max_length=200)
    audience = KindsField(editable=False)
    # Whose deed it was, null when the system's own.
    who = models.ForeignKey("accounts.Person", models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [no_widening("notice_keeps_those_above_limits")]
        indexes = [
            models.Index(fields=["person", "-id"], name="notice_of_a_person"),
            models.Index(fields=["person"], condition=Q(read_at=None), name="notice_unread"),
            models.Index(fields=["thing", "object_id"], name="notice_of_a_thing"),
        ]

    def __str__(self) -> str:
        return self.key


class NotifyChoice(models.Model):
    """How a person wants to hear of a topic, everywhere or at one account; without a row the default holds."""

    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="notify_choices", db_index=False)
    account = models.ForeignKey("accounts.Account", models.PROTECT, null=True, related_name="+", db_index=False)
    topic = models.CharField(max_length=13, choices=Topic)
    way = models.CharField(max_length=7, choices=Way)
    chosen_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "topic", "account"], nulls_distinct=False, name="one_choice_a_topic_and_account"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.account_id} {self.topic}: {self.way}"


class PushSubscription(models.Model):
    """A browser that its user allowed to be woken: RFC 8030, with the keys of RFC 8291."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="push_subscriptions")
    endpoint = models.URLField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=100)
    auth = models.CharField(max_length=40)
    device = models.CharField(_("device"), max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.device}"
