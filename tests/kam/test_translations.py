"""Holds the Finnish to the texts in the sources: each has a translation, and the translation fits."""

import re
from pathlib import Path

import allauth
import django
import polib
import pytest
from django.utils import translation

from kam.translations import compile_all
from scripts import messages

FINNISH = messages.BASE_DIR / messages.PO


def catalogue(*entries: polib.POEntry) -> polib.POFile:
    po = polib.POFile()
    po.extend(entries)
    return po


def judge(english: str, finnish: str, **more: object) -> list[str]:
    """Return the faults of a catalogue with this one text."""
    return list(
        messages.faults(
            catalogue(polib.POEntry(msgid=english)), catalogue(polib.POEntry(msgid=english, msgstr=finnish, **more))
        )
    )


def test_every_text_of_the_sources_has_its_finnish() -> None:
    assert list(messages.faults(messages.collect(), polib.pofile(str(FINNISH)))) == []


def test_extraction_finds_texts_of_python_and_of_templates() -> None:
    texts = {entry.msgid for entry in messages.collect()}
    assert {"The file is empty. Export it again and check that it has rows.", "Skip to the content"} <= texts


def test_a_good_translation_is_no_fault() -> None:
    assert judge("%(name)s is here", "%(name)s on täällä") == []


@pytest.mark.parametrize(
    ("finnish", "more", "fault"),
    [
        ("", {}, "without Finnish"),
        ("%(name)s on täällä", {"flags": ["fuzzy"]}, "marked fuzzy"),
        ("%(nimi)s on täällä", {}, "other gaps"),
        ("Täällä ollaan", {}, "other gaps"),
        ("%(name)s on täällä\n", {}, "other gaps"),
    ],
)
def test_faults_are_told(finnish: str, more: dict[str, object], fault: str) -> None:
    (told,) = judge("%(name)s is here", finnish, **more)
    assert told.startswith(fault)


def test_a_plural_may_leave_the_number_out_of_one_form_only() -> None:
    def plural(one: str, many: str) -> bool:
        return messages.same_gaps(
            polib.POEntry(msgid="one row", msgid_plural="%(n)s rows", msgstr_plural={0: one, 1: many})
        )

    assert plural("yksi rivi", "%(n)s riviä")
    assert plural("%(n)s rivi", "%(n)s riviä")
    assert not plural("yksi rivi", "rivejä")


def test_texts_that_are_missing_or_left_over_are_told() -> None:
    new, old = polib.POEntry(msgid="New"), polib.POEntry(msgid="Old", msgstr="Vanha")
    told = list(messages.faults(catalogue(new), catalogue(old)))
    assert [fault.partition(":")[0] for fault in told] == [f"not in {messages.PO}", "no longer in the sources"]


def test_no_text_hides_behind_a_name_that_the_extraction_does_not_know() -> None:
    """xgettext knows functions by name: `gettext as say` would keep the texts of `say(...)` out of the catalogue."""
    alias = re.compile(r"^from django\.utils\.translation import .*\bgettext\w* as (?!_\b)\w+", re.MULTILINE)
    sources = [path for name in messages.SOURCES for path in (messages.BASE_DIR / name).rglob("*.py")]
    assert [str(path) for path in sources if alias.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize(
    ("english", "finnish"),
    [
        ("Accounts", "Asiakkuudet"),
        ("Account", "Asiakkuus"),
        ("Sites", "Kohteet"),
        ("This field is required.", "Täytä tämä kenttä."),
    ],
)
def test_our_words_beat_those_of_the_libraries(english: str, finnish: str) -> None:
    """Other packages translate the same short words in their own sense, "Accounts" as "Tilit"."""
    compile_all()
    with translation.override("fi"):
        assert translation.gettext(english) == finnish


def test_borrowed_texts_are_those_of_the_libraries() -> None:
    """A library that words a text anew would bring its own Finnish back unnoticed."""
    borrowed = {
        entry.msgid for entry in polib.pofile(str(FINNISH)) if ("kam/borrowed_texts.py", "") in entry.occurrences
    }
    theirs = {
        entry.msgid
        for library in (django, allauth)
        for path in Path(library.__file__).parent.glob("**/locale/fi/LC_MESSAGES/django.po")
        for entry in polib.pofile(str(path))
    }
    assert borrowed
    assert borrowed <= theirs


def test_finnish_uses_its_own_quotation_marks_and_no_english_ones() -> None:
    texts = [text for entry in polib.pofile(str(FINNISH)) for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert [text for text in texts if "“" in text or "‘" in text or " - " in text] == []
