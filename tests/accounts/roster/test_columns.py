"""Headers to fields: forgiving in spelling, strict where two columns or none would be guessed at."""

import pytest

from accounts.roster.columns import REQUIRED, SPELLINGS, column_letters, folded, known_headers, map_columns
from accounts.roster.rows import Kind, Unreadable
from tests.accounts.roster.files import ACCOUNTS_HEADER, PEOPLE_HEADER, ROSTER_HEADER


@pytest.mark.parametrize(
    ("header", "same"),
    [
        ("Hlönro", "hlonro"),
        (" HLÖNRO.", "hlonro"),
        ("Site no.", "siteno"),
        ("valid_from", "validfrom"),
        ("E-mail", "email"),
    ],
)
def test_folded_leaves_what_matters(header: str, same: str) -> None:
    assert folded(header) == same


@pytest.mark.parametrize("kind", Kind)
def test_no_spelling_means_two_fields(kind: Kind) -> None:
    spellings = [
        folded(text) for name, texts in SPELLINGS[kind].items() for text in {folded(name), *map(folded, texts)}
    ]
    assert sorted(spellings) == sorted(set(spellings))


@pytest.mark.parametrize(
    ("kind", "header"),
    [(Kind.ROSTER, ROSTER_HEADER), (Kind.PEOPLE, PEOPLE_HEADER), (Kind.ACCOUNTS, ACCOUNTS_HEADER)],
)
def test_header_of_the_samples_is_known(kind: Kind, header: list[str]) -> None:
    mapped = map_columns(kind, header)
    assert mapped.missing == []
    assert [header[index] for index in mapped.unknown] == (["Laskutustapa"] if kind == Kind.ROSTER else [])
    assert known_headers(kind, header) == len(mapped.columns)


@pytest.mark.parametrize("spelling", [(name, text) for name, texts in SPELLINGS[Kind.ROSTER].items() for text in texts])
def test_every_spelling_finds_its_field(spelling: tuple[str, str]) -> None:
    name, text = spelling
    others = [needed for needed in REQUIRED[Kind.ROSTER] if needed != name]
    assert map_columns(Kind.ROSTER, [*others, text.upper()]).columns[name] == len(others)


def test_remembered_column_wins_over_a_known_header() -> None:
    header = [*ROSTER_HEADER, "Kustannuspaikka", "Oma sarake"]
    mapped = map_columns(Kind.ROSTER, header, {"site_number": "Kustannuspaikka", "phone": "oma  SARAKE"})
    assert (mapped.columns["site_number"], mapped.columns["phone"]) == (18, 19)
    assert {header[index] for index in mapped.unknown} == {"Kohdenro", "Puhelin", "Laskutustapa"}


def test_remembered_column_that_is_gone_is_looked_for_anew() -> None:
    assert map_columns(Kind.ROSTER, ROSTER_HEADER, {"site_number": "Poistettu"}).columns["site_number"] == 2


def test_remembered_field_of_another_time_is_passed_over() -> None:
    assert "shoe_size" not in map_columns(Kind.ROSTER, ROSTER_HEADER, {"shoe_size": "Laskutustapa"}).columns


def test_missing_columns_are_named_with_what_is_accepted() -> None:
    with pytest.raises(Unreadable) as refusal:
        map_columns(Kind.PEOPLE, ["Sukunimi", "Etunimi"])
    assert refusal.value.code == "columns_missing"
    assert refusal.value.params["columns"].startswith("Hlönro (Henkilönumero, ")


@pytest.mark.parametrize(("index", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (701, "ZZ"), (702, "AAA")])
def test_column_letters_count_as_spreadsheets_do(index: int, letters: str) -> None:
    assert column_letters(index) == letters
