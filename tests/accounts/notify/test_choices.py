"""How people hear of things: the ways they choose, the word that ends mails, what an account's mails carry."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts import notices
from accounts.actions.notify_choices import choose_ways
from accounts.actions.refusal import Refusal
from accounts.models import Account, Delivery, LedgerEntry, Notice, NotifyChoice, Person
from accounts.notify import News, tell
from accounts.notify.sending import send_open
from accounts.notify.tokens import SUMMARY, Choice, choice_in, unsubscribe_address
from tests.cast import Cast
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
SAME = {"announcements": "daily", "questions": "daily", "discussions": "daily", "duties": "at_once"}


def say(kind: str, account: Account, people: list[Person], key: str = "a", **fields: Any) -> None:
    tell(News(key, kind, account, "Vesikatko", "/", who=people[0], **fields), [person.pk for person in people])


def mailed() -> set[int]:
    return set(Delivery.objects.values_list("person", flat=True))


def rows(person: Person) -> set[tuple[str, int | None, str]]:
    return set(NotifyChoice.objects.filter(person=person).values_list("topic", "account", "way"))


# --- ways -----------------------------------------------------------------------------------------------------------
def test_way_at_the_account_goes_before_the_one_everywhere_and_that_before_the_default(cast: Cast) -> None:
    bob, ines, matti, arja = cast.bob, cast.ines, cast.matti, cast.arja
    choose_ways(actor=bob, ways={"announcements": "at_once"})
    choose_ways(actor=ines, ways={"announcements": "at_once"})
    choose_ways(actor=ines, ways={"announcements": "none"}, account=cast.pankki)
    choose_ways(actor=matti, ways={"announcements": "at_once"}, account=cast.pankki)
    choose_ways(actor=arja, ways={"announcements": "at_once"}, account=cast.koulut)
    say("announcement", cast.pankki, [bob, ines, matti, arja])
    assert mailed() == {bob.pk, matti.pk}
    assert Notice.objects.count() == 4


def test_urgent_reaches_everybody_whatever_was_chosen(cast: Cast) -> None:
    NotifyChoice.objects.create(person=cast.bob, account=None, topic="urgent", way="none")
    say("urgent", cast.pankki, [cast.bob, cast.ines])
    assert mailed() == {cast.bob.pk, cast.ines.pk}
    with pytest.raises(Refusal):
        choose_ways(actor=cast.bob, ways={"urgent": "none"})


def test_page_keeps_what_differs_from_the_default(cast: Cast, client: Client) -> None:
    sign_in(client, cast.bob)
    page, pankki = reverse("notify_choices"), cast.pankki
    assert client.post(page, SAME).status_code == 302
    assert rows(cast.bob) == set()
    client.post(page, SAME | {"duties": "daily", "urgent": "none"})
    at_pankki = dict.fromkeys(SAME, "everywhere") | {"announcements": "at_once"}
    client.post(f"{page}?account={pankki.customer_number}", at_pankki)
    assert rows(cast.bob) == {("duties", None, "daily"), ("announcements", pankki.pk, "at_once")}
    assert client.get(page).content.decode().count(pankki.name) > 1
    client.post(f"{page}?account={pankki.customer_number}", dict.fromkeys(SAME, "everywhere"))
    client.post(page, SAME)
    assert rows(cast.bob) == set()


def test_page_refuses_odd_ways_and_accounts(cast: Cast, client: Client) -> None:
    sign_in(client, cast.bob)
    page = reverse("notify_choices")
    assert client.post(page, SAME | {"duties": "by pigeon"}).status_code == 422
    assert client.post(page, SAME | {"duties": "everywhere"}).status_code == 422
    assert client.get(page, {"account": cast.vakuutus.customer_number}).status_code == 404
    assert client.post(f"{page}?account={cast.koulut.customer_number}", SAME).status_code == 404
    assert rows(cast.bob) == set()


def test_account_that_is_no_longer_seen_is_not_named(cast: Cast, client: Client) -> None:
    NotifyChoice.objects.create(person=cast.bob, account=cast.koulut, topic="duties", way="none")
    page = sign_in(client, cast.bob).get(reverse("notify_choices")).content.decode()
    assert cast.koulut.name not in page


# --- ending mails ---------------------------------------------------------------------------------------------------
def path_of(choice: Choice) -> str:
    return unsubscribe_address(choice).split("8000", 1)[1]


def test_mail_program_ends_them_at_once_without_signing_in(cast: Cast) -> None:
    choose_ways(actor=cast.bob, ways={"announcements": "at_once"})
    say("announcement", cast.pankki, [cast.bob])
    send_open()
    (sent,) = mail.outbox
    header = sent.extra_headers["List-Unsubscribe"]
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert header.strip("<>") in sent.body
    address = header.strip("<>").split("8000", 1)[1]
    stranger = Client(enforce_csrf_checks=True)
    for _twice in range(2):
        assert stranger.post(address, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert rows(cast.bob) == {
        ("announcements", None, "at_once"), ("announcements", cast.pankki.pk, "none"),
    }  # fmt: skip
    say("announcement", cast.pankki, [cast.bob], key="b")
    assert Delivery.objects.count() == 1


def test_looking_changes_nothing(cast: Cast) -> None:
    address = path_of(Choice(cast.bob.pk, "announcements", cast.pankki.pk))
    for method in ("get", "head"):
        assert getattr(Client(), method)(address).status_code == 200
    assert rows(cast.bob) == set()
    page = Client().get(address).content.decode()
    assert page.count("<form") - page.count('action="/preferences/"') == 1
    assert cast.pankki.name in page


def test_page_names_no_account_that_the_person_no_longer_sees(cast: Cast) -> None:
    address = path_of(Choice(cast.eero.pk, "announcements", cast.pankki.pk))
    assert cast.pankki.name not in Client().get(address).content.decode()


def test_word_is_good_for_what_it_names_alone(cast: Cast) -> None:
    token = path_of(Choice(cast.bob.pk, "announcements", None)).split("/")[2]
    assert choice_in(token) == Choice(cast.bob.pk, "announcements", None)
    for odd in (token[:-1], token + "x", "zzz", token.replace(token[0], "A", 1), "a:b:c"):
        assert choice_in(odd) is None
        assert Client().post(f"/unsubscribe/{odd}/").status_code == 404


def test_mandatory_has_no_word_and_ends_by_none(cast: Cast) -> None:
    say("urgent", cast.pankki, [cast.bob])
    send_open()
    (sent,) = mail.outbox
    assert "List-Unsubscribe" not in sent.extra_headers
    Client().post(path_of(Choice(cast.bob.pk, "urgent", None)))
    assert rows(cast.bob) == set()
    assert Client().post(path_of(Choice(0, SUMMARY))).status_code == 200


# --- what an account's mails carry ----------------------------------------------------------------------------------
@pytest.fixture
def _telling(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        notices._about, "thing", lambda own: {one.pk: notices.About("Vesi on poikki klo 12", "Lue") for one in own}
    )


@pytest.mark.usefixtures("_telling")
def test_content_is_in_the_mail_only_where_the_account_allows_it(cast: Cast) -> None:
    say("urgent", cast.pankki, [cast.bob], thing="thing", object_id=1)
    send_open()
    Account.objects.filter(pk=cast.pankki.pk).update(content_in_mail=True)
    say("urgent", cast.pankki, [cast.bob], key="b", thing="thing", object_id=1)
    send_open()
    withheld, allowed = mail.outbox
    assert ["klo 12" in text for text in (withheld.body, withheld.alternatives[0][0])] == [False, False]
    assert ["klo 12" in text for text in (allowed.body, allowed.alternatives[0][0])] == [True, True]
    for sent in (withheld, allowed):
        assert sent.subject.endswith(f"Vesikatko · {cast.pankki.name}")
        assert "/notices/" in sent.body


def test_director_allows_it_and_the_ledger_says_so(cast: Cast, client: Client) -> None:
    address = reverse("account_mail", args=[cast.pankki.customer_number])
    sign_in(client, cast.alice)
    for answer, allowed in (("1", True), ("1", True), ("0", False)):
        assert client.post(address, {"content": answer}).status_code == 302
        assert Account.objects.get(pk=cast.pankki.pk).content_in_mail is allowed
    entries = LedgerEntry.objects.filter(event="edited", account=cast.pankki, actor=cast.alice).order_by("pk")
    assert [entry.cause["after"] for entry in entries] == [{"content_in_mail": True}, {"content_in_mail": False}]
    assert sign_in(Client(), cast.bob).post(address, {"content": "1"}).status_code == 404
