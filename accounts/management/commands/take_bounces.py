"""Takes in mail that came back; meant to be called by the mail server, or with folders in which it was kept."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import Error

from accounts.notify.bounces import MOST_BYTES, take_folder, take_report

TRY_AGAIN = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the mail and calls once more


class Command(BaseCommand):
    help = (
        "Read one delivery report (RFC 3464) from standard input, or all new ones of the Maildir folders given: mail"
        " that came back for good is noted at its person, and the directors are told. What is no such report, or"
        " about no mail of ours, changes nothing. Exit status 75 when it has to be tried again, else 0."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="*", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["folder"]:
                taken = sum(take_folder(folder) for folder in options["folder"])
            else:
                taken = take_report(sys.stdin.buffer.read(MOST_BYTES))
        except Error as error:
            self.stderr.write(f"The database can't be reached: {error}")
            raise SystemExit(TRY_AGAIN) from None
        self.stdout.write(f"{taken} came back for good.")
