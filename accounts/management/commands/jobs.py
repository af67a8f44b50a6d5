"""`manage.py jobs`: what waits, runs and failed, and why; starts failed jobs again; works without a worker."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.jobs import retry_job, run_due
from accounts.models import Job

FIELDS = [
    "id", "name", "key", "state", "attempts", "max_attempts", "stage", "done", "total",
    "run_after", "created_at", "started_at", "finished_at", "error",
]  # fmt: skip
OPEN_AND_FAILED = [Job.State.WAITING, Job.State.RUNNING, Job.State.FAILED]


class Command(BaseCommand):
    help = "List the background jobs that wait, run or failed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--state", choices=Job.State.values, help="only jobs in this state")
        parser.add_argument("--json", action="store_true", help="as a JSON list")
        parser.add_argument("--retry", type=int, metavar="ID", help="start this failed job again")
        parser.add_argument("--run", action="store_true", help="do all that is due, here and without a worker")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["retry"]:
            self.retry(options["retry"])
        elif options["run"]:
            self.stdout.write(f"Jobs done: {run_due()}")
        else:
            states = [options["state"]] if options["state"] else OPEN_AND_FAILED
            self.show(list(Job.objects.filter(state__in=states).order_by("id").values(*FIELDS)), options["json"])

    def retry(self, number: int) -> None:
        try:
            job = Job.objects.get(pk=number)
        except Job.DoesNotExist:
            raise CommandError(f"There is no job {number}.") from None
        if job.state != Job.State.FAILED:
            raise CommandError(f"Job {number} is {job.state}: only failed jobs are started again.")
        self.stdout.write(f"Job {retry_job(job, None).pk} waits.")

    def show(self, jobs: list[dict[str, Any]], as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(jobs, default=str, ensure_ascii=False, indent=1))
            return
        for job in jobs:
            last = job["error"].strip().splitlines()[-1:]
            parts = [f"{job['id']:>8}  {job['state']:<8} {job['name']:<20} {job['key']:<24}"]
            parts += [f"{job['stage']} {job['done']}/{job['total']}"] if job["stage"] else []
            self.stdout.write("  ".join(parts + last).rstrip())
        if not jobs:
            self.stdout.write("No such jobs.")
