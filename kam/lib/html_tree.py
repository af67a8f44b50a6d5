"""HTML read into a small tree and written back: what cleaning, plain text and differences share.

Reading is linear in the length of the text and never makes more elements than there are tags in it, which the reader
of a browser does not promise: there `<b>` left open is opened again in each paragraph, and nested elements cost their
square. What is read here is for our own use; whether it is safe for a browser is decided in kam.lib.html.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser

VOID = frozenset(
    """area base basefont bgsound br col command embed frame hr image img input isindex keygen link meta param source
    track wbr""".split()  # noqa: SIM905  words in a row are easier to read
)
# Their content is not text for people: it goes with them.
SWALLOWED = frozenset(
    """applet audio canvas head iframe map math noembed noframes noscript object plaintext portal script select style
    svg template textarea title video xml xmp""".split()  # noqa: SIM905
)
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
DIVISIONS = frozenset(
    """address article aside body center dd details dialog dir div dl dt fieldset fencedframe footer form header hgroup
    html legend main menu nav section summary""".split()  # noqa: SIM905
)
LISTS = frozenset({"ul", "ol"})
ROW_GROUPS = frozenset({"thead", "tbody", "tfoot"})
CELLS = frozenset({"td", "th"})
TABLE_PARTS = ROW_GROUPS | CELLS | {"tr", "caption", "colgroup"}
BLOCKS = (
    HEADINGS | DIVISIONS | LISTS | TABLE_PARTS | {"p", "li", "blockquote", "table", "hr", "pre", "figure", "figcaption"}
)
# Where an end tag further in does not reach beyond.
BOUNDARIES = CELLS | {"li", "table", "blockquote", "caption"}
# What a new one of these closes, and how far out it looks.
_CLOSES: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "a": (frozenset({"a"}), BOUNDARIES),
    "li": (frozenset({"li"}), LISTS | CELLS | {"table"}),
    "tr": (CELLS | {"tr"}, frozenset({"table"})),
    **{tag: (CELLS, frozenset({"table"})) for tag in CELLS},
    **{tag: (CELLS | ROW_GROUPS | {"tr", "caption"}, frozenset({"table"})) for tag in ROW_GROUPS},
}
MOST_DEPTH = 100  # elements inside each other, as read


class TooDeep(ValueError):
    """More elements stand inside each other than anybody writes."""


@dataclass(slots=True)
class Element:
    """An element with its attributes; `children` holds elements and texts in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def elements(self) -> Iterator["Element"]:
        return (child for child in self.children if isinstance(child, Element))


Node = Element | str


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("")
        self._open = [self.root]
        self._swallowing: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._swallowing:
            if tag == self._swallowing[0]:
                self._swallowing.append(tag)
            return
        if tag in SWALLOWED:
            self._swallowing.append(tag)
            return
        self._make_room_for(tag)
        attributes: dict[str, str] = {}
        for name, value in attrs:
            attributes.setdefault(name, value or "")  # as in a browser, the first of a name counts
        element = Element(tag, attributes)
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)
            if len(self._open) > MOST_DEPTH:
                raise TooDeep

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in SWALLOWED:  # <svg/> holds nothing
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._swallowing:
            if tag == self._swallowing[0]:
                self._swallowing.pop()
            return
        self._close(frozenset({tag}), frozenset() if tag in BOUNDARIES | LISTS | TABLE_PARTS else BOUNDARIES)

    def handle_data(self, data: str) -> None:
        if not self._swallowing:
            self._open[-1].children.append(data)

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """Pass over <![CDATA[ and what office programs write into <![if: the library stumbles over unknown ones."""
        end = self.rawdata.find(">", i)
        return -1 if end < 0 else end + 1

    def finish(self) -> None:
        """Take the text at the end; a tag or comment that never ends is dropped with what follows, as in a browser.

        The library's own close() looks at an unfinished tag again and again, which costs the square of its length.
        """
        if self.rawdata.startswith("<") and self.rawdata[1:2].isascii() and self.rawdata[1:2] not in {"", " "}:
            return
        self.handle_data(unescape(self.rawdata))

    def _make_room_for(self, tag: str) -> None:
        if tag in BLOCKS:
            self._close(frozenset({"p"}), BOUNDARIES)
        if tag in _CLOSES:
            tags, boundary = _CLOSES[tag]
            self._close(tags, boundary, outermost=True)

    def _close(self, tags: frozenset[str], boundary: frozenset[str], *, outermost: bool = False) -> None:
        """Close the innermost open one of `tags`, or the outermost, with what is open in it, up to a boundary."""
        found = None
        for at in range(len(self._open) - 1, 0, -1):
            if self._open[at].tag in tags:
                found = at
                if not outermost:
                    break
            elif self._open[at].tag in boundary:
                break
        if found is not None:
            del self._open[found:]


def read(html: str) -> Element:
    """Return a root whose children are what `html` holds; comments and what is not for people are left out.

    Raises TooDeep.
    """
    reader = _Reader()
    reader.feed(html)
    reader.finish()
    return reader.root


def escape(text: str) -> str:
    """Escape as browsers and nh3 do when they write HTML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\xa0", "&nbsp;")


def start_tag(element: Element) -> str:
    attributes = "".join(
        f' {name}="{escape(value).replace(chr(34), "&quot;")}"' for name, value in element.attributes.items()
    )
    return f"<{element.tag}{attributes}>"


def write(node: Node) -> str:
    """Return the HTML of a node; of a root, that of its children."""
    if isinstance(node, str):
        return escape(node)
    inside = "".join(write(child) for child in node.children)
    if not node.tag:
        return inside
    return start_tag(node) if node.tag in VOID else f"{start_tag(node)}{inside}</{node.tag}>"
