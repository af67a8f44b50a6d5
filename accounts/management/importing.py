"""What the import commands share: their options, their report and their exit statuses."""

import datetime as dt
import json
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations

from accounts.management.arguments import read_day
from accounts.models import ImportProblem, RosterImport, RosterSource
from accounts.roster import pipeline
from accounts.roster.problems import problem_text

State = RosterImport.State
APPLIED, UNUSABLE, REFUSED = 0, 1, 2


class ImportCommand(BaseCommand):
    """Imports one file of `kind`.

    Exit status: 0 applied, forecast shown or nothing to do; 1 unreadable or faulty beyond use; 2 stopped by the guard.
    """

    kind: str

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--date", help="the day of the export (YYYY-MM-DD); today unless given")
        parser.add_argument("--source", default="", help="the name of the system the file comes from")
        parser.add_argument("--scope", choices=RosterSource.Scope.values, default=RosterSource.Scope.COMPANY)
        parser.add_argument("--forecast", action="store_true", help="say what would change and change nothing")
        parser.add_argument("--yes", action="store_true", help="apply even when the guard would ask")
        parser.add_argument("--create-accounts", action="store_true", help="create accounts for unknown customers")
        parser.add_argument("--json", action="store_true", help="report as JSON")

    @no_translations
    def handle(self, *args: Any, **options: Any) -> None:
        exported_on = exported_day(options)
        try:
            file = options["file"].open("rb")
        except OSError as problem:
            raise CommandError(f"{options['file']} can't be opened: {problem.strerror}.", returncode=UNUSABLE) from None
        with file:
            roster_import = pipeline.receive(
                kind=self.kind,
                content=file,
                file_name=options["file"].name,
                exported_on=exported_on,
                source_name=options["source"],
                scope=options["scope"],
                actor=None,
                background=False,
            )
        _carry_out(roster_import, options)
        if options["create_accounts"]:
            self._create_unknown(roster_import, options)
        report(self, roster_import, as_json=options["json"])
        if options["forecast"]:
            pipeline.discard(roster_import, actor=None)
        status = exit_status(roster_import, forecast=options["forecast"])
        if status:
            raise SystemExit(status)

    def _create_unknown(self, roster_import: RosterImport, options: dict[str, Any]) -> None:
        unknown = [line.data["customer_number"] for line in roster_import.lines.filter(section="unknown_customers")]
        if not unknown:
            return
        roster_import.create_accounts, roster_import.state = unknown, State.UPLOADED
        roster_import.save(update_fields=["create_accounts", "state"])
        _carry_out(roster_import, options)


def exported_day(options: dict[str, Any]) -> dt.date | None:
    """Return the day given by `--date`, if any; CommandError with the status of what can't be used for anything else.

    The parser would refuse it with status 2, which tells a script that the guard stopped the file.
    """
    given = options["date"]
    try:
        return read_day(given) if isinstance(given, str) else given
    except ArgumentTypeError as problem:
        raise CommandError(str(problem), returncode=UNUSABLE) from None


def _carry_out(roster_import: RosterImport, options: dict[str, Any]) -> None:
    """Read the file and apply it, or only make its forecast; then say in `roster_import` how it stands."""
    if options["forecast"]:
        pipeline.read(roster_import, _quiet)
    else:
        pipeline.import_now(roster_import, past_guard=options["yes"], progress=_quiet)
    roster_import.refresh_from_db()


def _quiet(stage: str, done: int, total: int) -> None:
    """Report progress to nobody: the command's report comes at the end."""


def exit_status(roster_import: RosterImport, *, forecast: bool = False) -> int:
    """Return the exit status that tells a script how the import ended."""
    if roster_import.state == State.FAILED:
        return UNUSABLE
    if roster_import.state == State.FORECAST and not forecast:
        return REFUSED
    return APPLIED


def summary(roster_import: RosterImport) -> dict[str, Any]:
    """Return the import as plain data: stable keys, for `--json` and for the report beside a picked-up file."""
    problems = ImportProblem.objects.filter(roster_import=roster_import)
    result: dict[str, Any] = {
        "import": roster_import.pk,
        "kind": roster_import.kind,
        "file": roster_import.file_name,
        "date": str(roster_import.exported_on),
        "state": roster_import.state,
        "rows": roster_import.rows_read,
        "rows_with_errors": roster_import.rows_bad,
        "figures": roster_import.figures,
        "guard": roster_import.guard,
        "error": problem_text(roster_import.error_code, roster_import.error_params) if roster_import.error_code else "",
        "problems": [
            {
                "row": p.row,
                "column": p.column,
                "value": p.value,
                "severity": p.severity,
                "code": p.code,
                "text": problem_text(p.code, p.params),
            }
            for p in problems[:1000]
        ],
    }
    result["changes"] = [
        {
            "section": line.section,
            "account": line.account_number,
            "employee": line.employee_number,
            "person": line.person_name,
            "site": line.site_number,
            "day": line.day and str(line.day),
            "row": line.row,
            "data": line.data,
        }
        for line in roster_import.lines.iterator()
    ]
    return result


def report(command: BaseCommand, roster_import: RosterImport, *, as_json: bool) -> None:
    """Write how the import stands, for a person or as one JSON object."""
    facts = summary(roster_import)
    if as_json:
        command.stdout.write(json.dumps(facts, ensure_ascii=False, indent=1))
        return
    write = command.stdout.write
    write(f"{facts['file']} of {facts['date']}: {roster_import.get_state_display()}")
    if facts["error"]:
        command.stderr.write(facts["error"])
        return
    write(f"{facts['rows']} rows read, {facts['rows_with_errors']} with errors")
    for problem in facts["problems"][:20]:
        write(f"  row {problem['row']}, {problem['column']} {problem['value']!r}: {problem['text']}")
    for name, count in sorted(facts["figures"].items()):
        if count:
            write(f"  {name.replace('_', ' ')}: {count}")
    if roster_import.state == State.FORECAST and facts["guard"]:
        command.stderr.write(
            f"Stopped by the guard ({', '.join(facts['guard'])}): {facts['figures'].get('access_lost', 0)} people would"
            " lose access. Look at the forecast; repeat with --yes when it is right."
        )
