"""Signing in with a code by mail, and activating a login that way."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.db import connection
from django.test import Client

from accounts.models import Person, User
from accounts.signin.logins import login_for_email, shut_logins
from tests.accounts.signin.conftest import ask_for_code, code_in, sign_in_by_code, signed_in_as
from tests.conftest import Mailbox


def test_known_person_activates_their_login_with_a_code_by_real_mail(
    client: Client, bob: Person, smtp: Mailbox
) -> None:
    assert not User.objects.exists()
    answer = ask_for_code(client, "Bob@YritysX.example")
    assert answer.url == "/login/code/confirm/"
    assert len(smtp.messages) == 1
    envelope = smtp.messages[0]
    assert envelope.rcpt_tos == [bob.email]
    text = envelope.content.decode()
    assert text.count("Content-Type: text/") == 2  # text and HTML
    assert signed_in_as(client) is None
    answer = client.post("/login/code/confirm/", {"code": code_in(text.replace("\r\n", "\n"))})
    assert answer.status_code == 302
    assert signed_in_as(client) == str(bob.login.pk)
    assert EmailAddress.objects.get().verified


def test_unknown_address_gets_the_same_page_and_a_mail_that_says_so(client: Client, bob: Person) -> None:
    pages = []
    for email in (bob.email, "nobody@yritysx.example"):
        browser = Client()
        answer = ask_for_code(browser, email)
        page = browser.get(answer.url)
        pages.append((answer.status_code, answer.url, page.content.decode().replace(email, "")))
    strip = [page.split("<main")[1].split("csrfmiddlewaretoken")[0] for *_rest, page in pages]
    assert pages[0][:2] == pages[1][:2]
    assert strip[0] == strip[1]
    assert [message.to for message in mail.outbox] == [[bob.email], ["nobody@yritysx.example"]]
    assert "Sillä ei ole tunnusta." in mail.outbox[1].body
    assert User.objects.count() == 1


def test_shut_login_and_left_person_are_as_unknown(client: Client, bob: Person) -> None:
    login_for_email(bob.email)
    shut_logins([bob.pk])
    ask_for_code(client, bob.email)
    assert "Sillä ei ole tunnusta." in mail.outbox[-1].body


def test_three_wrong_codes_end_the_attempt(client: Client, bob: Person) -> None:
    ask_for_code(client, bob.email)
    right = code_in(str(mail.outbox[-1].body))
    answers = [client.post("/login/code/confirm/", {"code": "WRONG"}) for _number in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 302]
    client.post("/login/code/confirm/", {"code": right})
    assert signed_in_as(client) is None


def test_code_works_in_the_browser_that_asked_alone(client: Client, bob: Person) -> None:
    ask_for_code(client, bob.email)
    thief = Client()
    thief.post("/login/code/confirm/", {"code": code_in(str(mail.outbox[-1].body))})
    assert signed_in_as(thief) is None


def test_new_code_replaces_the_first(client: Client, bob: Person) -> None:
    ask_for_code(client, bob.email)
    client.post("/login/code/confirm/", {"action": "resend"})
    first, second = (code_in(str(message.body)) for message in mail.outbox)
    assert first != second
    assert client.post("/login/code/confirm/", {"code": first}).status_code == 200
    client.post("/login/code/confirm/", {"code": second})
    assert signed_in_as(client) == str(bob.login.pk)


def test_too_many_codes_for_one_address_are_refused(client: Client, bob: Person) -> None:
    answers = [ask_for_code(Client(), bob.email) for _number in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 200]
    assert "Too many attempts" in answers[3].content.decode() or "Liian monta" in answers[3].content.decode()
    assert len(mail.outbox) == 3


@pytest.mark.django_db(transaction=True)
def test_limit_holds_over_all_processes_at_once(bob: Person) -> None:
    """The counts are shared: ten connections asking in the same moment get three codes between them."""

    def ask(_number: int) -> int:
        try:
            return ask_for_code(Client(), bob.email).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(ask, range(10)))
    assert answers.count(302) == len(mail.outbox) <= 3
    assert User.objects.count() == 1


def test_left_between_asking_and_typing_is_refused(client: Client, bob: Person) -> None:
    ask_for_code(client, bob.email)
    Person.objects.update(left_on="2026-01-01")
    answer = client.post("/login/code/confirm/", {"code": code_in(str(mail.outbox[-1].body))})
    assert answer.url == "/login/shut/"
    assert client.get("/login/shut/").status_code == 200
    assert signed_in_as(client) is None


def test_goes_where_one_wanted_to_go_but_never_elsewhere(client: Client, bob: Person) -> None:
    for wanted, reached in (("/preferences/?a=1", "/preferences/?a=1"), ("https://evil.example/", "/")):
        browser = Client()
        browser.post("/login/code/", {"email": bob.email, "next": wanted})
        code = code_in(str(mail.outbox[-1].body))
        answer = browser.post("/login/code/confirm/", {"code": code, "next": wanted})
        assert answer.url == reached


@pytest.mark.parametrize(("own", "browser", "subject"), [("fi", "en", "FI"), ("en", "fi", "EN"), ("", "en", "EN")])
def test_mail_is_in_the_language_that_its_reader_chose(
    client: Client, bob: Person, own: str, browser: str, subject: str
) -> None:
    login_for_email(bob.email)
    User.objects.update(language=own)
    client.post("/login/code/", {"email": bob.email}, headers={"accept-language": browser})
    html = str(mail.outbox[-1].alternatives[0][0])
    assert f'<html lang="{subject.lower()}">' in html


def test_one_field_leads_to_code_or_password(client: Client, bob: Person) -> None:
    page = client.get("/login/").content.decode()
    assert page.count('type="email"') == 1
    assert 'type="password"' not in page
    page = client.post("/login/", {"email": bob.email}).content.decode()
    assert 'type="password"' in page
    assert f'value="{bob.email}"' in page


def test_nobody_signs_up_or_changes_their_address(client: Client, bob: Person) -> None:
    assert client.get("/login/signup/").url == "/login/"
    client.post("/login/signup/", {"email": "new@x.example", "password1": "correct horse battery"})
    assert not User.objects.filter(email="new@x.example").exists()
    sign_in_by_code(client, bob)
    assert client.get("/login/address/").url == "/me/"
    client.post("/login/address/", {"email": "new@x.example", "action_add": ""})
    assert set(EmailAddress.objects.values_list("email", flat=True)) == {bob.email}
