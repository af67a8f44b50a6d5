"""What all tests share: the ground rules of the database, and real servers for those that need them.

Everything is there for each worker of pytest-xdist on its own: databases, ports, folders.
"""

import importlib
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import pytest
from aiosmtpd.controller import Controller
from django.apps import apps
from django.conf import settings as django_settings
from django.db import OperationalError, connection
from django.db.backends.postgresql.operations import DatabaseOperations
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

from accounts.models import LedgerEntry
from tests.cast import cast as cast  # a fixture for all tests

BASE_DIR = Path(__file__).resolve().parent.parent
Start = Callable[..., "subprocess.Popen[bytes]"]

# The same examples on every run in CI, so that a failure there is a failure anywhere.
_relaxed = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]}
hypothesis_settings.register_profile("ci", derandomize=True, **_relaxed)
hypothesis_settings.register_profile("dev", **_relaxed)
hypothesis_settings.load_profile("ci" if os.environ.get("CI") else "dev")

# Started in the background or by nohup, the tests ignore these, and what they start and end would inherit that: what is
# caught is not inherited.
for _ending in (signal.SIGINT, signal.SIGHUP):
    if signal.getsignal(_ending) is signal.SIG_IGN:
        signal.signal(_ending, lambda *_: None)

# Playwright keeps an event loop in the thread of the test, which makes Django fear for its connections.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI a skipped test is a failed run: what was not tried cannot have passed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


ABOUT_MODELS = {"django_content_type", "auth_permission"}


@pytest.fixture(scope="session", autouse=True)
def _flush_what_is_there() -> Iterator[None]:
    """Empty the tables after a transactional test, and put back the rows that migrations made.

    Only tables with rows in them: to truncate all sixty, with their indexes, takes longer than many a test. Without
    their triggers: that of the ledger refuses, those of the foreign keys would look at each row. Django's own rows
    about the models stay: no test changes them, and to make them anew takes a hundred queries.
    """
    migrations = ("accounts.migrations.0002_ledger_guard", "channels_app.migrations.0002_limits_and_contents")
    first_rows = [importlib.import_module(name).fill for name in migrations]
    flush = DatabaseOperations.execute_sql_flush

    def flush_all(self: DatabaseOperations, sql_list: list[str]) -> None:
        tables = [name for sql in sql_list for name in re.findall(r'"(\w+)"', sql)]
        if LedgerEntry._meta.db_table not in tables:
            flush(self, sql_list)
            return
        for attempt in range(5):
            try:
                full = _with_rows(sorted(set(tables) - ABOUT_MODELS))
                flush(self, ["SET LOCAL session_replication_role = replica", *(f'DELETE FROM "{t}"' for t in full)])
                break
            except OperationalError:  # a browser's last request was still being answered: the two waited for each other
                if attempt == 4:
                    raise
        for fill in first_rows:
            fill(apps, None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", flush_all)
        patch.setattr("django.core.management.commands.flush.emit_post_migrate_signal", lambda *_, **__: None)
        yield


def _with_rows(tables: list[str]) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables))
        return [name for (name,) in cursor.fetchall()]


# --- real processes -------------------------------------------------------------------------------------------------
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def free() -> int:
    """A port of 127.0.0.1 that nobody listens on."""
    return free_port()


