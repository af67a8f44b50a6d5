"""`who_can_see ACCOUNT --on YYYY-MM-DD [--json]`: everybody who sees an account on a day, and why."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from accounts.management.arguments import add_day, day_of
from accounts.models import Account
from accounts.queries.explain import because_they, sentence
from accounts.queries.reach import Seer, people_seeing


class Command(BaseCommand):
    help = "Say who sees an account on a day, and why; whoever a barrier keeps out stands apart."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help="the customer number")
        add_day(parser)
        parser.add_argument("--json", action="store_true", help="machine-readable")

    @translation.override("en")
    def handle(self, *args: Any, **options: Any) -> None:
        day = day_of(options)
        account = Account.objects.filter(customer_number=options["account"]).first()
        if account is None:
            raise CommandError(f"No account has the customer number {options['account']}.")
        people = [_said(seer) for seer in people_seeing(account, day)]
        blocked = [_said(seer) for seer in people_seeing(account, day, blocked=True)]
        if options["json"]:
            found = {"account": account.customer_number, "on": str(day), "people": people, "blocked": blocked}
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"{account.name} ({account.customer_number}), on {day}: {len(people)} people see it.")
        self._list(people)
        if blocked:
            self.stdout.write(f"A barrier keeps {len(blocked)} out.")
            self._list(blocked)

    def _list(self, people: list[dict[str, Any]]) -> None:
        for person in people:
            self.stdout.write(f"{person['employee']} {person['name']}: {', '.join(person['kinds'])}")
            for because in person["because"]:
                self.stdout.write(f"    {because}")


def _said(seer: Seer) -> dict[str, Any]:
    return {
        "employee": seer.employee_number,
        "name": seer.name,
        "kinds": [kind.value for kind in seer.sight.kinds],
        "because": [sentence(because_they(cause, str)) for cause in seer.sight.causes],
    }
