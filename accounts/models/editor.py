"""Whom an account's director named to edit its pages, clock, board and webinars."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Editor(models.Model):
    """Gives no sight of the account: an editor edits while some grant lets them see it."""

    account = models.ForeignKey("accounts.Account", models.PROTECT, related_name="editors")
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="editorships", verbose_name=_("person"))
    named_by = models.ForeignKey("accounts.Person", models.PROTECT, related_name="+")
    named_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account", "person"], condition=Q(ended_at=None), name="an_editor_is_named_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.account}"
