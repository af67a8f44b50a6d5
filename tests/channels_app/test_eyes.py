"""Second eyes for messages: exactly what would be published, what changes, and whoever edits meanwhile."""

import datetime as dt
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.actions.refusal import Refusal
from accounts.derivation import derive_access
from accounts.models import Approval, Directorship, LedgerEntry, Person
from accounts.second_eyes import approve, exact_text, waiting_for
from channels_app.actions.files import add_file, add_version
from channels_app.actions.messages import limit_message, withdraw_message
from channels_app.aims import Aim
from channels_app.models import File, Message, MessageKind
from channels_app.queries.messages import section_of
from kam.lib.dates import NEVER
from tests.cast import Cast, build_cast, stand_in
from tests.channels_app.message_hands import SALES_ONLY, change, recipients, told, write_announcement, write_urgent
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


def to_everybody(cast: Cast, **changes: Any) -> Message:
    """Alice says something urgent to everybody, which waits for second eyes."""
    return write_urgent(cast, aim=Aim(), **changes)


def asked_about(message: Message) -> Approval:
    return Approval.objects.waiting().get(thing="message", object_id=message.pk)


def read_by(person: Person, approval: Approval) -> str:
    """Return the name of the text that the person is shown."""
    exact = exact_text(approval, person)
    assert exact
    return exact.fingerprint


def url(approval: Approval) -> str:
    return reverse("eyes_decide", args=[approval.pk])


def hidden_name(page: str) -> str:
    found = re.search(r'name="fingerprint" value="(\w{64})"', page)
    assert found
    return found[1]


def test_what_is_urgent_to_everybody_is_published_by_the_one_who_approves_it(cast: Cast) -> None:
    message = to_everybody(cast)
    assert not message.is_published
    assert told(message) == {"eyes_asked": {cast.aaro}}
    approval = asked_about(message)
    approve(actor=cast.aaro, approval=approval, fingerprint=read_by(cast.aaro, approval))
    message.refresh_from_db()
    assert (message.is_published, message.number) == (True, 1)
    assert recipients(message) == {
        cast.aaro, cast.bob, cast.ines, cast.matti, cast.arja, cast.saara, cast.tuula, cast.stina,
    }  # fmt: skip
    assert told(message, "eyes_approved") == {cast.alice}


def test_the_page_shows_the_text_its_aim_deadline_and_files(client: Client, cast: Cast) -> None:
    deadline = timezone.now() + dt.timedelta(days=3)
    file = a_file(cast)
    message = to_everybody(
        cast, body="<p>Sähköt katkeavat <strong>kello 9</strong>.</p>", acknowledge_by=deadline, files=(file.pk,)
    )
    sign_in(client, cast.aaro)
    shown = client.get(url(asked_about(message))).content.decode()
    for words in ("Sähkökatko", "<strong>kello 9</strong>", "ohje.txt", timezone.localtime(deadline).strftime("%H.%M")):
        assert words in shown, words
    assert client.get(reverse("file", args=[cast.pankki.customer_number, file.pk])).status_code == 200


def a_file(cast: Cast) -> File:
    """Alice's file, to go along with a message."""
    section = section_of(MessageKind.URGENT).pk
    content = ContentFile(b"Ohje")
    return add_file(
        actor=cast.alice, account=cast.pankki, section_id=section, content=content, name="ohje.txt", attached=False
    )


def test_an_edit_of_a_published_message_shows_what_changes_and_leaves_the_text_until_then(
    client: Client, cast: Cast
) -> None:
    message = write_announcement(cast, body="<p>Avain haetaan vartijalta.</p>")
    change(message, cast.alice, body="<p>Avain haetaan tiskiltä.</p>", ask_eyes=True)
    message.refresh_from_db()
    assert "vartijalta" in message.body
    approval = asked_about(message)
    sign_in(client, cast.aaro)
    shown = client.get(url(approval)).content.decode()
    assert re.search(r"<del>vartijalta</del>.*<ins>tiskiltä</ins>", shown)
    client.post(url(approval), {"decision": "approve", "fingerprint": hidden_name(shown)})
    message.refresh_from_db()
    assert ("tiskiltä" in message.body, message.number) == (True, 2)


