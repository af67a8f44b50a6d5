"""`manage.py reindex`: stores anew how everything is found, while people work."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Account
from kam.gather import from_apps


class Command(BaseCommand):
    help = "Store anew how everything in the channels is found, of all accounts or of one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--account", metavar="NUMBER", help="this account alone, by its customer number")

    def handle(self, *args: Any, account: str | None, **options: Any) -> None:
        accounts = Account.objects.order_by("pk")
        if account is not None:
            accounts = accounts.filter(customer_number=account)
            if not accounts.exists():
                raise CommandError(f"No account has the customer number {account}.")
        things = sum(
            store(account_id)
            for account_id in accounts.values_list("pk", flat=True)
            for store in from_apps("search", "reindex")
        )
        self.stdout.write(f"{things} things may be found.")
