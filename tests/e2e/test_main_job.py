"""The main job, on real parts: from the billing export to the account's page, and out again.

An administrator imports October's export in a browser; a supervisor named in it signs in on a phone and sees exactly
the accounts they answer for; the administrator imports November's, which no longer names them, and they no longer do.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.core.management import call_command
from playwright.sync_api import Browser, BrowserContext, Page, expect

from accounts.models import RosterImport
from kam.lib.finnish import finnish_key
from tests.accounts.signin.conftest import app_code
from tests.conftest import database_url
from tests.e2e.conftest import DESK, PHONE, System, listen
from tests.e2e.exports import ACCOUNTS, EXPORTED, NOVEMBER, OCTOBER, PEOPLE, Supervisor, dropped_supervisor, rows

pytestmark = pytest.mark.django_db(transaction=True)
SECONDS = 60_000  # for what a worker does while the machine is busy


def test_main_job(browser: Browser, system: System, complaints: list[str]) -> None:
    administrator = known_company()
    supervisor = dropped_supervisor()
    desk = finnish(browser, DESK, system)
    page = desk.new_page()
    listen(page, complaints)

    sign_in_with_second_step(page, system, administrator)
    import_file(page, OCTOBER, "5 197")

    phone = finnish(browser, PHONE, system, has_touch=True, is_mobile=True)
    theirs = phone.new_page()
    listen(theirs, complaints)
    sign_in_by_code(theirs, system, supervisor.email)
    sees_exactly_their_accounts(theirs, supervisor)
    name = opens_one_in_two_taps(theirs, supervisor)

    import_file(page, NOVEMBER, "5 446")
    sees_none_any_more(theirs, name)
    assert complaints == []
    desk.close()
    phone.close()


# --- the company ----------------------------------------------------------------------------------------------------
def known_company() -> str:
    """Import the people and the accounts, name an administrator; return the administrator's address."""
    call_command("import_people", str(PEOPLE), date=EXPORTED[OCTOBER], yes=True, json=True)
    call_command("import_accounts", str(ACCOUNTS), date=EXPORTED[OCTOBER], yes=True, json=True)
    one = next(row for row in rows(PEOPLE) if row["Nimike"] == "tietohallintojohtaja")
    call_command("name_administrator", one["Hlönro"], one["Sähköposti"])
    return one["Sähköposti"]


def finnish(browser: Browser, size: dict[str, int], system: System, **more: bool) -> BrowserContext:
    """Open a browser of somebody whose device speaks Finnish."""
    context = browser.new_context(viewport=size, locale="fi-FI", base_url=system.address, **more)  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    return context


# --- signing in -----------------------------------------------------------------------------------------------------
def sign_in_by_code(page: Page, system: System, address: str) -> None:
    """Ask for a code and type the one of the mail that really arrived."""
    arrived = len(system.mails_to(address))
    page.goto("/")
    page.fill("#email", address)
    page.get_by_role("button", name="Lähetä minulle koodi").click()
    page.fill("main input[name=code]", system.newest_code(address, after=arrived))
    page.get_by_role("button", name="Kirjaudu sisään").click()


def sign_in_with_second_step(page: Page, system: System, address: str) -> None:
    """Set up the authenticator app, which nobody administers without, sign out, and sign in with it."""
    sign_in_by_code(page, system, address)
    page.wait_for_url("**/login/second-step/")
    page.goto("/admin/imports/")
    page.wait_for_url("**/login/second-step/")  # nothing opens before
    page.click("a[href='/login/second-step/totp/activate/']")
    secret = page.locator("code.secret").inner_text()
    page.fill("main input[name=code]", app_code(secret))
    page.click("main .btn-primary")
    page.wait_for_url("**/recovery-codes/")
    page.locator(".rail .me summary").click()
    page.locator(".rail .me form[action='/login/out/'] button").click()
    sign_in_by_code(page, system, address)
    page.wait_for_url("**/login/second-step/authenticate/")
    page.fill("main input[name=code]", app_code(secret))
    page.click("main form .btn-primary")
    page.wait_for_url(f"{system.address}/")


# --- importing ------------------------------------------------------------------------------------------------------
@contextmanager
def nobody_forecasts() -> Iterator[None]:
    """Hold the table that every forecast writes, so that the job stands where the browser can watch it."""
    with psycopg.connect(database_url()) as connection:
        connection.execute("LOCK TABLE accounts_assignment IN EXCLUSIVE MODE")
        yield
        connection.rollback()


