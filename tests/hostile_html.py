"""The corpus of hostile pastes: tests/corpus/hostile_html, one attack a file, its first line saying what it tries.

What strikes sets `window.struck` or asks something of evil.example. PANKKI stands for the account's customer number.
"""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "corpus" / "hostile_html"
OWN_NUMBER = "1000"


@dataclass(frozen=True)
class Attack:
    name: str
    tries: str
    html: str

    def __str__(self) -> str:
        return self.name


def attacks(customer_number: str = OWN_NUMBER) -> list[Attack]:
    """Return every attack of the corpus, against the pages of one account."""
    found = []
    for path in sorted(FOLDER.glob("*.html")):
        note, html = path.read_bytes().decode("utf-8").split("\n", 1)
        tries = note.removeprefix("<!-- ").removesuffix(" -->")
        found.append(Attack(path.stem, tries, html.replace("PANKKI", customer_number)))
    return found
