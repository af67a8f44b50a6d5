"""Undoes the latest applied roster import."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser, no_translations

from accounts.roster import pipeline


class Command(BaseCommand):
    help = "Bring back the assignments as they were before the latest roster import; the ledger keeps both."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="report as JSON")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        undoing = pipeline.undo(actor=None)
        if options["json"]:
            undone = undoing and {"undone": undoing.undoes_id, "file": undoing.file_name, "figures": undoing.figures}
            self.stdout.write(json.dumps(undone or {"undone": None}, ensure_ascii=False))
        elif undoing:
            changed = undoing.figures["grants_changed"]
            self.stdout.write(f"{undoing.file_name} of {undoing.exported_on} is undone: {changed} grants changed.")
        else:
            self.stdout.write("There is no applied roster import to undo.")
