"""The pages of messages: lists, one message, writing, mending, and what is done with them later."""

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import LedgerEntry, Notice, Person
from channels_app.actions.messages import publish_wording, withdraw_message
from channels_app.aims import Aim
from channels_app.models import Draft, File, Message, MessageKind, MessageRecipient
from kam.lib.workdays import HELSINKI
from tests.cast import ONE_DAY, Cast
from tests.channels_app.message_hands import (
    SALES_ONLY,
    change,
    recipients,
    reply,
    url,
    write_announcement,
    write_discussion,
    write_urgent,
)
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def as_(person: Person) -> Client:
    return sign_in(Client(), person)


def typed(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "kind": "announcement",
        "subject": "Avaimet vaihtuvat",
        "body": "<p>Maanantaina.</p>",
        "to": "everybody",
        "who": "everybody",
    }
    return values | changes


def subjects(client: Client, cast: Cast, query: str = "") -> list[str]:
    page = client.get(url("messages", cast.pankki) + query)
    assert page.status_code == 200
    return [one.subject for one in page.context["page"]]


# --- lists ----------------------------------------------------------------------------------------------------------
def test_the_list_shows_what_its_reader_sees_pinned_first(cast: Cast) -> None:
    write_announcement(cast, subject="Vanha", pinned_until=cast.day, now=timezone.now() - 3 * ONE_DAY)
    write_announcement(cast, subject="Uusi")
    write_announcement(cast, subject="Hinnat", limit=SALES_ONLY)
    write_announcement(cast, subject="Odottaa", ask_eyes=True)
    withdraw_message(actor=cast.alice, message=write_announcement(cast, subject="Peruttu"))
    write_discussion(cast, subject="Lumityöt")
    assert subjects(as_(cast.bob), cast) == ["Vanha", "Uusi"]
    assert subjects(as_(cast.saara), cast) == ["Vanha", "Hinnat", "Uusi"]
    assert subjects(as_(cast.bob), cast, "?tab=discussions") == ["Lumityöt"]
    waiting = as_(cast.aaro).get(url("messages", cast.pankki)).context["waiting"]
    assert [one.subject for one in waiting] == ["Odottaa"]
    assert as_(cast.bob).get(url("messages", cast.pankki)).context["waiting"] == []


def test_what_is_not_opened_is_marked_until_it_is(cast: Cast) -> None:
    message = write_announcement(cast)
    client = as_(cast.bob)
    page = client.get(url("messages", cast.pankki))
    assert (page.context["unread"], page.context["page"][0].unread) == ({"announcements": 1, "discussions": 0}, True)
    client.get(url("message", cast.pankki, message.pk))
    page = client.get(url("messages", cast.pankki))
    assert (page.context["unread"], page.context["page"][0].unread) == ({"announcements": 0, "discussions": 0}, False)
    assert not Notice.objects.unread().filter(person=cast.bob).exists()


def test_the_section_leads_to_the_list(cast: Cast) -> None:
    message = write_announcement(cast)
    answer = as_(cast.bob).get(url("section", cast.pankki, message.section_id))
    assert (answer.status_code, answer["Location"]) == (302, url("messages", cast.pankki))


@pytest.mark.parametrize("name", ["messages", "message"])
def test_pages_cost_the_same_with_few_and_with_many(name: str, cast: Cast, django_assert_num_queries: Any) -> None:
    client = as_(cast.bob)
    first = write_announcement(cast)
    reply(first, cast.ines)
    address = url(name, cast.pankki, *([first.pk] if name == "message" else []))
    client.get(address)
    with django_assert_num_queries(QUERIES[name]):
        client.get(address)
    for number in range(5):
        write_announcement(cast, subject=f"Tiedote {number}", pinned_until=cast.day)
        reply(first, cast.tuula, f"<p>Vastaus {number}</p>")
    with django_assert_num_queries(QUERIES[name]):
        client.get(address)


QUERIES = {"messages": 12, "message": 18}


# --- one message ----------------------------------------------------------------------------------------------------
def test_a_limited_message_is_missing_for_others_and_its_opening_is_kept(cast: Cast) -> None:
    message = write_announcement(cast, limit=SALES_ONLY)
    assert as_(cast.bob).get(url("message", cast.pankki, message.pk)).status_code == 404
    assert as_(cast.saara).get(url("message", cast.pankki, message.pk)).status_code == 200
    opened = LedgerEntry.objects.filter(event=LedgerEntry.Event.OPENED, actor=cast.saara).get()
    assert opened.cause == {"what": "message", "id": message.pk, "limited_to": message.audience}


