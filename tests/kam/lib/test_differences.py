"""Differences are read by people: what was put in and taken out, in words, rows and pictures, and in bounded time."""

import random
import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kam.lib.differences import differences
from kam.lib.html import MOST_CHARACTERS, clean, text_of
from tests.hostile_html import Attack, attacks
from tests.kam.lib.timing import assert_bounded, seconds

FILES = re.compile(r"/accounts/1000/files/\d+/")


def without(html: str, tag: str) -> str:
    """Return `html` without what stands in elements of that tag, and without the other mark around what stays."""
    other = {"ins": "del", "del": "ins"}[tag]
    html = re.sub(rf"<{tag}>.*?</{tag}>", "", html, flags=re.DOTALL)
    return re.sub(rf"</?{other}>", "", html)


def words(html: str) -> list[str]:
    return text_of(html).split()


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("<p>a b</p>", "<p>a b</p>", "<p>a b</p>"),
        (
            "<p>Avaimet haetaan klo 8.</p>",
            "<p>Avaimet haetaan klo 9.</p>",
            "<p>Avaimet haetaan klo <del>8</del><ins>9</ins>.</p>",
        ),
        (
            "<p>Hae avain vastaanotosta heti.</p>",
            "<p>Hae avain aina vahtimestarilta heti.</p>",
            "<p>Hae avain <del>vastaanotosta</del><ins>aina vahtimestarilta</ins> heti.</p>",
        ),
        ("<p>a</p>", "<p>a</p><p>b</p>", '<p>a</p><p class="added"><ins>b</ins></p>'),
        ("<p>a</p><p>b</p>", "<p>b</p>", '<p class="removed"><del>a</del></p><p>b</p>'),
        ("", "<h2>a</h2>", '<h2 class="added"><ins>a</ins></h2>'),
        ("<p>a</p>", "", '<p class="removed"><del>a</del></p>'),
        (
            "<p>Hae avain heti</p>",
            "<p>Hae <strong>avain</strong> heti</p>",
            "<p>Hae <del>avain</del><ins><strong>avain</strong></ins> heti</p>",
        ),
        (
            "<ul><li>yksi</li><li>kaksi</li></ul>",
            "<ul><li>yksi</li><li>puolitoista</li><li>kaksi</li></ul>",
            '<ul><li>yksi</li><li class="added"><ins>puolitoista</ins></li><li>kaksi</li></ul>',
        ),
        (
            '<p><img src="/accounts/1000/files/1/" alt="Ovi"></p>',
            '<p><img src="/accounts/1000/files/2/" alt="Ovi"></p>',
            '<p><del><img src="/accounts/1000/files/1/" alt="Ovi"></del>'
            '<ins><img src="/accounts/1000/files/2/" alt="Ovi"></ins></p>',
        ),
        ("<p>a</p><hr><p>b</p>", "<p>a</p><p>b</p>", "<p>a</p><del><hr></del><p>b</p>"),
    ],
)
def test_what_changed_is_shown_where_it_stands(old: str, new: str, shown: str) -> None:
    assert differences(old, new) == shown


def test_a_cell_a_row_and_a_column_of_a_table() -> None:
    old = "<table><tbody><tr><td>Aula</td><td>2</td></tr><tr><td>WC</td><td>5</td></tr></tbody></table>"
    new = "<table><tbody><tr><td>Aula</td><td>3</td></tr><tr><td>Keittiö</td><td>1</td></tr><tr><td>WC</td><td>5</td></tr></tbody></table>"  # noqa: E501  one table
    assert differences(old, new) == (
        "<table><tbody><tr><td>Aula</td><td><del>2</del><ins>3</ins></td></tr>"
        '<tr class="added"><td class="added"><ins>Keittiö</ins></td><td class="added"><ins>1</ins></td></tr>'
        "<tr><td>WC</td><td>5</td></tr></tbody></table>"
    )
    wider = "<table><tbody><tr><td>Aula</td><td>2</td><td>Maija</td></tr><tr><td>WC</td><td>5</td><td>Niko</td></tr></tbody></table>"  # noqa: E501
    assert differences(old, wider) == (
        '<table><tbody><tr><td>Aula</td><td>2</td><td class="added"><ins>Maija</ins></td></tr>'
        '<tr><td>WC</td><td>5</td><td class="added"><ins>Niko</ins></td></tr></tbody></table>'
    )


def test_a_link_that_leads_elsewhere_now_is_a_change() -> None:
    old, new = (f'<p>Katso <a href="https://{host}.example/" rel="x">ohje</a></p>' for host in "ab")
    shown = differences(old, new)
    assert '<del><a href="https://a.example/"' in shown
    assert '<ins><a href="https://b.example/"' in shown


def test_two_texts_without_a_common_word_are_two_blocks_not_a_mixture() -> None:
    shown = differences("<p>Avaimet vahtimestarilta aamuisin</p>", "<p>Pesuaineet tilataan keskitetysti</p>")
    assert shown == (
        '<p class="removed"><del>Avaimet vahtimestarilta aamuisin</del></p>'
        '<p class="added"><ins>Pesuaineet tilataan keskitetysti</ins></p>'
    )


