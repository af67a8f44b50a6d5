"""Celery's envelopes, and the jobs of this app; what they do lives elsewhere."""

from celery import shared_task
from celery.signals import worker_ready

from accounts import jobs


@shared_task(name=jobs.RUN_TASK)
def run_job(job_id: int) -> None:
    jobs.run_job(job_id)


@shared_task(name="accounts.sweep")
def sweep(everything: bool = False) -> None:
    jobs.sweep(everything=everything)


@worker_ready.connect
def sweep_at_start(**kwargs: object) -> None:
    """Nobody knows what the broker still holds from before: go by the rows."""
    sweep.apply_async([True], retry=False)