def test_an_unpublished_message_is_its_authors_and_theirs_who_may_approve(cast: Cast) -> None:
    message = write_announcement(cast, ask_eyes=True)
    for person, status in [(cast.alice, 200), (cast.aaro, 200), (cast.greta, 200), (cast.bob, 404), (cast.arja, 404)]:
        assert as_(person).get(url("message", cast.pankki, message.pk)).status_code == status
    assert as_(cast.bob).post(url("reply_new", cast.pankki, message.pk), {"body": "Hei"}).status_code == 404


def test_of_a_withdrawn_message_others_find_that_and_nothing_else(cast: Cast) -> None:
    message = write_announcement(cast, subject="Salainen")
    withdraw_message(actor=cast.alice, message=message, because="Väärä päivä")
    page = as_(cast.bob).get(url("message", cast.pankki, message.pk))
    assert page.status_code == 200
    assert "Väärä päivä" in page.content.decode()
    assert "Salainen" not in page.content.decode()
    assert as_(cast.bob).get(url("message_history", cast.pankki, message.pk)).status_code == 404
    assert "Salainen" in as_(cast.aaro).get(url("message", cast.pankki, message.pk)).content.decode()


def test_the_history_shows_each_text_and_none_that_waits(cast: Cast) -> None:
    message = write_announcement(cast)
    change(message, cast.alice, body="<p>Vasta tiistaina.</p>")
    change(message, cast.alice, body="<p>Odottava.</p>", ask_eyes=True)
    history = as_(cast.bob).get(url("message_history", cast.pankki, message.pk)).content.decode()
    assert "tiistaina" in history
    assert "Odottava" not in history
    assert "Odottava" in as_(cast.aaro).get(url("message_history", cast.pankki, message.pk)).content.decode()


# --- writing --------------------------------------------------------------------------------------------------------
def test_a_director_announces_with_a_file(cast: Cast) -> None:
    sent = typed(new_files=[SimpleUploadedFile("avaimet.txt", b"Avainlista")], to="chosen", roles=["supervisor"])
    answer = as_(cast.alice).post(url("message_new", cast.pankki), sent)
    message = Message.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, url("message", cast.pankki, message.pk))
    assert recipients(message) == {cast.bob, cast.stina}
    file = File.objects.get()
    assert (file.message, file.name, file.attached_at) == (message, "avaimet.txt", message.published_at)
    assert as_(cast.ines).get(url("file", cast.pankki, file.pk)).status_code == 200


def test_files_of_what_waits_are_for_whoever_may_approve(cast: Cast) -> None:
    sent = typed(new_files=[SimpleUploadedFile("avaimet.txt", b"Avainlista")], ask_eyes="on")
    as_(cast.alice).post(url("message_new", cast.pankki), sent)
    file = File.objects.get()
    statuses = {p.first_name: as_(p).get(url("file", cast.pankki, file.pk)).status_code for p in (cast.aaro, cast.bob)}
    assert statuses == {"Aaro": 200, "Bob": 404}


def test_a_file_of_a_limited_message_is_missing_for_others(cast: Cast) -> None:
    sent = typed(new_files=[SimpleUploadedFile("hinnat.txt", b"12")], who="chosen", kinds=["sales"])
    as_(cast.alice).post(url("message_new", cast.pankki), sent)
    file = File.objects.get()
    assert as_(cast.saara).get(url("file", cast.pankki, file.pk)).status_code == 200
    assert as_(cast.bob).get(url("file", cast.pankki, file.pk)).status_code == 404


def test_what_is_wrong_comes_back_with_what_was_typed_and_its_files(cast: Cast) -> None:
    client = as_(cast.alice)
    sent = typed(kind="urgent", due_day=cast.day - ONE_DAY, due_time="12:00")
    page = client.post(url("message_new", cast.pankki), sent)
    assert page.status_code == 422
    assert "due_day" in page.context["form"].errors
    assert page.context["form"]["subject"].value() == "Avaimet vaihtuvat"
    assert not Message.objects.exists()


def test_whom_it_is_for_has_to_be_chosen(cast: Cast) -> None:
    page = as_(cast.alice).post(url("message_new", cast.pankki), typed(to="chosen"))
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["to"])


def test_a_superior_is_offered_their_own_people_and_no_limit(cast: Cast) -> None:
    client = as_(cast.matti)
    page = client.get(url("message_new", cast.pankki) + "?kind=announcement")
    assert page.context["reach"]["people"] == 2
    assert "who" not in page.context["form"].fields
    client.post(url("message_new", cast.pankki), typed())
    message = Message.objects.get()
    assert (message.aim_own_people, recipients(message)) == (True, {cast.bob, cast.ines})


