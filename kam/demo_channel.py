"""Fills the channels of the demo company: the pilot account's through the actions, all others' at once.

An account that has a page already is left alone, so that it can run again.
"""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.db import transaction

from accounts.models import Account
from channels_app.models import Page
from kam.demo import PILOT
from kam.demo_accounts import fill_accounts
from kam.demo_messages import fill_messages
from kam.demo_people import teams
from kam.demo_pilot import fill_pilot
from kam.demo_texts import read_all

TEXTS = Path(settings.BASE_DIR) / "demo" / "channel" / "pilot"


def fill(say: Callable[[str], object]) -> None:
    """Write what is not written yet; tells `say` how much."""
    empty = Account.objects.exclude(pk__in=Page.objects.values("account"))
    found = teams(list(empty))
    pilot = next((team for team in found.values() if team.account.customer_number == PILOT), None)
    if pilot is not None:
        texts = read_all(TEXTS)
        fill_pilot(pilot, texts)
        say(f"{pilot.account.name}: {len(texts)} pages and memos")
    others = [team for team in found.values() if team is not pilot]
    if others:
        say(f"{len(others)} other accounts: {fill_accounts(others)} pages and memos")
    everybody = teams(list(Account.objects.all()))
    pilot = next((team for team in everybody.values() if team.account.customer_number == PILOT), None)
    with transaction.atomic():
        number = fill_messages(pilot, [team for team in everybody.values() if team is not pilot])
    if number:
        say(f"{number} messages and questions")
