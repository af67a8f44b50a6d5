"""Every cause that holds, found live, against the company of the cast; and the one that a page names."""

import datetime as dt

import pytest
from django.utils import translation

from accounts.derivation import derive_access
from accounts.models import Kind, Substitution
from accounts.queries.causes import all_causes, primary_cause
from accounts.queries.explain import because_they
from kam.lib.dates import period
from tests.cast import LONG_AGO, ONE_DAY, Cast, assign, invite, make_person, make_site, stand_in

pytestmark = pytest.mark.django_db


def told(cast: Cast, name: str, account: str = "pankki", day: dt.date | None = None) -> list[str]:
    with translation.override("en"):
        return [
            because_they(cause, lambda day: "D")
            for cause in all_causes(getattr(cast, name), getattr(cast, account), day)
        ]


def test_all_causes_names_every_site_not_only_the_one_of_the_grant(cast: Cast) -> None:
    second = make_site(cast.pankki, "Aseman konttori")
    assign(cast.ines, second, "supervisor")
    derive_access()
    assert told(cast, "ines") == [
        "answers as supervisor for the site Aseman konttori (since D)",
        "answers as instructor for the site Keskustan konttori (since D)",
    ]


def test_all_causes_of_a_superior_name_whom_and_through_whom(cast: Cast) -> None:
    assert told(cast, "arja") == [
        "is above Bob Backman (through Matti Mäkelä), who answers as supervisor for the site Keskustan konttori "
        "(since D)",
        "is above Ines Ilola (through Matti Mäkelä), who answers as instructor for the site Keskustan konttori "
        "(since D)",
    ]
    assert told(cast, "bob")[1:] == [
        "is the superior of Ines Ilola, who answers as instructor for the site Keskustan konttori (since D)"
    ]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("alice", ["is the account's key account director (since D)"]),
        ("aaro", ["is the account's deputy director (since D)"]),
        (
            "saara",
            ["works in sales in the area Uusimaa, where the account has the site Keskustan konttori (since D)"],
        ),
        ("greta", ["is a member of the management group"]),
        ("tuula", ["was invited by Alice Alanen: trains the team (from D to D)"]),
        ("yrjo", []),
        ("eero", []),
        ("leena", []),
        ("niilo", []),
        ("dana", []),
        ("charlie", []),
    ],
)
def test_all_causes_of_each_kind(cast: Cast, name: str, expected: list[str]) -> None:
    assert told(cast, name) == expected


def test_all_causes_of_a_substitute_name_whom_they_stand_in_for(cast: Cast) -> None:
    answers, is_above = told(cast, "stina")
    assert answers == (
        "stands in for Bob Backman, who answers as supervisor for the site Keskustan konttori (from D to D)"
    )
    assert is_above.startswith("stands in for Bob Backman, who is the superior of Ines Ilola")


def test_all_causes_leave_out_a_substitution_that_a_barrier_blocks(cast: Cast) -> None:
    stand_in(cast.stina, cast.eero, first=cast.day, last=cast.day)
    derive_access()
    assert all("Bob" in cause for cause in told(cast, "stina"))
    assert told(cast, "stina", "vakuutus") == []


def test_all_causes_do_not_pass_a_substitution_on(cast: Cast) -> None:
    stand_in(cast.charlie, cast.stina, first=cast.day, last=cast.day)
    derive_access()
    assert told(cast, "charlie") == []


def test_all_causes_of_another_day(cast: Cast) -> None:
    assert told(cast, "yrjo", day=cast.day - ONE_DAY) == ["was invited by Alice Alanen: trains the team (from D to D)"]
    assert told(cast, "bob", day=cast.day - 11 * ONE_DAY) == []


def test_all_causes_follow_a_site_that_moved(cast: Cast) -> None:
    (cause,) = all_causes(cast.ines, cast.pankki)
    assert (cause.since, cause.until) == (cast.day - 10 * ONE_DAY, None)


def test_all_causes_end_with_the_substitution(cast: Cast) -> None:
    assert {cause.until for cause in all_causes(cast.stina, cast.pankki)} == {cast.day + 5 * ONE_DAY}
    Substitution.objects.update(period=period(LONG_AGO, LONG_AGO))
    derive_access()
    assert all_causes(cast.stina, cast.pankki) == []


def test_primary_cause_is_the_strongest_then_the_longest_standing(cast: Cast) -> None:
    invite(cast.bob, cast.pankki, first=LONG_AGO, last=cast.day)
    derive_access()
    cause = primary_cause(cast.bob, cast.pankki)
    assert cause is not None
    assert (cause.kind, cause.site) == (Kind.RESPONSIBLE, "Keskustan konttori")
    assert primary_cause(cast.eero, cast.pankki) is None


@pytest.mark.parametrize("sites", [1, 30])
def test_all_causes_take_the_same_number_of_queries(cast: Cast, sites: int, django_assert_num_queries) -> None:
    for number in range(sites):
        assign(make_person("Väki", str(number), superior=cast.bob), make_site(cast.pankki, f"Kohde {number}"))
    derive_access()
    with django_assert_num_queries(7):
        assert len(all_causes(cast.bob, cast.pankki)) == sites + 2
