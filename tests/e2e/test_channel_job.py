"""The channel's main job, on real parts: a page is written at a desk, found and used on a phone, limited, and lost.

The account's director writes, in English and on a wide screen; a supervisor reads, in Finnish and on a phone, finds a
page by another form of its words, looks at a file and ticks a task; prices are limited; and an import that names the
supervisor no more ends all of it in the tab, the file's address and the search at the next request.
"""

import io
import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from accounts.derivation import derive_access
from accounts.models import Account, Person
from channels_app.actions.tasks import add_task
from channels_app.models import File
from channels_app.models import Page as Written
from kam.lib.dates import ONE_DAY, today
from tests.accounts.roster.exports import imported, row, text
from tests.cast import direct, make_person
from tests.e2e.conftest import DESK, PHONE, System, listen
from tests.e2e.test_main_job import finnish, sign_in_by_code

pytestmark = pytest.mark.django_db(transaction=True)
TASK = "Sovi avainten luovutuksesta"
PRICES = "Hinnasto 2027"


def test_channel_job(browser: Browser, system: System, complaints: list[str], tmp_path: Path) -> None:
    account, alice, bob = company()
    desk = browser.new_context(viewport=DESK, locale="en-GB", base_url=system.address)
    phone = finnish(browser, PHONE, system, has_touch=True, is_mobile=True)
    for context in (desk, phone):
        context.set_default_timeout(20_000)
    hers, his = desk.new_page(), phone.new_page()
    listen(hers, complaints)
    listen(his, complaints)

    sign_in_in_english(hers, system, alice.email)
    keys = writes_a_page_with_table_and_picture(hers, account, tmp_path)
    file = adds_a_file_to_it(hers, keys, tmp_path)
    prices = writes_prices(hers, account)

    sign_in_by_code(his, system, bob.email)
    sees_what_is_new_on_the_first_page(his, account)
    finds_by_another_form(his, "avaimien", keys)
    finds_by_another_form(his, "hinnaston", prices)
    looks_at_the_file(his, keys, file)
    ticks_the_task(his, account)

    limits_the_prices(hers, prices)
    his.goto(prices)
    expect(his.get_by_role("heading", level=1)).to_have_text("Sivua ei löytynyt")
    finds_nothing(his, "hinnaston")
    finds_by_another_form(hers, "hinnaston", prices)

    his.goto(keys)
    ends_access(bob)
    loses_everything(his, keys, file)
    assert complaints == []
    desk.close()
    phone.close()


# --- the company ----------------------------------------------------------------------------------------------------
def company() -> tuple[Account, Person, Person]:
    """Import who answers for the account's sites, name its director, and give Bob a task for today."""
    imported(text(row("00001"), row("00002", "0000003")), today() - 40 * ONE_DAY, create=["030001"])
    account, bob = Account.objects.get(), Person.objects.get(employee_number="0000001")
    alice = make_person("Alice", "Alanen", employee_number="0000099", email="alice@yritysx.example")
    direct(alice, account)
    derive_access()
    add_task(actor=alice, account=account, title=TASK, person=bob, due_on=today())
    return account, alice, bob


def ends_access(bob: Person) -> None:
    """Import an export of today that names him no more."""
    imported(text(row("00001", "0000003"), row("00002", "0000003")), today())
    assert not Account.objects.visible_to(bob).exists()


def sign_in_in_english(page: Page, system: System, address: str) -> None:
    arrived = len(system.mails_to(address))
    page.goto("/")
    page.fill("#email", address)
    page.locator("main form .btn-primary").first.click()
    page.fill("main input[name=code]", system.newest_code(address, after=arrived))
    page.locator("main form .btn-primary").first.click()
    expect(page.get_by_role("heading", name="Hello Alice")).to_be_visible()


# --- at the desk ----------------------------------------------------------------------------------------------------
def writes_a_page_with_table_and_picture(page: Page, account: Account, folder: Path) -> str:
    """Write a page in the editor: text, a table of two filled cells, a picture with its description."""
    page.get_by_role("navigation", name="Main menu").get_by_role("link", name=account.name).click()
    page.get_by_role("link", name=re.compile("Working at the sites")).first.click()
    page.get_by_role("link", name="New page").click()
    page.get_by_label("Heading", exact=True).first.fill("Avaimet ja kulkuluvat")
    surface = page.locator("[data-surface] [contenteditable=true]").first
    surface.click()
    page.keyboard.type("Vartija luovuttaa avaimet kuittausta vastaan.")
    page.locator("[data-tool=table]").click()
    page.keyboard.type("Kohde")
    page.keyboard.press("Tab")
    page.keyboard.type("Avainlaatikko")
    picture = folder / "avainkaappi.png"
    Image.new("RGB", (320, 200), (40, 90, 160)).save(picture)
    page.locator("[data-choose=picture]").set_input_files(picture)
    expect(page.locator("[data-surface] img[src]")).to_be_visible()
    page.get_by_role("button", name="Save the page").click()
    page.wait_for_url(re.compile(r"/pages/\d+/$"))
    text_of_page = page.locator("article .rich")
    expect(text_of_page.locator("table")).to_contain_text("Avainlaatikko")
    expect(text_of_page.locator("img")).to_be_visible()
    assert text_of_page.locator("img").evaluate("one => one.naturalWidth") > 0
    return page.url


