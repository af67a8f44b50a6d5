"""The page of a message's reach: what it says, to whom, what the ledger keeps, what it costs."""

from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from accounts.derivation import derive_access
from accounts.models import LedgerEntry, Person
from channels_app.models import Message, MessageRecipient
from tests.accounts.pages import text_of
from tests.cast import Cast, assign, make_person
from tests.channels_app.reach_hands import acknowledged, make_message, reached
from tests.channels_app.things import PRICES
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}


@pytest.fixture
def urgent(cast: Cast) -> Message:
    Person.objects.filter(pk=cast.ines.pk).update(phone="+358 40 123")
    message = make_message(cast.pankki, cast.alice, [cast.bob, cast.ines, cast.saara, cast.leena])
    acknowledged(message, cast.bob)
    return message


def url(message: Message, query: str = "", name: str = "message_reach") -> str:
    return reverse(name, args=[message.account.customer_number, message.pk]) + query


def page(client: Client, person: Person, message: Message, query: str = "") -> str:
    answer = sign_in(client, person).get(url(message, query))
    assert answer.status_code == 200
    return text_of(answer)


def test_the_page_says_how_many_and_who_is_missing(client: Client, cast: Cast, urgent: Message) -> None:
    answer = sign_in(client, cast.alice).get(url(urgent), headers=ENGLISH)
    text = text_of(answer)
    assert "1 of 3 acknowledged; 2 missing" in text
    assert cast.ines.name in text
    assert cast.bob.name not in text[text.index("Have not acknowledged") :].replace(f"superior {cast.bob.name}", "")
    assert 'href="tel:+35840123"' in answer.content.decode()
    assert "1 has left the account since" in text
    assert cast.leena.name not in text


@pytest.mark.parametrize(
    "query", ["?show=all", "?show=areas", "?show=superiors", "?show=time", "?show=left", "?show=zzz&page=x"]
)
def test_each_tab_opens(client: Client, cast: Cast, urgent: Message, query: str) -> None:
    assert page(client, cast.alice, urgent, query)


def test_whoever_left_is_named_on_a_tab_of_their_own(client: Client, cast: Cast, urgent: Message) -> None:
    assert cast.leena.name in page(client, cast.alice, urgent, "?show=left")


@pytest.mark.parametrize("query", ["", "?show=all", "?show=areas", "?show=superiors", "?show=time", "?show=left"])
def test_a_superior_reads_of_nobody_else(client: Client, cast: Cast, urgent: Message, query: str) -> None:
    answer = sign_in(client, cast.bob).get(url(urgent, query), headers=ENGLISH)
    text = text_of(answer)
    assert "0 of 1 acknowledged; 1 missing" in text
    for other in (cast.saara, cast.leena):
        assert other.name not in text
    assert "left the account since" not in text


def test_a_superior_whose_people_it_is_not_for_is_told_so(client: Client, cast: Cast) -> None:
    message = make_message(cast.pankki, cast.alice, [cast.saara])
    text = text_of(sign_in(client, cast.bob).get(url(message), headers=ENGLISH))
    assert "None of your people is among those it is for." in text
    assert cast.saara.name not in text


def test_a_limited_message_has_no_reach_for_whoever_does_not_see_it(client: Client, cast: Cast) -> None:
    message = make_message(cast.pankki, cast.alice, [cast.saara], limit=PRICES)
    for name in ("message_reach", "message_reach_export"):
        assert sign_in(client, cast.matti).get(url(message, name=name)).status_code == 404
        assert sign_in(client, cast.alice).get(url(message, name=name)).status_code == 200


def test_another_accounts_message_is_not_found_here(client: Client, cast: Cast) -> None:
    other = make_message(cast.vakuutus, cast.ville, [cast.eero])
    for name in ("message_reach", "message_reach_export"):
        here = reverse(name, args=[cast.pankki.customer_number, other.pk])
        assert sign_in(client, cast.alice).get(here).status_code == 404
        assert sign_in(client, cast.alice).get(url(other, name=name)).status_code == 404


def test_reading_somebody_elses_report_is_in_the_ledger(client: Client, cast: Cast, urgent: Message) -> None:
    page(client, cast.alice, urgent)
    assert not LedgerEntry.objects.filter(event="opened").exists()
    page(client, cast.aaro, urgent)
    entry = LedgerEntry.objects.get(event="opened")
    assert (entry.actor, entry.account, entry.cause) == (cast.aaro, cast.pankki, {"what": "reach", "id": urgent.pk})


