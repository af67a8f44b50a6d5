"""Asks the web server in this container whether it is ready, by the name that it answers to."""

import os
import sys
import urllib.request
from urllib.parse import urlsplit

host = urlsplit(os.environ["SITE_URL"]).netloc
request = urllib.request.Request("http://127.0.0.1:8000/health/ready", headers={"Host": host})
try:
    with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310  the address stands above
        sys.exit(answer.status != 200)
except OSError:
    sys.exit(1)
