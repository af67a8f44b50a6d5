"""Envelopes for background work that is composed from all apps."""

from celery import shared_task
from django.utils.translation import gettext_lazy as _

from accounts.jobs import Run, enqueue, handler
from kam.digest import send_digests


@shared_task(name="kam.digest")
def enqueue_digests() -> None:
    enqueue("digest", "digest")


@handler("digest", label=_("Daily summaries"))
def digest(run: Run) -> None:
    send_digests()
