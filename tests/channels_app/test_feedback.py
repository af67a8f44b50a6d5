"""Writing to the director from any page, one's own feedback, all of it for those it is for, how much for everybody."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.access import standing
from accounts.actions.invitations import end_invitation
from accounts.actions.refusal import Refusal
from accounts.models import Account, Notice, Person, SearchEntry
from channels_app.actions.feedback import LONGEST_SUBJECT, ask_everybody, write_feedback
from channels_app.actions.messages import withdraw_message
from channels_app.actions.replies import write_reply
from channels_app.models import Message, MessageKind
from channels_app.queries.feedback import Summary, feedback_listed, reads_all, summary_of
from tests.cast import SEES, Cast
from tests.channels_app.page_hands import limit_section, write
from tests.channels_app.question_hands import feedback
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

AT_PANKKI = {name for name, seen in SEES.items() if "pankki" in seen}


def at(account: Account, person: Person) -> Account:
    """Return the account as `account_for` hands it to `person`."""
    found = Account.objects.get(pk=account.pk)
    found.standing = standing(person, account)
    return found


def subjects(cast: Cast, person: Person, which: str = "") -> list[str]:
    return [one.subject for one in feedback_listed(at(cast.pankki, person), person, which)]


def told(kind: str) -> set[str]:
    return set(Notice.objects.filter(kind=kind).values_list("person__first_name", flat=True))


def to_director(cast: Cast) -> str:
    return reverse("write_to_director", args=[cast.pankki.customer_number])


# --- writing --------------------------------------------------------------------------------------------------------
def test_feedback_is_told_to_the_directors_and_found_by_nobody(cast: Cast) -> None:
    sent = feedback(cast, text="Koneet ovat vanhoja.\nNiitä on kolme & ne <b>yskivät</b>.")
    assert (sent.kind, sent.subject) == (MessageKind.FEEDBACK, "Koneet ovat vanhoja.")
    assert sent.body == "<p>Niitä on kolme &amp; ne &lt;b&gt;yskivät&lt;/b&gt;.</p>"
    assert told("feedback") == {"Alice", "Aaro"}
    assert not SearchEntry.objects.exists()


def test_one_long_line_becomes_a_short_subject_and_all_of_it_the_text(cast: Cast) -> None:
    line = "Koneet ovat vanhoja ja rikki. " * 10
    sent = feedback(cast, text=line)
    assert len(sent.subject) <= LONGEST_SUBJECT
    assert sent.body == f"<p>{line.strip()}</p>"
    assert feedback(cast, text="Lyhyt").body == ""


def test_feedback_without_words_is_refused_and_the_same_twice_is_once(cast: Cast) -> None:
    with pytest.raises(Refusal) as refused:
        feedback(cast, text=" \n ")
    assert refused.value.code == "no_words"
    assert feedback(cast) == feedback(cast)


def test_who_reads_feedback(cast: Cast) -> None:
    feedback(cast)
    seen = {name for name in SEES if subjects(cast, getattr(cast, name))}
    assert seen == {"bob", "alice", "aaro", "greta"}
    assert {name for name in SEES if Message.objects.visible_to(getattr(cast, name)).exists()} == seen
    assert {name for name in AT_PANKKI if reads_all(at(cast.pankki, getattr(cast, name)))} == {"alice", "aaro", "greta"}


def test_feedback_of_whoever_lost_the_account_is_not_theirs_any_more(cast: Cast) -> None:
    feedback(cast, cast.tuula, text="Kiitos")
    assert subjects(cast, cast.tuula) == ["Kiitos"]
    end_invitation(actor=cast.alice, invitation=cast.tuula.invitations.get())
    assert subjects(cast, cast.tuula) == []


def test_a_question_to_everybody_is_one_that_everybody_sees(cast: Cast) -> None:
    asked = ask_everybody(actor=cast.bob, account=cast.pankki, text="Mihin avaimet?\nViikonloppuna.")
    assert (asked.kind, asked.subject, asked.body) == (MessageKind.QUESTION, "Mihin avaimet?", "<p>Viikonloppuna.</p>")
    assert {name for name in SEES if Message.objects.visible_to(getattr(cast, name)).exists()} == AT_PANKKI


# --- the list -------------------------------------------------------------------------------------------------------
def test_the_list_has_what_is_open_first(cast: Cast) -> None:
    now = timezone.now()
    answered = feedback(cast, text="Vastattu", now=now - dt.timedelta(days=1))
    feedback(cast, text="Auki", now=now - dt.timedelta(days=5))
    feedback(cast, cast.ines, text="Ineksen", now=now - dt.timedelta(days=3))
    write_reply(actor=cast.alice, message=answered, body="<p>Tilataan uudet.</p>")
    assert subjects(cast, cast.alice) == ["Ineksen", "Auki", "Vastattu"]
    assert subjects(cast, cast.alice, "open") == ["Ineksen", "Auki"]
    assert subjects(cast, cast.bob, "answered") == ["Vastattu"]
    assert told("reply") == {"Bob", "Aaro"}


def test_a_line_more_of_its_writer_is_no_answer(cast: Cast) -> None:
    sent = feedback(cast)
    write_reply(actor=cast.bob, message=sent, body="<p>Ja vielä tämä.</p>")
    assert subjects(cast, cast.alice, "answered") == []


def test_the_summary_counts_a_year_of_it_for_everybody(cast: Cast) -> None:
    now = timezone.now()
    answered = feedback(cast, text="Vastattu")
    write_reply(actor=cast.alice, message=answered, body="<p>Kiitos.</p>")
    feedback(cast, text="Auki")
    feedback(cast, text="Vanha", now=now - dt.timedelta(days=400))
    withdraw_message(actor=cast.bob, message=feedback(cast, text="Peruttu"))
    write_feedback(actor=cast.charlie, account=cast.koulut, text="Muualla")
    assert summary_of(cast.pankki) == Summary(given=2, answered=1)
    assert summary_of(cast.pankki).open == 1


# --- the pages ------------------------------------------------------------------------------------------------------
def test_the_field_stands_on_every_page_of_a_channel_but_for_directors(client: Client, cast: Cast) -> None:
    page = write(cast.alice, cast.pankki)
    number = cast.pankki.customer_number
    addresses = [
        reverse("account", args=[number]),
        reverse("page", args=[number, page.pk]),
        reverse("memos", args=[number]),
        reverse("questions", args=[number]),
        reverse("account_sites", args=[number]),
        reverse("why", args=[number]),
    ]
    for person, there in ((cast.bob, True), (cast.greta, True), (cast.alice, False)):
        sign_in(client, person)
        for address in addresses:
            shown = client.get(address).content.decode()
            assert (f'action="{to_director(cast)}"' in shown) is there, (person, address)
            assert (f'name="back" value="{address}"' in shown) is there


def test_writing_to_the_director_leads_back_to_the_page(client: Client, cast: Cast) -> None:
    back = reverse("memos", args=[cast.pankki.customer_number])
    sign_in(client, cast.stina)
    answer = client.post(to_director(cast), {"text": "Ovi ei mene lukkoon.", "back": back}, follow=True)
    assert answer.redirect_chain == [(back, 302)]
    assert "Ovi ei mene lukkoon." not in answer.content.decode()
    sent = Message.objects.get()
    assert (sent.kind, sent.author) == (MessageKind.FEEDBACK, cast.stina)


def test_writing_to_everybody_asks_a_question(client: Client, cast: Cast) -> None:
    sign_in(client, cast.stina)
    client.post(to_director(cast), {"text": "Kuka tilaa koneet?", "everybody": "on"})
    assert Message.objects.get().kind == MessageKind.QUESTION


@pytest.mark.parametrize(
    "back", ["//evil.example/", "https://evil.example/", "/me/", "/accounts/0/", "javascript:x", ""]
)
def test_the_way_back_leads_nowhere_else(client: Client, cast: Cast, back: str) -> None:
    sign_in(client, cast.stina)
    answer = client.post(to_director(cast), {"text": "Hei", "back": back})
    assert answer["Location"] == reverse("account", args=[cast.pankki.customer_number])


@pytest.mark.parametrize("text", ["  ", "x" * 10_001])
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(client: Client, cast: Cast, text: str) -> None:
    back = reverse("memos", args=[cast.pankki.customer_number])
    sign_in(client, cast.stina)
    answer = client.post(to_director(cast), {"text": text, "everybody": "on", "back": back})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert f'name="back" value="{back}"' in shown
    assert "checked" in shown
    assert text.strip() in shown
    assert not Message.objects.exists()


def test_the_page_of_feedback_shows_each_reader_theirs(client: Client, cast: Cast) -> None:
    feedback(cast, text="Bobin palaute")
    feedback(cast, cast.ines, text="Ineksen palaute")
    address = reverse("feedback", args=[cast.pankki.customer_number])
    for person, seen in (
        (cast.alice, {"Bobin palaute", "Ineksen palaute"}),
        (cast.bob, {"Bobin palaute"}),
        (cast.stina, set()),
    ):
        shown = sign_in(client, person).get(address).content.decode()
        assert {words for words in ("Bobin palaute", "Ineksen palaute") if words in shown} == seen
        assert "<strong>2</strong>" in shown


def test_the_thread_is_its_writers_and_the_directors_alone(client: Client, cast: Cast) -> None:
    sent = feedback(cast)
    address = reverse("message", args=[cast.pankki.customer_number, sent.pk])
    seen = {name for name in SEES if sign_in(client, getattr(cast, name)).get(address).status_code == 200}
    assert seen == {"bob", "alice", "aaro", "greta"}


def test_a_limited_section_of_feedback_is_missing_for_others(client: Client, cast: Cast) -> None:
    limit_section(cast.pankki, "feedback", ["sales"])
    address = reverse("feedback", args=[cast.pankki.customer_number])
    statuses = {
        person.first_name: sign_in(client, person).get(address).status_code for person in (cast.bob, cast.saara)
    }
    assert statuses == {"Bob": 404, "Saara": 200}


@pytest.mark.parametrize("number", [1, 7])
def test_the_queries_of_the_page_stay_the_same(client: Client, cast: Cast, number: int) -> None:
    for each in range(number):
        sent = feedback(cast, text=f"Palaute {each}")
        write_reply(actor=cast.alice, message=sent, body="<p>Kiitos.</p>")
        feedback(cast, cast.ines, text=f"Toinen {each}")
    sign_in(client, cast.alice)
    address: Any = reverse("feedback", args=[cast.pankki.customer_number])
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    assert len(queries) == 9
