"""The order of locks in a channel: the account's row first, then what is written."""

from django.db import connection


def hold_limits(account_id: int) -> None:
    """Keep the limits of an account's sections as they are until the caller's transaction ends.

    Whoever writes a page, file or task calls it first, before locking any of those: changing a section's limit locks
    in this order too, so that the two wait for each other and never both at once. Writers do not wait for writers.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM accounts_account WHERE id = %s FOR KEY SHARE", [account_id])