@pytest.mark.parametrize("kind", ["announcement", "urgent", "feedback", "nonsense"])
def test_a_supervisor_writes_discussions_only(cast: Cast, kind: str) -> None:
    client = as_(cast.ines)
    assert client.get(url("message_new", cast.pankki) + f"?kind={kind}").status_code == 404
    assert client.post(url("message_new", cast.pankki), typed(kind=kind)).status_code == 404
    assert client.get(url("message_new", cast.pankki)).context["kind"] == "discussion"
    client.post(url("message_new", cast.pankki), typed(kind="discussion"))
    assert Message.objects.get().kind == MessageKind.DISCUSSION


def test_the_preview_counts_whom_the_aim_reaches_and_shows_the_ladder(cast: Cast) -> None:
    client = as_(cast.alice)
    address = url("message_reach_preview", cast.pankki)
    everybody = client.get(address, {"kind": "announcement", "to": "everybody"}, headers=HTMX).context["reach"]
    assert (everybody["people"], everybody["rungs"]) == (8, [])
    roles = client.get(address, {"kind": "announcement", "to": "chosen", "roles": ["supervisor"]}).context["reach"]
    assert roles["people"] == 2
    limited = client.get(address, {"kind": "announcement", "to": "everybody", "who": "chosen", "kinds": ["sales"]})
    assert limited.context["reach"]["people"] == 2
    asked = {"kind": "urgent", "to": "everybody", "due_day": cast.day + 9 * ONE_DAY, "due_time": "12:00"}
    with time_machine.travel(dt.datetime.combine(cast.day, dt.time(8), HELSINKI)):
        urgent = as_(cast.alice).get(address, asked).context["reach"]
    assert (urgent["eyes"], len(urgent["rungs"])) == (True, 4)


def test_without_scripts_a_button_counts(cast: Cast) -> None:
    sent = typed(preview="1", to="chosen", roles=["supervisor"], subject="")
    page = as_(cast.alice).post(url("message_new", cast.pankki), sent)
    assert (page.status_code, page.context["reach"]["people"]) == (200, 2)
    assert not Message.objects.exists()


# --- drafts ---------------------------------------------------------------------------------------------------------
def test_a_draft_is_kept_offered_continued_and_gone_once_sent(cast: Cast) -> None:
    client = as_(cast.alice)
    sent = typed(to="chosen", roles=["supervisor", "manager"], pinned_until=str(cast.day))
    assert client.post(url("message_draft", cast.pankki), sent).status_code == 200
    assert Draft.objects.get().fields["roles"] == ["supervisor", "manager"]
    offered = client.get(url("message_new", cast.pankki) + "?kind=announcement")
    assert offered.context["draft"].title == "Avaimet vaihtuvat"
    form = client.get(url("message_new", cast.pankki) + "?kind=announcement&draft=1").context["form"]
    assert (form["subject"].value(), form["roles"].value()) == ("Avaimet vaihtuvat", ["supervisor", "manager"])
    client.post(url("message_new", cast.pankki), sent)
    assert not Draft.objects.exists()


def test_a_draft_is_thrown_away(cast: Cast) -> None:
    client = as_(cast.alice)
    client.post(url("message_draft", cast.pankki), typed())
    client.post(url("message_draft_drop", cast.pankki))
    assert not Draft.objects.exists()


# --- mending --------------------------------------------------------------------------------------------------------
def test_mending_over_somebody_elses_shows_both(cast: Cast) -> None:
    message = write_announcement(cast)
    client = as_(cast.alice)
    address = url("message_edit", cast.pankki, message.pk)
    assert client.get(address).context["form"]["based_on"].value() == 1
    change(message, cast.aaro, body="<p>Aaron.</p>")
    both = client.post(address, typed(body="<p>Alicen.</p>", based_on=1))
    assert (both.status_code, both.context["theirs"].author) == (409, cast.aaro)
    assert both.context["form"]["based_on"].value() == 2
    assert "Alicen" in str(both.context["form"]["body"].value())
    client.post(address, typed(body="<p>Alicen.</p>", based_on=2))
    message.refresh_from_db()
    assert (message.number, message.body) == (3, "<p>Alicen.</p>")


def test_whoever_did_not_write_it_does_not_mend_it(cast: Cast) -> None:
    announced, talk = write_announcement(cast), write_discussion(cast)
    for person, message, status in [
        (cast.aaro, announced, 200),
        (cast.matti, announced, 404),
        (cast.bob, talk, 200),
        (cast.alice, talk, 404),
    ]:
        assert as_(person).get(url("message_edit", cast.pankki, message.pk)).status_code == status


