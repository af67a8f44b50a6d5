"""The watcher's two questions: answered without sign-in, without causes, and truthfully."""

import logging
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client

from kam import health


def test_live_answers_without_asking_anybody(client: Client) -> None:
    answer = client.get("/health/live")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert answer["Cache-Control"].startswith("max-age=0")


@pytest.mark.django_db
def test_ready_when_database_and_broker_answer(client: Client) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_not_ready_without_database_and_silent_about_why(
    client: Client, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def down() -> None:
        raise psycopg.OperationalError("connection to server at 10.0.0.7 failed: password of kam wrong")

    monkeypatch.setattr(health, "check_database", down)
    with caplog.at_level(logging.ERROR):
        answer = client.get("/health/ready")
    assert (answer.status_code, answer.content) == (503, b'{"status": "unavailable"}')
    assert "10.0.0.7" in caplog.text


@pytest.mark.django_db
def test_not_ready_without_redis(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert client.get("/health/ready").status_code == 503


@pytest.mark.django_db
def test_not_ready_without_broker_folder(client: Client, settings: Any, tmp_path: Path) -> None:
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {"data_folder_out": str(tmp_path / "missing")}
    assert client.get("/health/ready").status_code == 503


@pytest.mark.django_db
def test_redis_answers(client: Client, settings: Any, redis_url: str) -> None:
    settings.REDIS_URL = redis_url
    assert client.get("/health/ready").status_code == 200


@pytest.mark.django_db
def test_ready_costs_one_query(client: Client, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        client.get("/health/ready")
    assert connection.vendor == "postgresql"


@pytest.mark.parametrize("address", ["/health/live", "/health/ready"])
def test_health_refuses_to_be_posted_to(client: Client, address: str) -> None:
    assert client.post(address).status_code == 405


def test_answer_carries_the_requests_number(client: Client) -> None:
    assert client.get("/health/live", headers={"X-Request-ID": "abc-123"})["X-Request-ID"] == "abc-123"
    assert len(client.get("/health/live")["X-Request-ID"]) == 36
