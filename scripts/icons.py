"""Builds the sprite of icons from an unpacked bootstrap-icons package: only the icons named here are shipped.

Run: python -m scripts.icons PATH/TO/node_modules/bootstrap-icons
"""

import re
import sys
from pathlib import Path

SPRITE = Path(__file__).resolve().parent.parent / "static" / "vendor" / "bootstrap-icons" / "sprite.svg"
NAMES = """
arrow-clockwise arrow-counterclockwise arrow-left arrow-left-right arrow-repeat arrow-right bell box-arrow-right
broadcast building buildings calendar-event calendar3 camera card-checklist check-lg chevron-down chevron-left
chevron-right chevron-up circle-half clipboard-check clock clock-history copy cpu diagram-3 download envelope
envelope-paper exclamation-diamond exclamation-triangle eye file-earmark-pdf file-earmark-spreadsheet
file-earmark-text film filter fingerprint gear geo-alt hourglass-split house image info-circle journal-text key laptop
link-45deg list-check list-ol list-ul lock moon paperclip pencil people person person-badge person-circle person-plus
person-x play plus-lg printer question-circle save search shield-check shield-lock sliders star stop-circle sun table
tags telephone text-indent-left text-indent-right three-dots toggles tools translate trash type-bold type-italic
upload x-lg
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
