"""Which accounts a person has, and what the list from A to Ö says about each."""

from django.db.models import QuerySet

from accounts.models import Account, Person


def my_accounts(person: Person | None) -> QuerySet[Account]:
    """Return the accounts that `person` may see today, in Finnish alphabetical order."""
    return Account.objects.visible_to(person)
