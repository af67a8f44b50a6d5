"""The Celery application. Tasks are envelopes around jobs that stand in PostgreSQL; see accounts/jobs.py."""

import logging.config
import os
from pathlib import Path
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from django_structlog.celery.steps import DjangoStructLogInitStep

from kam import broker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")

broker.use()
app = Celery("kam")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.steps["worker"].add(DjangoStructLogInitStep)


@setup_logging.connect
def log_like_the_web(**kwargs: Any) -> None:
    """Worker and beat write the same lines as the web server, instead of Celery's own format."""
    logging.config.dictConfig(settings.LOGGING)


def make_broker_folders() -> None:
    """The broker without a server hands messages over in folders, which it does not make itself."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    for name in ("data_folder_in", "data_folder_out", "control_folder", "processed_folder"):
        if name in options:
            Path(str(options[name])).mkdir(parents=True, exist_ok=True)
