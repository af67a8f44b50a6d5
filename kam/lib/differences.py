"""What changed from one version of a page to the next, to be read by people: words put in and words taken out.

Blocks are laid side by side first (paragraphs, rows of lists and tables), then the words inside those that belong
together. Which sequence is the longest common one, rapidfuzz finds; the time is bounded because what is too large to be
compared word by word is shown as taken out and put in as a whole.
"""

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import nh3
from django.utils.safestring import SafeString, mark_safe
from rapidfuzz.distance import LCSseq

from kam.lib.html import KEPT, LINK_REL, leads_somewhere
from kam.lib.html_tree import CELLS, LISTS, ROW_GROUPS, VOID, Element, Node, escape, read, start_tag, write

_HOLDERS = LISTS | ROW_GROUPS | {"table", "tr", "blockquote", "figure"}
# Lengths multiplied: what one comparison may cost, in steps of the algorithm and bits of memory.
_MOST_CELLS = 20_000_000
_MOST_PAIRS = 2_500
_ALIKE = 0.35  # of the words of two blocks have to be the same for one to have become the other
_PIECE = re.compile(r"\s+|\w+(?:[-'’.:,/]\w+)*|[^\w\s]")
_OWN_ADDRESS = re.compile(r"/[\w-][\w/-]*")
_ADDED, _REMOVED = "added", "removed"
_TAGS = {_ADDED: "ins", _REMOVED: "del"}
_MARKED = {"p", "h2", "h3", "li", "tr", "td", "th", "pre", "figcaption"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, a blank, a sign, a picture or a line break, with the start tags of the formatting around it."""

    html: str
    around: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One stretch of a comparison: what stands there in the old and in the new one."""

    same: bool
    old: slice
    new: slice


def differences(old: str, new: str) -> SafeString:
    """Return the new HTML with what was put in inside <ins> and what was taken out inside <del>.

    Both are clean HTML as kam.lib.html makes it. Blocks that came or went as a whole carry the class `added` or
    `removed` as well. Nothing but elements of a page, <ins> and <del> comes out.
    """
    compared = "".join(_blocks(list(read(old).children), list(read(new).children)))
    return mark_safe(_harmless(compared))  # noqa: S308  cleaned in the line itself


# --- comparing ----------------------------------------------------------------------------------------------------
def _steps(old: Sequence[Hashable], new: Sequence[Hashable]) -> list[Step]:
    """Return how `old` becomes `new`, what they share at either end taken off first."""
    shorter = min(len(old), len(new))
    head = next((at for at in range(shorter) if old[at] != new[at]), shorter)
    tail = next((at for at in range(shorter - head) if old[-1 - at] != new[-1 - at]), shorter - head)
    inner_old, inner_new = old[head : len(old) - tail], new[head : len(new) - tail]
    found = [Step(True, slice(0, head), slice(0, head))]
    if len(inner_old) * len(inner_new) <= _MOST_CELLS:
        numbers: dict[Hashable, int] = {}
        as_numbers = [[numbers.setdefault(item, len(numbers)) for item in side] for side in (inner_old, inner_new)]
        changed: tuple[int, int, int, int] | None = None
        for code in LCSseq.opcodes(*as_numbers):
            spans = (code.src_start + head, code.src_end + head, code.dest_start + head, code.dest_end + head)
            if code.tag != "equal":
                changed = spans if changed is None else (changed[0], spans[1], changed[2], spans[3])
                continue
            if changed:
                found.append(Step(False, slice(*changed[:2]), slice(*changed[2:])))
            changed = None
            found.append(Step(True, slice(*spans[:2]), slice(*spans[2:])))
        if changed:
            found.append(Step(False, slice(*changed[:2]), slice(*changed[2:])))
    else:
        found.append(Step(False, slice(head, head + len(inner_old)), slice(head, head + len(inner_new))))
    found.append(Step(True, slice(len(old) - tail, len(old)), slice(len(new) - tail, len(new))))
    return [step for step in found if step.old.start < step.old.stop or step.new.start < step.new.stop]


# --- blocks -------------------------------------------------------------------------------------------------------
def _blocks(old: list[Node], new: list[Node]) -> Iterator[str]:
    for step in _steps([write(node) for node in old], [write(node) for node in new]):
        if step.same:
            yield from (write(node) for node in new[step.new])
            continue
        for before, after in _pairs(old[step.old], new[step.new]):
            if before is not None and after is not None:
                yield from _pair(before, after)
            elif before is not None:
                yield _whole(before, _REMOVED)
            elif after is not None:
                yield _whole(after, _ADDED)


def _pair(before: Node, after: Node) -> Iterator[str]:
    """Show how one block became another of the same tag."""
    if isinstance(before, str) or isinstance(after, str):
        yield from _words(_pieces([before]), _pieces([after]))
        return
    if after.tag in VOID:
        yield _whole(before, _REMOVED) + _whole(after, _ADDED)
        return
    inside = _blocks if _holds_blocks(before) or _holds_blocks(after) else _of_words
    yield start_tag(after) + "".join(inside(before.children, after.children)) + f"</{after.tag}>"


def _of_words(old: list[Node], new: list[Node]) -> Iterator[str]:
    return _words(_pieces(old), _pieces(new))


def _holds_blocks(element: Element) -> bool:
    return element.tag in _HOLDERS or any(child.tag in _HOLDERS | _MARKED for child in element.elements())


def _pairs(old: list[Node], new: list[Node]) -> list[tuple[Node | None, Node | None]]:
    """Lay changed blocks side by side, in order: which became which, which went, which came.

    Of all ways to pair them without crossing, the one with the most likeness in all.
    """
    if not old or not new or len(old) * len(new) > _MOST_PAIRS:
        return [*((node, None) for node in old), *((None, node) for node in new)]
    words_old, words_new = [_word_counts(node) for node in old], [_word_counts(node) for node in new]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    alike = [[_alike(a, b, words_old[i], words_new[j]) for j, b in enumerate(new)] for i, a in enumerate(old)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            paired = best[i + 1][j + 1] + alike[i][j] if alike[i][j] else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    found: list[tuple[Node | None, Node | None]] = []
    i = j = 0
    while i < len(old) and j < len(new):
        if alike[i][j] and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            found.append((old[i], new[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            found.append((old[i], None))
            i += 1
        else:
            found.append((None, new[j]))
            j += 1
    return [*found, *((node, None) for node in old[i:]), *((None, node) for node in new[j:])]


def _alike(a: Node, b: Node, words_a: Counter[str], words_b: Counter[str]) -> float:
    """Return how much of two blocks is the same, 0 where they are two things. Cells and whole tables need little."""
    if isinstance(a, str) or isinstance(b, str):
        return 0.5 if isinstance(a, str) and isinstance(b, str) else 0.0
    if a.tag != b.tag:
        return 0.0
    share = 2 * (words_a & words_b).total() / max(1, words_a.total() + words_b.total())
    if a.tag in CELLS | ROW_GROUPS | {"table", "img"}:
        return 0.1 + share
    return share if share >= _ALIKE else 0.0


def _word_counts(node: Node) -> Counter[str]:
    if isinstance(node, str):
        return Counter(node.split())
    found = Counter[str](value for name, value in node.attributes.items() if name in {"src", "alt"})
    for child in node.children:
        found += _word_counts(child)
    return found


def _whole(node: Node, change: str) -> str:
    """Show a block that came or went as a whole."""
    if isinstance(node, str):
        return _changed(_pieces([node]), change)
    if node.tag in VOID:
        return f"<{_TAGS[change]}>{write(node)}</{_TAGS[change]}>"
    if _holds_blocks(node):
        inside = "".join(_whole(child, change) for child in node.children)
    else:
        inside = _changed(_pieces(node.children), change)
    marked = Element(node.tag, {**node.attributes, "class": change}) if node.tag in _MARKED else node
    return f"{start_tag(marked)}{inside}</{node.tag}>"


# --- words --------------------------------------------------------------------------------------------------------
def _pieces(nodes: Iterable[Node], around: tuple[str, ...] = ()) -> list[Piece]:
    found: list[Piece] = []
    for node in nodes:
        if isinstance(node, str):
            found += [Piece(escape(piece), around) for piece in _PIECE.findall(node)]
        elif node.tag in VOID:
            found.append(Piece(write(node), around))
        else:
            found += _pieces(node.children, (*around, start_tag(node)))
    return found


def _words(old: list[Piece], new: list[Piece]) -> Iterator[str]:
    for same, before, after in _readable(_steps(old, new), old, new):
        if same:
            yield _formatted(after)
        else:
            yield _changed(before, _REMOVED) + _changed(after, _ADDED)


def _readable(steps: list[Step], old: list[Piece], new: list[Piece]) -> list[tuple[bool, list[Piece], list[Piece]]]:
    """Join changes between which only a blank or a sign is the same: people read phrases, not every second word."""
    found: list[tuple[bool, list[Piece], list[Piece]]] = []
    for at, step in enumerate(steps):
        before, after = old[step.old], new[step.new]
        between = 0 < at < len(steps) - 1 and not any(piece.html[:1].isalnum() or "<" in piece.html for piece in after)
        same = step.same and not between
        if found and not same and not found[-1][0]:
            found[-1] = (False, found[-1][1] + before, found[-1][2] + after)
        else:
            found.append((same, before, after))
    return found


def _changed(pieces: list[Piece], change: str) -> str:
    return f"<{_TAGS[change]}>{_formatted(pieces)}</{_TAGS[change]}>" if pieces else ""


def _formatted(pieces: list[Piece]) -> str:
    """Write pieces with their formatting around each stretch that shares it."""
    stretches = ((around, "".join(p.html for p in group)) for around, group in groupby(pieces, key=lambda p: p.around))
    return "".join("".join(around) + text + _ends(around) for around, text in stretches)


def _ends(around: tuple[str, ...]) -> str:
    return "".join(f"</{start[1:-1].split(' ', 1)[0]}>" for start in reversed(around))


def _harmless(html: str) -> str:
    return nh3.clean(
        html,
        tags={*KEPT, "ins", "del"},
        attributes=KEPT,
        attribute_filter=_known_addresses_only,
        allowed_classes={tag: {_ADDED, _REMOVED} for tag in _MARKED},
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=LINK_REL,
    )


def _known_addresses_only(_tag: str, name: str, value: str) -> str | None:
    """Keep an attribute; an address only of the system itself, or where a link may lead: a browser fetches pictures."""
    if name not in {"src", "href"} or _OWN_ADDRESS.fullmatch(value):
        return value
    return value if name == "href" and leads_somewhere(value) else None
