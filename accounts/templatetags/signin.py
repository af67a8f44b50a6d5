"""Words for what a browser says about itself."""

import re

from django import template
from django.utils.translation import gettext as _

register = template.Library()
BROWSERS = [("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]
SYSTEMS = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
]


@register.filter
def device(user_agent: str) -> str:
    """Return "Chrome, Android" for what a browser sends; what it says itself when nothing of it is known."""
    known = [next((name for sign, name in signs if sign in user_agent), "") for signs in (BROWSERS, SYSTEMS)]
    words = ", ".join(filter(None, known))
    return words or re.sub(r"[^\w ./-]", "", user_agent)[:40] or _("an unknown device")
