"""The same rows brought in by django-import-export with `use_bulk`, into sites, people and assignments."""

import csv
import datetime as dt
from pathlib import Path

import tablib
from import_export import fields, resources, widgets

from accounts.models import Assignment, Person, Role, Site
from kam.lib.dates import period


class _Bulk:
    use_bulk = True


class SiteResource(resources.ModelResource):
    class Meta(_Bulk):
        model = Site
        import_id_fields = ["number"]
        fields = ["number", "name", "street_address", "postal_code", "city"]


class PersonResource(resources.ModelResource):
    class Meta(_Bulk):
        model = Person
        import_id_fields = ["employee_number"]
        fields = ["employee_number", "last_name", "first_name", "email", "phone"]


class _Period(widgets.Widget):
    def clean(self, value, row=None, **kwargs):
        first, last = (_day(text) for text in value.split("/"))
        return period(first, last)


class AssignmentResource(resources.ModelResource):
    person = fields.Field(
        column_name="person", attribute="person", widget=widgets.ForeignKeyWidget(Person, "employee_number")
    )
    site = fields.Field(column_name="site", attribute="site", widget=widgets.ForeignKeyWidget(Site, "number"))
    period = fields.Field(column_name="period", attribute="period", widget=_Period())

    class Meta(_Bulk):
        model = Assignment
        # like ours, it must be able to take the same file twice
        import_id_fields = ["person", "site", "role"]
        fields = ["person", "site", "role", "period"]


def _day(text: str) -> dt.date | None:
    return dt.datetime.strptime(text, "%d.%m.%Y").date() if text else None  # noqa: DTZ007  a day has no zone


def bring(path: Path) -> None:
    """Import sites, people and assignments of the billing export at `path`."""
    sites: dict[str, tuple[str, ...]] = {}
    people: dict[str, tuple[str, ...]] = {}
    assignments: dict[tuple[str, str, Role], str] = {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file, delimiter=";"):
            site, employee = row["Kohdenro"], row["Hlönro"]
            sites[site] = (site, row["Kohde"], row["Katuosoite"], row["Postinro"], row["Postitoimipaikka"])
            last, _, first = row["Esimies"].partition(" ")
            people[employee] = (employee, last, first, row["Sähköposti"], row["Puhelin"])
            role = Role.SUPERVISOR if row["Rooli"] == "esimies" else Role.INSTRUCTOR
            # overlapping rows are merged for it beforehand: the table would refuse them
            assignments.setdefault((employee, site, role), f"{row['Alkaa']}/{row['Päättyy']}")
    for resource, headers, rows in (
        (SiteResource(), SiteResource.Meta.fields, sites.values()),
        (PersonResource(), PersonResource.Meta.fields, people.values()),
        (AssignmentResource(), AssignmentResource.Meta.fields, [(*key, days) for key, days in assignments.items()]),
    ):
        result = resource.import_data(tablib.Dataset(*rows, headers=headers), raise_errors=True)
        if result.has_errors():
            raise RuntimeError("django-import-export did not import")
