"""Real workers, real brokers, kill -9: whatever dies, each job is done in the end, and once in its effect."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
import redis

from accounts.jobs import enqueue, run_due
from accounts.models import Job, Person
from kam.embedded import EmbeddedServer
from tests.accounts import job_handlers  # noqa: F401  registers the handlers
from tests.cast import make_person
from tests.conftest import BASE_DIR, Start, free_port, wait_until

pytestmark = pytest.mark.django_db(transaction=True)
Process = subprocess.Popen[bytes]


@pytest.fixture(params=["folder", "redis"])
def env(request: pytest.FixtureRequest, process_env: dict[str, str]) -> dict[str, str]:
    """Processes with short leases and a quick sweep, on the broker without a server and on Redis."""
    env = {**process_env, "JOB_LEASE_SECONDS": "2", "JOB_SWEEP_SECONDS": "0.5", "JOB_RETRY_SECONDS": "0.5"}
    env["REDIS_URL"] = ""
    if request.param == "redis":
        env["REDIS_URL"] = request.getfixturevalue("redis_url")
        redis.Redis.from_url(env["REDIS_URL"]).flushall()
    return env


@pytest.fixture
def celery(start: Start, env: dict[str, str]) -> Iterator[Callable[..., Process]]:
    """Start one of Celery's programs on this test's database and broker; killed at the end, not asked to stop."""
    Path(env["VAR_DIR"]).mkdir(exist_ok=True)
    running = []

    def run(*command: str | Path, log: str) -> Process:
        running.append(start(sys.executable, "-m", "celery", "-A", "kam", *command, env=env, log=log))
        return running[-1]

    yield run
    for process in running:
        if process.poll() is None:
            kill_family(process)


@pytest.fixture
def start_worker(celery: Callable[..., Process], tmp_path: Path) -> Callable[[], Process]:
    def run() -> Process:
        log = tmp_path / f"worker{len(list(tmp_path.glob('worker*.log')))}.log"
        quick = ["--without-mingle", "--without-gossip"]
        process = celery("worker", "-c", "1", "-I", "tests.accounts.job_handlers", *quick, log=log.stem)
        wait_until(lambda: b"ready" in log.read_bytes(), what="the worker being ready")
        return process

    return run


@pytest.fixture
def start_beat(celery: Callable[..., Process], tmp_path: Path) -> Callable[[], Process]:
    def run() -> Process:
        log = f"beat{len(list(tmp_path.glob('beat*.log')))}"
        return celery("beat", "--pidfile=", "-s", tmp_path / f"{log}-schedule", log=log)

    return run


@pytest.fixture
def started(tmp_path: Path) -> Path:
    return tmp_path / "started"


def add(person: Person, started: Path, seconds: float) -> Job:
    """Enqueue it here; this process's messages go to its own broker, so that only the sweep can bring it over."""
    args = {"person": person.pk, "started": str(started), "seconds": seconds}
    return enqueue("test_add", f"add:{person.pk}", args)


def kill_family(process: Process) -> None:
    """kill -9 for the worker and its pool at once, as when the machine dies."""
    family = psutil.Process(process.pid).children(recursive=True)
    for each in [psutil.Process(process.pid), *family]:
        each.kill()
    process.wait(10)


def wait_for_start(started: Path, times: int = 1) -> None:
    wait_until(lambda: started.exists() and len(started.read_text().splitlines()) >= times, what="the job's start")


def wait_for_done(job: Job, person: Person) -> None:
    def done() -> bool:
        job.refresh_from_db()
        assert job.state != Job.State.FAILED, job.error
        return job.state == Job.State.DONE

    wait_until(done, seconds=40, what="the job being done")
    person.refresh_from_db()
    assert (person.title, person.phone) == ("done", "0+1")


def test_worker_killed_in_the_middle_the_next_one_finishes(
    start_worker: Callable[[], Process], start_beat: Callable[[], Process], started: Path
) -> None:
    person = make_person(phone="0")
    start_beat()
    worker = start_worker()
    job = add(person, started, seconds=4)
    wait_for_start(started)
    wait_until(lambda: Job.objects.filter(pk=job.pk, done__gt=0).exists(), what="progress")
    kill_family(worker)
    assert Job.objects.get(pk=job.pk).state == Job.State.RUNNING
    start_worker()
    wait_for_done(job, person)
    assert started.read_text() == "1\n2\n"


def test_pool_child_killed_the_same_worker_finishes(
    start_worker: Callable[[], Process], start_beat: Callable[[], Process], started: Path
) -> None:
    person = make_person(phone="0")
    start_beat()
    start_worker()
    job = add(person, started, seconds=3)
    wait_for_start(started)
    os.kill(int(Job.objects.get(pk=job.pk).worker.split(":")[1]), signal.SIGKILL)
    wait_for_done(job, person)
    assert started.read_text() == "1\n2\n"


