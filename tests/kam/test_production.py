"""The commands of docker-compose.yml as real processes, against a real PostgreSQL over TCP and a real Redis.

What a container engine would add (network names, volumes) is not there; everything that is ours is.
"""

import json
import secrets
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from kam.embedded import EmbeddedServer
from tests.conftest import BASE_DIR, end, folder_for_a_server, free_port, wait_until

HOST = "kanava.example"
PYTHON = [sys.executable, "-m"]
WEB = [*PYTHON, "gunicorn", "-c", "deploy/gunicorn.conf.py", "kam.wsgi:application"]
CELERY = [*PYTHON, "celery", "--quiet", "-A", "kam"]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with folder_for_a_server() as folder:
        yield folder


@pytest.fixture(scope="module")
def environment(folder: Path, redis_url: str) -> Iterator[dict[str, str]]:
    """What the compose file sets, nothing inherited but the path; the database is migrated, static files collected."""
    server = EmbeddedServer(folder / "postgres", port=free_port(), durable=False)
    server.start()
    port = free_port()
    environment = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "PRODUCTION": "true",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "SITE_URL": f"https://{HOST}",
        "ALLOWED_HOSTS": HOST,
        "DATABASE_URL": server.url("kam"),
        "REDIS_URL": redis_url,
        "VAR_DIR": str(folder / "var"),
        "EMAIL_URL": "dummymail://",
        "WEB_BIND": f"127.0.0.1:{port}",
        "WEB_WORKERS": "2",
        "JOB_SWEEP_SECONDS": "1",
    }
    for arguments in (["migrate", "--no-input"], ["collectstatic", "--no-input"]):
        manage(environment, *arguments)
    yield environment
    server.stop()


@pytest.fixture(scope="module")
def services(environment: dict[str, str], folder: Path) -> Iterator[dict[str, "subprocess.Popen[bytes]"]]:
    """Web server, worker and beat, all up."""
    commands = {"web": WEB, "worker": [*CELERY, "worker"], "beat": [*CELERY, "beat", "--pidfile="]}
    running = {}
    for name, command in commands.items():
        with log(folder, name).open("wb") as file:
            running[name] = subprocess.Popen(command, cwd=BASE_DIR, env=environment, stdout=file, stderr=file)
    wait_until(lambda: ask(environment, "/health/ready")[0] == 200, what="the web server being ready")
    wait_until(lambda: b"ready" in log(folder, "worker").read_bytes(), what="the worker being ready")
    wait_until(lambda: b"beat: Starting" in log(folder, "beat").read_bytes(), what="beat starting")
    yield running
    for process in running.values():
        end(process)


def log(folder: Path, name: str) -> Path:
    return folder / f"{name}.log"


def manage(environment: dict[str, str], *arguments: str | Path) -> str:
    command = [sys.executable, "manage.py", *map(str, arguments)]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def ask(environment: dict[str, str], path: str, headers: dict[str, str] | None = None) -> tuple[int, dict[str, str]]:
    """Ask as the reverse proxy would; return status and headers."""
    forwarded = {"Host": HOST, "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.7", **(headers or {})}
    request = urllib.request.Request(f"http://{environment['WEB_BIND']}{path}", headers=forwarded)
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(request, timeout=10) as answer:
            return answer.status, dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers)
    except OSError:
        return 0, {}


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object, **kwargs: object) -> None:
        return None


