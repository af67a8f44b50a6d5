"""Something that must reach a person, claimed before it is sent (see accounts/notify.py)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Delivery(models.Model):
    class Channel(models.TextChoices):
        MAIL = "mail", _("e-mail")
        PUSH = "push", _("telephone")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        DROPPED = "dropped", _("not sent")
        FAILED = "failed", _("failed")

    # Names the one thing that is to be said once, for instance "handover:17".
    key = models.CharField(max_length=200, unique=True)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="deliveries")
    # When set, it is sent only to somebody who may see the account at the moment of sending.
    account = models.ForeignKey("accounts.Account", models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=4, choices=Channel, default=Channel.MAIL, db_default=Channel.MAIL)
    # Where it goes when that is a browser.
    subscription = models.ForeignKey("accounts.PushSubscription", models.SET_NULL, null=True, related_name="+")
    # The line in the system that it carries out into the world; it leaves only while the person sees that line.
    notice = models.ForeignKey("accounts.Notice", models.PROTECT, null=True, related_name="deliveries")
    template = models.CharField(max_length=60)
    context = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    # Until then nobody else takes it: it is being sent, or it rests before the next try.
    lease_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    # When a mail server sent it back after it had left (RFC 3464), or refused the address for good.
    bounced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["id"], condition=models.Q(state__in=["waiting", "sending"]), name="delivery_open")
        ]

    def __str__(self) -> str:
        return self.key
