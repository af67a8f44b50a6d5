"""Mail that comes back: reports as real servers shape them, forged ones, whom it is told to, when it is forgotten."""

import io
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.actions.people import edit_person, forget_failing_mail
from accounts.jobs import run_due
from accounts.models import Delivery, LedgerEntry, Notice, Person
from accounts.notify import announce
from accounts.notify.bounces import take_folder, take_report
from accounts.notify.mails import message_id
from accounts.notify.reports import read_reports
from accounts.notify.sending import send_open
from accounts.tasks import enqueue_bounces
from tests.accounts.notify.hands import CONTEXT, TEMPLATE, receivers
from tests.cast import Cast
from tests.conftest import Mailbox
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
REPORTS = Path(__file__).parent / "reports"
FOR_GOOD = ("postfix", "exchange", "exchange_without_original", "gmail")


@pytest.fixture
def sent(cast: Cast) -> Delivery:
    """A mail to Bob that has left."""
    announce("news:1", [cast.bob.pk], TEMPLATE, context=CONTEXT)
    Delivery.objects.update(state=Delivery.State.SENT, sent_at=timezone.now())
    return Delivery.objects.get()


def report(name: str, delivery: Delivery, recipient: str = "", own_id: str = "") -> bytes:
    text = (REPORTS / f"{name}.eml").read_text(encoding="utf-8")
    text = text.replace("{recipient}", recipient or delivery.person.email)
    return text.replace("{message_id}", own_id or message_id(delivery)).encode()


def failing() -> set[int]:
    return set(Person.objects.exclude(mail_fails_since=None).values_list("pk", flat=True))


# --- what a report says ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "status", "for_good"),
    [
        ("postfix", "5.1.1", True),
        ("exchange", "5.1.10", True),
        ("gmail", "5.1.1", True),
        ("delayed", "4.4.1", False),
        ("refused_by_policy", "5.7.1", False),
    ],
)
def test_reports_of_real_shapes_are_read(sent: Delivery, name: str, status: str, for_good: bool) -> None:
    (found,) = read_reports(report(name, sent))
    assert (found.status, found.for_good, found.sent_to) == (status, for_good, sent.person.email)
    assert found.message_ids[0] == message_id(sent)
    assert found.diagnosis


def test_status_that_says_nothing_gives_way_to_the_servers_words(sent: Delivery) -> None:
    (found,) = read_reports(report("exchange_without_original", sent))
    assert found.for_good


@pytest.mark.parametrize("raw", [b"", b"\xff\xfe", b"Subject: hei\n\nhei", b"Content-Type: multipart/report\n\n--"])
def test_what_is_no_report_says_nothing(raw: bytes) -> None:
    assert read_reports(raw) == []


def test_what_can_t_be_read_keeps_no_other_from_being_read(cast: Cast, sent: Delivery, tmp_path: Path) -> None:
    nested = "".join(f'Content-Type: multipart/mixed; boundary="{n}"\n\n--{n}\n' for n in range(3000))
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1").write_text(nested, encoding="ascii")
    (tmp_path / "new" / "2").write_bytes(report("postfix", sent))
    assert take_folder(tmp_path) == 1
    assert failing() == {cast.bob.pk}


# --- what comes of it -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", FOR_GOOD)
def test_mail_that_came_back_is_noted_and_the_directors_are_told_once(cast: Cast, sent: Delivery, name: str) -> None:
    for _twice in range(2):
        take_report(report(name, sent))
    sent.refresh_from_db()
    assert sent.bounced_at
    assert failing() == {cast.bob.pk}
    told = Notice.objects.filter(kind="bounced")
    # Pankki's director, deputy and nobody else: not the management group, nor who directs accounts that Bob left.
    assert sorted(told.values_list("person", flat=True)) == sorted([cast.alice.pk, cast.aaro.pk])
    assert {(one.who_id, one.title, one.account_id) for one in told} == {(cast.bob.pk, cast.bob.email, cast.pankki.pk)}


@pytest.mark.parametrize("name", ["delayed", "refused_by_policy", "holiday"])
def test_mail_that_is_late_or_answered_changes_nothing(sent: Delivery, name: str) -> None:
    assert take_report(report(name, sent)) == 0
    sent.refresh_from_db()
    assert (sent.bounced_at, failing(), Notice.objects.count()) == (None, set(), 0)


def test_forged_and_unknown_reports_are_ignored(sent: Delivery, caplog: pytest.LogCaptureFixture) -> None:
    forged = message_id(sent).replace(message_id(sent)[-20:-14], "000000")
    somebody_elses = f"<{sent.pk + 1}.{'0' * 32}@localhost>"
    for own_id in (forged, somebody_elses, "<not-ours@mail.example>", f"<{sent.pk}.{'a' * 32}@127.0.0.1>"):
        assert take_report(report("postfix", sent, own_id=own_id)) == 0
    assert failing() == set()
    assert caplog.text.count("about no mail of ours") == 4


