"""Opens pages for people of the cast, in English, and reads the words on them."""

import re
from html import unescape
from typing import Any

from django.test import Client

from accounts.models import Person
from tests.sign_in import sign_in


def page_of(client: Client, person: Person, url: str) -> Any:
    """Sign `person` in and return the page as they get it."""
    person.login.language = "en"
    person.login.save(update_fields=["language"])
    sign_in(client, person)
    return client.get(url, headers={"Accept-Language": "en"})


def text_of(response: Any, *, main: bool = True) -> str:
    """Return the words of the page, without marks and with single spaces; of its main part and what stands beside."""
    html = response.content.decode()
    if main and "<main" in html:
        html = html[html.index("<main") :]
    html = re.sub(r"<(script|template)\b.*?</\1>", " ", html, flags=re.DOTALL)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()
