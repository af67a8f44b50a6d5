"""What people left behind at an account, gathered from all apps, for those who have to see to it."""

from collections import defaultdict
from collections.abc import Collection

from accounts.access import Action, Extent, Standing
from accounts.leftovers import Leftover
from accounts.models import Account, Person
from accounts.queries.people import below
from kam.gather import from_apps


def leftovers_at(accounts: Collection[Account]) -> dict[int, list[Leftover]]:
    """Return what was left behind by account id, the longest first; without the accounts where nothing was."""
    if not accounts:
        return {}
    found = [leftover for left_by in from_apps("leftovers", "left_by") for leftover in left_by(accounts)]
    grouped: dict[int, list[Leftover]] = defaultdict(list)
    for leftover in sorted(found, key=lambda each: each.since):
        grouped[leftover.account_id].append(leftover)
    return dict(grouped)


def leftovers_for(person: Person, account: Account) -> list[Leftover]:
    """Return what `person` has to see taken over: all for the director, else what their own people left behind.

    `account` comes from `account_for`, which sets the standing.
    """
    left = leftovers_at([account]).get(account.pk, [])
    found = [each for each in left if account.standing.within(each.audience)]
    own = people_to_follow(person, account.standing)
    return found if own is None else [each for each in found if each.person_id in own]


def people_to_follow(person: Person, standing: Standing) -> set[int] | None:
    """Return whose coming and going concerns `person`: None is everybody, a superior has their own people."""
    extent = standing.extent(Action.SEE_REACH)
    if extent is Extent.ALL:
        return None
    return below(person) if extent is Extent.OWN_PEOPLE else set()
