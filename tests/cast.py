"""The cast: a small company whose people stand for everybody that a rule can mean, and the hands that build it.

| who | stands for | what they see today |
|---|---|---|
| Alice | the key account director | Pankki, which she directs |
| Aaro | the deputy director | Pankki |
| Bob | a supervisor | Pankki; his site there was Koulut's until ten days ago |
| Ines | an instructor | Pankki, at Bob's site |
| Matti | the manager above Bob | Pankki |
| Arja | the area director above Matti | Pankki |
| Saara | sales of the area | Pankki and Piilo, which have sites in it |
| Greta | the management group | everything, above the barrier too |
| Yrjö | a specialist invited until yesterday | nothing |
| Tuula | a specialist invited until today | Pankki |
| Stina | stands in for Bob | Pankki |
| Eero | a supervisor on the other side of the barrier | Vakuutus; his grant to Pankki is blocked |
| Leena | a supervisor who left the company yesterday | nothing |
| Niilo | a supervisor who starts tomorrow | nothing |
| Dana | an administrator | nothing |
| Charlie | outside: a supervisor elsewhere | Koulut |
| Ville | directs the other side | Vakuutus |
| Kerttu | directs Koulut and Piilo | Koulut and Piilo |

Pankki and Vakuutus are on two sides of a barrier; Koulut is outside it; Piilo is unlisted.
"""

import datetime as dt
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest

from accounts.derivation import derive_access
from accounts.models import (
    Account,
    Area,
    Assignment,
    Barrier,
    BarrierDecision,
    BarrierMember,
    BarrierSide,
    Contract,
    Directorship,
    Invitation,
    ManagementMembership,
    Person,
    Placement,
    Site,
    Substitution,
    User,
)
from kam.lib.dates import period, today

ONE_DAY = dt.timedelta(days=1)
LONG_AGO = dt.date(2024, 1, 1)
_numbers = count(1)


# --- hands: each makes one row with sensible words -----------------------------------------------------------------
def make_person(first_name: str = "Paavo", last_name: str = "Virtanen", **fields: Any) -> Person:
    """Make an employee with a number of their own, and an e-mail unless given."""
    number = f"{next(_numbers):07}"
    fields.setdefault("email", f"person{number}@yritysx.example")
    fields.setdefault("employee_number", number)
    return Person.objects.create(first_name=first_name, last_name=last_name, **fields)


def make_login(person: Person, **fields: Any) -> User:
    """Make the person's login, without a password: tests sign in by force."""
    user = User(email=person.email, person=person, **fields)
    user.set_unusable_password()
    user.save()
    return user


def make_account(name: str = "Asiakas Oy", **fields: Any) -> Account:
    fields.setdefault("customer_number", f"{next(_numbers):06}")
    return Account.objects.create(name=name, **fields)


def make_area(name: str = "Helsinki") -> Area:
    return Area.objects.create(code=f"{next(_numbers)}", name=name)


def make_site(
    account: Account,
    name: str = "Kohde",
    *,
    area: Area | None = None,
    first: dt.date | None = LONG_AGO,
    last: dt.date | None = None,
) -> Site:
    """Make a site that is open at the account from the first day to the last."""
    site = Site.objects.create(number=f"{next(_numbers):05}", name=name)
    place(site, account, area=area, first=first, last=last)
    return site


def place(
    site: Site,
    account: Account,
    *,
    area: Area | None = None,
    first: dt.date | None = LONG_AGO,
    last: dt.date | None = None,
) -> Placement:
    return Placement.objects.create(site=site, account=account, area=area, period=period(first, last))


def assign(
    person: Person,
    site: Site,
    role: str = "supervisor",
    *,
    first: dt.date | None = LONG_AGO,
    last: dt.date | None = None,
) -> Assignment:
    return Assignment.objects.create(person=person, site=site, role=role, period=period(first, last))


def direct(
    person: Person,
    account: Account,
    post: str = "director",
    *,
    first: dt.date | None = LONG_AGO,
    last: dt.date | None = None,
) -> Directorship:
    return Directorship.objects.create(person=person, account=account, post=post, period=period(first, last))


def invite(person: Person, account: Account, *, first: dt.date, last: dt.date, by: Person | None = None) -> Invitation:
    return Invitation.objects.create(
        person=person, account=account, period=period(first, last), reason="trains the team", invited_by=by
    )


