"""`access_export --on YYYY-MM-DD`: every grant in force on a day, as CSV."""

import csv
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from accounts.management.arguments import add_day, day_of
from accounts.queries.explain import because_they, sentence
from accounts.queries.reach import ExportedGrant, exported_grants

COLUMNS = ("account", "employee", "kind", "blocked", "starts", "ends", "because")


class Command(BaseCommand):
    help = (
        "Write every access grant in force on a day as CSV: one line for each account, person and kind, sorted. "
        "`starts` is empty when it always ran, `ends` until further notice."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_day(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(COLUMNS)
        with translation.override("en"):
            writer.writerows(_line(grant) for grant in exported_grants(day_of(options)))


def _line(grant: ExportedGrant) -> tuple[object, ...]:
    return (
        grant.account,
        grant.employee,
        grant.kind,
        int(grant.blocked),
        grant.starts or "",
        grant.ends or "",
        sentence(because_they(grant.cause, str)),
    )
