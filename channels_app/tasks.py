"""The channel's envelopes for background work; what is done lives in actions/."""

from celery import shared_task
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.handover import Opened, stays_changed
from accounts.jobs import Run, enqueue, handler
from channels_app.actions.clean_files import clean_files
from channels_app.actions.escalation import JOB as ESCALATE
from channels_app.actions.escalation import call_at_next_step, due_steps, run_due_steps
from channels_app.actions.files import PREVIEW_JOB
from channels_app.actions.previews import draw_preview
from channels_app.actions.recipients import follow_access
from channels_app.tellers import tell_of_messages as tell_of_messages  # registers itself


@handler(PREVIEW_JOB, label=_("Preview of a file"), lease=120)
def preview(run: Run) -> None:
    draw_preview(run.args["version"])


@shared_task(name="channels_app.clean_files")
def enqueue_cleaning() -> None:
    enqueue("clean_files", "clean_files")


@handler("clean_files", label=_("Clearing away of files that belong to nothing"))
def cleaning(run: Run) -> None:
    clean_files(progress=run.progress)


@stays_changed
def recipients_follow(opened: Opened, closed: Opened) -> None:
    follow_access(opened, closed)


@shared_task(name="channels_app.escalate")
def enqueue_due_steps() -> None:
    """A net under the job that each ladder asks for when its next step is due."""
    if due_steps(timezone.now()).exists():
        enqueue(ESCALATE, ESCALATE)


@handler(ESCALATE, label=_("Reminders of urgent messages"))
def escalate(run: Run) -> None:
    now = timezone.now()
    try:
        run_due_steps(now)
    finally:  # one message that can't go on must not make the others late
        call_at_next_step(now)