def join_management(
    person: Person, *, first: dt.date | None = None, last: dt.date | None = None
) -> ManagementMembership:
    return ManagementMembership.objects.create(person=person, period=period(first, last))


def stand_in(substitute: Person, absent: Person, *, first: dt.date, last: dt.date) -> Substitution:
    return Substitution.objects.create(
        substitute=substitute, absent=absent, period=period(first, last), reason="holiday", set_by=absent
    )


def raise_barrier(*sides: list[Account], name: str = "") -> list[BarrierSide]:
    """Raise a barrier between lists of accounts and return its sides, in that order."""
    barrier = Barrier.objects.create(name=name or f"Barrier {next(_numbers)}")
    made = []
    for number, accounts in enumerate(sides, 1):
        side = BarrierSide.objects.create(barrier=barrier, name=f"Side {number}")
        for account in accounts:
            BarrierMember.objects.create(barrier=barrier, side=side, account=account)
        made.append(side)
    return made


def decide(
    person: Person, side: BarrierSide, *, first: dt.date = LONG_AGO, last: dt.date | None = None
) -> BarrierDecision:
    """Put the person on the side."""
    return BarrierDecision.objects.create(
        barrier=side.barrier, side=side, person=person, period=period(first, last), reason="agreed"
    )


def clear(person: Person, barrier: Barrier, *, first: dt.date, last: dt.date) -> BarrierDecision:
    """Clear the person for all sides of the barrier."""
    return BarrierDecision.objects.create(
        barrier=barrier, side=None, person=person, period=period(first, last), reason="above both teams"
    )


# --- the company ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Cast:
    """The people of the table above by their first names, and the accounts they are about. Everybody has a login."""

    day: dt.date
    pankki: Account
    vakuutus: Account
    koulut: Account
    piilo: Account
    barrier: Barrier
    area: Area
    branch: Site
    alice: Person
    aaro: Person
    bob: Person
    ines: Person
    matti: Person
    arja: Person
    saara: Person
    greta: Person
    yrjo: Person
    tuula: Person
    stina: Person
    eero: Person
    leena: Person
    niilo: Person
    dana: Person
    charlie: Person
    ville: Person
    kerttu: Person

    @property
    def roles(self) -> dict[str, Person | None]:
        """Return the cast members of the access matrix by what they stand for; None is somebody signed out."""
        return {role: name and getattr(self, name) for role, name in ROLES.items()}


ROLES: dict[str, str | None] = {
    "director": "alice",
    "deputy": "aaro",
    "supervisor": "bob",
    "instructor": "ines",
    "manager": "matti",
    "area_director": "arja",
    "sales": "saara",
    "management": "greta",
    "invited_until_yesterday": "yrjo",
    "invited_until_today": "tuula",
    "substitute": "stina",
    "other_side": "eero",
    "left_yesterday": "leena",
    "starts_tomorrow": "niilo",
    "administrator": "dana",
    "outside": "charlie",
    "signed_out": None,
}
# Who sees which account today: what the table above says, for tests to compare exact sets with.
SEES: dict[str, set[str]] = {
    "alice": {"pankki"},
    "aaro": {"pankki"},
    "bob": {"pankki"},
    "ines": {"pankki"},
    "matti": {"pankki"},
    "arja": {"pankki"},
    "saara": {"pankki", "piilo"},
    "greta": {"pankki", "vakuutus", "koulut", "piilo"},
    "yrjo": set(),
    "tuula": {"pankki"},
    "stina": {"pankki"},
    "eero": {"vakuutus"},
    "leena": set(),
    "niilo": set(),
    "dana": set(),
    "charlie": {"koulut"},
    "ville": {"vakuutus"},
    "kerttu": {"koulut", "piilo"},
}
_PEOPLE: dict[str, tuple[str, str, str]] = {
    "alice": ("Alice", "Alanen", "asiakkuusjohtaja"),
    "aaro": ("Aaro", "Ahola", "asiakkuusjohtaja"),
    "bob": ("Bob", "Backman", "esimies"),
    "ines": ("Ines", "Ilola", "ohjaaja"),
    "matti": ("Matti", "Mäkelä", "päällikkö"),
    "arja": ("Arja", "Aalto", "aluejohtaja"),
    "saara": ("Saara", "Salo", "myyntipäällikkö"),
    "greta": ("Greta", "Grönroos", "talousjohtaja"),
    "yrjo": ("Yrjö", "Ylinen", "toimihenkilö"),
    "tuula": ("Tuula", "Toivonen", "toimihenkilö"),
    "stina": ("Stina", "Sjöberg", "esimies"),
    "eero": ("Eero", "Eskola", "esimies"),
    "leena": ("Leena", "Laine", "esimies"),
    "niilo": ("Niilo", "Niemi", "esimies"),
    "dana": ("Dana", "Dahl", "toimihenkilö"),
    "charlie": ("Charlie", "Collin", "esimies"),
    "ville": ("Ville", "Väisänen", "asiakkuusjohtaja"),
    "kerttu": ("Kerttu", "Koskinen", "asiakkuusjohtaja"),
}