# --- safe -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("attack", attacks(), ids=str)
def test_even_what_was_never_cleaned_comes_out_harmless(attack: Attack) -> None:
    """Drafts are cleaned too; this is the second lock."""
    for shown in (differences("<p>a</p>", attack.html[:20_000]), differences(attack.html[:20_000], "<p>a</p>")):
        assert not re.search(
            r"<(?!/?(?:ins|del|h2|h3|p|br|strong|em|[uo]l|li|a|blockquote|t\w+|img|hr|code|pre|fig\w+)\b)", shown
        )
        assert not re.search(r"<[^>]*\s(on\w+|style|id|srcset)=", re.sub(r'"[^"]*"', '""', shown))
        assert not re.search(r'(?:src|href)="(?!https?:|mailto:|tel:|/\w)', shown)
        assert not re.search(r'src="(?!/\w)', shown)


# --- complete -------------------------------------------------------------------------------------------------------
TEXT = st.lists(st.sampled_from(["avain", "ovi", "klo", "8", "ja", "Aula", ".", ","]), max_size=8).map(" ".join)
BLOCK = st.one_of(
    TEXT.map(lambda text: f"<p>{text}</p>"),
    TEXT.map(lambda text: f"<h2>{text}</h2>"),
    st.tuples(TEXT, TEXT).map(lambda both: f"<p>{both[0]} <strong>{both[1]}</strong></p>"),
    st.lists(TEXT, max_size=4).map(lambda items: f"<ul>{''.join(f'<li>{item}</li>' for item in items)}</ul>"),
    st.lists(st.tuples(TEXT, TEXT), max_size=3).map(
        lambda rows: f"<table>{''.join(f'<tr><td>{a}</td><td>{b}</td></tr>' for a, b in rows)}</table>"
    ),
)
PAGE = st.lists(BLOCK, max_size=8).map(lambda blocks: clean("".join(blocks), files=FILES))


@given(PAGE, PAGE)
@settings(max_examples=300, deadline=None)
def test_without_one_mark_it_is_the_old_text_without_the_other_the_new(old: str, new: str) -> None:
    shown = differences(old, new)
    assert words(without(shown, "ins")) == words(old)
    assert words(without(shown, "del")) == words(new)


@given(PAGE)
def test_the_same_text_has_no_differences(page: str) -> None:
    assert differences(page, page) == page


# --- bounded --------------------------------------------------------------------------------------------------------
def _random_words(count: int, among: int, seed: int) -> str:
    dice = random.Random(seed)
    return " ".join(f"s{dice.randrange(among)}" for _ in range(count))


def _paragraphs(count: int, length: int, seed: int) -> str:
    return "".join(f"<p>{_random_words(length, 500, seed * 10_000 + number)}</p>" for number in range(count))


# Each makes two pages of about so many characters.
PAGES: dict[str, Callable[[int], tuple[str, str]]] = {
    "one-long": lambda n: (f"<p>{_random_words(n // 4, 50, 1)}</p>", f"<p>{_random_words(n // 4, 50, 2)}</p>"),
    "many": lambda n: (_paragraphs(n // 100, 20, 1), _paragraphs(n // 100, 20, 2)),
    "tiny": lambda n: ("<p>a</p>" * (n // 8), "<p>b</p>" * (n // 8)),
    "tiny-mixed": lambda n: ("<p>a</p><p>b</p>" * (n // 16), "<p>b</p><p>b</p><p>a</p>" * (n // 24)),
    "repeating": lambda n: ("<p>" + "a b " * (n // 4) + "</p>", "<p>" + "b a a " * (n // 6) + "</p>"),
    "list": lambda n: ("<ul>" + "<li>a</li>" * (n // 12) + "</ul>", "<ul>" + "<li>b a</li>" * (n // 12) + "</ul>"),
    "table": lambda n: ("<table><tbody>" + "<tr><td>a</td></tr>" * (n // 20) + "</tbody></table>", "<p>a</p>"),
}


@pytest.mark.parametrize("name", PAGES)
def test_no_two_pages_of_the_longest_length_take_long(name: str) -> None:
    pages = {length: PAGES[name](length) for length in (MOST_CHARACTERS // 16, MOST_CHARACTERS // 4)}
    shown = {}

    def compare(length: int) -> None:
        shown[length] = differences(*pages[length])

    assert_bounded(compare, longest=MOST_CHARACTERS, within=8)
    for length, (old, _) in pages.items():
        assert words(without(shown[length], "ins")) == words(old)


def test_as_many_comparisons_as_a_page_of_the_longest_length_can_hold_do_not_take_long() -> None:
    """Blocks that are just small enough to be compared word by word, and as many as are laid side by side."""
    old, new = _paragraphs(49, 2_000, 1), _paragraphs(49, 2_000, 2)
    assert seconds(lambda: differences(old, new)) < 8


def test_one_word_in_a_page_of_the_longest_length_is_found() -> None:
    old = _paragraphs(4_000, 20, 1)
    new = old.replace("</p><p>", " muutos</p><p>", 1)
    shown = differences(old, new)
    assert (shown.count("<ins>"), shown.count("<del>")) == (1, 0)
