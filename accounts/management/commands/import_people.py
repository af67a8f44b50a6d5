"""Imports a file of people; see docs/operations.md."""

from accounts.management.importing import ImportCommand
from accounts.models import RosterImport


class Command(ImportCommand):
    help = "Import a file of people through the import pipeline."
    kind = RosterImport.Kind.PEOPLE
