"""Keeps a claim on a job alive while it is worked on, and tells the worker when it has lost it."""

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog
from django.db import Error, connection, transaction

logger = structlog.get_logger(__name__)
# How often what the worker says about its progress goes into the row.
WRITE_SECONDS = 0.3
EXTEND = """
UPDATE accounts_job SET lease_until = clock_timestamp() + %(seconds)s * interval '1 second',
    stage = %(stage)s, done = %(done)s, total = %(total)s
WHERE id = %(job)s AND worker = %(worker)s AND state = 'running'
"""


class LeaseLost(Exception):
    """Another worker has taken the job over, or may have: this one has to stop."""


def new_worker() -> str:
    """Return a name for one attempt, never used again: two attempts of one process are two workers."""
    return f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid.uuid4().hex[:12]}"


class Lease:
    """The claim of `worker` on a job, for `seconds` at a time.

    A thread with a database connection of its own extends it: the worker's connection may be in the middle of a
    long statement or of a transaction whose writes nobody sees yet.
    """

    def __init__(self, job_id: int, worker: str, seconds: float) -> None:
        self.job_id, self.worker, self.seconds = job_id, worker, seconds
        self.reached = ("", 0, 0)
        self._written = self.reached
        self._extended_at = time.monotonic()
        self._lost = False
        self._over = threading.Event()
        self._alone = False

    def progress(self, stage: str, done: int, total: int) -> None:
        self.reached = (stage[:40], done, total)
        if self._alone and time.monotonic() - self._extended_at >= WRITE_SECONDS:
            self._extend()
        if self._lost:
            raise LeaseLost(f"job {self.job_id}")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Extend the lease as long as the block runs."""
        if connection.in_atomic_block:
            # Inside somebody's transaction (a test's) no other connection sees the row, and nobody can take it.
            self._alone = True
            with transaction.atomic():
                yield
            return
        thread = threading.Thread(target=self._keep, name=f"lease of job {self.job_id}", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _keep(self) -> None:
        try:
            while not self._over.wait(WRITE_SECONDS) and not self._lost:
                age = time.monotonic() - self._extended_at
                if self.reached != self._written or age > self.seconds / 3:
                    self._try_to_extend(age)
        finally:
            connection.close()

    def _try_to_extend(self, age: float) -> None:
        try:
            self._extend()
        except Error as error:
            logger.warning("the lease could not be extended", job=self.job_id, error=str(error))
            connection.close()
            self._lost = age > self.seconds  # past it, somebody else may have the job

    def _extend(self) -> None:
        reached = self.reached
        stage, done, total = reached
        values: dict[str, Any] = {"seconds": self.seconds, "stage": stage, "done": done, "total": total}
        asked_at = time.monotonic()
        with connection.cursor() as cursor:
            cursor.execute(EXTEND, {**values, "job": self.job_id, "worker": self.worker})
            self._lost = cursor.rowcount == 0
        self._written, self._extended_at = reached, asked_at
