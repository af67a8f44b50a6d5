"""The reach of a message to 5,000 people, half of whom have opened it: its page against the bare view of its size."""

from collections.abc import Iterator
from pathlib import Path

from django.db import connection

from accounts.derivation import derive_access
from accounts.models import Person, User
from benchmarks.bare import Page, against_bare
from benchmarks.measure import Figure
from benchmarks.place import empty_database
from channels_app.models import Message, MessageRecipient
from kam.lib.sql import run_script

PEOPLE = 5_000
TABS = {"who is missing": "", "by superior": "?show=superiors"}


def figures() -> Iterator[Figure]:
    """Yield the figures of reach, as a director reads it of somebody else's message."""
    director = filled()
    message = Message.objects.select_related("account").get()
    assert MessageRecipient.objects.count() == PEOPLE
    for what, query in TABS.items():
        address = f"/accounts/{message.account.customer_number}/messages/{message.pk}/reach/{query}"
        page = Page(f"reach of {PEOPLE} people, {what} / its bare view", address, "channels_app.views.parts")
        yield against_bare(page, director, limit=2)


def filled(people: int = PEOPLE) -> Person:
    """Fill the database with an account, its message and so many who are to acknowledge it; return the director."""
    empty_database()
    with connection.cursor() as cursor:
        run_script(cursor, Path(__file__).parent / "messages_reach.sql", {"people": people})
    derive_access()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    director = Person.objects.get(employee_number="0000002")
    User.objects.create_user(director.email, person=director)
    return director
