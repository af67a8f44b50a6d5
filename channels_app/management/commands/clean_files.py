from typing import Any

from django.core.management.base import BaseCommand

from channels_app.actions.clean_files import clean_files


class Command(BaseCommand):
    help = (
        "Throws away files of drafts that were given up a week ago and stored contents that no file has named for a "
        "day; says which files have lost their content. Beat does it every night. Exit status 1: contents are missing."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        cleaned = clean_files()
        self.stdout.write(f"{cleaned.files} abandoned files and {cleaned.contents} nameless contents thrown away.")
        if cleaned.missing:
            numbers = ", ".join(map(str, cleaned.missing))
            self.stderr.write(f"Contents missing from the store, of these versions: {numbers}")
            raise SystemExit(1)