def rows(environment: dict[str, str], query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(environment["DATABASE_URL"]) as connection:
        return connection.execute(query).fetchall()


# Nobody does such jobs, so the worker that gets it says so at once.
LOST_JOB = """
INSERT INTO accounts_job (name, key, args, state, run_after, attempts, max_attempts, worker, stage, done, total, error,
                          created_at)
VALUES ('nothing_of_the_kind', 'lost', '{}', 'waiting', now(), 0, 5, '', '', 0, 0, '', now())
"""
RECEIVE = """
import datetime as dt
from accounts.roster import pipeline
with open("demo/{file}", "rb") as file:
    day = dt.date(2026, 10, 1)
    print(pipeline.receive(kind="{kind}", content=file, file_name="{file}", exported_on=day, actor=None).pk)
"""
CONFIRM = """
from accounts.models import RosterImport
from accounts.roster import pipeline
found = RosterImport.objects.get(pk={number})
pipeline.confirm(found, actor=None, typed=found.figures.get("access_lost", 0))
"""


def import_in_background(environment: dict[str, str], kind: str, file: str) -> str:
    """Hand a file in and confirm its forecast as the pages do; return the state it ended in."""
    number = int(manage(environment, "shell", "-v", "0", "-c", RECEIVE.format(kind=kind, file=file)).split()[-1])
    query = f"SELECT state FROM accounts_rosterimport WHERE id = {number}"

    def rests(*busy: str) -> str:
        return wait_until(lambda: (s := str(rows(environment, query)[0][0])) not in busy and s, what=f"{file}: {busy}")

    assert rests("uploaded", "reading") == "forecast"
    manage(environment, "shell", "-v", "0", "-c", CONFIRM.format(number=number))
    return rests("applying")


@pytest.mark.usefixtures("services")
class TestRunning:
    def test_health_answers_through_the_proxy(self, environment: dict[str, str]) -> None:
        assert ask(environment, "/health/live")[0] == 200
        assert ask(environment, "/health/ready")[0] == 200

    def test_plain_http_is_sent_to_tls(self, environment: dict[str, str]) -> None:
        status, headers = ask(environment, "/", {"X-Forwarded-Proto": "http"})
        assert (status, headers["Location"]) == (301, f"https://{HOST}/")

    def test_health_answers_the_container_without_tls(self, environment: dict[str, str]) -> None:
        assert ask(environment, "/health/ready", {"X-Forwarded-Proto": "http"})[0] == 200

    def test_foreign_host_name_is_refused(self, environment: dict[str, str]) -> None:
        assert ask(environment, "/health/live", {"Host": "elsewhere.example"})[0] == 400

    def test_pages_are_locked_to_tls(self, environment: dict[str, str]) -> None:
        _, headers = ask(environment, "/health/live")
        assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"

    def test_logs_are_json_with_the_proxys_number(self, environment: dict[str, str], folder: Path) -> None:
        assert (
            ask(environment, "/health/live", {"X-Request-ID": "from-the-proxy"})[1]["X-Request-ID"] == "from-the-proxy"
        )
        lines = [json.loads(line) for line in log(folder, "web").read_text().splitlines()]
        mine = [line for line in lines if line.get("request_id") == "from-the-proxy"]
        assert [line["event"] for line in mine] == ["request_started", "request_finished"]
        assert {line["ip"] for line in mine} == {"192.0.2.7"}

    def test_import_goes_through_web_side_redis_and_worker(self, environment: dict[str, str]) -> None:
        """Received in one process, read and applied by the worker after messages through Redis."""
        for kind, file in [("people", "henkilot-2026-10.csv"), ("accounts", "asiakkuudet.csv")]:
            assert import_in_background(environment, kind, file) == "applied"
        assert import_in_background(environment, "roster", "kohdevastuut-2026-10.csv") == "applied"
        assert rows(environment, "SELECT count(*) > 3000 FROM accounts_site") == [(True,)]
        assert rows(environment, "SELECT count(*) > 100 FROM accounts_accessgrant") == [(True,)]

    def test_beat_hands_out_what_the_broker_lost(self, environment: dict[str, str]) -> None:
        """A row that no message speaks of is found by beat's sweep and comes to the worker."""
        with psycopg.connect(environment["DATABASE_URL"]) as connection:
            connection.execute(LOST_JOB)
        state = "SELECT state FROM accounts_job WHERE key = 'lost'"
        wait_until(lambda: rows(environment, state) == [("failed",)], what="the lost job coming to the worker")

    def test_deployment_check_finds_nothing(self, environment: dict[str, str]) -> None:
        assert "no issues" in manage(environment, "check", "--deploy", "--fail-level", "WARNING")


@pytest.mark.parametrize(
    "command", [WEB, [*CELERY, "worker"], [*CELERY, "beat"], [sys.executable, "manage.py", "check"]]
)
def test_demo_mode_refuses_to_start(command: list[str], environment: dict[str, str]) -> None:
    demo = {**environment, "DEMO": "1", "WEB_BIND": f"127.0.0.1:{free_port()}"}
    done = subprocess.run(command, cwd=BASE_DIR, env=demo, capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "turn DEMO and DEBUG off" in done.stdout + done.stderr
