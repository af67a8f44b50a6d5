"""Real servers and processes for tests that kill them: PostgreSQL, Redis, SMTP, two workers, two beats.

The test itself works on the same database as those, by Django's own connection.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import environ
import psutil
import psycopg
import redis
from django.core.management import call_command
from django.db import connection

from accounts.models import Job
from kam import embedded
from kam.embedded import EmbeddedServer
from tests.channels_app.post_office import PostOffice
from tests.conftest import BASE_DIR, database_url, end, free_port, wait_until

CELERY = [sys.executable, "-m", "celery", "-A", "kam"]
QUICK = {"JOB_LEASE_SECONDS": "2", "JOB_SWEEP_SECONDS": "0.5", "JOB_RETRY_SECONDS": "0.5"}
Process = subprocess.Popen[bytes]


@dataclass
class House:
    """All that runs. Whatever a test kills it starts again with `keep_up`."""

    folder: Path
    server: EmbeddedServer
    post: PostOffice
    redis_url: str
    workers: list[Process] = field(default_factory=list)
    beats: list[Process] = field(default_factory=list)
    # How many processes that may have been handing over a message were killed.
    kills: int = 0
    _started: int = 0

    # --- processes --------------------------------------------------------------------------------------------------
    def keep_up(self) -> None:
        """Have two workers and two beats running, or about to."""
        while len(self.workers) < 2:
            quick = ["-I", "tests.channels_app.quick_sending", "--without-mingle", "--without-gossip"]
            self.workers.append(self._start("worker", "-c", "1", *quick))
        while len(self.beats) < 2:
            self.beats.append(self._start("beat", "--pidfile=", "-s", self.folder / f"schedule{self._started}"))

    def wait_for_workers(self) -> None:
        wait_until(lambda: all(map(_children, self.workers)), seconds=60, what="the workers being there")

    def _start(self, *command: str | Path) -> Process:
        self._started += 1
        with (self.folder / f"{command[0]}{self._started}.log").open("wb") as log:
            return subprocess.Popen(
                [str(part) for part in [*CELERY, *command]], cwd=BASE_DIR, env=self._env(), stdout=log, stderr=log
            )

    def _env(self) -> dict[str, str]:
        return {
            **os.environ,
            **QUICK,
            "DJANGO_SETTINGS_MODULE": "kam.settings",
            "DATABASE_URL": self.server.url("kam"),
            "REDIS_URL": self.redis_url,
            "EMAIL_URL": f"smtp://127.0.0.1:{self.post.port}",
            "VAR_DIR": str(self.folder / "var"),
        }

    def stop(self) -> None:
        for process in [*self.workers, *self.beats]:
            end(process, signal.SIGKILL)

    # --- killing ----------------------------------------------------------------------------------------------------
    def kill_worker(self, number: int = 0) -> None:
        """kill -9 for a worker and its pool at once, as when its machine dies; nobody starts it again."""
        self.kills += 1
        _kill(self.workers.pop(number))

    def kill_pool(self, number: int) -> None:
        """kill -9 for the process in which a worker does its jobs; the worker starts another."""
        self.kills += 1
        for child in _children(self.workers[number]):
            child.kill()

    def kill_beat(self, number: int) -> None:
        _kill(self.beats.pop(number))

    def kill_whoever_does(self, job: str) -> None:
        """kill -9 for the process that does `job` at this moment; its worker starts another."""
        _process_of(job).kill()

    def empty_redis(self) -> None:
        redis.Redis.from_url(self.redis_url).flushall()

    @contextmanager
    def database_away(self, how: signal.Signals = signal.SIGINT) -> Iterator[None]:
        """Stop PostgreSQL for the block: as an update does, or with SIGQUIT as when it crashes."""
        self.server.stop(how)
        yield
        self.server.start()
        connection.close()

    # --- time -------------------------------------------------------------------------------------------------------
    def end_leases(self) -> None:
        """Let the time pass after which others take over what the dead had claimed, and hand all jobs out now."""
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_job SET lease_until = clock_timestamp() WHERE state = 'running'")
            cursor.execute("UPDATE accounts_delivery SET lease_until = clock_timestamp() WHERE state = 'sending'")
        hand_out()


def hand_out() -> None:
    """Have the next sweep hand out what this process asked for: its own broker is another one."""
    Job.objects.filter(state=Job.State.WAITING).update(handed_out_at=None)


def freeze_whoever_does(job: str) -> None:
    _process_of(job).suspend()


def _process_of(job: str) -> psutil.Process:
    worker = Job.objects.filter(name=job, state=Job.State.RUNNING).latest("started_at").worker
    return psutil.Process(int(worker.split(":")[1]))


def _kill(process: Process) -> None:
    for each in [psutil.Process(process.pid), *_children(process)]:
        each.kill()
    process.wait(10)


def _children(process: Process) -> list[psutil.Process]:
    try:
        return psutil.Process(process.pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


# --- the database ---------------------------------------------------------------------------------------------------
@contextmanager
def own_database(folder: Path) -> Iterator[EmbeddedServer]:
    """A PostgreSQL that keeps its word over a crash, with the tables of the tests' database; Django works on it."""
    server = EmbeddedServer(folder / "postgres", port=free_port())
    server.start()
    copied = _copy_tables(server)
    connection.close()
    before = connection.settings_dict
    named: dict[str, Any] = environ.Env.db_url_config(server.url("kam"))
    connection.settings_dict = {
        **before,
        **{name: named[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")},
    }
    try:
        if not copied:
            call_command("migrate", verbosity=0)
        yield server
    finally:
        connection.close()
        connection.settings_dict = before
        server.stop()


def _copy_tables(server: EmbeddedServer) -> bool:
    """Copy them, which takes a second where migrations take ten; False where the tests' server is a newer one."""
    programs = embedded._programs()
    dump = subprocess.run([programs / "pg_dump", "-O", "-d", database_url()], capture_output=True)
    if dump.returncode:
        return False
    quietly = ["-q", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1", "-d", server.url("kam")]
    subprocess.run([programs / "psql", *quietly], input=dump.stdout, check=True)
    return True


@contextmanager
def in_the_way(server: EmbeddedServer, statement: str, *values: Any) -> Iterator[None]:
    """Somebody else's transaction, which has executed `statement` and stays open for the block, then takes it back."""
    with psycopg.connect(server.url("kam")) as other:
        other.execute(statement, values)
        yield
        other.rollback()


def wait_for_somebody_waiting() -> None:
    """Wait until a worker's statement waits for another transaction."""
    asked = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"

    def waits() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(asked)
            return bool(cursor.fetchone()[0])

    wait_until(waits, what="a worker's waiting for another transaction")
