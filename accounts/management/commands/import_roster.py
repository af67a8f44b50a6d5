"""Imports a file of who answers for which site; see docs/operations.md."""

from accounts.management.importing import ImportCommand
from accounts.models import RosterImport


class Command(ImportCommand):
    help = "Import a file of who answers for which site through the import pipeline."
    kind = RosterImport.Kind.ROSTER
