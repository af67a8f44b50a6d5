"""What the mails about imports say, written when they are sent."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Delivery, RosterImport
from accounts.notify import content
from accounts.queries.admin.imports import GUARD
from accounts.roster.problems import problem_text

IMPORT_STOPPED = "accounts/email/import_stopped"


@content(IMPORT_STOPPED)
def import_stopped_content(delivery: Delivery) -> dict[str, Any] | None:
    """The file and why it was not applied; None once somebody has seen to it."""
    stopped = RosterImport.objects.filter(pk=delivery.context["import"]).first()
    if stopped is None or stopped.state not in (RosterImport.State.FORECAST, RosterImport.State.FAILED):
        return None
    return {
        "file": stopped.file_name,
        "failed": stopped.state == RosterImport.State.FAILED,
        "reasons": _reasons(stopped),
        "losing": stopped.figures.get("access_lost", 0),
        "url": settings.SITE_URL.rstrip("/") + reverse("import", args=[stopped.pk]),
        "label": _("Open the import"),
    }


def _reasons(stopped: RosterImport) -> list[str]:
    if stopped.state == RosterImport.State.FAILED:
        return [problem_text(stopped.error_code, stopped.error_params)]
    return [str(GUARD[reason]) for reason in stopped.guard if reason in GUARD]
