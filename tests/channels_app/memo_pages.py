"""Hands that ask for the pages of memos and send their form."""

from typing import Any

from django.test import Client
from django.urls import reverse

from tests.cast import ONE_DAY, Cast


def url(cast: Cast, name: str, *args: int) -> str:
    return reverse(name, args=[cast.pankki.customer_number, *args])


def sent(cast: Cast, **changes: Any) -> dict[str, Any]:
    """Return the form as a browser sends it: two empty lines of each sort."""
    values = {
        "title": "Viikkopalaveri",
        "held_on": str(cast.day),
        "meeting": "team",
        "place": "Pasila",
        "participants": [cast.alice.pk, cast.bob.pk],
        "others": "Maija Asiakas",
        "body": "<p>Käytiin läpi avaimet.</p>",
        "based_on": "0",
        "decisions-TOTAL_FORMS": "2",
        "decisions-INITIAL_FORMS": "0",
        "decisions-0-text": "Avaimet palautetaan perjantaisin.",
        "tasks-TOTAL_FORMS": "2",
        "tasks-INITIAL_FORMS": "0",
        "tasks-0-title": "Tilaa avaimet",
        "tasks-0-person": "ines",
        "tasks-0-due_on": str(cast.day + ONE_DAY),
        "next_day": "2026-12-01",
        "next_time": "09:00",
        "next_place": "Kamppi",
    }
    return values | changes


def post(client: Client, address: str, values: dict[str, Any]) -> Any:
    return client.post(address, values, headers={"Accept-Language": "en"})
