"""Setting and ending substitutions: the action's rules, its access and ledger, and the page that uses it."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.access import Action, may
from accounts.actions.refusal import Refusal
from accounts.actions.substitutions import end_substitution, set_substitution
from accounts.derivation import derive_access
from accounts.models import LedgerEntry, Substitution
from kam.lib.dates import first_day, last_day, months_later
from tests.accounts.pages import page_of, text_of
from tests.cast import ONE_DAY, Cast, make_person, stand_in

pytestmark = pytest.mark.django_db
URL = "/substitutions/"


def set_one(cast: Cast, **changes: Any) -> Substitution:
    values = {
        "actor": cast.bob,
        "absent": cast.bob,
        "substitute": cast.charlie,
        "first_day": cast.day,
        "last_day": cast.day + 7 * ONE_DAY,
        "reason": "holiday",
    }
    return set_substitution(**(values | changes))


def test_set_substitution_gives_access_at_once_and_writes_the_ledger(cast: Cast) -> None:
    substitution = set_one(cast)
    assert may(cast.charlie, Action.SEE, cast.pankki)
    entry = LedgerEntry.objects.get(event=LedgerEntry.Event.SUBSTITUTED)
    assert (entry.actor, entry.person) == (cast.bob, cast.charlie)
    assert entry.cause == {
        "what": "set",
        "substitution": substitution.pk,
        "absent": cast.bob.employee_number,
        "absent_name": "Bob Backman",
        "first_day": str(cast.day),
        "last_day": str(cast.day + 7 * ONE_DAY),
        "reason": "holiday",
    }
    started = LedgerEntry.objects.filter(event=LedgerEntry.Event.STARTED, person=cast.charlie, kind="substitute")
    assert {entry.actor for entry in started} == {cast.bob}


def test_set_substitution_to_come_gives_nothing_yet(cast: Cast) -> None:
    set_one(cast, first_day=cast.day + ONE_DAY)
    assert not may(cast.charlie, Action.SEE, cast.pankki)


@pytest.mark.parametrize("actor", ["bob", "matti", "arja"])
def test_set_substitution_is_for_oneself_and_everybody_above(cast: Cast, actor: str) -> None:
    assert set_one(cast, actor=getattr(cast, actor)).set_by == getattr(cast, actor)


@pytest.mark.parametrize("actor", ["ines", "charlie", "alice", "dana", "stina"])
def test_set_substitution_is_refused_to_everybody_else(cast: Cast, actor: str) -> None:
    with pytest.raises(Refusal) as refused:
        set_one(cast, actor=getattr(cast, actor))
    assert refused.value.code == "not_yours"


def days(cast: Cast, first: int, last: int) -> dict[str, dt.date]:
    return {"first_day": cast.day + first * ONE_DAY, "last_day": cast.day + last * ONE_DAY}


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("self", lambda cast: {"substitute": cast.bob}),
        ("left", lambda cast: {"substitute": cast.leena}),
        ("wrong_way", lambda cast: days(cast, 3, 2)),
        ("past", lambda cast: days(cast, -9, -1)),
        ("too_long", lambda cast: days(cast, 0, 367)),
        ("overlap", lambda cast: {"substitute": cast.stina} | days(cast, 5, 9)),
    ],
)
def test_set_substitution_refuses_and_writes_nothing(cast: Cast, code: str, changes: Any) -> None:
    with pytest.raises(Refusal) as refused:
        set_one(cast, **changes(cast))
    assert refused.value.code == code
    assert Substitution.objects.count() == 1
    assert not LedgerEntry.objects.filter(event=LedgerEntry.Event.SUBSTITUTED).exists()


def test_set_substitution_takes_twelve_months_and_days_right_after_another(cast: Cast) -> None:
    set_one(cast, last_day=months_later(cast.day, 12))
    set_one(cast, substitute=cast.stina, **days(cast, 6, 9))


def test_end_substitution_ends_access_at_once_and_keeps_the_days_before(cast: Cast) -> None:
    substitution = Substitution.objects.get()
    end_substitution(actor=cast.matti, substitution=substitution)
    substitution.refresh_from_db()
    yesterday = cast.day - ONE_DAY
    assert (first_day(substitution.period), last_day(substitution.period)) == (yesterday, yesterday)
    assert not may(cast.stina, Action.SEE, cast.pankki)
    assert set(cast.pankki.grants.filter(person=cast.stina).values_list("ends", flat=True)) == {yesterday}
    assert LedgerEntry.objects.filter(event=LedgerEntry.Event.SUBSTITUTED).first().cause["what"] == "ended"


@pytest.mark.parametrize("first", [0, 3])
def test_end_substitution_takes_back_one_that_began_today_or_lies_ahead(cast: Cast, first: int) -> None:
    substitution = set_one(cast, **days(cast, first, 7))
    end_substitution(actor=cast.bob, substitution=substitution)
    substitution.refresh_from_db()
    assert substitution.period.isempty
    assert not may(cast.charlie, Action.SEE, cast.pankki)
    assert LedgerEntry.objects.filter(event=LedgerEntry.Event.SUBSTITUTED).first().cause["what"] == "taken back"


def test_end_substitution_refuses_what_is_over_and_who_is_not_above(cast: Cast) -> None:
    over = stand_in(cast.charlie, cast.bob, first=cast.day - 9 * ONE_DAY, last=cast.day - ONE_DAY)
    for actor, substitution, code in (
        (cast.bob, over, "over"),
        (cast.stina, Substitution.objects.get(substitute=cast.stina), "not_yours"),
    ):
        with pytest.raises(Refusal) as refused:
            end_substitution(actor=actor, substitution=substitution)
        assert refused.value.code == code


# --- the page -------------------------------------------------------------------------------------------------------
def post(client: Client, cast: Cast, who: str, **fields: Any) -> Any:
    page_of(client, getattr(cast, who), URL)
    values = {"first_day": str(cast.day), "last_day": str(cast.day + ONE_DAY), "reason": "", **fields}
    return client.post(URL, values, headers={"Accept-Language": "en"})


def test_page_shows_mine_those_i_stand_in_for_and_my_people(cast: Cast, client: Client) -> None:
    assert "Stina Sjöberg" in text_of(page_of(client, cast.bob, URL))
    assert "I stand in for Bob Backman" in text_of(page_of(client, cast.stina, URL))
    assert "Stina Sjöberg for Bob Backman" in text_of(page_of(client, cast.matti, URL))
    outside = text_of(page_of(client, cast.charlie, URL))
    assert "Nobody stands in for you" in outside
    assert "Stina" not in outside
    assert "Who is absent" not in outside


def test_page_sets_a_substitute_found_by_name_alone(cast: Cast, client: Client) -> None:
    response = post(client, cast, "bob", substitute="collin char")
    assert response.status_code == 302
    assert Substitution.objects.filter(absent=cast.bob, substitute=cast.charlie).exists()


def test_page_offers_a_choice_among_several_and_takes_it(cast: Cast, client: Client) -> None:
    twin = make_person("Charlie", "Collin", title="ohjaaja", email="twin@yritysx.example", phone="+358 40 9")
    response = post(client, cast, "bob", substitute="collin", absent="")
    assert response.status_code == 422
    text = text_of(response)
    assert "Choose one of these." in text
    assert "Charlie Collin ohjaaja" in text
    assert response.context["form"]["substitute"].value() == "collin"
    assert "twin@" not in response.content.decode()
    assert twin.employee_number not in response.content.decode()
    assert post(client, cast, "bob", substitute="collin", substitute_id=str(twin.pk)).status_code == 302
    assert Substitution.objects.filter(substitute=twin).exists()


def test_page_lets_a_superior_set_one_for_their_people_only(cast: Cast, client: Client) -> None:
    assert post(client, cast, "matti", absent="backman", substitute="collin").status_code == 302
    assert Substitution.objects.get(substitute=cast.charlie).set_by == cast.matti
    response = post(client, cast, "matti", absent="alanen", substitute="collin")
    assert "Nobody of this name was found." in text_of(response)
    response = post(client, cast, "matti", absent="x", absent_id=str(cast.alice.pk), substitute="collin")
    assert response.status_code == 422


def test_page_says_why_it_refuses_and_keeps_what_was_typed(cast: Cast, client: Client) -> None:
    response = post(client, cast, "bob", substitute="sjöberg", reason="winter holiday")
    assert response.status_code == 422
    assert "Stina Sjöberg already stands in on some of these days." in text_of(response)
    assert 'value="winter holiday"' in response.content.decode()


def test_page_ends_only_what_one_may_end(cast: Cast, client: Client) -> None:
    url = reverse("substitution_end", args=[Substitution.objects.get().pk])
    page_of(client, cast.stina, URL)
    assert client.post(url).status_code == 404
    page_of(client, cast.bob, URL)
    assert client.post(url).status_code == 302
    assert last_day(Substitution.objects.get().period) == cast.day - ONE_DAY
    account = reverse("account", args=[cast.pankki.customer_number])
    assert page_of(client, cast.stina, account).status_code == 404


def test_people_are_searched_as_one_types_without_the_left_and_the_private(cast: Cast, client: Client) -> None:
    for name, expected in (("ko", "Kerttu Koskinen asiakkuusjohtaja"), ("laine", "Nobody of this name was found.")):
        response = page_of(client, cast.bob, f"/substitutions/people/substitute/?substitute={name}")
        assert expected in text_of(response)
        assert "@" not in response.content.decode()
    assert page_of(client, cast.bob, "/substitutions/people/nothing/").status_code == 404
    # Only superiors have people of their own to search among, and only those.
    assert page_of(client, cast.charlie, "/substitutions/people/absent/?absent=back").status_code == 404
    assert "Alice" not in text_of(page_of(client, cast.matti, "/substitutions/people/absent/?absent=al"))


def test_a_blocked_part_is_told_to_nobody(cast: Cast, client: Client) -> None:
    stand_in(cast.eero, cast.bob, first=cast.day, last=cast.day)
    derive_access()
    for who in ("eero", "bob"):
        text = text_of(page_of(client, getattr(cast, who), URL)).lower()
        assert "barrier" not in text
        assert "block" not in text
    assert "Pankki" not in page_of(client, cast.eero, URL).content.decode()