def adds_a_file_to_it(page: Page, keys: str, folder: Path) -> File:
    """Add a picture to the page's files; the worker makes its preview."""
    content = folder / "avainlista.png"
    image = io.BytesIO()
    Image.new("RGB", (900, 600), (200, 120, 40)).save(image, "PNG")
    content.write_bytes(image.getvalue())
    page.goto(keys)
    page.locator("details:has(form.upload) > summary").click()
    page.set_input_files("#upload-file", content)
    expect(page.locator("ul.files")).to_contain_text("avainlista.png")
    return File.objects.get(name="avainlista.png")


def writes_prices(page: Page, account: Account) -> str:
    page.goto(f"/accounts/{account.customer_number}/")
    page.get_by_role("link", name=re.compile("Working at the sites")).first.click()
    page.get_by_role("link", name="New page").click()
    page.get_by_label("Heading", exact=True).first.fill(PRICES)
    page.locator("[data-surface] [contenteditable=true]").first.click()
    page.keyboard.type("Tuntihinta on sovittu vuodeksi.")
    page.get_by_role("button", name="Save the page").click()
    page.wait_for_url(re.compile(r"/pages/\d+/$"))
    return page.url


def limits_the_prices(page: Page, prices: str) -> None:
    page.goto(prices)
    page.get_by_role("link", name="Who sees it").click()
    page.locator("input[name=who][value=prices]").check()
    page.get_by_role("button", name="Save who sees it").click()
    expect(page.locator("main")).to_contain_text("limited")
    assert Written.objects.get(title=PRICES).audience


# --- on the phone ---------------------------------------------------------------------------------------------------
def sees_what_is_new_on_the_first_page(page: Page, account: Account) -> None:
    """What he must do stands above what is new; the account is one tap away."""
    expect(page.get_by_role("heading", name="Hei Bob")).to_be_visible()
    expect(page.locator("section[aria-labelledby=to-do]")).to_contain_text(TASK)
    expect(page.locator("section[aria-labelledby=new]")).to_contain_text(PRICES)
    above, below = (page.locator(f"section[aria-labelledby={name}]").bounding_box() for name in ("to-do", "new"))
    assert above
    assert below
    assert above["y"] < below["y"]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("section[aria-labelledby=mine]").get_by_role("link", name=account.name).tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(account.name)


def searched(page: Page, words: str) -> None:
    page.goto("/search/")
    page.locator("main input[type=search]").fill(words)
    page.locator("main input[type=search]").press("Enter")
    page.wait_for_url(re.compile(r"/search/\?.*q="))


def finds_by_another_form(page: Page, words: str, address: str) -> None:
    searched(page, words)
    path = re.sub(r"^https?://[^/]+", "", address)
    expect(page.locator(f"main a[href='{path}']").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def finds_nothing(page: Page, words: str) -> None:
    searched(page, words)
    expect(page.locator("main .empty")).to_be_visible()
    assert page.locator("main a[href^='/accounts/0']").count() == 0


def looks_at_the_file(page: Page, keys: str, file: File) -> None:
    """From the page to the file's own page, where its preview stands, and to the file itself."""
    page.goto(keys)
    page.locator(f"main a[href$='/files/{file.pk}/about/']").first.tap()
    expect(page.get_by_role("heading", level=1)).to_have_text(file.name)
    preview = page.locator("img.file-large")
    for _ in range(40):  # made by the worker
        if preview.count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(preview).to_be_visible()
    page.wait_for_function("() => document.querySelector('img.file-large').naturalWidth > 0")
    assert page.request.get(address_of(file)).status == 200


def address_of(file: File) -> str:
    return f"/accounts/{file.account.customer_number}/files/{file.pk}/"


def ticks_the_task(page: Page, account: Account) -> None:
    page.goto("/")
    page.locator("section[aria-labelledby=to-do]").get_by_role("link", name=TASK).tap()
    page.wait_for_url(re.compile(r"/tasks/#task-\d+$"))
    page.locator("li.task", has_text=TASK).locator("button.tick").tap()
    expect(page.locator("li.task.done")).to_contain_text(TASK)
    page.goto("/")
    expect(page.locator("section[aria-labelledby=to-do]")).not_to_contain_text(TASK)


def loses_everything(page: Page, keys: str, file: File) -> None:
    """The open tab, the file's address, its preview, the search and the first page: nothing is left at once."""
    answer = page.reload()
    assert answer
    assert (page.url, answer.status) == (keys, 404)
    assert "Avaimet" not in page.content()
    for address in (address_of(file), f"{address_of(file)}preview/", f"{address_of(file)}about/"):
        assert page.request.get(address).status == 404, address
    finds_nothing(page, "avaimien")
    page.goto("/")
    assert "Avaimet" not in page.content()
    assert file.account.name not in page.content()
