"""Turns locale/*/LC_MESSAGES/*.po into the .mo files that Django reads, without the gettext programs.

Compiled files are not kept with the sources: they are made wherever the system starts, when a .po is newer.
"""

import os
from pathlib import Path

import polib

BASE_DIR = Path(__file__).resolve().parent.parent


def compile_all(base: Path = BASE_DIR) -> list[Path]:
    """Compile every translation whose text is newer than its compiled file; return the files written."""
    written = []
    for source in sorted(base.glob("locale/*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        # Several processes may start at once: each writes its own file and puts it into place in one step.
        part = target.with_suffix(f".{os.getpid()}.part")
        polib.pofile(str(source)).save_as_mofile(str(part))
        part.replace(target)
        written.append(target)
    return written


if __name__ == "__main__":
    compile_all()
