"""Imports a file of accounts; see docs/operations.md."""

from accounts.management.importing import ImportCommand
from accounts.models import RosterImport


class Command(ImportCommand):
    help = "Import a file of accounts through the import pipeline."
    kind = RosterImport.Kind.ACCOUNTS
