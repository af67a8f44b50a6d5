"""The rules of signing in, without a database."""

import datetime as dt
from typing import Any

import pytest

from accounts.models import Person, User
from accounts.signin.rules import Claims, SecondStep, may_sign_in, read_claims, second_step, used_second_step
from accounts.templatetags.signin import device

DAY = dt.date(2026, 11, 24)


@pytest.mark.parametrize(
    ("active", "left_on", "may"),
    [
        (True, None, True),
        (True, DAY + dt.timedelta(1), True),
        (True, DAY, True),  # the last day is a day with the company
        (True, DAY - dt.timedelta(1), False),
        (False, None, False),
    ],
)
def test_login_opens_while_its_person_is_with_the_company(active: bool, left_on: dt.date | None, may: bool) -> None:
    login = User(is_active=active, person=Person(left_on=left_on))
    assert may_sign_in(login, DAY) is may


def test_login_without_a_person_never_opens() -> None:
    assert not may_sign_in(User(is_active=True), DAY)


@pytest.mark.parametrize(
    ("required", "used", "has", "step"),
    [
        (False, False, False, SecondStep.DONE),
        (False, False, True, SecondStep.DONE),
        (True, True, True, SecondStep.DONE),
        (True, False, True, SecondStep.CONFIRM),
        (True, False, False, SecondStep.SET_UP),
    ],
)
def test_second_step(required: bool, used: bool, has: bool, step: SecondStep) -> None:
    assert second_step(required=required, used=used, has=has) is step


def test_only_second_steps_count_as_one() -> None:
    assert not used_second_step([{"method": "password"}, {"method": "code"}, {"method": "socialaccount"}])
    assert used_second_step([{"method": "code"}, {"method": "mfa", "type": "totp"}])


@pytest.mark.parametrize(
    ("data", "claims"),
    [
        ({"userinfo": {"email": " Bob@X.example ", "email_verified": True}}, Claims("", "bob@x.example")),
        ({"userinfo": {"email": "bob@x.example", "email_verified": False}}, Claims("", "")),
        ({"userinfo": {"email": "bob@x.example"}}, Claims("", "")),
        ({"userinfo": {"email": "bob@x.example", "email_verified": "true"}}, Claims("", "")),
        ({"id_token": {"employee_number": 123}, "userinfo": {"sub": "1"}}, Claims("123", "")),
        ({"id_token": {"email": "old@x.example", "email_verified": True}}, Claims("", "old@x.example")),
        ({"email": "bob@x.example", "email_verified": True}, Claims("", "bob@x.example")),
        ({}, Claims("", "")),
    ],
)
def test_claims(data: dict[str, Any], claims: Claims) -> None:
    assert read_claims(data) == claims


@pytest.mark.parametrize(
    ("says", "words"),
    [
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/120.0 Mobile Safari/537.36", "Chrome, Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/120.0 Safari/537.36 Edg/120.0", "Edge, Windows"),
        ("curl/8.1<script>", "curl/8.1script"),
    ],
)
def test_device_in_words(says: str, words: str) -> None:
    assert device(says) == words
