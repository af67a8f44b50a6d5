"""Builds the demo company through the real import pipeline, then makes a few days of its life.

What its channels hold is kam/demo_channel.py, who there is to sign in as kam/demo.py.
Safe to run again: what is there stays.
"""

import datetime as dt
from collections.abc import Callable
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from accounts.actions.invitations import invite_person
from accounts.actions.substitutions import set_substitution
from accounts.models import Account, Assignment, Directorship, Person, RosterImport
from accounts.roster import pipeline
from kam import demo_channel
from kam.demo import PILOT
from kam.lib.dates import today

DEMO = Path(settings.BASE_DIR) / "demo"
OCTOBER, NOVEMBER = dt.date(2026, 10, 1), dt.date(2026, 11, 16)
FILES: list[tuple[RosterImport.Kind, str, dt.date]] = [
    (RosterImport.Kind.PEOPLE, "henkilot-2026-10.csv", OCTOBER),
    (RosterImport.Kind.ACCOUNTS, "asiakkuudet.csv", OCTOBER),
    (RosterImport.Kind.ROSTER, "kohdevastuut-2026-10.csv", OCTOBER),
    (RosterImport.Kind.ROSTER, "kohdevastuut-2026-11.csv", NOVEMBER),
]
ADMINISTRATOR = {"first_name": "Paula", "last_name": "Pääkkönen"}
ADMINISTRATOR_NUMBER, ADMINISTRATOR_EMAIL = "0199999", "paula.paakkonen@yritysx.example"
SOURCE = "Laskutusjärjestelmä"


def build(say: Callable[[str], object]) -> None:
    """Make the company and fill its channels; tells `say` how it goes."""
    build_company(say)
    demo_channel.fill(say)


def build_company(say: Callable[[str], object]) -> None:
    """Import what is not imported yet and make the demo's own people and events."""
    for kind, name, exported_on in FILES:
        if RosterImport.objects.filter(file_name=name, state=RosterImport.State.APPLIED).exists():
            continue
        with (DEMO / name).open("rb") as content:
            roster_import = pipeline.receive(
                kind=kind,
                content=content,
                file_name=name,
                exported_on=exported_on,
                source_name=SOURCE,
                actor=None,
                background=False,
            )
        pipeline.import_now(roster_import, past_guard=True, progress=lambda stage, done, total: None)
        roster_import.refresh_from_db()
        say(f"{name}: {roster_import.rows_read} rows, {roster_import.get_state_display()}")
    with transaction.atomic():
        _name_administrator()
        _invite_specialist()
        _send_somebody_on_holiday()


def _name_administrator() -> None:
    """Somebody from outside the accounts: an administrator reads none of their content."""
    call_command("name_administrator", ADMINISTRATOR_NUMBER, ADMINISTRATOR_EMAIL, **ADMINISTRATOR, stdout=StringIO())


def _invite_specialist() -> None:
    """An instructor from elsewhere puts the pilot account's induction material together for two months."""
    account = Account.objects.get(customer_number=PILOT)
    director = Directorship.objects.filter(account=account, post=Directorship.Post.DIRECTOR).first()
    helper = Person.objects.filter(title="ohjaaja").exclude(grants__account=account).order_by("name_key").first()
    if director and helper and not account.invitations.exists():
        invite_person(
            actor=director.person,
            account=account,
            person=helper,
            last_day=today() + dt.timedelta(days=60),
            reason="Perehdytysaineiston kokoaminen",
        )


def _send_somebody_on_holiday() -> None:
    """A supervisor of the pilot account is away for two weeks; a colleague of the same superior stands in."""
    day = today()
    answering = Assignment.objects.filter(
        site__placements__account__customer_number=PILOT, period__contains=day, role="supervisor"
    ).select_related("person")
    for assignment in answering.order_by("person__name_key"):
        absent = assignment.person
        colleagues = Person.objects.filter(superior=absent.superior, left_on=None).exclude(pk=absent.pk)
        substitute = colleagues.exclude(grants__blocked=True).order_by("name_key").first()
        if substitute:
            if not absent.absences.exists():
                set_substitution(
                    actor=absent,
                    absent=absent,
                    substitute=substitute,
                    first_day=day,
                    last_day=day + dt.timedelta(days=13),
                    reason="Loma",
                )
            return
