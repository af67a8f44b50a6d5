"""Names an administrator from the command line: the first one, before anybody can do it in the browser."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone

from accounts.models import LedgerEntry, Person


class Command(BaseCommand):
    help = (
        "Names somebody administrator, or takes it away with --remove. Somebody not known so far is made from the "
        "employee number and e-mail given. They sign in with that address and set up a second step."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("employee_number")
        parser.add_argument("email", help="work e-mail address; the one on record for somebody known")
        parser.add_argument("--first-name", default="", help="for somebody not known so far")
        parser.add_argument("--last-name", default="", help="likewise; the e-mail address when left out")
        parser.add_argument("--remove", action="store_true", help="is no administrator from now on")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"{email} is not an e-mail address.") from error
        with transaction.atomic():
            person = self._person(options["employee_number"].strip(), email, options)
            changed = name_administrator(person, is_administrator=not options["remove"])
        state = "no administrator" if options["remove"] else "administrator"
        self.stdout.write(f"{person.name} ({person.employee_number}) is {'now ' if changed else 'already '}{state}.")

    def _person(self, number: str, email: str, options: dict[str, Any]) -> Person:
        """Return the person with this number and address, made if unknown; refuse when the two don't fit together."""
        bearer = Person.objects.filter(email=email).exclude(employee_number=number).first()
        if bearer is not None:
            raise CommandError(f"{email} belongs to {bearer.name} ({bearer.employee_number}).")
        person = Person.objects.select_for_update(no_key=True).filter(employee_number=number).first()
        if person is None and not options["remove"]:
            names = {"first_name": options["first_name"], "last_name": options["last_name"] or email}
            return Person.objects.create(employee_number=number, email=email, **names)
        if person is None:
            raise CommandError(f"Nobody has the employee number {number}.")
        if person.email not in ("", email):
            raise CommandError(f"{person.name} ({number}) has the address {person.email}, not {email}.")
        if not person.email and not options["remove"]:
            person.email = email
            person.save(update_fields=["email"])
        return person


def name_administrator(person: Person, *, is_administrator: bool) -> bool:
    """Make the person an administrator or none, with a line in the ledger; say whether that changed anything."""
    if person.is_administrator == is_administrator:
        return False
    person.is_administrator = is_administrator
    person.save(update_fields=["is_administrator"])
    cause = {"changed": {"is_administrator": is_administrator}, "by": "name_administrator"}
    LedgerEntry.objects.create(at=timezone.now(), event=LedgerEntry.Event.EDITED, person=person, cause=cause)
    return True
