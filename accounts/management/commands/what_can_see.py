"""`what_can_see EMPLOYEE --on YYYY-MM-DD [--json]`: every account that a person sees on a day, and why."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts.management.arguments import add_day, day_of
from accounts.models import Person
from accounts.queries.explain import because_they, sentence
from accounts.queries.reach import Seen, accounts_seen


class Command(BaseCommand):
    help = "Say which accounts a person sees on a day, and why; those a barrier keeps from them stand apart."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("employee", help="the employee number")
        add_day(parser)
        parser.add_argument("--json", action="store_true", help="machine-readable")

    @translation.override("en")
    def handle(self, *args: Any, **options: Any) -> None:
        day = day_of(options)
        person = Person.objects.filter(employee_number=options["employee"]).first()
        if person is None:
            raise CommandError(f"Nobody has the employee number {options['employee']}.")
        accounts = [_said(seen) for seen in accounts_seen(person, day)]
        blocked = [_said(seen) for seen in accounts_seen(person, day, blocked=True)]
        if options["json"]:
            found = {"employee": person.employee_number, "name": person.name, "on": str(day)}
            self.stdout.write(
                json.dumps({**found, "accounts": accounts, "blocked": blocked}, ensure_ascii=False, indent=2)
            )
            return
        self.stdout.write(f"{person.name} ({person.employee_number}), on {day}: sees {len(accounts)} accounts.")
        self._list(accounts)
        if blocked:
            self.stdout.write(f"A barrier keeps {len(blocked)} from them.")
            self._list(blocked)

    def _list(self, accounts: list[dict[str, Any]]) -> None:
        for account in accounts:
            self.stdout.write(f"{account['account']} {account['name']}: {', '.join(account['kinds'])}")
            for because in account["because"]:
                self.stdout.write(f"    {because}")


def _said(seen: Seen) -> dict[str, Any]:
    return {
        "account": seen.customer_number,
        "name": seen.name,
        "kinds": [kind.value for kind in seen.sight.kinds],
        "because": [sentence(because_they(cause, str)) for cause in seen.sight.causes],
    }
