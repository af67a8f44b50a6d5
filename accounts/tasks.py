"""Celery's envelopes, and the jobs of this app; what they do lives elsewhere."""

from pathlib import Path

from celery import shared_task
from celery.signals import worker_ready
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts import jobs
from accounts.handover import open_and_close_stays
from accounts.jobs import Run, enqueue, handler
from accounts.models import Delivery, RosterImport
from accounts.notify import sending
from accounts.notify.bounces import take_folder
from accounts.roster import handlers  # noqa: F401  registers the jobs of imports


@shared_task(name=jobs.RUN_TASK)
def run_job(job_id: int) -> None:
    jobs.run_job(job_id)


@shared_task(name="accounts.sweep")
def sweep(everything: bool = False) -> None:
    jobs.sweep(everything=everything)
    sending.resume()


@worker_ready.connect
def sweep_at_start(**kwargs: object) -> None:
    """Nobody knows what the broker still holds from before: go by the rows."""
    sweep.apply_async((True,), retry=False)


@shared_task(name="accounts.letters")
def enqueue_letters() -> None:
    enqueue("letters", "letters")


@handler("letters", label=_("Letters to those whose access began or ended"))
def letters(run: Run) -> None:
    """Tell those who came and those who left; `run.args["import"]`, if any, is the import that brought it about."""
    open_and_close_stays(roster_import=RosterImport.objects.filter(pk=run.args.get("import", 0)).first())


@shared_task(name="accounts.bounces")
def enqueue_bounces() -> None:
    if settings.BOUNCES_FOLDER:
        enqueue("bounces", "bounces")


@handler("bounces", label=_("Mail that came back"))
def bounces(run: Run) -> None:
    take_folder(Path(settings.BOUNCES_FOLDER))


# A mail server may be away for a night: the job then rests ten minutes at a time.
@handler("deliver", label=_("Sending of messages"), max_attempts=100)
def deliver(run: Run) -> None:
    channel, helps = run.args.get("channel", Delivery.Channel.MAIL), run.args.get("helps", False)
    sending.send_open(run.progress, channel, alone=not helps)
