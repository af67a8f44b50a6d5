"""The checks of `make check` that no tool brings along: each prints its faults, any fault fails the whole."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import polib

from kam.embedded import provide
from scripts import messages

BASE_DIR = Path(__file__).resolve().parent.parent


def migrations() -> Iterator[str]:
    """Yield a fault when models and migrations differ."""
    yield from run(manage("makemigrations", "--check", "--dry-run"), os.environ)


def deployment() -> Iterator[str]:
    """Yield the findings of Django's own deployment check under production settings."""
    production = {
        **os.environ,
        "PRODUCTION": "true",
        "DEMO": "false",
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(60),
        "SITE_URL": "https://kanava.example",
        "ALLOWED_HOSTS": "kanava.example",
        "REDIS_URL": "redis://127.0.0.1:6379/0",
    }
    yield from run(manage("check", "--deploy", "--fail-level", "WARNING"), production)


def templates() -> Iterator[str]:
    """Yield the templates that djade would write differently."""
    files = sorted(str(path) for path in (BASE_DIR / "templates").rglob("*.html"))
    if files:
        djade = str(Path(sys.executable).parent / "djade")
        yield from run([djade, "--target-version", "5.2", "--check", *files], os.environ)


def translations() -> Iterator[str]:
    """Yield what keeps the Finnish from being whole."""
    path = BASE_DIR / messages.PO
    yield from messages.faults(messages.collect(), polib.pofile(str(path)) if path.exists() else polib.POFile())


def manage(*arguments: str) -> list[str]:
    return [sys.executable, "manage.py", *arguments]


def run(command: list[str], env: Mapping[str, str]) -> Iterator[str]:
    done = subprocess.run(command, cwd=BASE_DIR, env=env, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        yield (done.stdout + done.stderr).strip()


CHECKS: list[Callable[[], Iterator[str]]] = [migrations, deployment, templates, translations]


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")
    provide()
    failed = False
    for check in CHECKS:
        faults = list(check())
        failed = failed or bool(faults)
        print(f"{check.__name__}: {'faults' if faults else 'in order'}", *faults, sep="\n  ")  # noqa: T201
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
