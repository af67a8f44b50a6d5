"""Settings from the environment: production insists on what keeps it safe. Each case is a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

BASE_DIR = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "PRODUCTION": "true",
    "SECRET_KEY": "k" * 60,
    "SITE_URL": "https://kanava.example",
    "DATABASE_URL": "postgresql://kam:secret@db.example/kam",
}


def load(environment: dict[str, str], *names: str) -> "subprocess.CompletedProcess[str]":
    """Read the settings in a new process and print the values of `names` as JSON."""
    code = f"import json; from kam import settings; print(json.dumps([getattr(settings, n) for n in {names!r}]))"
    clean = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run([sys.executable, "-c", code], cwd=BASE_DIR, env=clean, capture_output=True, text=True)


def values(environment: dict[str, str], *names: str) -> list[Any]:
    done = load(environment, *names)
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout))


def test_production_starts_with_all_it_needs() -> None:
    names = ("ALLOWED_HOSTS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "DEBUG")
    assert values(PRODUCTION, *names) == [["kanava.example"], True, True, True, False]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"DEMO": "true"}, "turn DEMO and DEBUG off"),
        ({"DEBUG": "true"}, "turn DEMO and DEBUG off"),
        ({"SECRET_KEY": "short"}, "shorter than 50 characters"),
        ({"SECRET_KEY": None}, "SECRET_KEY"),
        ({"SITE_URL": "http://kanava.example"}, "must begin with https://"),
        ({"SITE_URL": None}, "SITE_URL"),
        ({"DATABASE_URL": None}, "DATABASE_URL"),
    ],
)
def test_production_refuses_to_start(change: dict[str, str | None], says: str) -> None:
    environment = {name: value for name, value in (PRODUCTION | change).items() if value is not None}
    done = load(environment, "DEBUG")
    assert done.returncode != 0
    assert "ImproperlyConfigured" in done.stderr
    assert says in done.stderr


def test_manage_refuses_production_without_a_database_and_starts_none(tmp_path: Path) -> None:
    environment = {**PRODUCTION, "PATH": os.environ["PATH"], "VAR_DIR": str(tmp_path)}
    del environment["DATABASE_URL"]
    command = [sys.executable, "manage.py", "check"]
    done = subprocess.run(command, cwd=BASE_DIR, env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert "DATABASE_URL" in done.stderr
    assert not (tmp_path / "postgres").exists()


def test_redis_url_moves_broker_and_shared_counts() -> None:
    url = "redis://redis.example:6379/0"
    broker, options, caches = values(
        {"REDIS_URL": url}, "CELERY_BROKER_URL", "CELERY_BROKER_TRANSPORT_OPTIONS", "CACHES"
    )
    assert (broker, caches["default"]["LOCATION"]) == (url, url)
    assert "data_folder_in" not in options


def test_without_redis_the_broker_is_a_folder(tmp_path: Path) -> None:
    broker, options = values({"VAR_DIR": str(tmp_path)}, "CELERY_BROKER_URL", "CELERY_BROKER_TRANSPORT_OPTIONS")
    assert broker.startswith("filesystem://")
    # What is written must be what is read: one folder for both directions.
    assert options["data_folder_in"] == options["data_folder_out"] == str(tmp_path / "broker/queue")


def test_mail_address_becomes_mail_settings() -> None:
    environment = {"EMAIL_URL": "smtp+tls://kanava:s3cret@mail.example:587"}
    assert values(environment, "EMAIL_HOST", "EMAIL_PORT", "EMAIL_HOST_USER", "EMAIL_USE_TLS") == [
        "mail.example",
        587,
        "kanava",
        True,
    ]
