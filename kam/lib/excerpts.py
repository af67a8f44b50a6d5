"""What a search shows of a text: the place where the words are, and the words marked."""

from collections.abc import Iterable, Sequence
from itertools import islice

from django.utils.html import format_html
from django.utils.safestring import SafeString

from kam.lib.finnish_words import QueryWord, marks

LENGTH = 200
_BEFORE = 60


def excerpt(text: str, words: Sequence[QueryWord]) -> str:
    """Return about 200 letters of `text` in one line, around the first match or, without one, from the beginning."""
    first = next(islice(marks(text, words), 1), (0, 0))[0]
    start = 0 if first <= _BEFORE * 2 else _word_start(text, first - _BEFORE)
    end = len(text) if len(text) <= start + LENGTH else _word_end(text, start + LENGTH)
    line = " ".join(text[start:end].split())
    return f"{'… ' if start else ''}{line}{' …' if end < len(text) and line else ''}"


def marked(text: str, spans: Iterable[tuple[int, int]]) -> SafeString:
    """Return `text` as HTML with `spans` (in order, apart from each other) in <mark>."""
    pieces, place = SafeString(), 0
    for start, end in spans:
        pieces += format_html("{}<mark>{}</mark>", text[place:start], text[start:end])
        place = end
    return pieces + format_html("{}", text[place:])


def _word_start(text: str, place: int) -> int:
    """Return the first place from `place` on at which a word begins, `place` itself when none does soon."""
    return next((at for at in range(place, min(place + _BEFORE, len(text))) if text[at - 1].isspace()), place)


def _word_end(text: str, place: int) -> int:
    return next((at for at in range(place, min(place + _BEFORE, len(text))) if text[at].isspace()), place)