def wait_until(true: Callable[[], Any], *, seconds: float = 30, what: str = "it") -> Any:
    """Return the first true value of `true()`, or fail naming `what` did not happen in time."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if value := true():
            return value
        time.sleep(0.05)
    pytest.fail(f"{what} did not happen within {seconds:g} s")


@contextmanager
def folder_for_a_server() -> Iterator[Path]:
    """A folder that an embedded server can live in when run by root: pytest closes its own to all other users."""
    with tempfile.TemporaryDirectory(prefix="kam-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    with folder_for_a_server() as folder:
        yield folder


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def end(process: "subprocess.Popen[bytes]", how: signal.Signals = signal.SIGTERM) -> None:
    """End a process started by a test, its children with it."""
    if process.poll() is not None:
        return
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(how)
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(15)
    for child in family:
        if child.is_running():
            child.kill()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start a command as a real process; `start(*command, env=…, log="name")` writes to tmp_path/name.log.

    Whatever still runs when the test ends is ended.
    """
    running: list[subprocess.Popen[bytes]] = []

    def run(*command: str | Path, env: dict[str, str], log: str = "process") -> "subprocess.Popen[bytes]":
        with (tmp_path / f"{log}.log").open("ab") as file:
            process = subprocess.Popen(
                [str(part) for part in command], cwd=BASE_DIR, env=env, stdout=file, stderr=subprocess.STDOUT
            )
        running.append(process)
        return process

    yield run
    for process in reversed(running):
        end(process)


def database_url() -> str:
    """The address of the database this test uses, as another process must be told it."""
    given = connection.settings_dict
    host = given["HOST"] or given.get("OPTIONS", {}).get("host", "")
    user, name, port = quote(given["USER"] or ""), quote(given["NAME"]), given["PORT"]
    password = f":{quote(given['PASSWORD'])}" if given["PASSWORD"] else ""
    if host.startswith("/"):
        return f"postgresql://{user}{password}@/{name}?host={quote(host)}" + (f"&port={port}" if port else "")
    return f"postgresql://{user}{password}@{host}{f':{port}' if port else ''}/{name}"


@pytest.fixture
def process_env(transactional_db: None, tmp_path: Path) -> dict[str, str]:
    """The environment for real processes that work on this test's database, with a broker folder of their own."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "kam.settings",
        "DATABASE_URL": database_url(),
        "VAR_DIR": str(tmp_path / "var"),
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture
def worker(start: Start, process_env: dict[str, str], tmp_path: Path) -> Callable[[], "subprocess.Popen[bytes]"]:
    """Start a real Celery worker on this test's database and broker folder; call it again for another one."""
    started = 0

    def run() -> "subprocess.Popen[bytes]":
        nonlocal started
        started += 1
        log = f"worker{started}"
        process = start(sys.executable, "-m", "celery", "-A", "kam", "worker", "-c", "1", env=process_env, log=log)
        wait_until(lambda: b"ready" in (tmp_path / f"{log}.log").read_bytes(), what="the worker being ready")
        return process

    return run


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Redis server that keeps nothing."""
    program = shutil.which("redis-server")
    assert program, "redis-server is missing: `make test` installs it, or install the package redis-server"
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen(command, cwd=tmp_path_factory.mktemp("redis"), stdout=subprocess.DEVNULL)
    wait_until(lambda: listens(port), what="Redis listening")
    yield f"redis://127.0.0.1:{port}/0"
    end(process)


class Mailbox:
    """Keeps the messages that a real SMTP server was given."""

    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.messages.append(envelope)
        return "250 OK"


@pytest.fixture
def smtp(settings: Any) -> Iterator[Mailbox]:
    """A real SMTP server, named in the settings; `smtp.messages` holds what came in, as envelopes."""
    mailbox = Mailbox()
    controller = Controller(mailbox, hostname="127.0.0.1", port=free_port())
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    yield mailbox
    controller.stop()


# --- browser --------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium, the one without windows if there is one; root has to do without its sandbox."""
    program = next(filter(None, map(shutil.which, ("chromium", "chromium", "chromium-browser", "google-chrome"))), None)
    assert program, "Chromium is missing: `make test` installs it, or install the package chromium"
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {**browser_type_launch_args, "executable_path": program, "args": [*sandbox, "--disable-dev-shm-usage"]}


@pytest.fixture(scope="session", autouse=True)
def _folders() -> None:
    for folder in (django_settings.MEDIA_ROOT, django_settings.STATIC_ROOT):
        Path(folder).mkdir(parents=True, exist_ok=True)
