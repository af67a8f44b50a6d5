"""Which words find which, and what of them is marked: base forms, parts of compounds, names, numbers, odd letters."""

import random
import sys
import threading

import pytest

from kam.lib import finnish_words
from kam.lib.finnish_words import (
    LONGEST_WORD,
    MOST_QUERY_WORDS,
    has_dictionary,
    is_named,
    lexemes,
    marks,
    marks_within,
    normal,
    query_words,
)

# What is asked, the text, and what of the text is marked.
FOUND = [
    # consonant gradation and plurals
    ("käynti", "käynnit", "käynnit"),
    ("käynnit", "käynti", "käynti"),
    ("käynnin", "käynneillä", "käynneillä"),
    ("kohde", "kohteissa", "kohteissa"),
    ("kohteet", "kohdetta", "kohdetta"),
    ("avain", "avaimet", "avaimet"),
    ("avaimella", "avainta", "avainta"),
    ("matto", "matot", "matot"),
    ("kenkä", "kengät", "kengät"),
    ("lattia", "lattioiden", "lattioiden"),
    ("kaappi", "kaapeissa", "kaapeissa"),
    ("tauko", "tauon", "tauon"),
    ("sopimus", "sopimukset", "sopimukset"),
    ("sopimuksen", "sopimusta", "sopimusta"),
    ("asukas", "asukkaiden", "asukkaiden"),
    ("likainen", "likaiset", "likaiset"),
    ("käsi", "kädestä", "kädestä"),
    ("vesi", "vettä", "vettä"),
    ("ovi", "ovien", "ovien"),
    ("lapsi", "lasten", "lasten"),
    ("mies", "miehille", "miehille"),
    ("yö", "yöllä", "yöllä"),
    ("työ", "töitä", "töitä"),
    ("huone", "huoneisiin", "huoneisiin"),
    ("puhdas", "puhtaat", "puhtaat"),
    # cases
    ("siivous", "siivouksesta", "siivouksesta"),
    ("palaveri", "palavereihin", "palavereihin"),
    ("laatu", "laadusta", "laadusta"),
    ("esimies", "esimiehelle", "esimiehelle"),
    ("reklamaatio", "reklamaatioiden", "reklamaatioiden"),
    # possessives and particles
    ("käynti", "käyntimme", "käyntimme"),
    ("ohje", "ohjeenne", "ohjeenne"),
    ("avain", "avaimeni", "avaimeni"),
    ("kohde", "kohteessanikin", "kohteessanikin"),
    # verbs and comparison
    ("mennä", "menee", "menee"),
    ("imuroida", "imuroidaan", "imuroidaan"),
    ("pestä", "pesee", "pesee"),
    ("hyvä", "parempi", "parempi"),
    ("suuri", "suurimmat", "suurimmat"),
    # the end of a compound
    ("käynti", "laatukäynnit", "käynnit"),
    ("käynnit", "laatukäynnillä", "käynnillä"),
    ("muistio", "palaverimuistiossa", "muistiossa"),
    ("työ", "lisätöistä", "töistä"),
    ("johtaja", "asiakkuusjohtajalle", "johtajalle"),
    ("ohje", "hygieniaohjeet", "ohjeet"),
    ("avain", "hissinavaimia", "avaimia"),
    # its beginning
    ("laatu", "laatukäynnit", "laatu"),
    ("palaveri", "palaverimuistiossa", "palaveri"),
    ("hissi", "hissinavain", "hissin"),
    ("kiinteistö", "kiinteistönhoito", "kiinteistön"),
    ("työ", "työnjohtajalle", "työn"),
    # inside, and several parts together
    ("käynti", "laatukäyntiraportti", "käynti"),
    ("laatukäynti", "laatukäyntiraporttiin", "laatukäynti"),
    ("käyntiraportti", "laatukäyntiraportissa", "käyntiraportissa"),
    ("laatukäynnit", "laatukäynnin", "laatukäynnin"),
    # with and without a hyphen
    ("avainkortti", "avain-kortilla", "avain-kortilla"),
    ("avain-kortti", "avainkortit", "avainkortit"),
    ("avain-kortti", "avain-kortit", "avain-kortit"),
    ("e-lasku", "e-laskuja", "e-laskuja"),
    ("elasku", "e-lasku", "e-lasku"),
    ("lasku", "e-laskulla", "laskulla"),
    ("kortti", "avain-kortti", "kortti"),
    ("ohje", "lattianhoito-ohjeen", "ohjeen"),
    # names and places, also without a capital
    ("tampere", "Tampereella", "Tampereella"),
    ("Jyväskylä", "Jyväskylässä", "Jyväskylässä"),
    ("helsinki", "Helsingin", "Helsingin"),
    ("turku", "Turussa", "Turussa"),
    ("virtanen", "Virtasen", "Virtasen"),
    ("oulussa", "Ouluun", "Ouluun"),
    ("mallikatu", "Mallikadulla", "Mallikadulla"),
    # abbreviations in their cases
    ("sok", "SOK:n", "SOK:n"),
    ("HACCP:ssä", "HACCP", "HACCP"),
    # English
    ("clean", "cleaning", "cleaning"),
    ("instruction", "Instructions", "Instructions"),
    ("Meeting", "meeting", "meeting"),
    # accents, capitals
    ("cafe", "Café", "Café"),
    ("KÄYNTI", "Käynti", "Käynti"),
    ("sekki", "šekki", "šekki"),
    # numbers
    ("100234", "S-100234", "100234"),
    ("S-100234", "S-100234", "S-100234"),
    ("s100234", "S-100234", "S-100234"),
    ("040-1234567", "040-1234567", "040-1234567"),
    ("24.11.2026", "24.11.2026", "24.11.2026"),
    ("2026", "24.11.2026", "2026"),
    ("kpl12", "kpl12", "kpl12"),
    # as one types
    ("käyn", "laatukäynnit", "käynnit"),
    ("sop", "sopimukset", "sopimukset"),
    ("laatukäyntir", "laatukäyntiraportti", "laatukäyntiraportti"),
]  # fmt: skip
NOT_FOUND = [
    ("veri", "palaverimuistio"),
    ("pala ", "palaveri"),
    ("laatukäynti", "käynti"),
    ("lasku ", "laskea"),
    ("käynti", "laatu"),
    ("avain ", "avata"),
    ("ti", "työntekijä"),
    ("sopimus tilaus", "sopimus"),
    ("100235", "S-100234"),
]


