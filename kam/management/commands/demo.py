"""Builds the demo company and says who there is to sign in as."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from kam.demo import cast
from kam.demo_company import build


class Command(BaseCommand):
    help = "Build the demo company (once) and print the people to sign in as. Only where DEMO is on."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo is off here: it opens every account to anybody. Set DEMO=1 to have it.")
        build(self.stdout.write)
        self.stdout.write("\nSign in with one click as:")
        for person in cast():
            self.stdout.write(f"  {person.role_label:<34} {person.name:<26} {person.hint}")
