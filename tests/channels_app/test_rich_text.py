"""The form field for formatted text: what comes out of it, what it says to too much, and how it stands in the page."""

import re

import pytest
from django import forms
from django.utils import translation

from accounts.models import Account
from channels_app.actions.pages import own_files
from channels_app.forms.rich_text import RichTextField
from kam.lib.html import MOST_CHARACTERS
from kam.templatetags.ui import rich


class PageLike(forms.Form):
    body = RichTextField(label="Teksti", required=False)


class MustSay(forms.Form):
    body = RichTextField(label="Teksti")


def cleaned(text: str, form: type[forms.Form] = PageLike) -> str:
    filled = form({"body": text})
    assert filled.is_valid(), filled.errors
    return str(filled.cleaned_data["body"])


def test_html_comes_out_clean() -> None:
    assert cleaned('<h1 onclick="x">Avaimet</h1><script>y</script>') == "<h2>Avaimet</h2>"


def test_plain_text_becomes_paragraphs() -> None:
    assert cleaned("Avaimet\nkuitataan\r\n\r\naina & kaikki") == "<p>Avaimet<br>kuitataan</p><p>aina &amp; kaikki</p>"


@pytest.mark.parametrize(
    "nothing", ["", "  ", "<p></p>", "<p>&nbsp;<br></p>", "<hr>", "<table><tr><td></td></tr></table>"]
)
def test_nothing_said_is_nothing(nothing: str) -> None:
    assert cleaned(nothing) == ""
    assert MustSay({"body": nothing}).errors.keys() == {"body"}


def test_a_picture_alone_says_something() -> None:
    picture = '<p><img src="/accounts/1000/files/7/" alt=""></p>'
    assert cleaned(picture, MustSay) == picture


def test_pictures_of_another_account_go_when_the_form_narrows_them() -> None:
    form = PageLike({"body": '<p>a<img src="/accounts/1/files/7/"><img src="/accounts/12/files/7/"></p>'})
    form.fields["body"].files = own_files(Account(customer_number="1"))
    assert form.is_valid()
    assert form.cleaned_data["body"] == '<p>a<img src="/accounts/1/files/7/"></p>'


def test_one_forms_narrowing_leaves_the_next_form_as_it_was() -> None:
    first = PageLike({})
    first.fields["body"].files = own_files(Account(customer_number="1"))
    assert PageLike({}).fields["body"].files.fullmatch("/accounts/2/files/7/")


def test_the_longest_text_is_taken_and_a_longer_one_refused_with_numbers() -> None:
    longest = "a" * (MOST_CHARACTERS - 7)
    assert cleaned(longest) == f"<p>{longest}</p>"
    with translation.override("en"):
        form = PageLike({"body": "a" * (MOST_CHARACTERS + 1)})
        assert form.errors["body"] == [
            "The text is too long: 500,001 characters, where 500,000 is the most. Divide it over several pages."
        ]


def test_a_text_that_grows_too_long_while_it_is_cleaned_is_refused_too() -> None:
    form = PageLike({"body": "&" * 400_000})
    assert form.has_error("body", "long")


def test_what_nobody_nests_so_deep_is_refused_in_words() -> None:
    form = PageLike({"body": "<blockquote>" * 500})
    assert form.has_error("body", "deep")


def test_what_was_refused_is_still_there_to_be_mended() -> None:
    html = str(PageLike({"body": "<blockquote>" * 500 + "tärkeää"})["body"])
    assert "&lt;blockquote&gt;" in html
    assert "tärkeää" in html
    assert "<blockquote>" not in html


def test_without_scripts_it_is_a_textarea_of_the_form() -> None:
    html = str(PageLike(initial={"body": "<p>a</p></textarea><script>b</script>"})["body"])
    assert html.count("<textarea") == 1
    assert "<script>" not in html
    assert re.search(r'<textarea name="body"[^>]* id="id_body">\n&lt;p&gt;a&lt;/p&gt;', html)
    assert "data-plain" in html


def test_each_button_has_its_words_in_both_languages() -> None:
    for language in ("fi", "en"):
        with translation.override(language):
            html = str(PageLike()["body"])
        for button in re.findall(r"<button[^>]*>.*?</button>", html, re.DOTALL):
            assert re.sub(r"<[^>]+>", "", button).strip(), button


def test_the_page_needs_one_style_sheet_and_scripts_of_its_own_host() -> None:
    media = str(PageLike().media)
    assert media.count("<link") == 1
    assert media.count("<script") == 6
    assert re.findall(r"https?://", media) == []
    assert media.count("defer") == 6


def test_a_table_is_drawn_in_a_frame_and_a_picture_when_it_is_near() -> None:
    html = cleaned('<table><tr><td>a</td></tr></table><p><img src="/accounts/1/files/7/" alt="<table><img ">b</p>')
    with translation.override("en"):
        drawn = rich(html)
    assert drawn == (
        '<div class="table-wrap" role="group" tabindex="0" aria-label="Table"><table><tbody><tr><td>a</td></tr></tbody>'
        '</table></div><p><img loading="lazy" src="/accounts/1/files/7/" alt="&lt;table&gt;&lt;img">b</p>'
    )