def found(asked: str, text: str) -> bool:
    return all(any(word.matches(lexeme) for lexeme in lexemes(text)) for word in query_words(asked))


def marked(asked: str, text: str) -> list[str]:
    return [text[start:end] for start, end in marks(text, query_words(asked))]


def test_the_dictionary_is_there() -> None:
    assert has_dictionary(), "install libvoikko1 and voikko-fi: `make test` does"


@pytest.mark.parametrize(("asked", "text", "part"), FOUND)
def test_word_is_found_and_marked(asked: str, text: str, part: str) -> None:
    assert found(asked, text)
    assert marked(asked, text) == [part]


@pytest.mark.parametrize(("asked", "text"), NOT_FOUND)
def test_word_is_not_found(asked: str, text: str) -> None:
    assert not found(asked, text)


def test_all_words_have_to_be_there_in_any_order() -> None:
    text = "Avaimet palautetaan työnjohtajalle joka perjantai."
    assert found("työnjohtaja avain", text)
    assert marked("työnjohtaja avain", text) == ["Avaimet", "työnjohtajalle"]
    assert not found("työnjohtaja kortti", text)


def test_marks_join_what_overlaps_and_stand_where_they_belong() -> None:
    text = "Laatukäyntiraportti 3.12.: laatukäynnit ovat käyntejä."
    spans = list(marks(text, query_words("laatukäynti käynti")))
    assert [text[a:b] for a, b in spans] == ["Laatukäynti", "laatukäynnit", "käyntejä"]
    assert spans == sorted(spans)


