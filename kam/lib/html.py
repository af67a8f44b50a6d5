"""Cleaning of the HTML that people write and paste, and the plain text of it.

`clean` reads with our own bounded reader, keeps the few elements that a page has, and lets nh3, which reads as
browsers do, have the last word. That is repeated until nothing changes any more: HTML that would be read differently
the second time, as attacks by mutation are, never gets out.
"""

import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import urlsplit

import nh3

from kam.lib.html_tree import (
    BLOCKS,
    CELLS,
    DIVISIONS,
    LISTS,
    ROW_GROUPS,
    VOID,
    Element,
    Node,
    TooDeep,
    escape,
    read,
    write,
)

__all__ = ["MOST_CHARACTERS", "TooDeep", "TooLong", "clean", "leads_somewhere", "text_of"]

MOST_CHARACTERS = 500_000
MOST_DEPTH = 30  # kept elements inside each other
MOST_PASSES = 6

KEPT: dict[str, set[str]] = {
    "h2": set(),
    "h3": set(),
    "p": set(),
    "br": set(),
    "strong": set(),
    "em": set(),
    "ul": set(),
    "ol": set(),
    "li": set(),
    "a": {"href"},
    "blockquote": set(),
    "table": set(),
    "thead": set(),
    "tbody": set(),
    "tr": set(),
    "th": {"colspan", "rowspan", "scope"},
    "td": {"colspan", "rowspan"},
    "img": {"src", "alt", "width", "height"},
    "hr": set(),
    "code": set(),
    "pre": set(),
    "figure": set(),
    "figcaption": set(),
}
RENAMED = {
    "h1": "h2", "h4": "h3", "h5": "h3", "h6": "h3", "b": "strong", "i": "em", "tfoot": "tbody", "caption": "p",
    "cite": "em", "dfn": "em", "kbd": "code", "samp": "code", "tt": "code", "listing": "pre", "menu": "ul", "dir": "ul",
    "image": "img",
}  # fmt: skip
LINK_REL = "noopener noreferrer nofollow"
_INLINE = {"strong", "em", "a", "code"}
_TEXT_BLOCKS = {"p", "h2", "h3", "pre", "figcaption"}
# An empty one of these says something; every other kept element without content is dropped.
_MAY_BE_EMPTY = CELLS | VOID

# What no text needs: control characters, halves of surrogate pairs, what turns the direction of writing, what marks
# the order of bytes, and what is no character at all.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff\ufff9-\ufffb]"
)
_HTTP = re.compile(r"https?://[^\s<>\"'`\\]+", re.IGNORECASE)
_MAILTO = re.compile(r"mailto:[^\s<>\"'`\\:/@]+@[^\s<>\"'`\\:/@]+", re.IGNORECASE)
_TEL = re.compile(r"tel:\+?[0-9() .-]{2,30}", re.IGNORECASE)
_PIXELS = re.compile(r"[1-9][0-9]{0,3}")
_SPAN = re.compile(r"[2-9]|[1-4][0-9]")
_SCOPES = {"row", "col", "rowgroup", "colgroup"}


class TooLong(ValueError):
    """The text is longer than MOST_CHARACTERS; `length` says how long."""

    def __init__(self, length: int) -> None:
        super().__init__(f"{length} characters")
        self.length = length


def clean(html: str, *, files: re.Pattern[str]) -> str:
    """Return what of `html` a page keeps; it can stand in a page unescaped.

    Pictures stay, and links to the system's own addresses, where `files` matches the whole address; other links may
    lead to http, https, mailto and tel. Cleaning what is clean changes nothing. Raises TooLong and TooDeep.
    """
    if len(html) > MOST_CHARACTERS:
        raise TooLong(len(html))
    before = html
    for _ in range(MOST_PASSES):
        after = _judge(_tidy(before, files), files)
        if len(after) > MOST_CHARACTERS:
            raise TooLong(len(after))
        if after == before:
            return after
        before = after
    # Nobody writes HTML that reads differently time and again: its words are kept, not its form.
    return "".join(f"<p>{escape(line)}</p>" for line in text_of(before).splitlines() if line.strip())


def text_of(html: str) -> str:
    """Return the words of `html`, a line for each block, the cells of a row apart by tabs; alt texts are words too."""
    lines: list[str] = []
    line: list[str] = []
    _words(read(html), lines, line)
    _end_line(lines, line)
    return "\n".join(lines)


