"""Staying out of the yearly summary of who helped most, and coming back to it."""

from accounts.models import Person


def choose_activity(*, actor: Person, outside: bool) -> None:
    """Leave `actor` out of the yearly summary, every year's, or take them into it again."""
    Person.objects.filter(pk=actor.pk).update(outside_activity=outside)
