"""The settings of the tests: those of the system, on a server and folders of their own."""

import os
from pathlib import Path

from kam import embedded, translations

BASE_DIR = Path(__file__).resolve().parent.parent
os.environ.setdefault("VAR_DIR", str(BASE_DIR / "var" / "test"))
embedded.provide(durable=False)
translations.compile_all()

from kam.settings import *  # noqa: E402, F403  the environment must be ready before the settings read it

# Workers of pytest-xdist share no files: one counts what the other stores.
MEDIA_ROOT = VAR / "media" / os.environ.get("PYTEST_XDIST_WORKER", "alone")  # noqa: F405

# Slow on purpose elsewhere; a test signs in thousands of times.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Static files are looked for when asked for, not listed anew by each test client, which takes as long as a page.
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
