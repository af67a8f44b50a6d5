"""The Celery application. Tasks are envelopes around jobs that stand in PostgreSQL; see accounts/jobs.py."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")

from kam.embedded import provide  # noqa: E402  settings must be named first

provide()

app = Celery("kam")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
