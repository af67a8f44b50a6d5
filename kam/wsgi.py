"""The web server's way in."""

import os

from django.core.wsgi import get_wsgi_application

from kam.embedded import provide

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kam.settings")
provide()
application = get_wsgi_application()
