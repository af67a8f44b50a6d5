"""Background work. PostgreSQL is the truth, the broker only a messenger that may lose, repeat or delay anything.

What must happen stands in a row (`enqueue`), is claimed with a lease before it is done (`run_job`), and a sweep by
beat (`sweep`) hands out again whatever was lost: a message, a worker, a whole broker. A lease that ran out may belong
to a worker that is merely stuck, so every handler must be safe to do twice. What a job does is not written here: each
app registers its handlers with `handler` in its `tasks.py`.
"""

import datetime as dt
import json
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.db import Error, IntegrityError, connection, transaction
from django.db.models.functions import Now
from django.utils.functional import Promise
from django.utils.module_loading import autodiscover_modules

from accounts.lease import Lease, LeaseLost, new_worker
from accounts.models import Job, Person

__all__ = [
    "LeaseLost",
    "Permanent",
    "Run",
    "enqueue",
    "handler",
    "label_of",
    "retry_job",
    "run_due",
    "run_job",
    "sweep",
]

logger = structlog.get_logger(__name__)
RUN_TASK = "accounts.run_job"
# A sweep hands out at most so many, the longest waiting first: a long queue must not fill the broker with repeats.
SWEEP_AT_ONCE = 200
ERROR_LENGTH = 20_000
LONGEST_REST = 600.0


class Permanent(Exception):
    """Raise it from a handler when trying again can't help: the job fails at once."""


@dataclass(frozen=True)
class Run:
    """One attempt at a job, as its handler sees it."""

    job_id: int
    args: dict[str, Any]
    attempt: int
    lease: Lease

    def progress(self, stage: str, done: int, total: int) -> None:
        """Say how far the work is; cheap enough for every row.

        Raises LeaseLost when another worker has taken the job over: stop then, it is being done.
        """
        self.lease.progress(stage, done, total)


@dataclass(frozen=True)
class Handler:
    work: Callable[[Run], None]
    lease: float | None
    max_attempts: int
    label: str | Promise


_handlers: dict[str, Handler] = {}


def handler(
    name: str, *, label: str | Promise = "", lease: float | None = None, max_attempts: int = 5
) -> Callable[[Callable[[Run], None]], Callable[[Run], None]]:
    """Register what a job called `name` does.

    `label` says it to people; `lease` is in seconds, JOB_LEASE_SECONDS unless given.
    """

    def register(work: Callable[[Run], None]) -> Callable[[Run], None]:
        _handlers[name] = Handler(work, lease, max_attempts, label or name)
        return work

    return register


@cache
def _load_handlers() -> None:
    """Web processes and commands enqueue too; only Celery's worker loads the tasks modules by itself."""
    autodiscover_modules("tasks")


def _handler(name: str) -> Handler:
    _load_handlers()
    try:
        return _handlers[name]
    except KeyError:
        raise Permanent(f"No handler is registered for jobs called {name!r}.") from None


def label_of(name: str) -> str:
    """Say to people what a job called `name` does."""
    _load_handlers()
    return str(_handlers[name].label) if name in _handlers else name


# --- asking for work ------------------------------------------------------------------------------------------------
ENQUEUE = """
INSERT INTO accounts_job (name, key, args, state, run_after, attempts, max_attempts, worker, stage, done, total, error,
                          created_at, created_by_id, handed_out_at)
VALUES (%(name)s, %(key)s, %(args)s, 'waiting', coalesce(%(run_after)s, clock_timestamp()), 0, %(max_attempts)s, '',
        '', 0, 0, '', clock_timestamp(), %(created_by)s,
        CASE WHEN coalesce(%(run_after)s, clock_timestamp()) <= clock_timestamp() THEN clock_timestamp() END)
ON CONFLICT (name, key) WHERE state IN ('waiting', 'running') DO UPDATE SET
    args = excluded.args,
    run_after = CASE WHEN accounts_job.state = 'waiting' THEN least(accounts_job.run_after, excluded.run_after)
                     ELSE accounts_job.run_after END,
    again_after = CASE WHEN accounts_job.state = 'running' THEN least(accounts_job.again_after, excluded.run_after) END
RETURNING id, state = 'waiting' AND run_after <= clock_timestamp()
"""


