"""Naming people with "@": who is meant, who is told, and that nothing is given away about anybody else."""

import pytest

from accounts.derivation import derive_access
from channels_app.actions.mentions import Name, named_in
from channels_app.models import Mention
from tests.cast import Cast, invite, make_login, make_person
from tests.channels_app.message_hands import (
    SALES_ONLY,
    change,
    reply,
    told,
    url,
    write_announcement,
    write_discussion,
    write_urgent,
)
from tests.channels_app.test_messages_views import as_

MATTI, MATTI_2, MAIJA, ANNA = (
    Name(1, "Matti Mäkelä", "Uusimaa"),
    Name(2, "Matti Mäkelä", "Savo"),
    Name(3, "Maija Mäkelä-Virta", ""),
    Name(4, "Anna", "Uusimaa"),
)


@pytest.mark.parametrize(
    ("text", "people", "meant"),
    [
        ("Kysy @Matti Mäkelä, hän tietää", [MATTI], {1}),
        ("(@Matti  Mäkelä)", [MATTI], {1}),
        ("@Matti Mäkelän avaimet", [MATTI], set()),
        ("@matti mäkelä", [MATTI], set()),
        ("posti@Matti Mäkelä", [MATTI], set()),
        ("Matti Mäkelä", [MATTI], set()),
        ("@Matti Mäkelä", [MATTI, MATTI_2], set()),
        ("@Matti Mäkelä (Savo) ja muut", [MATTI, MATTI_2], {2}),
        ("@Matti Mäkelä (Häme)", [MATTI, MATTI_2], set()),
        ("@Matti Mäkelä (Uusimaa)", [MATTI], {1}),
        ("@Maija Mäkelä-Virta", [Name(9, "Maija Mäkelä", ""), MAIJA], {3}),
        ("@Anna @Matti Mäkelä", [ANNA, MATTI], {1, 4}),
        ("@ Anna", [ANNA], set()),
    ],
)
def test_exact_names_are_found_and_nothing_else(text: str, people: list[Name], meant: set[int]) -> None:
    assert named_in(text, people) == meant


pytestmark = pytest.mark.django_db


def mentioned() -> set[str]:
    return set(Mention.objects.values_list("person__first_name", flat=True))


def test_a_mention_in_a_discussion_tells_the_person_that(cast: Cast) -> None:
    message = write_discussion(cast, body="<p>@Ines Ilola ja @Bob Backman</p>")
    assert mentioned() == {"Ines"}
    assert told(message, "mention") == {cast.ines}
    assert cast.ines not in told(message, "discussion")


def test_a_mention_lets_nobody_in_and_gives_nobody_away(cast: Cast) -> None:
    message = write_discussion(cast, body="<p>@Eero Eskola, @Charlie Collin, @Ei Ketään, @Leena Laine</p>")
    assert mentioned() == set()
    assert told(message, "mention") == set()
    page = as_(cast.alice).get(url("message", cast.pankki, message.pk)).content.decode()
    assert page.count("@Eero Eskola") == page.count("@Ei Ketään")


def test_whoever_stands_outside_the_limit_is_not_meant(cast: Cast) -> None:
    message = write_announcement(cast, limit=SALES_ONLY, body="<p>@Ines Ilola ja @Saara Salo</p>")
    assert mentioned() == {"Saara"}
    assert cast.ines not in set().union(*told(message).values())


def test_whom_it_is_aimed_at_is_told_once_and_the_mentioned_beside_them(cast: Cast) -> None:
    message = write_urgent(cast, body="<p>@Ines Ilola ja @Saara Salo</p>")
    assert told(message, "mention") == {cast.saara}


def test_mending_tells_those_newly_named_and_forgets_those_left_out(cast: Cast) -> None:
    message = write_announcement(cast, body="<p>@Ines Ilola</p>")
    change(message, cast.alice, body="<p>@Bob Backman</p>")
    assert mentioned() == {"Bob"}
    assert told(message, "mention") == {cast.bob}


def test_whoever_is_mentioned_in_a_reply_is_told_that_and_not_twice(cast: Cast) -> None:
    message = write_discussion(cast, cast.bob)
    reply(message, cast.ines, "<p>@Bob Backman ja @Saara Salo</p>")
    assert told(message, "mention") == {cast.bob, cast.saara}
    assert told(message, "reply") == set()


def test_behind_the_at_stand_people_who_see_it_and_areas_tell_namesakes_apart(cast: Cast) -> None:
    twin = make_person("Ines", "Ilola", area=cast.area)
    make_login(twin)
    invite(twin, cast.pankki, first=cast.day, last=cast.day, by=cast.alice)
    derive_access()
    client = as_(cast.bob)
    found = client.get(url("message_people", cast.pankki) + "?q=ilola").json()["people"]
    assert {one["name"] for one in found} == {"Ines Ilola", "Ines Ilola (Uusimaa)"}
    assert client.get(url("message_people", cast.pankki) + "?q=eskola").json() == {"people": []}
    limited = write_announcement(cast, limit=SALES_ONLY)
    at = url("message_people", cast.pankki) + f"?q=salo&message={limited.pk}"
    assert client.get(at).status_code == 404
    assert as_(cast.saara).get(at).json()["people"][0]["name"] == "Saara Salo"
