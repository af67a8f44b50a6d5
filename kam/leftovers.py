"""What people left behind at an account, gathered from all apps, for those who have to see to it."""

from accounts.access import Action, Extent, Standing
from accounts.leftovers import Leftover
from accounts.models import Account, Person
from accounts.queries.people import below
from kam.gather import from_apps


def leftovers_for(person: Person, account: Account) -> list[Leftover]:
    """Return what `person` has to see taken over: all for the director, else what their own people left behind.

    `account` comes from `account_for`, which sets the standing.
    """
    found = [leftover for left_by in from_apps("leftovers", "left_by") for leftover in left_by(account)]
    own = people_to_follow(person, account.standing)
    kept = found if own is None else [each for each in found if each.person_id in own]
    return sorted(kept, key=lambda each: each.since)


def people_to_follow(person: Person, standing: Standing) -> set[int] | None:
    """Return whose coming and going concerns `person`: None is everybody, a superior has their own people."""
    extent = standing.extent(Action.SEE_REACH)
    if extent is Extent.ALL:
        return None
    return below(person) if extent is Extent.OWN_PEOPLE else set()
