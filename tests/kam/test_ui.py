"""Tags and filters: drawn and written the same way on every page, in both languages."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.template.loader import render_to_string
from django.utils import translation
from psycopg.types.range import DateRange

from kam.lib.dates import period
from kam.templatetags import ui

DAY = dt.date(2026, 11, 24)
MOMENT = dt.datetime(2026, 11, 24, 6, 5, tzinfo=dt.UTC)  # 8.05 in Helsinki


@pytest.fixture(params=["fi", "en"])
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    with translation.override(request.param):
        yield request.param


# --- states and icons -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["ok", "warn", "bad", "none", "run"])
def test_state_has_a_shape_of_its_own_and_its_word(kind: str) -> None:
    html = ui.state(kind, "sana & merkki")
    assert html.startswith(f'<span class="st {kind}"><svg ')
    assert html.endswith("</svg>sana &amp; merkki</span>")
    assert sum(shape == ui.SHAPES[kind] for shape in ui.SHAPES.values()) == 1


def test_icon_comes_from_the_sprite_and_is_silent() -> None:
    html = ui.icon("printer")
    assert 'aria-hidden="true"' in html
    assert html.count("sprite.svg#printer") == 1


def test_icon_that_is_not_shipped_is_an_error_of_the_template() -> None:
    with pytest.raises(TemplateSyntaxError, match="no icon 'unicorn'"):
        Template('{% load ui %}{% icon "unicorn" %}').render(Context())


@pytest.mark.parametrize(
    ("name", "most", "expected"),
    [
        ("Marja Ojala", 2, "MO"),
        ("Anna Liisa Mäki-Öhman", 2, "AM"),
        ("Österby Fastigheter", 1, "Ö"),
        ("Åke", 2, "Å"),
        ("(vara) Ojala", 2, "O"),
        ("", 2, ""),
    ],
)
def test_initials_are_of_the_first_and_last_word(name: str, most: int, expected: str) -> None:
    assert ui.initials(name, most) == expected


# --- days, times, numbers -------------------------------------------------------------------------------------------
def test_day_follows_the_language(language: str) -> None:
    assert ui.day(DAY) == {"fi": "24.11.2026", "en": "24 Nov 2026"}[language]
    assert ui.short_day(DAY) == {"fi": "ti 24.11.", "en": "Tue 24 Nov"}[language]


def test_moment_is_told_by_the_clock_in_helsinki(language: str) -> None:
    assert ui.moment(MOMENT) == {"fi": "24.11.2026 klo 8.05", "en": "24 Nov 2026, 08:05"}[language]
    assert ui.clock(MOMENT) == {"fi": "8.05", "en": "08:05"}[language]


def test_day_of_a_moment_is_the_day_in_helsinki() -> None:
    late = dt.datetime(2026, 11, 23, 22, 30, tzinfo=dt.UTC)
    with translation.override("fi"):
        assert ui.day(late) == "24.11.2026"


def test_period_names_its_first_and_last_day(language: str) -> None:
    whole = period(dt.date(2026, 2, 1), dt.date(2026, 3, 31))
    assert ui.days(whole) == {"fi": "1.2.2026–31.3.2026", "en": "1 Feb 2026 – 31 Mar 2026"}[language]
    assert ui.days(period(DAY, DAY)) == ui.day(DAY)


def test_open_period_says_from_or_until_when() -> None:
    with translation.override("en"):
        assert ui.days(period(DAY, None)) == "from 24 Nov 2026"
        assert ui.days(period(None, DAY)) == "until 24 Nov 2026"
        assert ui.days(period(dt.date.min, DAY)) == "until 24 Nov 2026"
        assert ui.days(period(None, None)) == "always"


def test_nothing_is_written_as_nothing() -> None:
    values = [ui.day(None), ui.short_day(None), ui.clock(None), ui.moment(None), ui.days(None), ui.number(None)]
    assert [*values, ui.days(DateRange(empty=True))] == [""] * 7


def test_number_is_grouped_as_the_language_does(language: str) -> None:
    assert ui.number(5446) == {"fi": "5\xa0446", "en": "5,446"}[language]
    assert ui.number(1.25, 1) == {"fi": "1,2", "en": "1.2"}[language]


# --- forms ----------------------------------------------------------------------------------------------------------
class AbsenceForm(forms.Form):
    name = forms.CharField(label="Substitute", help_text="Name or number.")
    first_day = forms.DateField(label="First day", required=False)
    kind = forms.ChoiceField(label="As", choices=[("1", "Supervisor"), ("2", "Instructor")], widget=forms.RadioSelect)
    area = forms.ChoiceField(label="Area", choices=[("a", "Keski-Suomi")])
    told = forms.BooleanField(label="Tell by mail", required=False)
    secret = forms.CharField(widget=forms.HiddenInput)


def test_form_keeps_what_was_typed_and_ties_errors_to_their_fields() -> None:
    form = AbsenceForm({"name": "", "first_day": "<tomorrow>", "kind": "1", "area": "a", "secret": "x"})
    with translation.override("en"):
        html = form.render()
    assert 'value="&lt;tomorrow&gt;"' in html
    assert 'aria-describedby="id_name_helptext id_name_error"' in html
    assert 'id="id_name_helptext"' in html
    assert 'id="id_name_error"' in html
    assert 'aria-describedby="id_first_day_error"' in html
    assert html.count('aria-invalid="true"') == 2
    assert html.count('type="hidden"') == 1


def test_form_controls_wear_our_clothes_and_every_one_has_a_label() -> None:
    html = AbsenceForm().render()
    assert html.count('class="form-control"') == 2
    assert html.count('class="form-select"') == 1
    assert html.count('class="form-check-input"') == 3
    assert html.count("<label") == 6  # name, day, two choices, area, box
    assert html.count("<legend>") == 1
    assert html.count('class="optional"') == 1


def test_form_tells_errors_that_belong_to_no_field() -> None:
    form = AbsenceForm({})
    form.is_valid()
    form.add_error(None, "The days overlap another absence.")
    html = form.render()
    assert 'role="alert"' in html
    assert "The days overlap another absence." in html


# --- lists ----------------------------------------------------------------------------------------------------------
def test_page_numbers_leave_out_long_gaps() -> None:
    page = Paginator(range(1204), 100).page(6)
    with translation.override("en"):
        assert [str(one) for one in ui.page_numbers(page)] == ["1", "…", "5", "6", "7", "…", "13"]


def test_pages_are_linked_beside_what_was_searched(rf) -> None:
    page = Paginator(range(30), 10).page(2)
    with translation.override("en"):
        html = render_to_string("partials/pages.html", {"page": page}, rf.get("/people/?name=oja&page=2"))
    assert 'href="?name=oja&amp;page=3"' in html
    assert 'href="?name=oja&amp;page=1"' in html
    assert '<span aria-current="page">2</span>' in html
    assert "11–20 of 30" in html


def test_one_page_has_no_pages_to_turn() -> None:
    html = Template('{% include "partials/pages.html" %}').render(Context({"page": Paginator([1], 10).page(1)}))
    assert html.strip() == ""
