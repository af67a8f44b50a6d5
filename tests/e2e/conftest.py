"""The whole system as real processes for browser tests: web server, worker, beat, mail; and hands to sign in with."""

import email
import email.policy
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import ConsoleMessage, Page, expect

from tests.accounts.signin.conftest import CODE
from tests.conftest import Mailbox, Start, free_port, listens, wait_until
from tests.e2e.desk import company as company  # fixtures for all tests here
from tests.e2e.desk import desk as desk

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class System:
    """Where the running system answers, and the mail it sent."""

    address: str
    mailbox: Mailbox

    def mails_to(self, address: str) -> list[str]:
        """Return the plain text of each mail that arrived for `address`, the oldest first."""
        arrived = [envelope for envelope in self.mailbox.messages if address in envelope.rcpt_tos]
        return [_plain(envelope.content) for envelope in arrived]

    def newest_code(self, address: str, *, after: int) -> str:
        """Return the code of the newest mail with one that arrived for `address` after the first `after` mails."""
        found = wait_until(
            lambda: [code for mail in self.mails_to(address)[after:] if (code := CODE.search(mail))],
            what=f"the mail to {address}",
        )
        return found[-1][1]


def _plain(content: bytes) -> str:
    message = email.message_from_bytes(content, policy=email.policy.default)
    body = message.get_body(("plain",))
    assert body
    return str(body.get_content()).replace("\r\n", "\n")


@pytest.fixture
def system(
    start: Start,
    process_env: dict[str, str],
    worker: Callable[[], Any],
    smtp: Mailbox,
    settings: Any,
    tmp_path: Path,
) -> System:
    """Start everything that a deployment runs, on this test's database and with real mail."""
    cache.clear()  # counts of attempts, which no flush empties
    port = free_port()
    process_env |= {
        "SITE_URL": f"http://127.0.0.1:{port}",
        "EMAIL_URL": f"smtp://{settings.EMAIL_HOST}:{settings.EMAIL_PORT}",
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "REDIS_URL": "",
        "DEMO": "0",
        "JOB_SWEEP_SECONDS": "2",
    }
    python = [sys.executable, "-m"]
    web = ["gunicorn", "-c", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}", "--workers", "2"]
    start(*python, *web, "kam.wsgi:application", env=process_env, log="web")
    beat = ["beat", "--pidfile=", "-s", str(tmp_path / "beat-schedule")]
    start(*python, "celery", "-A", "kam", *beat, env=process_env, log="beat")
    worker()
    wait_until(lambda: listens(port), what="the web server listening")
    return System(f"http://127.0.0.1:{port}", smtp)


@pytest.fixture(autouse=True)
def _patience() -> Iterator[None]:
    """Give pages more time than usual: the machine runs everything at once here."""
    expect.set_options(timeout=20_000)
    yield
    expect.set_options(timeout=5_000)


@pytest.fixture
def complaints() -> list[str]:
    """What the browsers had to complain about: `listen(page, complaints)` fills it."""
    return []


def listen(page: Page, complaints: list[str]) -> None:
    """Note every error and warning of the console (a breach of the content policy is one); a missing page is none."""

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "status of 404" not in message.text:
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