def build_cast() -> Cast:
    """Build the company as it stands today and derive everybody's access."""
    day = today()
    area = make_area("Uusimaa")
    people = {key: make_person(*names[:2], title=names[2]) for key, names in _PEOPLE.items()}
    accounts = {
        "pankki": make_account("Pankki Oyj", industry="Pankki"),
        "vakuutus": make_account("Vakuutus Oyj", industry="Vakuutus"),
        "koulut": make_account("Koulut Oy", industry="Koulut"),
        "piilo": make_account("Piilo Oy", listed=False),
    }
    for account in accounts.values():
        Contract.objects.create(
            account=account, number=f"S-{account.customer_number}", period=period(LONG_AGO, day + 365 * ONE_DAY)
        )
    _set_places(people, area)
    branch = _give_sites(people, accounts, area, day)
    _give_posts(people, accounts, day)
    side, _ = raise_barrier([accounts["pankki"]], [accounts["vakuutus"]], name="Rahoitus")
    for person in people.values():
        make_login(person)
    derive_access()
    return Cast(day=day, area=area, branch=branch, barrier=side.barrier, **people, **accounts)


def _set_places(people: dict[str, Person], area: Area) -> None:
    for below, above in {"bob": "matti", "ines": "bob", "matti": "arja", "niilo": "matti"}.items():
        people[below].superior = people[above]
    people["saara"].area = area
    people["dana"].is_administrator = True
    for person in people.values():
        person.save()


def _give_sites(people: dict[str, Person], accounts: dict[str, Account], area: Area, day: dt.date) -> Site:
    moved_on = day - 10 * ONE_DAY
    branch = make_site(accounts["koulut"], "Keskustan konttori", last=moved_on - ONE_DAY)
    place(branch, accounts["pankki"], area=area, first=moved_on)
    office = make_site(accounts["vakuutus"], "Vakuutuksen pääkonttori")
    school = make_site(accounts["koulut"], "Mäntymäen koulu")
    make_site(accounts["piilo"], "Varasto", area=area)
    assign(people["bob"], branch)
    assign(people["ines"], branch, "instructor")
    assign(people["eero"], office)
    assign(people["eero"], branch, first=moved_on)
    assign(people["leena"], branch)
    assign(people["niilo"], branch, first=day + ONE_DAY)
    assign(people["charlie"], school)
    people["leena"].left_on = day - ONE_DAY
    people["leena"].save()
    return branch


def _give_posts(people: dict[str, Person], accounts: dict[str, Account], day: dt.date) -> None:
    pankki = accounts["pankki"]
    direct(people["alice"], pankki)
    direct(people["aaro"], pankki, "deputy")
    direct(people["ville"], accounts["vakuutus"])
    direct(people["kerttu"], accounts["koulut"])
    direct(people["kerttu"], accounts["piilo"])
    join_management(people["greta"])
    month_ago = day - 30 * ONE_DAY
    invite(people["yrjo"], pankki, first=month_ago, last=day - ONE_DAY, by=people["alice"])
    invite(people["tuula"], pankki, first=month_ago, last=day, by=people["alice"])
    stand_in(people["stina"], people["bob"], first=day - ONE_DAY, last=day + 5 * ONE_DAY)


@pytest.fixture
def cast(db: None) -> Cast:
    """The company, built anew for each test."""
    return build_cast()
