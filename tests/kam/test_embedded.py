"""The embedded server: starts from nothing and from ruins, is shared, and leaves with the last who uses it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kam import embedded
from kam.embedded import EmbeddedServer, EmbeddedServerError
from tests.conftest import BASE_DIR, Start, end, wait_until

USE = """
import sys, time
from pathlib import Path
from kam import embedded
print(embedded.provide(Path(sys.argv[1]), durable=False), flush=True)
sys.stdin.read()
"""


@pytest.fixture
def server(open_folder: Path) -> Iterator[EmbeddedServer]:
    server = EmbeddedServer(open_folder / "postgres", durable=False)
    yield server
    server.stop()


def use(pgdata: Path) -> "subprocess.Popen[str]":
    """A process that uses the server until its standard input ends; returns once it has the address."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    process = subprocess.Popen(
        [sys.executable, "-c", USE, str(pgdata)],
        cwd=BASE_DIR,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline().startswith("postgresql://")
    return process


def leave(process: "subprocess.Popen[str]") -> None:
    process.communicate(timeout=30)


def ask(server: EmbeddedServer, query: str) -> object:
    with psycopg.connect(server.url("kam")) as connection:
        row = connection.execute(query).fetchone()
    return row and row[0]


def test_capital_and_small_finnish_letters_match_whatever_the_machine_speaks(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LC_ALL", "C")
    server.start()
    assert ask(server, "SELECT lower('ÄÅÖŠ')") == "äåöš"
    assert ask(server, "SHOW server_encoding") == "UTF8"


@pytest.mark.parametrize("name", ["with blank", "pilkku, lainaus\" ja 'ä'", "long-" + "x" * 120])
def test_odd_folders_are_fine(open_folder: Path, name: str) -> None:
    server = EmbeddedServer(open_folder / name / "postgres", durable=False)
    server.start()
    try:
        assert ask(server, "SELECT 1") == 1
    finally:
        server.stop()
    assert server.postmaster() is None


def test_listens_on_a_port_when_asked(open_folder: Path, free: int) -> None:
    server = EmbeddedServer(open_folder / "postgres", port=free, durable=False)
    server.start()
    try:
        assert f"127.0.0.1:{free}" in server.url("kam")
        assert ask(server, "SELECT 1") == 1
    finally:
        server.stop()


def test_starts_again_after_being_killed_with_all_that_was_committed(server: EmbeddedServer) -> None:
    server = EmbeddedServer(server.pgdata)
    server.start()
    postmaster = server.postmaster()
    assert postmaster
    client = psycopg.connect(server.url("kam"))
    client.execute("CREATE TABLE kept (n int)")
    client.commit()
    client.execute("SELECT count(*) FROM kept")  # a transaction stays open
    postmaster.send_signal(signal.SIGKILL)
    wait_until(lambda: server.postmaster() is None, what="the server being gone")
    server.start()
    assert ask(server, "SELECT count(*) FROM kept") == 0


def test_start_that_was_broken_off_leaves_no_half_of_a_cluster(server: EmbeddedServer) -> None:
    part = server.pgdata.with_name("postgres.part")
    part.mkdir()
    (part / "PG_VERSION").write_text("18\n")
    server.start()
    assert ask(server, "SELECT 1") == 1
    assert not part.exists()


def test_number_of_a_dead_server_that_now_belongs_to_another_program_does_not_confuse(
    server: EmbeddedServer, start: Start
) -> None:
    server.start()
    files = [server.pgdata / "postmaster.pid", server.socket_folder / ".s.PGSQL.5432.lock"]
    texts = [file.read_text() for file in files]
    server.stop()
    stranger = start("sleep", "60", env=dict(os.environ))
    for file, text in zip(files, texts, strict=True):
        file.write_text(text.replace(text.split("\n", 1)[0], str(stranger.pid), 1))
    server.start()
    assert ask(server, "SELECT 1") == 1
    assert stranger.poll() is None


def test_last_user_stops_the_server(server: EmbeddedServer) -> None:
    first, second = use(server.pgdata), use(server.pgdata)
    leave(first)
    assert server.answers()
    leave(second)
    assert server.postmaster() is None


def test_killed_user_does_not_keep_the_server_running(server: EmbeddedServer) -> None:
    killed, other = use(server.pgdata), use(server.pgdata)
    killed.kill()
    killed.communicate()
    assert server.answers()
    leave(other)
    assert server.postmaster() is None


def test_two_at_once_start_one_server(server: EmbeddedServer, start: Start, tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    both = [
        start(sys.executable, "-c", USE.replace("sys.stdin.read()", "time.sleep(60)"), server.pgdata, env=environment)
        for _ in range(2)
    ]
    log = tmp_path / "process.log"
    wait_until(lambda: log.read_text().count("postgresql://") == 2, what="both having the address")
    assert "Traceback" not in log.read_text()
    for process in both:
        end(process, signal.SIGINT)
    wait_until(lambda: server.postmaster() is None, what="the server stopping with the last")


def test_named_database_starts_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere/kam")
    assert embedded.provide(tmp_path / "postgres") == "postgresql://elsewhere/kam"
    assert not list(tmp_path.iterdir())


def test_server_that_cannot_start_says_why_in_one_sentence(server: EmbeddedServer) -> None:
    server.start()
    server.stop()
    (server.pgdata / "postgresql.conf").write_text("no_such_setting = on\n")
    with pytest.raises(EmbeddedServerError, match=r"PostgreSQL did not start, see .*postgres\.log"):
        server.start()
