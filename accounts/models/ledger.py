"""The ledger: what happened to access, append-only. Triggers in migration 0001 refuse every change and deletion."""

from typing import Any

from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

# The ledger outlives what it tells of; nothing it names is ever deleted, so the database need not look it up.
_OF: dict[str, Any] = {"on_delete": models.PROTECT, "null": True, "db_index": False, "db_constraint": False}


class LedgerEntry(models.Model):
    class Event(models.TextChoices):
        STARTED = "started", _("access starts")
        CHANGED = "changed", _("access changes")
        BLOCKED = "blocked", _("access blocked by a barrier")
        UNBLOCKED = "unblocked", _("block lifted")
        ENDED = "ended", _("access ends")
        WITHDRAWN = "withdrawn", _("access withdrawn: its cause was corrected away")
        IMPORTED = "imported", _("import applied")
        UNDONE = "undone", _("import undone")
        INVITED = "invited", _("invited")
        SUBSTITUTED = "substituted", _("substitution set")
        DECIDED = "decided", _("barrier decision")
        EDITED = "edited", _("data edited by hand")
        EXPORTED = "exported", _("exported")
        OPENED = "opened", _("opened")
        LOGIN_SHUT = "login_shut", _("login shut")

    at = models.DateTimeField()
    event = models.CharField(max_length=12, choices=Event)
    account = models.ForeignKey("accounts.Account", related_name="ledger", **_OF)
    person = models.ForeignKey("accounts.Person", related_name="ledger", **_OF)
    kind = models.CharField(max_length=11, blank=True)
    acts_as = models.CharField(max_length=11, blank=True)
    starts = models.DateField(null=True)
    ends = models.DateField(null=True)
    blocked = models.BooleanField(default=False)
    # The cause as it was then, in words and numbers that outlive the rows it came from.
    cause = models.JSONField(default=dict)
    # Who did it: a person, or the system itself through an import or a scheduled job.
    actor = models.ForeignKey("accounts.Person", related_name="+", **_OF)
    roster_import = models.ForeignKey("accounts.RosterImport", related_name="ledger", **_OF)

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["account", "at"], name="ledger_account"),
            models.Index(fields=["person", "at"], name="ledger_person"),
            # Rows lie in the order of their time and of their import: a note a block finds them.
            BrinIndex(fields=["at", "roster_import"], name="ledger_order", pages_per_range=16),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.event}"
