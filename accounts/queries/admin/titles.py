"""The table of titles and what it means for people: how many bear each, and which in use it does not know."""

from dataclasses import dataclass

from django.db.models import Count
from django.db.models.functions import Lower, Trim

from accounts.models import TitleRole
from accounts.queries.people import working_here
from kam.lib.finnish import finnish_key


@dataclass(frozen=True)
class TitleLine:
    """A title of the table, what it means, and how many people bear it."""

    pk: int
    title: str
    role: str
    role_name: str
    people: int


def bearers() -> dict[str, int]:
    """Return how many people bear each title, written small; one query."""
    titled = working_here().exclude(title="").annotate(small=Lower(Trim("title")))
    return dict(titled.order_by().values_list("small").annotate(n=Count("pk")))


def title_lines(counts: dict[str, int]) -> list[TitleLine]:
    """Return the table in Finnish order."""
    lines = [
        TitleLine(row.pk, row.title, row.role, row.get_role_display(), counts.get(row.title, 0))
        for row in TitleRole.objects.all()
    ]
    return sorted(lines, key=lambda line: finnish_key(line.title))


def unknown_titles(counts: dict[str, int] | None = None) -> list[tuple[str, int]]:
    """Return titles in use that the table does not know, with how many bear them; the commonest first."""
    counts = bearers() if counts is None else counts
    known = set(TitleRole.objects.values_list("title", flat=True))
    unknown = [(title, count) for title, count in counts.items() if title not in known]
    return sorted(unknown, key=lambda pair: (-pair[1], finnish_key(pair[0])))
