"""Small pictures of pictures and of a PDF's first page, drawn by a process of its own.

Decoders are the part of a system that a hostile file breaks most easily. Here they run without database, settings or
secrets, with bounds on time and memory, and when they fall, nothing else does.
"""

import resource
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

SECONDS = 60
_CPU_SECONDS, _MEMORY, _OUTPUT = 40, 2 * 1024**3, 20 * 1024**2
LARGE, SMALL = 1280, 320  # the longer side, in points


class NotDrawn(Exception):
    """No picture came of it; the text says why, for the log."""


def draw(kind: str, source: Path, large: Path, small: Path) -> None:
    """Draw `source`, a "picture" or a "pdf", into two WebP files; raises NotDrawn."""
    command = [sys.executable, "-I", __file__, kind, str(source), str(large), str(small)]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, env={}, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise NotDrawn("it took too long") from None
    if done.returncode or not large.exists() or not small.exists():
        last_words = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise NotDrawn("; ".join([f"status {done.returncode}", *last_words]))


# --- in the other process -------------------------------------------------------------------------------------------
def _bound() -> None:
    for what, most in (
        (resource.RLIMIT_CPU, _CPU_SECONDS),
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_FSIZE, _OUTPUT),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def _main(kind: str, source: str, large: str, small: str) -> None:
    _bound()
    from PIL import Image, ImageOps

    if kind == "pdf":
        picture = _first_page(source)
    else:
        opened = Image.open(source, formats=["JPEG", "PNG", "GIF", "WEBP"])
        opened.draft("RGB", (LARGE, LARGE))  # JPEG: decodes an eighth where that is enough
        picture = ImageOps.exif_transpose(opened)
    picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    for path, side in ((large, LARGE), (small, SMALL)):
        picture.thumbnail((side, side))
        picture.save(path, "WEBP", quality=80, method=4)


def _first_page(source: str) -> "Image.Image":
    import pypdfium2

    page = pypdfium2.PdfDocument(source)[0]
    width, height = page.get_size()
    scale = LARGE / max(width, height, 1)
    if min(width, height) * scale < 1:
        raise ValueError("the page is a line")
    picture: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil()
    return picture


if __name__ == "__main__":
    _main(*sys.argv[1:])
