"""Where the administration's forms search for people as one types: among everybody, those who have left too."""

from django.urls import reverse


def search_of(*fields: str) -> dict[str, str]:
    """Return the address that answers the search of each field."""
    return {field: reverse("person_choices", args=[field]) for field in fields}
