"""The command that names the first administrator."""

import io

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from accounts.models import LedgerEntry, Person
from accounts.signin.logins import login_for_email

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("name_administrator", *arguments, stdout=out)
    return out.getvalue()


def test_unknown_person_is_made_and_can_activate_a_login() -> None:
    run("0000001", "First@YritysX.example", "--first-name", "Eka", "--last-name", "Valvoja")
    person = Person.objects.get()
    assert (person.employee_number, person.email, person.name) == ("0000001", "first@yritysx.example", "Eka Valvoja")
    assert person.is_administrator
    assert login_for_email("first@yritysx.example") is not None


def test_known_person_is_named_once_and_removed_again(bob: Person) -> None:
    assert "now administrator" in run(bob.employee_number, bob.email)
    assert "already administrator" in run(bob.employee_number, bob.email)
    assert "now no administrator" in run(bob.employee_number, bob.email, "--remove")
    bob.refresh_from_db()
    assert not bob.is_administrator
    causes = LedgerEntry.objects.filter(event="edited", person=bob).order_by("id").values_list("cause", flat=True)
    assert [cause["changed"] for cause in causes] == [{"is_administrator": True}, {"is_administrator": False}]


@pytest.mark.parametrize(
    ("number", "email", "says"),
    [
        ("bob", "other@yritysx.example", "has the address bob@yritysx.example"),
        ("0000009", "bob@yritysx.example", "belongs to Bob Esimies"),
        ("0000009", "not an address", "is not an e-mail address"),
    ],
)
def test_number_and_address_must_fit(bob: Person, number: str, email: str, says: str) -> None:
    with pytest.raises(CommandError, match=says):
        run(bob.employee_number if number == "bob" else number, email)
    assert not Person.objects.filter(is_administrator=True).exists()


def test_nobody_unknown_is_removed() -> None:
    with pytest.raises(CommandError, match="Nobody has"):
        run("0000009", "x@yritysx.example", "--remove")
    assert not Person.objects.exists()


def test_missing_address_is_filled_in() -> None:
    Person.objects.create(employee_number="0000005", last_name="Tyhjä")
    run("0000005", "tyhja@yritysx.example")
    assert Person.objects.get().email == "tyhja@yritysx.example"