def enqueue(
    name: str,
    key: str,
    args: dict[str, Any] | None = None,
    *,
    created_by: Person | None = None,
    run_after: dt.datetime | None = None,
) -> Job:
    """Have the job `name` done once the caller's transaction commits, not before `run_after`.

    An open job of the same name and key is returned instead of a second one, with the newest args. If it runs
    already it runs once more afterwards: the new request may have come too late for it.
    Never fails for the broker's sake: what it does not carry, the sweep hands out.
    """
    values: dict[str, Any] = {
        "name": name,
        "key": key,
        "args": json.dumps(args or {}),
        "run_after": run_after,
        "max_attempts": _handler(name).max_attempts,
        "created_by": created_by and created_by.pk,
    }
    with connection.cursor() as cursor:
        cursor.execute(ENQUEUE, values)
        job_id, due = cursor.fetchone()
    if due:
        transaction.on_commit(lambda: _hand_out(job_id))
    return Job.objects.get(pk=job_id)


def retry_job(job: Job, actor: Person | None) -> Job:
    """Start a failed job again from its first attempt; the same job already open is returned instead."""
    try:
        with transaction.atomic():
            changed = Job.objects.filter(pk=job.pk, state=Job.State.FAILED).update(
                state=Job.State.WAITING, attempts=0, run_after=Now(), handed_out_at=Now(), finished_at=None
            )
    except IntegrityError:
        return Job.objects.get(name=job.name, key=job.key, state__in=[Job.State.WAITING, Job.State.RUNNING])
    if changed:
        logger.info("job started again", job=job.pk, name=job.name, actor=actor and actor.employee_number)
        transaction.on_commit(lambda: _hand_out(job.pk))
    return Job.objects.get(pk=job.pk)


def _hand_out(job_id: int) -> bool:
    """Tell a worker about the job; False when the broker does not take the message."""
    try:
        current_app.send_task(RUN_TASK, [job_id], retry=False, expires=20 * settings.JOB_SWEEP_SECONDS)
    except Exception as error:  # each transport fails in its own way, and none of it may reach whoever asked
        logger.warning("the broker took no message, the sweep will repeat it", job=job_id, error=str(error))
        return False
    return True


# --- doing it -------------------------------------------------------------------------------------------------------
CLAIM = """
UPDATE accounts_job SET state = 'running', worker = %(worker)s, attempts = attempts + 1, again_after = NULL,
    lease_until = clock_timestamp() + %(lease)s * interval '1 second', started_at = clock_timestamp(),
    stage = '', done = 0, total = 0
WHERE id = %(job)s AND (state = 'waiting' AND run_after <= clock_timestamp()
    OR state = 'running' AND lease_until < clock_timestamp())
RETURNING name, args, attempts, max_attempts
"""
CLOSE = """
UPDATE accounts_job SET
    state = CASE WHEN again_after IS NULL THEN %(state)s ELSE 'waiting' END,
    run_after = coalesce(again_after, run_after),
    attempts = CASE WHEN again_after IS NULL THEN attempts ELSE 0 END,
    again_after = NULL, handed_out_at = NULL, lease_until = NULL, finished_at = clock_timestamp(),
    error = %(error)s, stage = %(stage)s, done = %(done)s, total = %(total)s
WHERE id = %(job)s AND worker = %(worker)s AND state = 'running'
RETURNING state = 'waiting' AND run_after <= clock_timestamp()
"""
REST = """
UPDATE accounts_job SET state = 'waiting', handed_out_at = NULL, lease_until = NULL, again_after = NULL,
    run_after = least(again_after, clock_timestamp() + %(delay)s * interval '1 second'), error = %(error)s
WHERE id = %(job)s AND worker = %(worker)s AND state = 'running'
"""


def run_job(job_id: int) -> bool:
    """Claim the job and do it; False when it is not due, or not ours to do.

    Nothing of its outcome is raised: it is in the row, for people to read.
    """
    worker, seconds = new_worker(), _lease_seconds(job_id)
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, {"job": job_id, "worker": worker, "lease": seconds})
        claimed = cursor.fetchone()
    if claimed is None:
        return False
    name, args, attempt, max_attempts = claimed
    lease = Lease(job_id, worker, seconds)
    run = Run(job_id, args if isinstance(args, dict) else json.loads(args), attempt, lease)
    with structlog.contextvars.bound_contextvars(job=job_id, job_name=name, attempt=attempt):
        try:
            _attempt(name, run, max_attempts)
        except Error:
            # The row still says "running": its lease runs out and the sweep hands it out again.
            logger.exception("the job's outcome could not be written down")
            _mend_connection()
    return True