def test_job_longer_than_its_lease_is_done_once(
    start_worker: Callable[[], Process], start_beat: Callable[[], Process], started: Path
) -> None:
    person = make_person(phone="0")
    start_beat()
    start_beat()  # two beats: the sweep is safe twice
    start_worker()
    start_worker()
    job = add(person, started, seconds=5)
    wait_for_done(job, person)
    assert started.read_text() == "1\n"


def test_broker_emptied_the_sweep_brings_the_job_back(
    start_worker: Callable[[], Process], start_beat: Callable[[], Process], env: dict[str, str], started: Path
) -> None:
    person = make_person(phone="0")
    job = add(person, started, seconds=0)
    if env["REDIS_URL"]:
        redis.Redis.from_url(env["REDIS_URL"]).flushall()
    else:
        shutil.rmtree(Path(env["VAR_DIR"]) / "broker", ignore_errors=True)
    start_worker()
    start_beat()
    wait_for_done(job, person)


ENQUEUE = """
import sys, time, django
django.setup()
from accounts.jobs import enqueue, run_due
from tests.accounts import job_handlers
began = time.monotonic()
enqueue("test_add", "add", {"person": int(sys.argv[1]), "started": sys.argv[2]})
print(time.monotonic() - began)
"""


def enqueue_elsewhere(env: dict[str, str], person: Person, started: Path) -> tuple[float, str]:
    """Enqueue a job in a process on the broker of `env`; return the seconds it took there, and what it logged."""
    command = [sys.executable, "-c", ENQUEUE, str(person.pk), str(started)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=True)
    return float(done.stdout), done.stderr


def test_message_brings_the_job_at_once_without_any_sweep(
    start_worker: Callable[[], Process], env: dict[str, str], started: Path
) -> None:
    person = make_person(phone="0")
    start_worker()
    enqueue_elsewhere(env, person, started)
    wait_for_done(Job.objects.get(), person)


def test_broker_that_is_down_holds_nobody_up(process_env: dict[str, str], started: Path, tmp_path: Path) -> None:
    person = make_person(phone="0")
    took, log = enqueue_elsewhere({**process_env, "REDIS_URL": f"redis://127.0.0.1:{free_port()}/0"}, person, started)
    assert took < 3
    assert "the broker took no message" in log
    assert run_due() == 1


# --- the database itself --------------------------------------------------------------------------------------------
def test_database_killed_in_the_middle_the_job_is_done_after_its_recovery(
    start: Start, tmp_path: Path, started: Path
) -> None:
    server = EmbeddedServer(tmp_path / "postgres")
    server.start()
    env = {
        **{name: value for name, value in os.environ.items() if name != "REDIS_URL"},
        "DJANGO_SETTINGS_MODULE": "kam.settings",
        "DATABASE_URL": server.url("kam"),
        "VAR_DIR": str(tmp_path / "var"),
        "JOB_LEASE_SECONDS": "2",
        "JOB_SWEEP_SECONDS": "0.5",
        "JOB_RETRY_SECONDS": "0.5",
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"], env=env, cwd=BASE_DIR, check=True)
    code = f"""
import django
django.setup()
from accounts.jobs import enqueue
from accounts.models import Person
from tests.accounts import job_handlers
person = Person.objects.create(employee_number="1", last_name="V", phone="0")
enqueue("test_add", "add", {{"person": person.pk, "started": {str(started)!r}, "seconds": 4}})
"""
    subprocess.run([sys.executable, "-c", code], env=env, cwd=BASE_DIR, check=True)
    celery = [sys.executable, "-m", "celery", "-A", "kam"]
    worker = start(*celery, "worker", "-c", "1", "-I", "tests.accounts.job_handlers", env=env, log="worker")
    beat = start(*celery, "beat", "--pidfile=", "-s", tmp_path / "schedule", env=env, log="beat")

    def ask(query: str) -> Any:
        with psycopg.connect(server.url("kam"), autocommit=True) as connection:
            row = connection.execute(query).fetchone()
        return row and row[0]

    try:
        wait_for_start(started)
        wait_until(lambda: ask("SELECT done FROM accounts_job") > 0, what="progress")
        server.stop(signal.SIGQUIT)
        time.sleep(3)  # longer than the lease, and the worker meets a server that is away
        server.start()
        wait_until(lambda: ask("SELECT state FROM accounts_job") == "done", seconds=60, what="the job being done")
        assert ask("SELECT title || phone FROM accounts_person") == "done0+1"
        assert worker.poll() is None
        assert beat.poll() is None
    finally:
        kill_family(worker)
        kill_family(beat)
        server.stop()