def test_asking_again_sets_a_new_time_and_asks_everybody(cast: Cast) -> None:
    message = write_urgent(cast)
    MessageRecipient.objects.filter(message=message).update(acknowledged_number=1, acknowledged_at=timezone.now())
    sent = typed(body="<p>Sähköt poikki kello 14.</p>", based_on=1)
    client, address = as_(cast.alice), url("message_edit", cast.pankki, message.pk)
    client.post(address, sent)
    message.refresh_from_db()
    assert (message.number, message.asked_number) == (2, 1)
    day = (timezone.localtime(timezone.now()) + dt.timedelta(days=9)).date()
    client.post(address, sent | {"based_on": 2, "ask_again": "on", "due_day": day, "due_time": "12:00"})
    message.refresh_from_db()
    assert (message.number, message.asked_number, message.acknowledge_by.date()) == (3, 3, day)
    assert set(message.steps.values_list("asking", flat=True)) == {1, 3}


# --- afterwards -----------------------------------------------------------------------------------------------------
def test_withdrawing_pinning_repeating_and_limiting_are_for_whoever_may(cast: Cast) -> None:
    message = write_announcement(cast)
    for name, method in [("withdraw", "get"), ("pin", "get"), ("repeat", "post"), ("limit", "get")]:
        address = url(f"message_{name}", cast.pankki, message.pk)
        assert getattr(as_(cast.bob), method)(address).status_code == 404
        assert getattr(as_(cast.aaro), method)(address).status_code in (200, 302)
    client = as_(cast.alice)
    client.post(url("message_pin", cast.pankki, message.pk), {"until": str(cast.day + ONE_DAY)})
    client.post(url("message_limit", cast.pankki, message.pk), {"who": "chosen", "kinds": ["sales"]})
    client.post(url("message_withdraw", cast.pankki, message.pk), {"because": "Vanhentunut"})
    message.refresh_from_db()
    assert (message.pinned_until, message.limit) == (cast.day + ONE_DAY, SALES_ONLY)
    assert (message.withdrawn_by, message.withdrawn_because) == (cast.alice, "Vanhentunut")


def test_what_a_superior_wrote_stays_for_their_people_whoever_mends_it(cast: Cast) -> None:
    message = write_announcement(cast, cast.matti, aim=Aim(own_people=True), ask_eyes=True)
    address = url("message_edit", cast.pankki, message.pk)
    page = as_(cast.alice).get(address)
    assert page.context["reach"]["people"] == 2
    as_(cast.alice).post(address, typed(body="<p>Mattin puolesta.</p>", based_on=1))
    message.refresh_from_db()
    assert (message.aim_own_people, message.wordings.count()) == (True, 2)


def test_files_sent_with_a_mistake_are_kept_and_go_along_later(cast: Cast) -> None:
    client = as_(cast.alice)
    sent = typed(subject="", new_files=[SimpleUploadedFile("avaimet.txt", b"Avainlista")])
    page = client.post(url("message_new", cast.pankki), sent)
    file = File.objects.get()
    assert (page.status_code, page.context["form"].sent_files, file.message) == (422, [file], None)
    client.post(url("message_new", cast.pankki), typed(files=[file.pk]))
    file.refresh_from_db()
    assert file.message == Message.objects.get()


def test_nobody_sends_along_a_file_of_somebody_else(cast: Cast) -> None:
    as_(cast.alice).post(
        url("message_new", cast.pankki),
        typed(subject="", new_files=[SimpleUploadedFile("hinnat.txt", b"12")]),
    )
    file = File.objects.get()
    as_(cast.bob).post(url("message_new", cast.pankki), typed(kind="discussion", files=[file.pk]))
    file.refresh_from_db()
    assert file.message is None


def test_a_file_that_went_out_with_a_message_takes_no_other_content(cast: Cast) -> None:
    client = as_(cast.alice)
    sent = typed(ask_eyes="on", new_files=[SimpleUploadedFile("avaimet.txt", b"Avainlista")])
    client.post(url("message_new", cast.pankki), sent)
    file, message = File.objects.get(), Message.objects.get()
    address = url("file_new_version", cast.pankki, file.pk)
    assert client.post(address, {"file": SimpleUploadedFile("uusi.txt", b"Uusi")}).status_code == 302
    publish_wording(actor=cast.aaro, message=message, number=1)
    answer = client.post(address, {"file": SimpleUploadedFile("toinen.txt", b"Toinen")})
    assert (answer.status_code, answer.context["takes_versions"]) == (422, False)
    file.refresh_from_db()
    assert file.number == 2
    assert as_(cast.aaro).post(url("file_remove", cast.pankki, file.pk)).status_code == 404
    client.post(url("file_remove", cast.pankki, file.pk))
    assert as_(cast.bob).get(url("message", cast.pankki, message.pk)).context["files"] == []