def _lease_seconds(job_id: int) -> float:
    _load_handlers()
    name = Job.objects.filter(pk=job_id).values_list("name", flat=True).first()
    registered = _handlers.get(name or "")
    return (registered and registered.lease) or float(settings.JOB_LEASE_SECONDS)


def _attempt(name: str, run: Run, max_attempts: int) -> None:
    if run.attempt > max_attempts:
        error = f"The worker stopped in the middle of this job {max_attempts} times."
        _close(run, Job.State.FAILED, error)
        return
    try:
        with run.lease.held():
            _handler(name).work(run)
    except LeaseLost:
        logger.warning("another worker took the job over")
    except Exception as error:  # whatever it was, it belongs into the row
        logger.exception("the job failed")
        _mend_connection()
        text = "".join(traceback.format_exception(error))[-ERROR_LENGTH:]
        if isinstance(error, Permanent) or run.attempt >= max_attempts:
            _close(run, Job.State.FAILED, text)
        else:
            _rest(run, text)
    else:
        _close(run, Job.State.DONE, "")


def _mend_connection() -> None:
    """Let go of a connection that broke, so that the next statement opens another."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()


def _close(run: Run, state: Job.State, error: str) -> None:
    stage, done, total = run.lease.reached
    values: dict[str, Any] = {
        "state": state,
        "error": error.replace("\0", ""),
        "stage": stage,
        "done": done,
        "total": total,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLOSE, {**values, "job": run.job_id, "worker": run.lease.worker})
        closed = cursor.fetchone()
    if closed is None:
        logger.warning("another worker took the job over")
    elif closed[0]:
        _hand_out(run.job_id)


def _rest(run: Run, error: str) -> None:
    """Let the job wait before the next attempt: 5 s, 20 s, 80 s, … 10 min with the usual setting."""
    delay = min(settings.JOB_RETRY_SECONDS * 4 ** min(run.attempt - 1, 10), LONGEST_REST)
    values = {"delay": delay, "error": error.replace("\0", ""), "job": run.job_id, "worker": run.lease.worker}
    with connection.cursor() as cursor:
        cursor.execute(REST, values)


# --- what got lost --------------------------------------------------------------------------------------------------
DUE = "(state = 'waiting' AND run_after <= clock_timestamp() OR state = 'running' AND lease_until < clock_timestamp())"
SWEEP = f"""
UPDATE accounts_job SET handed_out_at = clock_timestamp() WHERE id IN (
    SELECT id FROM accounts_job
    WHERE {DUE} AND (%(all)s OR handed_out_at IS NULL
        OR handed_out_at < clock_timestamp() - %(patience)s * interval '1 second')
    ORDER BY run_after, id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING id
"""  # noqa: S608  a constant


def sweep(*, everything: bool = False) -> int:
    """Hand out again what should be under way and is not; return how many. Two sweeps at once do no harm.

    A job is given twice the sweep's interval to be taken before it is handed out again; with `everything` (a worker
    starts, and nobody knows what the broker still holds) none is.
    """
    values = {"all": everything, "patience": 2 * settings.JOB_SWEEP_SECONDS, "limit": SWEEP_AT_ONCE}
    with connection.cursor() as cursor:
        cursor.execute(SWEEP, values)
        jobs = sorted(row[0] for row in cursor.fetchall())
    # The first refusal speaks for the others: a broker that is down would make each of them wait.
    return len(jobs) if all(_hand_out(job) for job in jobs) else 0


def run_due() -> int:
    """Do all that is due here and now, without broker or worker, until nothing is; return how many were done."""
    count = 0
    while due := _next_due():
        count += run_job(due)
    return count


def _next_due() -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM accounts_job WHERE {DUE} ORDER BY run_after, id LIMIT 1")  # noqa: S608
        row = cursor.fetchone()
    return row and row[0]
