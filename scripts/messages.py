"""Keeps locale/*.po in step with the texts in the sources: `collect` finds them, `update` writes, `faults` judges.

Not Django's makemessages in place: a check must compare without touching the files it compares.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import copytree, ignore_patterns

import polib

BASE_DIR = Path(__file__).resolve().parent.parent
LANGUAGE = "fi"
PO = Path("locale") / LANGUAGE / "LC_MESSAGES" / "django.po"
# What has texts for people: everything else would only cost time or bring in the texts of others.
SOURCES = ["kam", "accounts", "channels_app", "annualclock", "qualitycards", "webinars", "templates"]


def collect(base: Path = BASE_DIR) -> polib.POFile:
    """Return the texts of the sources as a fresh catalogue without translations."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "project"
        copy.mkdir()
        for name in SOURCES:
            if (base / name).exists():
                copytree(base / name, copy / name, ignore=ignore_patterns("__pycache__", "*.pyc"))
        (copy / "locale").mkdir()
        command = [sys.executable, "-m", "django", "makemessages", "-l", LANGUAGE, "--no-wrap", "--no-obsolete"]
        # Reading texts needs no settings, and those that the environment names may not be found from the copy.
        bare = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        done = subprocess.run(  # noqa: S603
            [*command, "-v", "0"], cwd=copy, env=bare, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"makemessages failed: {done.stderr.strip()}")
        return polib.pofile(str(copy / PO)) if (copy / PO).exists() else polib.POFile()


def key(entry: polib.POEntry) -> tuple[str, str, str]:
    return entry.msgctxt or "", entry.msgid, entry.msgid_plural


def faults(fresh: polib.POFile, kept: polib.POFile) -> Iterator[str]:
    """Yield a sentence for every text that is missing from `kept`, is no longer in the sources or lacks Finnish."""
    entries = {key(entry): entry for entry in kept if not entry.obsolete}
    wanted = {key(entry) for entry in fresh}
    for missing in sorted(wanted - entries.keys()):
        yield f"not in {PO}: {missing[1]!r} (run `make messages`)"
    for left_over in sorted(entries.keys() - wanted):
        yield f"no longer in the sources: {left_over[1]!r} (run `make messages`)"
    for entry in entries.values():
        if entry.fuzzy:
            yield f"marked fuzzy: {entry.msgid!r}"
        elif not entry.translated():
            yield f"without Finnish: {entry.msgid!r}"
        elif not same_gaps(entry):
            yield f"other gaps than the English, or other blanks at its ends: {entry.msgid!r}"


GAP = re.compile(r"%(?:\(\w+\))?[sd]|%%|\{\w*\}")


def same_gaps(entry: polib.POEntry) -> bool:
    """Tell whether the Finnish has the gaps (%(name)s) of the English and begins and ends with a line break as it does.

    Finnish may leave out the number of a singular, as English may: "one row" needs no %(count)s.
    """
    texts = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    english = [entry.msgid, entry.msgid_plural] if entry.msgid_plural else [entry.msgid]
    wanted = set().union(*(GAP.findall(text) for text in english))
    found = set().union(*(GAP.findall(text) for text in texts))
    ends = all(
        (text[:1] == "\n", text[-1:] == "\n") == (entry.msgid[:1] == "\n", entry.msgid[-1:] == "\n") for text in texts
    )
    return found == wanted and ends


def update(base: Path = BASE_DIR) -> None:
    """Bring the kept file up to date: new texts come in untranslated, texts that are gone leave."""
    path = base / PO
    fresh = collect(base)
    kept = {key(entry): entry for entry in polib.pofile(str(path))} if path.exists() else {}
    for entry in fresh:
        known = kept.get(key(entry))
        if known is not None:
            entry.msgstr, entry.msgstr_plural = known.msgstr, dict(known.msgstr_plural)
        # Line numbers change with every edit and would bury the changes that matter.
        entry.occurrences = sorted({(file, "") for file, _ in entry.occurrences})
    fresh.metadata = {
        "Language": LANGUAGE,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=2; plural=(n != 1);",
    }
    fresh.sort(key=key)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh.wrapwidth = 120
    fresh.save(str(path))


if __name__ == "__main__":
    update()
