"""Who does what at an account of the demo, and the facts that its texts name."""

import random
import unicodedata
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import F, Min

from accounts.access import running
from accounts.models import AccessGrant, Account, Contract, Directorship, Kind, Person, Placement, Role, TitleRole
from kam.demo_texts import numbers
from kam.lib.dates import first_day, last_day, today

MOST_AREAS_NAMED = 4
FIRST_NAMES = """
Anneli Eeva Hanna Heikki Ilkka Jarmo Kaisa Katja Lauri Leena Marko Minna Noora Pekka Riikka Sami
Tarja Tero Tuomas Virpi
""".split()  # noqa: SIM905  words in a row are easier to read
LAST_NAMES = """
Aalto Eskola Hakala Harju Huttunen Jokela Kemppainen Kettunen Lampinen Luoma Mäkelä Nurmi Palonen
Peltola Rantanen Ruuska Saarinen Toivonen Vuorela Ylönen
""".split()  # noqa: SIM905  words in a row are easier to read


@dataclass
class Team:
    """An account's people by role, those who have been there longest first, and what else is known of the account."""

    account: Account
    people: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))
    contracts: list[Contract] = field(default_factory=list)
    areas: list[str] = field(default_factory=list)
    sites: int = 0

    def who(self, name: str) -> Person:
        """Return the person for "director", "supervisor3" (the third), "supervisor0" (who came last), "editor1".

        Where nobody has the role it is the director.
        """
        role = name.rstrip("0123456789")
        place = int(name[len(role) :] or 1) - 1
        people = self.people.get("instructor" if role == "editor" else role) or self.people["director"]
        return people[place % len(people)]

    def facts(self) -> dict[str, str]:
        """Return what the texts name: {account}, {director}, {contract_start} and so on."""
        names = ("director", "deputy", "manager", "area_director")
        facts = {name: self.who(name).name for name in names}
        where = self.areas if len(self.areas) <= MOST_AREAS_NAMED else [f"{len(self.areas)} toiminta-aluetta"]
        facts |= {"account": self.account.name, "sites": f"{self.sites}", "areas": ", ".join(where)}
        if self.contracts:
            facts |= contract_facts(self.contracts[0])
        return facts | contacts(self.account)


def teams(accounts: Collection[Account]) -> dict[int, Team]:
    """Return the team of each of `accounts` by the account's id, without accounts that nobody directs; five queries."""
    found = {account.pk: Team(account) for account in accounts}
    posts = Directorship.objects.filter(account__in=found, period__contains=today()).select_related("person")
    for post in posts:
        found[post.account_id].people[post.post].append(post.person)
    roles = dict(TitleRole.objects.values_list("title", "role"))
    wanted = {Kind.RESPONSIBLE: {Role.SUPERVISOR, Role.INSTRUCTOR}, Kind.SALES: {Role.SALES}}
    wanted[Kind.SUPERIOR] = {Role.MANAGER, Role.AREA_DIRECTOR, Role.BUSINESS_DIRECTOR}
    for account_id, kind, person in _granted(found):
        role = roles.get(person.title.lower(), "")
        if role in wanted[Kind(kind)]:
            found[account_id].people[role].append(person)
    for contract in Contract.objects.filter(account__in=found).order_by("period", "number"):
        found[contract.account_id].contracts.append(contract)
    _count_sites(found)
    return {pk: team for pk, team in found.items() if team.people.get("director")}


def _granted(account_ids: Collection[int]) -> list[tuple[int, str, Person]]:
    """Return account, kind and person of today's grants: who came first stands first."""
    kinds = (Kind.RESPONSIBLE, Kind.SUPERIOR, Kind.SALES)
    grants = AccessGrant.objects.filter(running(), account__in=account_ids, kind__in=kinds)
    rows = grants.values("account_id", "kind", "person_id").annotate(since=Min("starts"), name=F("person__name_key"))
    ordered = list(rows.order_by("since", "name", "person_id"))
    people = Person.objects.in_bulk({row["person_id"] for row in ordered})
    return [(row["account_id"], row["kind"], people[row["person_id"]]) for row in ordered]


def _count_sites(found: dict[int, Team]) -> None:
    placements = Placement.objects.filter(account__in=found, period__contains=today())
    for account_id, area in placements.order_by("area__name_key").values_list("account_id", "area__name"):
        team = found[account_id]
        team.sites += 1
        if area and area not in team.areas:
            team.areas.append(area)


def contract_facts(contract: Contract) -> dict[str, str]:
    first, last = first_day(contract.period), last_day(contract.period)
    return {
        "contract": contract.number,
        "contract_start": numbers(first) if first else "",
        "contract_end": numbers(last) if last else "toistaiseksi",
    }


def contacts(account: Account) -> dict[str, str]:
    """Return two people of the customer's: invented, always the same ones for one account."""
    choose = random.Random(account.customer_number)  # noqa: S311  variety, not secrecy
    firsts, lasts = choose.sample(FIRST_NAMES, 2), choose.sample(LAST_NAMES, 2)
    facts = {}
    for number, (first, last) in enumerate(zip(firsts, lasts, strict=True), 1):
        facts[f"contact{number}"] = f"{first} {last}"
        address = f"{first}.{last}@{account.name.split()[0]}"
        facts[f"contact{number}_mail"] = f"{_plain(address)}.example"
    return facts


def _plain(words: str) -> str:
    split = unicodedata.normalize("NFKD", words.lower())
    return "".join(letter for letter in split if letter.isascii() and not letter.isspace())
