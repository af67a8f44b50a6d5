"""What logs need beyond settings: each answer names its request, so that a complaint finds its lines."""

from typing import Any

import structlog
from django.http import HttpResponse
from django_structlog import signals

HEADER = "X-Request-ID"


def connect() -> None:
    signals.bind_extra_request_finished_metadata.connect(name_the_request)
    signals.update_failure_response.connect(name_the_request)


def name_the_request(response: HttpResponse, logger: Any, **kwargs: Any) -> None:
    response[HEADER] = structlog.contextvars.get_merged_contextvars(logger)["request_id"]
