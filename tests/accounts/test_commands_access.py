"""The three commands that tell who sees what: their exact output, their refusals, and that they agree."""

import csv
import datetime as dt
import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.derivation import derive_access
from accounts.models import AccessGrant, Account
from tests.cast import (
    LONG_AGO,
    ONE_DAY,
    Cast,
    assign,
    invite,
    make_account,
    make_person,
    make_site,
    stand_in,
)

pytestmark = pytest.mark.django_db
DAY = dt.date(2026, 3, 3)


def run(*args: str) -> str:
    out = io.StringIO()
    call_command(*args, stdout=out)
    return out.getvalue()


def exported(day: dt.date) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(run("access_export", "--on", str(day)))))


def test_access_export_has_a_line_for_each_account_person_and_kind(cast: Cast) -> None:
    lines = exported(cast.day)
    assert list(lines[0]) == ["account", "employee", "kind", "blocked", "starts", "ends", "because"]
    running = AccessGrant.objects.filter(starts__lte=cast.day, ends__gte=cast.day)
    expected = set(running.values_list("account__customer_number", "person__employee_number", "kind"))
    keys = [(line["account"], line["employee"], line["kind"]) for line in lines]
    assert set(keys) == expected
    assert keys == sorted(expected)


def test_access_export_tells_days_block_and_cause(cast: Cast) -> None:
    lines = {(line["account"], line["employee"], line["kind"]): line for line in exported(cast.day)}
    moved_on = cast.day - 10 * ONE_DAY
    assert lines[cast.pankki.customer_number, cast.bob.employee_number, "responsible"] == {
        "account": cast.pankki.customer_number,
        "employee": cast.bob.employee_number,
        "kind": "responsible",
        "blocked": "0",
        "starts": str(moved_on),
        "ends": "",
        "because": f"Answers as supervisor for the site Keskustan konttori (since {moved_on})",
    }
    blocked = lines[cast.pankki.customer_number, cast.eero.employee_number, "responsible"]
    assert blocked["blocked"] == "1"
    management = lines[cast.koulut.customer_number, cast.greta.employee_number, "management"]
    assert (management["starts"], management["ends"], management["because"]) == (
        "",
        "",
        "Is a member of the management group",
    )


def test_access_export_folds_causes_that_follow_each_other_into_one_run() -> None:
    account, person = make_account(), make_person()
    first, second, later = (make_site(account, name) for name in ("Eka", "Toka", "Kolmas"))
    assign(person, first, first=DAY - 10 * ONE_DAY, last=DAY - ONE_DAY)
    assign(person, second, first=DAY, last=DAY + 10 * ONE_DAY)
    assign(person, later, first=DAY + 12 * ONE_DAY)
    derive_access()
    (line,) = exported(DAY)
    assert (line["starts"], line["ends"]) == (str(DAY - 10 * ONE_DAY), str(DAY + 10 * ONE_DAY))
    assert line["because"].startswith("Answers as supervisor for the site Toka (from 2026-03-03 to 2026-03-13")
    assert exported(DAY + 11 * ONE_DAY) == []


def test_access_export_lets_the_free_substitution_speak_before_the_blocked_one(cast: Cast) -> None:
    stand_in(cast.stina, cast.eero, first=cast.day - 3 * ONE_DAY, last=cast.day + 50 * ONE_DAY)
    derive_access()
    lines = [line for line in exported(cast.day) if line["employee"] == cast.stina.employee_number]
    by_account = {line["account"]: (line["kind"], line["blocked"]) for line in lines}
    assert by_account[cast.vakuutus.customer_number] == ("substitute", "0")
    assert by_account[cast.pankki.customer_number] == ("substitute", "1")


def test_access_export_of_a_day_without_grants_is_the_heading_alone() -> None:
    assert run("access_export", "--on", "2020-01-01") == "account,employee,kind,blocked,starts,ends,because\n"


def who(account: Account, *args: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("who_can_see", account.customer_number, "--json", *args))
    return found


def test_who_can_see_names_everybody_with_kinds_and_reasons(cast: Cast) -> None:
    found = who(cast.pankki)
    assert (found["account"], found["on"]) == (cast.pankki.customer_number, str(cast.day))
    people = {person["employee"]: person for person in found["people"]}
    expected = {"alice", "aaro", "bob", "ines", "matti", "arja", "saara", "greta", "tuula", "stina"}
    assert set(people) == {getattr(cast, name).employee_number for name in expected}
    bob = people[cast.bob.employee_number]
    assert (bob["name"], bob["kinds"]) == ("Bob Backman", ["responsible", "superior"])
    assert [person["employee"] for person in found["blocked"]] == [cast.eero.employee_number]


def test_who_can_see_asks_about_the_day_given(cast: Cast) -> None:
    yesterday = who(cast.pankki, "--on", str(cast.day - ONE_DAY))
    employees = {person["employee"] for person in yesterday["people"]}
    assert {cast.yrjo.employee_number, cast.leena.employee_number} <= employees


def test_what_can_see_names_the_accounts_with_kinds_and_reasons(cast: Cast) -> None:
    found = json.loads(run("what_can_see", cast.saara.employee_number, "--json"))
    assert (found["employee"], found["name"]) == (cast.saara.employee_number, "Saara Salo")
    assert [account["name"] for account in found["accounts"]] == ["Pankki Oyj", "Piilo Oy"]
    assert found["accounts"][1]["because"] == [
        f"Works in sales in the area Uusimaa, where the account has the site Varasto (since {LONG_AGO})"
    ]
    assert found["blocked"] == []


def test_what_can_see_keeps_what_a_barrier_blocks_apart(cast: Cast) -> None:
    found = json.loads(run("what_can_see", cast.eero.employee_number, "--json"))
    assert [account["name"] for account in found["accounts"]] == ["Vakuutus Oyj"]
    assert [account["name"] for account in found["blocked"]] == ["Pankki Oyj"]


def test_commands_write_for_people_without_json(cast: Cast) -> None:
    text = run("who_can_see", cast.vakuutus.customer_number)
    assert f"Vakuutus Oyj ({cast.vakuutus.customer_number}), on {cast.day}: 3 people see it." in text
    assert f"{cast.ville.employee_number} Ville Väisänen: director" in text
    text = run("what_can_see", cast.eero.employee_number)
    assert "sees 1 accounts" in text
    assert "A barrier keeps 1 from them." in text


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (("who_can_see", "999999"), "No account has the customer number 999999."),
        (("what_can_see", "9999999"), "Nobody has the employee number 9999999."),
        (("access_export", "--on", "3.3.2026"), "'3.3.2026' is not a day"),
        (("access_export", "--on", "20260303"), "'20260303' is not a day"),
    ],
)
def test_commands_refuse_what_does_not_exist(command: tuple[str, ...], message: str) -> None:
    with pytest.raises(CommandError, match=message):
        run(*command)


def test_export_and_who_can_see_agree_on_each_account(cast: Cast) -> None:
    free = {(line["account"], line["employee"]) for line in exported(cast.day) if line["blocked"] == "0"}
    told = {
        (account.customer_number, person["employee"])
        for account in (cast.pankki, cast.vakuutus, cast.koulut, cast.piilo)
        for person in who(account)["people"]
    }
    assert free == told


def test_export_tells_an_invitation_by_its_inviter() -> None:
    account, person = make_account(), make_person()
    invite(person, account, first=DAY, last=DAY, by=make_person("Kerttu", "Koskinen"))
    derive_access()
    (line,) = exported(DAY)
    assert line["because"] == "Was invited by Kerttu Koskinen: trains the team (from 2026-03-03 to 2026-03-03)"
