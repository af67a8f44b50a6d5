"""Imports what lies in the pick-up folder; meant to be run by a scheduler."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone

from accounts.management.arguments import read_day
from accounts.management.importing import APPLIED, exit_status, exported_day, summary
from accounts.models import RosterImport, RosterSource
from accounts.notify import tell_administrators
from accounts.roster import pipeline
from accounts.roster.mails import IMPORT_STOPPED

# A day in the file's name is the day of its export: kohdevastuut-2026-11-16.csv.
NAMED_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})")


class Command(BaseCommand):
    help = (
        "Import every file of FOLDER, oldest name first. An applied file moves to FOLDER/done, any other to"
        " FOLDER/failed, each with its report; what the guard stops waits on the imports page and the administrators"
        " are told. Exit status 0 when all were applied, else the worst of theirs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--source", default="")
        parser.add_argument("--scope", choices=RosterSource.Scope.values, default=RosterSource.Scope.COMPANY)
        parser.add_argument("--date", help="the export's day; else the day in the name, else today")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder.", returncode=1)
        options["date"] = exported_day(options)
        statuses = [self._import(file, options) for file in sorted(folder.iterdir()) if _is_ready(file)]
        if not statuses:
            self.stdout.write(f"Nothing to pick up in {folder}.")
        if any(statuses):
            raise SystemExit(max(statuses))

    def _import(self, file: Path, options: dict[str, Any]) -> int:
        named = NAMED_DAY.search(file.name)
        with file.open("rb") as content:
            roster_import = pipeline.receive(
                kind=None,
                content=content,
                file_name=file.name,
                exported_on=options["date"] or (read_day(named[1]) if named else None),
                source_name=options["source"],
                scope=options["scope"],
                actor=None,
                background=False,
            )
        pipeline.import_now(roster_import, progress=lambda stage, done, total: None)
        roster_import.refresh_from_db()
        status = exit_status(roster_import)
        aside = file.parent / ("done" if status == APPLIED else "failed")
        aside.mkdir(exist_ok=True)
        target = aside / f"{timezone.localtime():%Y%m%dT%H%M%S}-{file.name}"
        shutil.move(file, target)
        report = json.dumps(summary(roster_import), ensure_ascii=False, indent=1)
        target.with_name(target.name + ".report.json").write_text(report, encoding="utf-8")
        if status != APPLIED:
            tell_administrators(f"import_stopped:{roster_import.pk}", IMPORT_STOPPED, {"import": roster_import.pk})
        self.stdout.write(f"{file.name}: {RosterImport.State(roster_import.state).label}")
        return status


def _is_ready(file: Path) -> bool:
    return file.is_file() and not file.name.startswith(".") and not file.name.endswith((".part", ".tmp"))
