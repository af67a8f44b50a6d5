"""Which column of a file is which field: the headers seen in real exports, Finnish and English, and how they match."""

import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from accounts.roster.rows import Kind, Unreadable


def _spelled(headers: str) -> tuple[str, ...]:
    return tuple(headers.split(", "))


_CUSTOMER_NUMBER = _spelled("Asiakasnro, Asiakasnumero, Asiakkaan numero, Customer number, Customer no, Customer id")
_CUSTOMER_NAME = _spelled("Asiakas, Asiakkaan nimi, Customer name, Customer")
_EMPLOYEE_NUMBER = _spelled("Hlönro, Henkilönumero, Henkilönro, Employee number, Employee no, Employee id")
_LAST_NAME = _spelled("Sukunimi, Last name, Surname, Family name")
_FIRST_NAME = _spelled("Etunimi, Etunimet, First name, Given name")
_EMAIL = _spelled("Sähköposti, Sähköpostiosoite, S-posti, Email, E-mail, Email address, E-mail address, Mail")
_PHONE = _spelled("Puhelin, Puhelinnumero, Puh, Matkapuhelin, Phone, Phone number, Telephone, Mobile")
_SUPERIOR_NUMBER = _spelled(
    "Esihenkilönro, Esihenkilönumero, Esihenkilön hlönro, Esihenkilön henkilönumero, Esimiehen hlönro, "
    "Esimiehen henkilönumero, Superior number, Superior no, Superior employee number, Manager number, "
    "Manager employee number"
)

SPELLINGS: dict[Kind, dict[str, tuple[str, ...]]] = {
    Kind.ROSTER: {
        "customer_number": _CUSTOMER_NUMBER,
        "customer_name": _CUSTOMER_NAME,
        "site_number": _spelled(
            "Kohdenro, Kohdenumero, Kohteen numero, Kustannuspaikka, Kustannuspaikan numero, Site number, "
            "Site no, Site id, Cost centre, Cost center"
        ),
        "site_name": _spelled("Kohde, Kohteen nimi, Site name, Site"),
        "street_address": _spelled("Katuosoite, Kohteen osoite, Lähiosoite, Osoite, Street address, Street, Address"),
        "postal_code": _spelled("Postinro, Postinumero, Postal code, Postcode, Zip code, Zip"),
        "city": _spelled("Postitoimipaikka, Paikkakunta, Kaupunki, City, Town, Post office"),
        "area_code": _spelled("Alue, Aluekoodi, Aluenro, Aluenumero, Area code, Area number, Area no, Area"),
        "area_name": _spelled("Toiminta-alue, Alueen nimi, Toiminta-alueen nimi, Area name, Region, Operating area"),
        "employee_number": (*_EMPLOYEE_NUMBER, "Esimiesnro", "Esimiesnumero"),
        "person_name": _spelled(
            "Nimi, Esimies, Vastuuhenkilö, Henkilö, Henkilön nimi, Person name, Name, Employee name, Employee, "
            "Person, Supervisor"
        ),
        "last_name": _LAST_NAME,
        "first_name": _FIRST_NAME,
        "email": _EMAIL,
        "phone": _PHONE,
        "role": _spelled("Rooli, Tehtävä, Role, Duty"),
        "superior_number": _SUPERIOR_NUMBER,
        "valid_from": _spelled("Alkaa, Alkupvm, Alkupäivä, Voimassa alkaen, Valid from, Start date, Starts, From"),
        "valid_to": _spelled(
            "Päättyy, Loppupvm, Loppupäivä, Päättymispvm, Voimassa asti, Valid to, Valid until, End date, Ends, "
            "To, Until"
        ),
    },
    Kind.PEOPLE: {
        "employee_number": _EMPLOYEE_NUMBER,
        "person_name": _spelled("Nimi, Henkilö, Henkilön nimi, Person name, Name, Full name, Employee name"),
        "last_name": _LAST_NAME,
        "first_name": _FIRST_NAME,
        "email": _EMAIL,
        "phone": _PHONE,
        "title": _spelled("Nimike, Tehtävänimike, Titteli, Title, Job title"),
        "area_code": _spelled("Alue, Aluekoodi, Toiminta-alue, Area, Area code, Region"),
        "superior_number": _SUPERIOR_NUMBER,
        "management": _spelled("Johtoryhmä, Johtoryhmän jäsen, Management group, Management, Management team"),
    },
    Kind.ACCOUNTS: {
        "customer_number": _CUSTOMER_NUMBER,
        "customer_name": _CUSTOMER_NAME,
        "industry": _spelled("Toimiala, Industry, Sector"),
        "director_number": _spelled(
            "Asiakkuusjohtaja hlönro, Asiakkuusjohtajan hlönro, Asiakkuusjohtajan henkilönumero, "
            "Asiakkuusjohtaja, Director number, Director employee number, Director no, Director"
        ),
        "deputy_number": _spelled(
            "Varahenkilö hlönro, Varahenkilön hlönro, Varahenkilön henkilönumero, Varahenkilö, Deputy number, "
            "Deputy employee number, Deputy no, Deputy"
        ),
        "contract_number": _spelled("Sopimusnro, Sopimusnumero, Sopimus, Contract number, Contract no, Contract"),
        "contract_from": _spelled(
            "Sopimus alkaa, Sopimuksen alkupvm, Contract from, Contract start, Contract starts, Contract start date"
        ),
        "contract_to": _spelled(
            "Sopimus päättyy, Sopimuksen loppupvm, Contract to, Contract end, Contract ends, Contract end date"
        ),
        "barrier": _spelled("Tietomuuri, Barrier, Information barrier"),
        "side": _spelled("Puoli, Side, Barrier side"),
    },
}
"""Field → headers accepted, the usual one first. A field's own name with underscores is accepted too."""