def test_report_about_an_address_of_before_marks_no_person(cast: Cast, sent: Delivery) -> None:
    taken = report("postfix", sent)
    edit_person(actor=cast.dana, person=cast.bob, email="new@yritysx.example")
    assert take_report(taken) == 1
    sent.refresh_from_db()
    assert sent.bounced_at
    assert failing() == set()


def test_nobody_is_told_about_themselves_nor_beyond_a_barrier(cast: Cast) -> None:
    announce("news:1", [cast.alice.pk, cast.eero.pk], TEMPLATE, context=CONTEXT)
    for delivery in Delivery.objects.select_related("person"):
        take_report(report("postfix", delivery))
    told = set(Notice.objects.values_list("who__first_name", "person__first_name"))
    # Eero answers for a site of Pankki's as well, and is kept from it: Pankki's director learns nothing of him.
    assert told == {("Alice", "Aaro"), ("Eero", "Ville")}


# --- forgotten ------------------------------------------------------------------------------------------------------
def test_another_address_forgets_it_whoever_writes_it(cast: Cast, sent: Delivery) -> None:
    take_report(report("postfix", sent))
    Person.objects.filter(pk=cast.bob.pk).update(phone="1")
    assert failing() == {cast.bob.pk}
    Person.objects.filter(pk=cast.bob.pk).update(email="other@yritysx.example")
    assert failing() == set()


def test_administrator_forgets_it_and_the_ledger_says_so(cast: Cast, sent: Delivery) -> None:
    take_report(report("postfix", sent))
    address = reverse("person_mail", args=[cast.bob.employee_number])
    assert sign_in(Client(), cast.alice).post(address).status_code == 404
    assert failing() == {cast.bob.pk}
    sign_in(Client(), cast.dana).post(address)
    assert failing() == set()
    assert LedgerEntry.objects.filter(event="edited", person=cast.bob, actor=cast.dana).count() == 1
    forget_failing_mail(actor=cast.dana, person=cast.bob)
    assert LedgerEntry.objects.filter(event="edited", person=cast.bob).count() == 1


def test_director_sees_it_beside_the_name(cast: Cast, sent: Delivery, client: Client) -> None:
    page = reverse("who_sees", args=[cast.pankki.customer_number])
    sign_in(client, cast.alice)
    assert client.get(page).content.decode().count("st bad") == 0
    take_report(report("postfix", sent))
    assert client.get(page).content.decode().count("st bad") == 1


# --- ways in --------------------------------------------------------------------------------------------------------
def test_command_reads_one_report(cast: Cast, sent: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(report("gmail", sent))))
    call_command("take_bounces", stdout=(out := io.StringIO()))
    assert "1" in out.getvalue()
    assert failing() == {cast.bob.pk}


def test_command_asks_the_mail_server_to_call_again(sent: Delivery, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(raw: bytes) -> int:
        raise OperationalError("away")

    monkeypatch.setattr("accounts.management.commands.take_bounces.take_report", away)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"x")))
    with pytest.raises(SystemExit) as end:
        call_command("take_bounces", stderr=io.StringIO())
    assert end.value.code == 75


def test_folder_is_swept(cast: Cast, sent: Delivery, tmp_path: Path, settings: Any) -> None:
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1.host").write_bytes(report("exchange", sent))
    (tmp_path / "new" / "2.host").write_bytes(report("holiday", sent))
    settings.BOUNCES_FOLDER = str(tmp_path)
    enqueue_bounces()
    run_due()
    assert failing() == {cast.bob.pk}
    assert sorted(file.name for file in (tmp_path / "cur").iterdir()) == ["1.host:2,S", "2.host:2,S"]
    assert take_folder(tmp_path) == 0
    assert take_folder(tmp_path / "nowhere") == 0


def refusing(refused: str, answer: str) -> Any:
    async def refuse(server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if address == refused:
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    return refuse


@pytest.mark.parametrize("answer", ["550 no such mailbox", "550 5.1.1 unknown", "553 5.1.3 odd"])
def test_address_refused_for_good_has_come_back(cast: Cast, smtp: Mailbox, answer: str) -> None:
    smtp.handle_RCPT = refusing(cast.bob.email, answer)  # type: ignore[attr-defined]
    announce("news:1", [cast.bob.pk], TEMPLATE, context=CONTEXT)
    send_open()
    delivery = Delivery.objects.get(template=TEMPLATE)
    assert (delivery.state, bool(delivery.bounced_at)) == (Delivery.State.FAILED, True)
    assert failing() == {cast.bob.pk}
    assert Notice.objects.filter(kind="bounced").count() == 2
    assert receivers(smtp) == sorted([cast.alice.email, cast.aaro.email])


@pytest.mark.parametrize("answer", ["550 5.7.1 relaying denied", "530 sign in first", "554 not you", "450 busy"])
def test_server_that_refuses_us_says_nothing_about_an_address(cast: Cast, smtp: Mailbox, answer: str) -> None:
    smtp.handle_RCPT = refusing(cast.bob.email, answer)  # type: ignore[attr-defined]
    announce("news:1", [cast.bob.pk], TEMPLATE, context=CONTEXT)
    send_open()
    assert Delivery.objects.get().state == Delivery.State.WAITING
    assert failing() == set()
