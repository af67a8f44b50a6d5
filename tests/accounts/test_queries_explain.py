"""The sentences, word for word: each kind of cause, told to the person and to others, in English."""

import datetime as dt
from collections.abc import Iterator

import pytest
from django.utils import translation

from accounts.models import Kind
from accounts.queries.explain import Cause, because_they, because_you, sentence, tell_me

FEBRUARY = dt.date(2026, 2, 1)
SUMMER = dt.date(2026, 7, 31)
ASSIGNMENT = {"role": "supervisor", "site": "Palokka 3", "responsible": "Bob Backman"}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def cause(kind: Kind, **fields: object) -> Cause:
    return Cause(kind=kind, acts_as=fields.pop("acts_as", kind), **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("told", "you", "they"),
    [
        (
            cause(Kind.DIRECTOR, post="director"),
            "you are the account's key account director",
            "is the account's key account director",
        ),
        (
            cause(Kind.DIRECTOR, post="deputy"),
            "you are the account's deputy director",
            "is the account's deputy director",
        ),
        (
            cause(Kind.RESPONSIBLE, since=FEBRUARY, exported_on=dt.date(2026, 11, 16), **ASSIGNMENT),
            "you answer as supervisor for the site Palokka 3 (since 2026-02-01, billing export of 2026-11-16)",
            "answers as supervisor for the site Palokka 3 (since 2026-02-01, billing export of 2026-11-16)",
        ),
        (
            cause(Kind.SUPERIOR, via="Bob Backman", direct=True, **ASSIGNMENT),
            "you are the superior of Bob Backman, who answers as supervisor for the site Palokka 3",
            "is the superior of Bob Backman, who answers as supervisor for the site Palokka 3",
        ),
        (
            cause(Kind.SUPERIOR, via="Matti Mäkelä", **ASSIGNMENT),
            "you are above Bob Backman (through Matti Mäkelä), who answers as supervisor for the site Palokka 3",
            "is above Bob Backman (through Matti Mäkelä), who answers as supervisor for the site Palokka 3",
        ),
        (
            cause(Kind.SALES, area="Uusimaa", site="Varasto", until=SUMMER),
            "you work in sales in the area Uusimaa, where the account has the site Varasto (until 2026-07-31)",
            "works in sales in the area Uusimaa, where the account has the site Varasto (until 2026-07-31)",
        ),
        (
            cause(Kind.MANAGEMENT),
            "you are a member of the management group",
            "is a member of the management group",
        ),
        (
            cause(Kind.INVITED, invited_by="Alice Alanen", reason="trains the team", since=FEBRUARY, until=SUMMER),
            "Alice Alanen invited you: trains the team (from 2026-02-01 to 2026-07-31)",
            "was invited by Alice Alanen: trains the team (from 2026-02-01 to 2026-07-31)",
        ),
        (
            cause(Kind.INVITED, reason="trains the team"),
            "you were invited: trains the team",
            "was invited: trains the team",
        ),
        (
            cause(Kind.SUBSTITUTE, acts_as=Kind.RESPONSIBLE, absent="Bob Backman", role="supervisor", site="Palokka 3"),
            "you stand in for Bob Backman, who answers as supervisor for the site Palokka 3",
            "stands in for Bob Backman, who answers as supervisor for the site Palokka 3",
        ),
    ],
)
def test_because_tells_each_kind_to_the_person_and_to_others(told: Cause, you: str, they: str) -> None:
    assert because_you(told, str) == you
    assert because_they(told, str) == they


def test_tell_me_is_a_whole_sentence() -> None:
    assert tell_me(cause(Kind.MANAGEMENT)) == "You see this account because you are a member of the management group."


def test_sentence_begins_with_a_capital_and_leaves_the_rest() -> None:
    assert sentence("answers for Palokka") == "Answers for Palokka"
    assert sentence("") == ""


def test_because_survives_percent_signs_in_names() -> None:
    assert "100 % Oy" in because_they(cause(Kind.RESPONSIBLE, role="supervisor", site="100 % Oy"))
