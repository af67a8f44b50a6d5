"""Finnish words as a search compares them: base forms, and the parts of compound words.

The dictionary is Voikko's (libvoikko, a C library, and its Finnish data): "laatukäynnit" is "laatukäynti" with the
parts "laatu" and "käynti". Words that it does not know (names, English, slips of the pen) go by their Snowball stem.
Where it is not installed all words do, and compound words are found by their beginning alone; `has_dictionary` tells.

Nothing here depends on anything but the text: what is stored by `lexemes` is found by `query_words`, and `marks` shows
where, by the same forms.
"""

import re
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache

import snowballstemmer
from libvoikko import Voikko, VoikkoException

from kam.lib.finnish import KEYS, LETTERS

LONGEST_WORD = 60
SHORTEST_PREFIX = 3
MOST_QUERY_WORDS = 8
_MOST_PARTS = 6
# Letters and digits; what joins them inside a word: hyphens, full stops, slashes, colons, apostrophes.
_WORD = re.compile(r"[^\W_]+(?:[-‐‑./:'’][^\W_]+)*")
_PIECE = re.compile(r"[^\W_]+")
_JOINTS = re.compile(r"[-‐‑./:'’]")
# An abbreviation in one of its cases: SOK:n, HACCP:ssä.
_INFLECTED = re.compile(r"[^\W_]*[^\W\d_]:[^\W\d_]+")
# Small letters without accents, as the alphabet counts them; å, ä and ö are letters of their own.
_FOLDED = str.maketrans(LETTERS, KEYS.translate(str.maketrans("{|}", "åäö")))


@dataclass(frozen=True)
class Form:
    """A lexeme and which part of the word it stands for."""

    lexeme: str
    start: int
    end: int


@dataclass(frozen=True)
class QueryWord:
    """One word of a query: any of `alternatives` matches, and what begins with `prefix` unless that is empty.

    `typed` is the word as it was written, in small letters: names and numbers are compared with it letter for letter.
    """

    alternatives: frozenset[str]
    prefix: str = ""
    typed: str = ""

    @property
    def within(self) -> set[str]:
        """What a name has in it that this word matches."""
        return {self.typed, *self.alternatives} - {""}

    def matches(self, lexeme: str) -> bool:
        return lexeme in self.alternatives or bool(self.prefix and lexeme.startswith(self.prefix))


def normal(text: str) -> str:
    """Return `text` with composed letters and without what no database column holds; spans of `marks` are of this."""
    return unicodedata.normalize("NFC", text).replace("\0", " ")


def lexemes(text: str) -> set[str]:
    """Return what `text` may be found by."""
    return {form.lexeme for word in _WORD.finditer(normal(text)) for form in _forms(word[0])}


def query_words(text: str, *, unfinished: bool = True) -> list[QueryWord]:
    """Return the words of a query, at most eight; an `unfinished` last one matches by its beginning."""
    text = normal(text)
    words = list(dict.fromkeys(word[0] for word in _WORD.finditer(text)))[:MOST_QUERY_WORDS]
    found = [QueryWord(_whole(word), typed=_fold(word)) for word in words]
    if unfinished and words and not text[-1:].isspace():
        typed = _joined(_fold(words[-1]))[:LONGEST_WORD]
        if len(typed) >= SHORTEST_PREFIX:
            found[-1] = replace(found[-1], prefix=typed)
    return found


def marks(text: str, words: Sequence[QueryWord]) -> Iterator[tuple[int, int]]:
    """Yield the spans of `text`, in order and apart from each other, that a query's words match."""
    for word in _WORD.finditer(text):
        forms = _forms(word[0])
        for start, end in _widest({span for each in words for span in _matched(forms, each)}):
            yield word.start() + start, word.start() + end


def marks_within(name: str, words: Sequence[QueryWord]) -> list[tuple[int, int]]:
    """Return the spans of a name, number or address that the words match: their forms, or letter for letter."""
    folded = _fold(name)
    found = set(marks(name, words))
    for typed in {each for word in words for each in word.within}:
        found |= {(place.start(), place.end()) for place in re.finditer(re.escape(typed), folded)}
    return _widest(found)


def is_named(name: str, words: Sequence[QueryWord]) -> bool:
    """Say whether a name, number or address has all the words in it: their forms, or letter for letter."""
    return all(marks_within(name, [word]) for word in words)


def has_dictionary() -> bool:
    """Say whether Voikko and its Finnish data are installed."""
    return _voikko() is not None


def _matched(forms: Sequence[Form], word: QueryWord) -> set[tuple[int, int]]:
    """Return where a word of the text matches: the parts that do exactly, or else the shortest that begin so."""
    exact = {(form.start, form.end) for form in forms if form.lexeme in word.alternatives}
    if exact or not word.prefix:
        return exact
    begun = {(form.start, form.end) for form in forms if form.lexeme.startswith(word.prefix)}
    return {
        (start, end)
        for start, end in begun
        if not any(start <= a and b <= end and (a, b) != (start, end) for a, b in begun)
    }


