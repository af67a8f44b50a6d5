"""Pages against their bare views (see bare.py)."""

import datetime as dt
from collections.abc import Iterator

from accounts.derivation import derive_access
from accounts.models import Account, Area, Assignment, Directorship, Person, Placement, Site, User
from benchmarks.bare import Page, against_bare
from benchmarks.measure import Figure
from benchmarks.place import empty_database
from kam.lib.dates import period

SITES = 130
SINCE = period(dt.date(2024, 1, 1), None)


def figures() -> Iterator[Figure]:
    """Yield the figures of the pages."""
    empty_database()
    director = crowded_account()
    page = Page(f"page of {SITES} sites / its bare view", "/accounts/030001/sites/", "accounts.views.sites")
    yield against_bare(page, director, limit=2)
    accounts = Page("A–Ö list of 100 accounts / its bare view", "/accounts/", "accounts.views.accounts")
    yield against_bare(accounts, director, limit=2)


def crowded_account() -> Person:
    """Make 100 accounts, the first with 130 sites in five areas and two people at each; return its director."""
    areas = [Area.objects.create(code=str(n), name=f"Alue {n}") for n in range(5)]
    people = Person.objects.bulk_create(
        Person(employee_number=f"{n:07}", last_name=f"Sukunimi{n}", first_name="Etunimi", phone="+358 40 1")
        for n in range(60)
    )
    director = people[0]
    User.objects.create_user("director@yritysx.example", person=director)
    accounts = Account.objects.bulk_create(
        Account(customer_number=f"{30_000 + n:06}", name=f"Asiakas {n} Oy") for n in range(1, 101)
    )
    sites = Site.objects.bulk_create(
        Site(number=f"{n:05}", name=f"Kohde {n}", street_address=f"Katu {n}", postal_code="40100", city="Jyväskylä")
        for n in range(SITES)
    )
    Placement.objects.bulk_create(
        Placement(site=site, account=accounts[0], area=areas[n % 5], period=SINCE) for n, site in enumerate(sites)
    )
    Assignment.objects.bulk_create(
        Assignment(site=site, person=people[(n * 2 + second) % 60], role=role, period=SINCE)
        for n, site in enumerate(sites)
        for second, role in enumerate(("supervisor", "instructor"))
    )
    Directorship.objects.bulk_create(
        Directorship(account=account, person=director, post="director", period=SINCE) for account in accounts[:15]
    )
    derive_access()
    return director