REQUIRED: dict[Kind, tuple[str, ...]] = {
    # Without the end column every ended period would read as "until further notice": access for people who left.
    Kind.ROSTER: ("customer_number", "site_number", "employee_number", "role", "valid_from", "valid_to"),
    Kind.PEOPLE: ("employee_number", "last_name"),
    Kind.ACCOUNTS: ("customer_number", "customer_name", "director_number"),
}
SHEET_NAMES: dict[Kind, tuple[str, ...]] = {
    Kind.ROSTER: ("Kohdevastuut", "Vastuut", "Roster", "Assignments"),
    Kind.PEOPLE: ("Henkilöt", "Henkilöstö", "People", "Persons", "Employees"),
    Kind.ACCOUNTS: ("Asiakkuudet", "Accounts"),
}


@dataclass(slots=True)
class Mapped:
    """Field → index of its column, the fields without one, and the indexes of columns nobody asked for."""

    columns: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    unknown: list[int] = field(default_factory=list)


@cache
def folded(header: str) -> str:
    """A header reduced to what matters when comparing: letters and digits, without case and diacritics."""
    decomposed = unicodedata.normalize("NFKD", header.casefold())
    return "".join(letter for letter in decomposed if letter.isalnum())


@cache
def _known(kind: Kind) -> dict[str, str]:
    """Folded spelling → field."""
    return {folded(spelling): name for name, spellings in SPELLINGS[kind].items() for spelling in (name, *spellings)}


def known_headers(kind: Kind, cells: Sequence[object]) -> int:
    """How many different fields of this kind the cells name: the measure by which the header row is found."""
    return len(_fields_named(kind, cells))


def _fields_named(kind: Kind, cells: Sequence[object]) -> set[str]:
    known = _known(kind)
    return {known[text] for cell in cells if isinstance(cell, str) and (text := _short(cell)) in known}


def _short(cell: str) -> str:
    return folded(cell) if len(cell) <= 100 else ""


def map_columns(kind: Kind, header: Sequence[str], remembered: Mapping[str, str] | None = None) -> Mapped:
    """Give each field its column: the remembered one where the file still has it, else the one whose header is known.

    Raises Unreadable: `columns_twice` (two columns for one field), `other_kind`, `columns_missing`.
    """
    columns = _remembered_columns(kind, header, remembered or {})
    settled = set(columns)
    _check_required(kind, header, settled | _fields_named(kind, header))
    known = _known(kind)
    for index, text in enumerate(header):
        name = known.get(_short(text))
        if name is None or name in settled or index in columns.values():
            continue
        if name in columns:
            raise Unreadable(
                "columns_twice",
                field=SPELLINGS[kind][name][0],
                first=f"{header[columns[name]]} ({column_letters(columns[name])})",
                second=f"{text} ({column_letters(index)})",
            )
        columns[name] = index
    taken = set(columns.values())
    return Mapped(
        columns=columns,
        missing=[name for name in SPELLINGS[kind] if name not in columns and not _supplied(name, columns)],
        unknown=[index for index, text in enumerate(header) if text and index not in taken],
    )


def _remembered_columns(kind: Kind, header: Sequence[str], remembered: Mapping[str, str]) -> dict[str, int]:
    places = {text: index for index, text in reversed(list(enumerate(map(_short, header)))) if text}
    return {
        name: places[folded(text)]
        for name, text in remembered.items()
        if name in SPELLINGS[kind] and folded(text) in places
    }


def _supplied(name: str, fields: Collection[str]) -> bool:
    """Names come in one column or in two: what the one holds is not missing from the others."""
    if name == "person_name":
        return "last_name" in fields
    return name in ("last_name", "first_name") and "person_name" in fields


def _lacking(kind: Kind, fields: Collection[str]) -> list[str]:
    return [name for name in REQUIRED[kind] if name not in fields and not _supplied(name, fields)]


def _check_required(kind: Kind, header: Sequence[str], fields: Collection[str]) -> None:
    lacking = _lacking(kind, fields)
    complete = [other for other in Kind if other != kind and not _lacking(other, _fields_named(other, header))]
    # A roster names people too, so that one given as a list of people would pass if it has surnames apart.
    if complete and (lacking or (kind == Kind.PEOPLE and Kind.ROSTER in complete)):
        raise Unreadable("other_kind", kind=kind.value, other=complete[0].value)
    if lacking:
        raise Unreadable("columns_missing", columns="; ".join(accepted(kind, name) for name in lacking))


def accepted(kind: Kind, name: str) -> str:
    """How the headers accepted for a field are shown to a person: the usual one, the others in brackets."""
    usual, *others = SPELLINGS[kind][name]
    return f"{usual} ({', '.join(others)})"


def column_letters(index: int) -> str:
    """A column's name in spreadsheet programs: 0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