def test_approving_what_was_edited_meanwhile_says_so_and_shows_the_new_text(client: Client, cast: Cast) -> None:
    message = to_everybody(cast)
    first = asked_about(message)
    sign_in(client, cast.aaro)
    read = hidden_name(client.get(url(first)).content.decode())
    change(message, cast.alice, body="<p>Sähköt katkeavat vasta kello 10.</p>")
    answer = client.post(url(first), {"decision": "approve", "fingerprint": read, "comment": "Hyvä"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "vasta kello 10" in shown
    assert "Hyvä" in shown
    assert hidden_name(shown) != read
    message.refresh_from_db()
    assert not message.is_published
    second = asked_about(message)
    assert client.get(url(first))["Location"] == url(second)
    client.post(url(second), {"decision": "approve", "fingerprint": hidden_name(shown)})
    message.refresh_from_db()
    assert "vasta kello 10" in message.body


def test_a_file_that_is_exchanged_and_a_limit_that_is_set_are_read_anew(cast: Cast) -> None:
    file = a_file(cast)
    message = to_everybody(cast, files=(file.pk,))
    approval = asked_about(message)
    before = read_by(cast.aaro, approval)
    file.refresh_from_db()
    add_version(actor=cast.alice, file=file, content=ContentFile(b"Toinen ohje"), name="ohje.txt")
    exchanged = read_by(cast.aaro, approval)
    limit_message(actor=cast.alice, message=message, limit=SALES_ONLY)
    approval.refresh_from_db()
    limited = read_by(cast.aaro, approval)
    assert len({before, exchanged, limited}) == 3
    for read in (before, exchanged):
        with pytest.raises(Refusal) as refused:
            approve(actor=cast.aaro, approval=approval, fingerprint=read)
        assert refused.value.code == "changed"
    approve(actor=cast.aaro, approval=approval, fingerprint=limited)
    assert Message.objects.visible_to(cast.saara).published().exists()
    assert not Message.objects.visible_to(cast.bob).exists()


def test_reading_what_is_limited_goes_into_the_ledger_once_a_reading(client: Client, cast: Cast) -> None:
    message = write_announcement(cast, limit=SALES_ONLY, ask_eyes=True)
    sign_in(client, cast.greta)
    shown = client.get(url(asked_about(message))).content.decode()
    client.post(url(asked_about(message)), {"decision": "approve", "fingerprint": hidden_name(shown)})
    opened = LedgerEntry.objects.filter(event=LedgerEntry.Event.OPENED, actor=cast.greta)
    assert [entry.cause["id"] for entry in opened] == [message.pk]


def test_giving_back_needs_words_and_leads_to_the_queue(client: Client, cast: Cast) -> None:
    approval = asked_about(to_everybody(cast))
    sign_in(client, cast.aaro)
    read = hidden_name(client.get(url(approval)).content.decode())
    assert client.post(url(approval), {"decision": "return", "fingerprint": read}).status_code == 422
    answer = client.post(url(approval), {"decision": "return", "fingerprint": read, "comment": "Mikä kello?"})
    assert answer["Location"] == reverse("eyes")
    approval.refresh_from_db()
    assert (approval.verdict, approval.comment) == ("returned", "Mikä kello?")
    assert "Mikä kello?" in client.get(url(approval)).content.decode()


def test_the_second_to_decide_is_told_who_was_first(client: Client, cast: Cast) -> None:
    approval = asked_about(to_everybody(cast))
    sign_in(client, cast.greta)
    read = hidden_name(client.get(url(approval)).content.decode())
    approve(actor=cast.aaro, approval=approval, fingerprint=read)
    answer = client.post(url(approval), {"decision": "approve", "fingerprint": read}, follow=True)
    assert "Aaro Ahola" in answer.content.decode()


def test_whoever_lost_the_right_finds_nothing(client: Client, cast: Cast) -> None:
    approval = asked_about(to_everybody(cast))
    sign_in(client, cast.aaro)
    read = hidden_name(client.get(url(approval)).content.decode())
    Directorship.objects.filter(account=cast.pankki, person=cast.aaro).update(period=NEVER)
    derive_access()
    assert client.post(url(approval), {"decision": "approve", "fingerprint": read}).status_code == 404
    assert client.get(url(approval)).status_code == 404
    assert not waiting_for(cast.aaro).exists()


def test_the_author_is_led_to_the_message_and_a_substitute_decides(client: Client, cast: Cast) -> None:
    stand_in(cast.ines, cast.alice, first=cast.day, last=cast.day)
    derive_access()
    message = to_everybody(cast)
    approval = asked_about(message)
    assert sign_in(client, cast.alice).get(url(approval))["Location"] == approval.path
    shown = sign_in(client, cast.ines).get(url(approval)).content.decode()
    client.post(url(approval), {"decision": "approve", "fingerprint": hidden_name(shown)})
    message.refresh_from_db()
    assert message.is_published


def test_what_is_withdrawn_is_not_decided_about(client: Client, cast: Cast) -> None:
    message = to_everybody(cast)
    approval = asked_about(message)
    read = read_by(cast.aaro, approval)
    withdraw_message(actor=cast.alice, message=message)
    with pytest.raises(Refusal):
        approve(actor=cast.aaro, approval=approval, fingerprint=read)
    sign_in(client, cast.aaro)
    assert 'name="fingerprint"' not in client.get(url(approval)).content.decode()


def test_the_queue_names_what_waits_and_what_is_mine(client: Client, cast: Cast) -> None:
    assert sign_in(client, cast.bob).get(reverse("eyes")).status_code == 200
    to_everybody(cast)
    write_announcement(cast, cast.aaro, ask_eyes=True, subject="Aaron tiedote")
    alices = sign_in(client, cast.alice).get(reverse("eyes")).content.decode()
    assert alices.index("Aaron tiedote") < alices.index("Sähkökatko")
    assert "Sähkökatko" not in sign_in(client, cast.bob).get(reverse("eyes")).content.decode()


@pytest.mark.parametrize("number", [1, 6])
def test_the_queries_of_the_queue_stay_the_same(client: Client, cast: Cast, number: int) -> None:
    for each in range(number):
        write_announcement(cast, ask_eyes=True, subject=f"Tiedote {each}")
    sign_in(client, cast.aaro)
    client.get(reverse("eyes"))
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("eyes"))
    assert len(queries) == 5


@pytest.mark.django_db(transaction=True)
def test_an_edit_and_an_approval_at_once_never_publish_what_nobody_read() -> None:
    cast = build_cast()
    for attempt in range(6):
        message = write_announcement(cast, ask_eyes=True, subject=f"Tiedote {attempt}", body="<p>Luettu.</p>")
        approval = asked_about(message)
        outcomes = at_once(
            partial(approve, actor=cast.aaro, approval=approval, fingerprint=read_by(cast.aaro, approval)),
            partial(change, message, cast.alice, body="<p>Lukematon.</p>", ask_eyes=True),
        )
        assert outcomes in (["done", "done"], ["changed", "done"])
        message.refresh_from_db()
        assert "Lukematon" not in message.body or message.number == 0
        assert message.is_published is (outcomes[0] == "done")
        assert asked_about(message).pk != approval.pk


def at_once(*jobs: Callable[[], Any]) -> list[str]:
    """Do all of them at the same time; return how each ended: "done" or the refusal's code."""
    start = Barrier(len(jobs))

    def run(job: Callable[[], Any]) -> str:
        try:
            connections["default"].ensure_connection()
            start.wait(30)
            job()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()
        return "done"

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))
