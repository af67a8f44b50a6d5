"""How a person has chosen to hear of each topic, everywhere and at single accounts."""

from dataclasses import dataclass

from django.db.models import Q

from accounts.access import seen_accounts
from accounts.models import Account, NotifyChoice, Person, Topic, Way
from accounts.notices import DEFAULT_WAYS, MANDATORY

CHOOSABLE = tuple(topic for topic in Topic if topic not in MANDATORY)

AS_EVERYWHERE = "everywhere"  # in a way's place, at one account


@dataclass(frozen=True)
class AccountWays:
    """An account where some topics come in another way than everywhere."""

    account: Account
    ways: dict[str, str]

    @property
    def words(self) -> list[tuple[str, str]]:
        """Return what is chosen here, topic by topic, in words."""
        return [(str(topic.label), str(Way(self.ways[topic]).label)) for topic in CHOOSABLE if topic in self.ways]


@dataclass(frozen=True)
class Ways:
    """By topic: the way everywhere, and the accounts with ways of their own, of those that the person sees."""

    everywhere: dict[str, str]
    accounts: list[AccountWays]

    def at(self, account: Account) -> dict[str, str]:
        return next((one.ways for one in self.accounts if one.account == account), {})


def ways_of(person: Person) -> Ways:
    """Return how `person` hears of things; one query."""
    seen = Q(account=None) | Q(account__in=seen_accounts(person))
    rows = NotifyChoice.objects.filter(seen, person=person, topic__in=CHOOSABLE).select_related("account")
    everywhere: dict[str, str] = {topic.value: DEFAULT_WAYS[topic].value for topic in CHOOSABLE}
    here: dict[Account, dict[str, str]] = {}
    for row in rows:
        if row.account is None:
            everywhere[row.topic] = row.way
        else:
            here.setdefault(row.account, {})[row.topic] = row.way
    own = [AccountWays(account, ways) for account, ways in here.items()]
    return Ways(everywhere, sorted(own, key=lambda one: (one.account.name_key, one.account.customer_number)))
