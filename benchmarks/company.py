"""Makes the company of the targets: 10,000 people, 20,000 sites, 500 accounts, files of any size, always the same."""

import csv
import random
from dataclasses import dataclass
from pathlib import Path

ROSTER_HEADER = [
    "Asiakasnro", "Asiakas", "Kohdenro", "Kohde", "Katuosoite", "Postinro", "Postitoimipaikka", "Alue",
    "Toiminta-alue", "Hlönro", "Esimies", "Sähköposti", "Puhelin", "Rooli", "Esihenkilönro", "Alkaa", "Päättyy",
    "Laskutustapa",
]  # fmt: skip
PEOPLE_HEADER = [
    "Hlönro", "Sukunimi", "Etunimi", "Sähköposti", "Puhelin", "Nimike", "Alue", "Esihenkilönro", "Johtoryhmä",
]  # fmt: skip
ACCOUNTS_HEADER = [
    "Asiakasnro", "Asiakas", "Toimiala", "Asiakkuusjohtaja hlönro", "Varahenkilö hlönro", "Sopimusnro",
    "Sopimus alkaa", "Sopimus päättyy", "Tietomuuri", "Puoli",
]  # fmt: skip
CITIES = ["Helsinki", "Espoo", "Tampere", "Turku", "Oulu", "Jyväskylä", "Lahti", "Kuopio", "Pori", "Vaasa"]


@dataclass(frozen=True)
class Size:
    rows: int
    sites: int
    people: int
    accounts: int
    areas: int = 25


FULL = Size(rows=100_000, sites=20_000, people=10_000, accounts=500)
SMALL = Size(rows=2_500, sites=500, people=250, accounts=20)


def superior(person: int, size: Size) -> int | None:
    """Return the number of a person's superior: supervisors, managers, area directors, one at the top."""
    managers, directors = max(size.people // 25, 1), size.areas
    if person == 0:
        return None
    if person <= directors:
        return 0
    if person <= directors + managers:
        return 1 + person % directors
    return 1 + directors + person % managers


def write_roster(path: Path, size: Size) -> Path:
    """Write a billing export of `size` to `path`; the same size gives the same bytes."""
    dice = random.Random(20261116)
    first_supervisor = 1 + size.areas + max(size.people // 25, 1)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(ROSTER_HEADER)
        for row in range(size.rows):
            site = row % size.sites
            account, area, city = site % size.accounts, site % size.areas, CITIES[site % len(CITIES)]
            # a site's people are its area's, as in real life
            person = (
                first_supervisor
                + dice.randrange(max((size.people - first_supervisor) // size.areas, 1)) * (size.areas)
                + area
            )
            person = min(person, size.people - 1)
            year, month = dice.randint(2022, 2026), dice.randint(1, 10)
            ended = dice.random() < 0.3
            writer.writerow(
                [
                    f"{30_000 + account:06}", f"Asiakas {account} Oy", f"{site:05}", f"{city} kohde {site}",
                    f"Katu {site % 300}", f"{(site * 10) % 100_000:05}", city, str(10 + area), f"Alue {area}",
                    f"{100_000 + person:07}", f"Sukunimi{person} Etunimi{person % 97}", f"p{person}@yritysx.example",
                    f"+358 40 {1_000_000 + person}", "esimies" if row % 5 else "ohjaaja",
                    "" if (up := superior(person, size)) is None else f"{100_000 + up:07}",
                    f"1.{month}.{year}", f"28.{min(month + 2, 12)}.{year}" if ended else "", "KK",
                ]
            )  # fmt: skip
    return path


def write_people(path: Path, size: Size) -> Path:
    """Write the staff of `size`: titles, areas, superiors and the management group."""
    managers = max(size.people // 25, 1)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(PEOPLE_HEADER)
        for person in range(size.people):
            title = (
                "liiketoimintajohtaja" if person == 0
                else "aluejohtaja" if person <= size.areas
                else "päällikkö" if person <= size.areas + managers
                else "myyntipäällikkö" if person % 100 == 0
                else "esimies"
            )  # fmt: skip
            up = superior(person, size)
            writer.writerow(
                [
                    f"{100_000 + person:07}", f"Sukunimi{person}", f"Etunimi{person % 97}",
                    f"p{person}@yritysx.example", f"+358 40 {1_000_000 + person}", title, str(10 + person % size.areas),
                    "" if up is None else f"{100_000 + up:07}", "x" if person < 12 else "",
                ]
            )  # fmt: skip
    return path


def write_accounts(path: Path, size: Size) -> Path:
    """Write the accounts of `size`, each with a director, a deputy and a contract; two stand behind a barrier."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        writer.writerow(ACCOUNTS_HEADER)
        for account in range(size.accounts):
            side = {0: "Pohjoinen", 1: "Eteläinen"}.get(account)
            writer.writerow(
                [
                    f"{30_000 + account:06}", f"Asiakas {account} Oy", "Koulut", f"{100_000 + 1 + account % 12:07}",
                    f"{100_000 + 1 + (account + 5) % 12:07}", f"S-{account}", "1.1.2020", "31.12.2028",
                    "Hankkeet" if side else "", side or "",
                ]
            )  # fmt: skip
    return path
