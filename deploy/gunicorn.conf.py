"""The web server: synchronous workers behind a reverse proxy (threads and an event loop were slower and uneven)."""

import os

from kam.settings import LOGGING

bind = os.environ.get("WEB_BIND", "0.0.0.0:8000")
workers = int(os.environ.get("WEB_WORKERS", "4"))
worker_class = "sync"
# A page takes milliseconds, a PDF pack some seconds; whoever takes longer is stuck.
timeout = int(os.environ.get("WEB_TIMEOUT", "60"))
# Fresh processes now and then keep a slow leak harmless.
max_requests = 5_000
max_requests_jitter = 500
# Heartbeats are files; in memory they do not wait for a disk.
_memory = "/dev/shm"  # noqa: S108  gunicorn makes files nobody else can open there
worker_tmp_dir = _memory if os.path.isdir(_memory) else None
# Requests are logged by the application, with the request's number; gunicorn's own lines take the same form.
accesslog = None
_gunicorn = {"level": "INFO", "handlers": ["console"], "propagate": False}
logconfig_dict = {**LOGGING, "loggers": {"gunicorn.error": _gunicorn, "gunicorn.access": _gunicorn}}
control_socket_disable = True