def test_the_export_holds_what_the_reader_may_see(client: Client, cast: Cast, urgent: Message) -> None:
    for person, names in (
        (cast.alice, {cast.bob.name, cast.ines.name, cast.saara.name}),
        (cast.bob, {cast.ines.name}),
    ):
        answer: Any = sign_in(client, person).get(url(urgent, name="message_reach_export"))
        sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active
        assert sheet is not None
        assert {row[0] for row in sheet.iter_rows(min_row=2, values_only=True)} == names
    entries = LedgerEntry.objects.filter(event="exported").order_by("id")
    assert [(entry.actor, entry.cause["people"]) for entry in entries] == [(cast.alice, 3), (cast.bob, 1)]


def test_more_names_come_as_a_part(client: Client, cast: Cast, urgent: Message, monkeypatch: Any) -> None:
    monkeypatch.setattr("channels_app.views.reach.A_PAGE", 1)
    first = sign_in(client, cast.alice).get(url(urgent, "?show=all"))
    assert 'id="reach-more"' in first.content.decode()
    headers = {"HX-Request": "true", "HX-Target": "reach-more", **ENGLISH}
    more = client.get(url(urgent, "?show=all&page=3"), headers=headers).content.decode()
    assert cast.saara.name in more
    assert cast.bob.name not in more.replace(f"superior {cast.bob.name}", "")
    assert "<html" not in more
    assert 'id="reach-more"' not in more


@pytest.mark.parametrize(
    ("query", "expected"),
    [("", 10), ("?show=all", 10), ("?show=areas", 10), ("?show=superiors", 10), ("?show=time", 10)],
)
def test_what_the_page_costs_does_not_grow(
    client: Client, cast: Cast, urgent: Message, query: str, expected: int
) -> None:
    sign_in(client, cast.aaro).get(url(urgent, query))
    counts = []
    for more in (0, 30):
        people = [make_person(f"Etu{n}", "Suku", superior=cast.bob) for n in range(more)]
        for person in people:
            assign(person, cast.branch)
        derive_access()
        for person in people:
            MessageRecipient.objects.create(message=urgent, person=person)
            reached(urgent, person, opened=1)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url(urgent, query)).status_code == 200
        counts.append(len(asked))
    assert counts == [expected, expected]


# --- where messages are listed and read -----------------------------------------------------------------------------
def test_directors_read_in_the_list_how_far_each_message_has_come(client: Client, cast: Cast, urgent: Message) -> None:
    opened = make_message(cast.pankki, cast.alice, [cast.bob, cast.ines], kind="announcement", subject="Avoinna")
    reached(opened, cast.bob, opened=1)
    listed = reverse("messages", args=[cast.pankki.customer_number])
    text = text_of(sign_in(client, cast.aaro).get(listed, headers=ENGLISH))
    assert "1 of 3 acknowledged" in text
    assert "1 of 2 opened" in text
    for person in (cast.bob, cast.saara):
        text = text_of(sign_in(client, person).get(listed, headers=ENGLISH))
        assert "of 3 acknowledged" not in text
        assert "of 2 opened" not in text


def test_the_list_costs_directors_the_same_with_few_and_with_many(client: Client, cast: Cast, urgent: Message) -> None:
    listed = reverse("messages", args=[cast.pankki.customer_number])
    sign_in(client, cast.alice).get(listed)
    counts = []
    for more in (0, 8):
        for n in range(more):
            make_message(cast.pankki, cast.alice, [cast.bob], kind="announcement", subject=f"{n}")
        with CaptureQueriesContext(connection) as asked:
            client.get(listed)
        counts.append(len(asked))
    assert counts == [13, 13]


def test_the_line_stands_on_the_messages_own_page(client: Client, cast: Cast, urgent: Message) -> None:
    own = reverse("message", args=[cast.pankki.customer_number, urgent.pk])
    for person, line in ((cast.alice, "1 of 3 acknowledged; 2 missing"), (cast.bob, "0 of 1 acknowledged; 1 missing")):
        assert line in text_of(sign_in(client, person).get(own, headers=ENGLISH))
    for person in (cast.ines, cast.saara):
        answer = sign_in(client, person).get(own)
        assert url(urgent) not in answer.content.decode()
