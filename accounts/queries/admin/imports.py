"""What the pages of imports show: the sections of a forecast, its lines a page at a time, and what needs eyes."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from accounts.models import ForecastLine, Job, RosterImport
from accounts.models.fields import FinnishKey
from accounts.queries.admin.wording import what_changes
from kam.lib.finnish import finnish_key

ACCESS = ("access_gained", "access_lost", "access_changed")
# The sections behind tabs, in the order of the tabs; "access" is the three above together, by account.
SECTIONS: dict[str, Any] = {
    "access": _("Who gains and who loses"),
    "left_without": _("Sites without anybody"),
    "conflicts": _("Barrier conflicts"),
    "email_conflicts": _("Contested e-mails"),
    "no_email": _("People without e-mail"),
    "circles": _("Circles of superiors"),
    "superiors_unknown": _("Unknown superiors"),
    "directors_unknown": _("Unknown directors"),
    "frozen_sites": _("Frozen sites"),
    "unknown_customers": _("Unknown customers"),
    "people_new": _("New people"),
    "people_changed": _("Changed people"),
    "people_gone": _("People gone"),
    "sites_opened": _("Sites opened"),
    "sites_closed": _("Sites closed"),
    "sites_moved": _("Sites moved"),
    "sites_changed": _("Changed sites"),
    "assignments_started": _("Assignments started"),
    "assignments_ended": _("Assignments ended"),
    "assignments_changed": _("Changed assignments"),
    "management_added": _("New in the management group"),
    "management_removed": _("Gone from the management group"),
    "accounts_new": _("New accounts"),
    "accounts_changed": _("Changed accounts"),
    "contracts_new": _("New contracts"),
    "contracts_changed": _("Changed contracts"),
    "directors_changed": _("Directors changed"),
    "barriers_changed": _("Barriers changed"),
}
# What needs somebody's eyes before it is confirmed, in sentences.
EYES: dict[str, Any] = {
    "left_without": ngettext_lazy(
        "%(n)s site is left without a responsible person.",
        "%(n)s sites are left without a responsible person.",
        "count",
    ),
    "conflicts": ngettext_lazy(
        "%(n)s person meets a barrier; it stays closed for them.",
        "%(n)s people meet a barrier; it stays closed for them.",
        "count",
    ),
    "email_conflicts": ngettext_lazy(
        "%(n)s e-mail address moves to another person; nobody has it until you decide.",
        "%(n)s e-mail addresses move to another person; nobody has them until you decide.",
        "count",
    ),
    "no_email": ngettext_lazy(
        "%(n)s person has no e-mail and can't sign in.", "%(n)s people have no e-mail and can't sign in.", "count"
    ),
    "circles": ngettext_lazy(
        "%(n)s person is their own superior's superior.", "%(n)s people are their own superiors' superiors.", "count"
    ),
    "superiors_unknown": ngettext_lazy(
        "%(n)s person has a superior whom nobody knows.", "%(n)s people have a superior whom nobody knows.", "count"
    ),
    "directors_unknown": ngettext_lazy(
        "%(n)s director is not known by the number given.",
        "%(n)s directors are not known by the numbers given.",
        "count",
    ),
    "frozen_sites": ngettext_lazy(
        "%(n)s site is frozen: a faulty row names it, so it stays as it was.",
        "%(n)s sites are frozen: faulty rows name them, so they stay as they were.",
        "count",
    ),
    "unknown_customers": ngettext_lazy(
        "%(n)s customer of the file is not known; their rows were left out.",
        "%(n)s customers of the file are not known; their rows were left out.",
        "count",
    ),
}
GUARD: dict[str, Any] = {
    "ends_many": _("More than a fifth of what runs now would end."),
    "closes_many": _("More than a tenth of the sites would close."),
    "older": _("The file is older than the last one that was applied."),
}
PER_PAGE = 100


@dataclass(frozen=True)
class Tab:
    """A section with something in it: its key, its name and how many lines it has."""

    key: str
    label: str
    count: int


@dataclass(frozen=True)
class Eye:
    """Something that needs somebody's eyes: the section that shows it, and a sentence."""

    key: str
    text: str


def counts_of(roster_import: RosterImport) -> dict[str, int]:
    """Return the number of lines in each section; the figures count people for access, so those are counted here."""
    return {key: value for key, value in roster_import.figures.items() if isinstance(value, int)}


def tabs_of(roster_import: RosterImport, access_lines: int) -> list[Tab]:
    """Return the sections that have something in them; the first always, even when nobody gains or loses."""
    counts = {**counts_of(roster_import), "access": access_lines}
    return [
        Tab(key, str(label), counts.get(key, 0))
        for key, label in SECTIONS.items()
        if counts.get(key, 0) or key == "access"
    ]


def eyes_of(roster_import: RosterImport) -> list[Eye]:
    """Return what needs somebody's eyes, each as a sentence with its number."""
    counts = counts_of(roster_import)
    return [
        Eye(key, str(text % {"count": counts[key], "n": number_format(counts[key], force_grouping=True)}))
        for key, text in EYES.items()
        if counts.get(key)
    ]


def lines_of(roster_import: RosterImport, section: str, words: str = "") -> QuerySet[ForecastLine]:
    """Return the lines of a section, those of access by account, narrowed to accounts, people or sites by name."""
    sections = ACCESS if section == "access" else (section,)
    lines = ForecastLine.objects.filter(roster_import=roster_import, section__in=sections)
    for word in finnish_key(words).split():
        lines = lines.alias(
            found=FinnishKey("account_name"), person_found=FinnishKey("person_name"), site_found=FinnishKey("site_name")
        ).filter(_any_of(word))
    if section != "access":
        return lines.order_by("position")
    return lines.order_by(
        FinnishKey("account_name"), "account_number", FinnishKey("person_name"), "employee_number", "section"
    )


def access_lines(roster_import: RosterImport) -> int:
    """Count the lines of access: a person may gain one account and lose another."""
    return ForecastLine.objects.filter(roster_import=roster_import, section__in=ACCESS).count()


def _any_of(word: str) -> Q:
    names = Q(found__contains=word) | Q(person_found__contains=word) | Q(site_found__contains=word)
    return names | Q(account_number=word) | Q(employee_number=word) | Q(site_number=word)


def told(lines: Any) -> list[ForecastLine]:
    """Return the lines with what they say in words, as `what`."""
    found = list(lines)
    for line in found:
        line.what = what_changes(line)
    return found


def unknown_customers(roster_import: RosterImport) -> list[dict[str, Any]]:
    """Return the data of customers that could be created, those with the most rows first."""
    lines = ForecastLine.objects.filter(roster_import=roster_import, section="unknown_customers")
    found: list[dict[str, Any]] = list(lines.order_by("position").values_list("data", flat=True))
    return found


def job_of(roster_import: RosterImport) -> Job | None:
    """Return the latest job of the import, to tell how far it is or why it stopped."""
    names = ["read_import", "apply_import"]
    return Job.objects.filter(name__in=names, key=f"import:{roster_import.pk}").order_by("-id").first()


def history() -> QuerySet[RosterImport]:
    """Return all imports, the newest first, with who started them."""
    return RosterImport.objects.select_related("created_by", "applied_by", "source", "undoes").order_by("-id")
