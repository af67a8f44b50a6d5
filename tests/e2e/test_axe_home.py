"""axe finds nothing on a full first page, nor on the letter and the page of who left with the channel's parts."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from channels_app.models import Decision
from kam.home import MOST_AT_ONCE, MOST_PER_ACCOUNT
from tests.accounts.test_latest import changed
from tests.cast import ONE_DAY, Cast
from tests.channels_app.things import make_draft, make_memo, make_page, make_task
from tests.e2e.desk import Desk

pytestmark = pytest.mark.django_db(transaction=True)


def rest_opened(page: Page) -> None:
    page.locator(".rest > summary").click()


def fill(cast: Cast) -> None:
    alice = cast.alice
    for number in range(MOST_AT_ONCE + 1):
        make_task(cast.pankki, alice, f"Tehtävä {number}", person=alice, due_on=cast.day - number * ONE_DAY)
    make_task(cast.pankki, alice)
    make_task(cast.pankki, alice, person=cast.charlie)
    make_page(cast.pankki, alice, checked_on=cast.day - 400 * ONE_DAY)
    make_draft(cast.pankki, alice)
    memo = make_memo(cast.pankki, alice, present=(alice,), next_at=timezone.now() + ONE_DAY / 24)
    Decision.objects.create(
        memo=memo, position=1, text="Lattiat vahataan", announced_at=timezone.now(), announced_by=cast.aaro
    )
    for number in range(MOST_PER_ACCOUNT + 2):
        changed(cast.pankki, f"Sivu {number}", by=cast.aaro)


def test_home_when_it_is_full(desk: Desk, company: Cast) -> None:
    fill(company)
    desk.look(company.alice, "home")
    desk.look(company.alice, "home", then=rest_opened)
    desk.look(company.ines, "home")
    desk.look(company.ines, "handover", company.pankki.customer_number)
    desk.look(company.alice, "arrivals", company.pankki.customer_number)
    assert desk.found == []