def _widest(spans: set[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the spans in order, those that overlap joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start < joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    return joined


def _fold(word: str) -> str:
    """Return `word` in small letters without accents, letter for letter, so that places in it stay what they are."""
    return "".join(low if len(low := letter.lower()) == 1 else letter for letter in word.translate(_FOLDED))


def _joined(word: str) -> str:
    return _JOINTS.sub("", word)


@lru_cache(maxsize=20_000)
def _whole(word: str) -> frozenset[str]:
    """Return the lexemes of the word as a whole, in any of its readings: what a query asks for."""
    folded = _fold(_uninflected(word))
    whole = {_joined(folded), *(_joined(reading.base) for reading in _readings(folded))}
    if not _readings(folded):
        whole |= set(_unknown(folded))
    return frozenset(lexeme[:LONGEST_WORD] for lexeme in whole)


def _uninflected(word: str) -> str:
    return word.split(":")[0] if _INFLECTED.fullmatch(word) else word


@lru_cache(maxsize=20_000)
def _forms(word: str) -> tuple[Form, ...]:
    """Return all that the word may be found by: itself, its base forms, its parts and theirs."""
    if len(word) > LONGEST_WORD:
        return tuple(form for piece in _PIECE.finditer(word) for form in _cut(piece[0], piece.start()))
    folded = _fold(_uninflected(word))
    found = {Form(lexeme, 0, len(word)) for lexeme in _whole(word)}
    for reading in _readings(folded):
        found |= set(_runs(folded, reading))
    if len(pieces := list(_PIECE.finditer(folded))) > 1:
        for piece in pieces:
            found |= {Form(f.lexeme, piece.start() + f.start, piece.start() + f.end) for f in _forms(piece[0])}
    return tuple(found)


def _cut(piece: str, start: int) -> Iterator[Form]:
    yield Form(_fold(piece)[:LONGEST_WORD], start, start + len(piece))


def _unknown(folded: str) -> Iterator[str]:
    """Yield the lexemes of a word that is in no dictionary: by its stem, or by the readings of its last piece."""
    *before, last = _JOINTS.split(folded)
    for reading in _readings(last) if before else ():
        yield "".join(before) + _joined(reading.base)
    yield _stem("".join(before) + last)


@dataclass(frozen=True)
class _Reading:
    """A word's base form, and where its parts begin in the word; one part unless it is a compound."""

    base: str
    parts: tuple[int, ...]


@lru_cache(maxsize=20_000)
def _readings(folded: str) -> tuple[_Reading, ...]:
    """Return how the dictionary reads a word, the readings with the fewest parts; none where it does not know it.

    With more parts, "palaveri" would be "pala" (a piece) and "veri" (blood) as well.
    """
    if len(folded) > LONGEST_WORD or not any(letter.isalpha() for letter in folded):
        return ()
    # Names are in the dictionary with a capital, and people search for them without.
    analyses = _analyse(folded) or _analyse(folded.capitalize())
    found = {_Reading(_fold(base), _part_starts(structure, len(folded))) for base, structure in analyses}
    fewest = min((len(reading.parts) for reading in found), default=0)
    return tuple(reading for reading in found if len(reading.parts) == fewest)


def _part_starts(structure: str, length: int) -> tuple[int, ...]:
    """Read Voikko's STRUCTURE: "=" begins a part, any other sign stands for a letter ("=ppppp=ppppppp")."""
    starts, place = [], 0
    for sign in structure:
        if sign == "=":
            starts.append(place)
        else:
            place += 1
    return tuple(starts[:_MOST_PARTS]) if place == length and starts else (0,)


def _runs(word: str, reading: _Reading) -> Iterator[Form]:
    """Yield every run of a compound's parts: a laatukäyntiraportti is also a laatukäynti and a käyntiraportti."""
    starts = (*reading.parts, len(word))
    for first in range(len(starts) - 1):
        for last in range(first + 1, len(starts)):
            start, end = starts[first], starts[last]
            if end - start == len(word):
                continue
            part = word[start:end].strip("-‐‑'’")
            for lexeme in _part_lexemes(part, reading.base[start:] if end == len(word) else ""):
                yield Form(lexeme, start, start + len(part))


def _part_lexemes(part: str, base: str) -> set[str]:
    """Return a part as it stands and its base forms; that of the last part is the end of the whole word's."""
    bases = {base} if base else {reading.base for reading in _readings(part)}
    return {_joined(lexeme) for lexeme in (part, *bases)} - {""}


_lock = threading.Lock()


def _analyse(word: str) -> list[tuple[str, str]]:
    voikko = _voikko()
    if voikko is None:
        return []
    with _lock:  # the library's handle is for one thread at a time
        return [(found.get("BASEFORM", word), found.get("STRUCTURE", "")) for found in voikko.analyze(word)]


@cache
def _voikko() -> Voikko | None:
    try:
        return Voikko("fi")
    except (OSError, VoikkoException):
        return None


_stemmer = threading.local()


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    if not hasattr(_stemmer, "finnish"):
        _stemmer.finnish = snowballstemmer.stemmer("finnish")
    stem: str = _stemmer.finnish.stemWord(word)
    return stem
