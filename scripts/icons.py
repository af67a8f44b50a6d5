"""Builds the sprite of icons from an unpacked bootstrap-icons package: only the icons named here are shipped.

Run: python -m scripts.icons PATH/TO/node_modules/bootstrap-icons
"""

import re
import sys
from pathlib import Path

SPRITE = Path(__file__).resolve().parent.parent / "static" / "vendor" / "bootstrap-icons" / "sprite.svg"
NAMES = """
alarm arrow-clockwise arrow-counterclockwise arrow-left arrow-left-right arrow-repeat arrow-return-left arrow-right at
award bell bell-fill bell-slash box-arrow-right broadcast building buildings calendar-event calendar3 camera
card-checklist chat-left-text chat-text check-circle check-lg chevron-down chevron-left chevron-right chevron-up
circle-half clipboard-check clock clock-history copy cpu diagram-3 download envelope envelope-check
envelope-exclamation envelope-open envelope-paper exclamation-diamond exclamation-triangle eye file-earmark-pdf
file-earmark-spreadsheet file-earmark-text film filter fingerprint gear geo-alt graph-up hourglass hourglass-split
house image inbox info-circle journal-text key laptop lightbulb link-45deg list-check list-ol list-ul lock megaphone
moon paperclip pencil people people-fill person person-badge person-circle person-exclamation person-plus person-x
phone pin-angle play plus-lg printer question-circle reply save search send shield-check shield-lock sliders star
stop-circle stopwatch sun table tags telephone text-indent-left text-indent-right three-dots toggles tools translate
trash type-bold type-italic upload x-lg
""".split()  # noqa: SIM905  words in a row are easier to keep in order
DRAWING = re.compile(r'<svg[^>]*viewBox="(?P<box>[^"]+)"[^>]*>(?P<inside>.*)</svg>', re.DOTALL)


def symbol(name: str, svg: str) -> str:
    """Return one icon as a symbol of the sprite; raises ValueError for a file that is no icon."""
    found = DRAWING.search(svg)
    if found is None:
        raise ValueError(f"{name}.svg is not drawn as expected")
    inside = re.sub(r">\s+<", "><", found["inside"].strip())
    return f'<symbol id="{name}" viewBox="{found["box"]}">{inside}</symbol>'


def build(package: Path) -> str:
    """Return the whole sprite, its symbols in alphabetical order."""
    symbols = (symbol(name, (package / "icons" / f"{name}.svg").read_text("utf-8")) for name in sorted(NAMES))
    return '<svg xmlns="http://www.w3.org/2000/svg" fill="currentColor">\n' + "\n".join(symbols) + "\n</svg>\n"


if __name__ == "__main__":
    SPRITE.write_text(build(Path(sys.argv[1])), "utf-8")
