"""`make run`'s program: one sentence where it cannot run, and no process left behind when it ends."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.conftest import Start, folder_for_a_server, wait_until

RUN = [sys.executable, "-m", "scripts.run"]


@pytest.fixture(scope="module")
def var() -> Iterator[Path]:
    """The folder that the runs of this module share: the demo company is built by the first of them only."""
    with folder_for_a_server() as folder:
        yield folder / "var"


@pytest.fixture
def environment(var: Path, free: int) -> dict[str, str]:
    """As on a fresh machine: nothing named, a folder of its own."""
    given = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
    }
    return {**given, "VAR_DIR": str(var), "PORT": str(free)}


def said(tmp_path: Path) -> str:
    return (tmp_path / "process.log").read_text()


def family(pid: int) -> list[psutil.Process]:
    """All that was started: children and, as it lives in a session of its own, the server."""
    return psutil.Process(pid).children(recursive=True)


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; one that only waits for its parent to take note of its end does not."""
    return [each for each in processes if each.is_running() and each.status() != psutil.STATUS_ZOMBIE]


def test_taken_port_is_one_sentence(start: Start, environment: dict[str, str], tmp_path: Path, free: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free))
        taken.listen()
        assert start(*RUN, env=environment).wait(30) == 1
    assert said(tmp_path) == (
        f"Port {free} is taken by another program: stop it, or choose another with `PORT={free + 1} make run`.\n"
    )


def test_missing_pango_is_one_sentence(start: Start, environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "weasyprint.py").write_text("raise OSError('cannot load library libpango-1.0-0')")
    assert start(*RUN, env={**environment, "PYTHONPATH": str(tmp_path)}).wait(30) == 1
    assert said(tmp_path).startswith("The library Pango is missing")
    assert said(tmp_path).count("\n") == 1


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_every_process_ends_with_it(
    start: Start, environment: dict[str, str], tmp_path: Path, sign: signal.Signals
) -> None:
    running = start(*RUN, env=environment)
    wait_until(lambda: "Open http://" in said(tmp_path) or running.poll() is not None, seconds=90, what="the address")
    assert running.poll() is None, said(tmp_path)
    started = family(running.pid)
    names = {" ".join(process.cmdline()) for process in started}
    assert {name for name in ("gunicorn", "worker", "beat", "postgres") if any(name in line for line in names)} == {
        "gunicorn",
        "worker",
        "beat",
        "postgres",
    }
    running.send_signal(sign)
    assert running.wait(45) == 0
    assert alive(started) == []


def test_signal_while_starting_ends_it_too(start: Start, environment: dict[str, str], open_folder: Path) -> None:
    running = start(*RUN, env={**environment, "VAR_DIR": str(open_folder)})
    wait_until(lambda: (open_folder / "postgres/postmaster.pid").exists(), what="the server starting")
    started = family(running.pid)
    running.send_signal(signal.SIGINT)
    assert running.wait(45) == 0
    assert alive(started) == []


def test_child_that_falls_over_is_named_and_ends_all(start: Start, environment: dict[str, str], tmp_path: Path) -> None:
    running = start(*RUN, env=environment)
    wait_until(lambda: "Open http://" in said(tmp_path) or running.poll() is not None, seconds=90, what="the address")
    started = family(running.pid)
    next(process for process in started if "beat" in process.cmdline()).kill()
    assert running.wait(45) == 1
    assert "The beat ended by itself (status -9), so all of it stops." in said(tmp_path)
    assert alive(started) == []