def import_file(page: Page, file: Path, rows_read: str) -> None:
    """Upload the file, watch it being read, read what it would change, confirm, see it applied."""
    page.get_by_role("link", name="Tuonnit").first.click()
    page.set_input_files("input[name=file]", file)
    page.fill("input[name=exported_on]", EXPORTED[file].isoformat())
    with nobody_forecasts():
        page.get_by_role("button", name="Lue tiedosto ja näytä, mikä muuttuisi").click()
        page.wait_for_url(re.compile(r"/admin/imports/\d+/$"))
        bar = page.get_by_role("progressbar")
        expect(bar).to_be_visible()
        expect(page.locator("main")).to_contain_text(re.compile(rf"{spaced(rows_read)}\D+{spaced(rows_read)}"))
    # The page renews itself when the forecast is there.
    expect(page.get_by_role("heading", name="Mitä tämä tuonti muuttaa")).to_be_visible(timeout=SECONDS)
    expect(page.locator(".lede")).to_contain_text("odottaa vahvistusta")
    expect(page.locator("main")).to_contain_text("Mitään ei ole vielä toteutettu.")
    made = RosterImport.objects.latest("pk")
    assert made.state == RosterImport.State.FORECAST
    gained, lost = (made.figures.get(name, 0) for name in ("access_gained", "access_lost"))
    figures = page.locator("ul.figures strong")
    assert [plain(figures.nth(number).inner_text()) for number in (0, 1)] == [str(gained), str(lost)]
    button = page.get_by_role("button", name=f"Toteuta: {gained} saa ja {lost} menettää käyttöoikeuden")
    if made.guard:
        page.fill("#apply input[name=typed]", str(lost + 1))
        button.click()
        expect(page.locator("#apply .error")).to_contain_text("Näin moni ei menetä käyttöoikeutta.")
        page.fill("#apply input[name=typed]", str(lost))
    button.click()
    expect(page.locator(".lede .st.ok")).to_have_text("toteutettu", timeout=SECONDS)
    made.refresh_from_db()
    assert made.state == RosterImport.State.APPLIED


def plain(number: str) -> str:
    return re.sub(r"\s", "", number)


def spaced(number: str) -> str:
    """Return a pattern for the number with whatever blank stands between its thousands."""
    return re.sub(r"\s", r"\\s", number)


# --- what the supervisor sees ---------------------------------------------------------------------------------------
def sees_exactly_their_accounts(page: Page, supervisor: Supervisor) -> None:
    """Compare the list of one's own with what the file says, in Finnish order."""
    expect(page.get_by_role("heading", name=f"Hei {supervisor.first_name}")).to_be_visible()
    page.get_by_role("link", name="Asiakkuudet", exact=True).tap()
    lines = page.get_by_role("region", name="Omat asiakkuudet").locator("a.t")
    expect(lines).to_have_count(len(supervisor.accounts))
    assert lines.all_inner_texts() == sorted(supervisor.accounts.values(), key=finnish_key)
    hrefs = {line.get_attribute("href") for line in lines.all()}
    assert hrefs == {f"/accounts/{number}/" for number in supervisor.accounts}
    # Everything else that the page lists can be looked up, not opened.
    assert page.locator("main a[href^='/accounts/0']").count() == len(supervisor.accounts)


def opens_one_in_two_taps(page: Page, supervisor: Supervisor) -> str:
    """From the first page: the list, then the account; their own site is there, and last why they see it."""
    number, name = min(supervisor.accounts.items(), key=lambda one: finnish_key(one[1]))
    page.goto("/")
    page.get_by_role("link", name="Asiakkuudet", exact=True).tap()
    page.get_by_role("region", name="Omat asiakkuudet").get_by_role("link", name=name).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    assert page.url.endswith(f"/accounts/{number}/")
    first = page.get_by_role("region", name="Omat kohteesi")
    expect(first.locator(".sites > li")).to_have_count(1)
    expect(first).to_contain_text(supervisor.sites[number])
    because = f"Näet tämän asiakkuuden, koska vastaat esimiehenä kohteesta {supervisor.sites[number]} "
    expect(page.locator(".why p").first).to_contain_text(because)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    return name


def sees_none_any_more(page: Page, name: str) -> None:
    """The tab that was open all the time gets a missing page, without the account's name on it; the list is empty."""
    answer = page.reload()
    assert answer
    assert answer.status == 404
    expect(page.get_by_role("heading", level=1)).to_have_text("Sivua ei löytynyt")
    assert name not in page.content()
    page.get_by_role("link", name="Asiakkuudet", exact=True).tap()
    mine = page.get_by_role("region", name="Omat asiakkuudet")
    expect(mine).to_contain_text("Sinulla ei ole vielä asiakkuuksia")
    expect(mine.get_by_role("link")).to_have_count(0)