# --- reading and tidying ------------------------------------------------------------------------------------------
def _tidy(html: str, files: re.Pattern[str]) -> str:
    root = read(_UNWANTED.sub("", html.replace("\r\n", "\n").replace("\r", "\n")))
    kept = Element("", {}, _blocks(_kept(root, files)))
    _check_depth(kept, 0)
    return write(kept)


def _kept(parent: Element, files: re.Pattern[str]) -> list[Node]:
    """Return the children of `parent` as far as they are kept; unknown elements give way to what is in them."""
    found: list[Node] = []
    for child in parent.children:
        if isinstance(child, str):
            text = unicodedata.normalize("NFC", _UNWANTED.sub("", child))
            if found and isinstance(found[-1], str):
                found[-1] += text
            elif text:
                found.append(text)
            continue
        tag = RENAMED.get(child.tag, child.tag)
        inside = _kept(child, files)
        if tag in DIVISIONS:
            found.append(Element("div", {}, inside))
        elif tag in KEPT:
            found += _element(tag, _attributes(tag, child.attributes, files), inside)
        else:
            found += inside
    return found


def _element(tag: str, attributes: dict[str, str], inside: list[Node]) -> list[Node]:
    if (tag == "img" and "src" not in attributes) or (tag == "a" and "href" not in attributes):
        return inside
    if tag in _INLINE:
        # Formatting around whole blocks is how web pages and office programs wrap what is copied: it means nothing.
        if any(_is_block(child) for child in inside):
            return inside
        return [Element(tag, attributes, inside)] if inside else []
    if tag in _TEXT_BLOCKS:
        inside = _flat(inside)
    elif tag in LISTS:
        inside = _only(inside, {"li"}, LISTS)
    elif tag in ROW_GROUPS | {"table"}:
        inside = _only(inside, {"tr"} if tag != "table" else {"tr", "thead", "tbody"}, frozenset())
        if tag == "table":
            _say_what_heads_what(inside)
    elif tag == "tr":
        inside = _only(inside, CELLS, frozenset())
    elif tag not in VOID:
        inside = _blocks(inside)
        if tag in CELLS | {"li"} and len(inside) == 1 and isinstance(inside[0], Element) and inside[0].tag == "p":
            inside = inside[0].children
    return [Element(tag, attributes, inside)] if tag in _MAY_BE_EMPTY or _says_something(inside) else []


def _blocks(nodes: list[Node]) -> list[Node]:
    """Return `nodes` as blocks only: divisions become paragraphs or give way to the blocks in them."""
    found: list[Node] = []
    run: list[Node] = []

    def end_run() -> None:
        if _says_something(run):
            found.append(Element("p", {}, _trimmed(run)))
        run.clear()

    for node in nodes:
        if isinstance(node, Element) and _is_block(node):
            end_run()
            found += _blocks(node.children) if node.tag == "div" else [node]
        else:
            run.append(node)
    end_run()
    return found


def _flat(nodes: list[Node]) -> list[Node]:
    """Return `nodes` without blocks, their words kept, a new line between two."""
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, Element) and _is_block(node):
            inside = _flat(node.children)
            found += [Element("br"), *inside] if _says_something(found) and inside else inside
        else:
            found.append(node)
    return _trimmed(found)


def _only(nodes: list[Node], tags: Iterable[str], into_last: frozenset[str]) -> list[Node]:
    """Return the elements of `nodes` with such a tag; a list that stands beside list items goes into the last."""
    found: list[Node] = []
    for node in nodes:
        if isinstance(node, str):
            continue
        if node.tag in tags:
            found.append(node)
        elif node.tag in into_last and found and isinstance(found[-1], Element):
            found[-1].children = [*_blocks(found[-1].children), node]
        elif node.tag == "div":
            found += _only(node.children, tags, into_last)
    return found


def _say_what_heads_what(parts: list[Node]) -> None:
    """Give each head of a table its scope where it has none: in the first row of its column, below of its row."""
    groups = [part for part in parts if isinstance(part, Element)]
    rows = [row for group in groups for row in ([group] if group.tag == "tr" else group.elements())]
    for at, row in enumerate(rows):
        for cell in row.elements():
            if cell.tag == "th":
                cell.attributes.setdefault("scope", "row" if at else "col")


