"""Pieces of text around what was found, as HTML that holds nothing but the marks."""

from kam.lib.excerpts import LENGTH, excerpt, marked
from kam.lib.finnish_words import marks, query_words


def test_short_text_is_shown_whole_in_one_line() -> None:
    assert excerpt("Avaimet\nja  kortit", query_words("kortti")) == "Avaimet ja kortit"
    assert excerpt("", query_words("kortti")) == ""


def test_long_text_is_cut_around_the_first_match_between_words() -> None:
    text = "alku " * 200 + "tässä on laatukäynti " + "loppu " * 200
    piece = excerpt(text, query_words("käynti"))
    assert piece.startswith("… alku ")
    assert "tässä on laatukäynti loppu" in piece
    assert piece.endswith(" loppu …")
    assert len(piece) < LENGTH + 80


def test_without_a_match_the_beginning_is_shown() -> None:
    assert excerpt("alku " * 100, query_words("käynti")).startswith("alku alku")


def test_text_without_spaces_is_cut_all_the_same() -> None:
    assert len(excerpt("x" * 100_000, query_words("käynti"))) < LENGTH + 80


def test_marks_are_the_only_html() -> None:
    text = '<b>Käynti</b> & "käynnit" <script>'
    html = marked(text, marks(text, query_words("käynti")))
    assert html == ("&lt;b&gt;<mark>Käynti</mark>&lt;/b&gt; &amp; &quot;<mark>käynnit</mark>&quot; &lt;script&gt;")