def test_unfinished_word_matches_by_its_beginning_from_three_letters_on() -> None:
    assert query_words("kä")[0].prefix == ""
    assert query_words("käy")[0].prefix == "käy"
    assert query_words("käynti ")[0].prefix == ""
    assert [word.prefix for word in query_words("avain kort")] == ["", "kort"]
    assert query_words("kort", unfinished=False)[0].prefix == ""


def test_everything_that_can_be_found_is_found_by_itself() -> None:
    text = "Laatukäynnit 24.11.2026 klo 10:00, e-laskut SOK:lle: avain-kortit (12 kpl) Café Åbossa, raa'an 1/2 ½ x²"
    for word in text.split():
        assert found(word, text), word


@pytest.mark.parametrize(
    "odd",
    ["", " ", "'", "\\", ":*", "&", "|", "!", "<->", "()", "\0", "17:foo", "17=foo", "17.above:foo", "a'b\\c:*", "👍🏽",
     "\u202eabc", "שלום", "%", "_", "e\u0301", "ﬁ", "İ", "x" * 5000, "a-" * 3000, "1" * 400, ". . .", "-----"],
)  # fmt: skip
def test_odd_text_is_harmless(odd: str) -> None:
    every = lexemes(f"alku {odd} loppu")
    assert {"alku", "loppu"} <= every
    for lexeme in every | {each for word in query_words(odd) for each in {*word.alternatives, word.prefix} - {""}}:
        assert 0 < len(lexeme) <= LONGEST_WORD
        assert lexeme.isalnum() or all(letter.isalnum() for letter in lexeme), lexeme
    text = normal(f"{odd} ja muuta")
    for start, end in marks(text, query_words(odd)):
        assert 0 <= start < end <= len(text)


def test_query_is_cut_to_some_words() -> None:
    assert len(query_words(" ".join(f"sana{n}" for n in range(100)))) == MOST_QUERY_WORDS


def test_decomposed_letters_are_the_same_word() -> None:
    assert lexemes("ka\u0308ynti") == lexemes("käynti")


def test_names_are_found_letter_for_letter_too() -> None:
    words = query_words("onttor")
    assert not found("onttor", "Keskustan konttori")
    assert is_named("Keskustan konttori", words)
    assert marks_within("Keskustan konttori", words) == [(11, 17)]
    assert is_named("Mäntymäen koulu", query_words("koulut mäntymäki"))
    assert not is_named("Mäntymäen koulu", query_words("koulu kampus"))
    assert is_named("Kohde S-12/4", query_words("s-12"))


def test_threads_share_the_dictionary() -> None:
    words = ["laatukäynnit", "palaverimuistiossa", "kiinteistönhoidon", "avaimista", "reklamaatioiden"]
    expected = {word: finnish_words._readings.__wrapped__(word) for word in words}
    faults: list[str] = []

    def read(seed: int) -> None:
        dice = random.Random(seed)
        for _ in range(300):
            word = dice.choice(words)
            if finnish_words._readings.__wrapped__(word) != expected[word]:
                faults.append(word)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    threads = [threading.Thread(target=read, args=[seed]) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.setswitchinterval(before)
    assert faults == []


def test_without_the_dictionary_stems_and_beginnings_remain(monkeypatch: pytest.MonkeyPatch) -> None:
    caches = (finnish_words._readings, finnish_words._forms, finnish_words._whole)
    for each in caches:
        each.cache_clear()
    monkeypatch.setattr(finnish_words, "_voikko", lambda: None)
    assert not has_dictionary()
    assert found("siivous", "siivousta")
    assert found("laatu", "laatukäynnit")
    assert not found("käynti", "laatukäynnit")
    monkeypatch.undo()
    for each in caches:
        each.cache_clear()
    assert found("käynti", "laatukäynnit")