def _trimmed(nodes: list[Node]) -> list[Node]:
    """Return `nodes` without line breaks and blanks at either end."""
    found = list(nodes)
    while found and not _says_something(found[-1:]):
        found.pop()
    while found and not _says_something(found[:1]):
        found.pop(0)
    if found and isinstance(found[0], str):
        found[0] = found[0].lstrip(" \t\n")
    if found and isinstance(found[-1], str):
        found[-1] = found[-1].rstrip(" \t\n")
    return found


def _is_block(node: Node) -> bool:
    return isinstance(node, Element) and node.tag in BLOCKS


def _says_something(nodes: Iterable[Node]) -> bool:
    for node in nodes:
        if isinstance(node, str):
            if node.strip():
                return True
        elif node.tag in {"img", "hr"} or node.tag in CELLS or _says_something(node.children):
            return True
    return False


def _check_depth(element: Element, depth: int) -> None:
    if depth > MOST_DEPTH:
        raise TooDeep
    for child in element.elements():
        _check_depth(child, depth + 1)


# --- attributes ---------------------------------------------------------------------------------------------------
def _attributes(tag: str, attributes: dict[str, str], files: re.Pattern[str]) -> dict[str, str]:
    found = ((name, _attribute(tag, name, value, files)) for name, value in attributes.items() if name in KEPT[tag])
    return {name: value for name, value in found if value is not None}


def _attribute(tag: str, name: str, value: str, files: re.Pattern[str]) -> str | None:
    """Return the value that an attribute may have, None where it has to go."""
    value = unicodedata.normalize("NFC", _UNWANTED.sub("", value)).strip()
    if name == "src":
        return value if files.fullmatch(value) else None
    if name == "href":
        return value if files.fullmatch(value) or leads_somewhere(value) else None
    if name == "alt":
        return " ".join(value.split())[:500]
    if name in {"width", "height"}:
        return value if _PIXELS.fullmatch(value) else None
    if name in {"colspan", "rowspan"}:
        return value if _SPAN.fullmatch(value) else None
    if name == "scope":
        return value.lower() if value.lower() in _SCOPES else None
    return value if (tag, name) == ("a", "rel") else None


def leads_somewhere(address: str) -> bool:
    """Say whether a link may have this address: of the web, without a user's name in it, of mail or of a telephone."""
    if _MAILTO.fullmatch(address) or _TEL.fullmatch(address):
        return True
    if not _HTTP.fullmatch(address) or len(address) > 2000:
        return False
    try:
        parts = urlsplit(address)
        return bool(parts.hostname) and "@" not in parts.netloc and (parts.port or 1) > 0
    except ValueError:
        return False


def _judge(html: str, files: re.Pattern[str]) -> str:
    return nh3.clean(
        html,
        tags=set(KEPT),
        clean_content_tags={"script", "style"},
        attributes=KEPT,
        attribute_filter=lambda tag, name, value: _attribute(tag, name, value, files),
        url_schemes={"http", "https", "mailto", "tel"},
        link_rel=LINK_REL,
        strip_comments=True,
    )


# --- plain text ---------------------------------------------------------------------------------------------------
def _words(element: Element, lines: list[str], line: list[str]) -> None:
    for child in element.children:
        if isinstance(child, str):
            line.append(child)
        elif child.tag == "img":
            line.append(child.attributes.get("alt", ""))
        elif child.tag in CELLS:
            line.append(" ".join(_cell_words(child)) + "\t")
        elif child.tag in BLOCKS or child.tag == "br":
            _end_line(lines, line)
            _words(child, lines, line)
            _end_line(lines, line)
        else:
            _words(child, lines, line)


def _cell_words(cell: Element) -> list[str]:
    """Return the words of one cell, without the tabs of a table inside it."""
    lines: list[str] = []
    line: list[str] = []
    _words(cell, lines, line)
    _end_line(lines, line)
    return " ".join(lines).split()


def _end_line(lines: list[str], line: list[str]) -> None:
    cells = ["".join(line)] if "\t" not in "".join(line) else "".join(line).split("\t")
    text = "\t".join(" ".join(cell.split()) for cell in cells).strip("\t ")
    line.clear()
    if text:
        lines.append(text)
