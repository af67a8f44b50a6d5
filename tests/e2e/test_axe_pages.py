"""axe finds nothing on pages: read, written, in conflict, compared, limited, checked, printed."""

import pytest
from playwright.sync_api import Page as BrowserPage

from channels_app.actions.drafts import keep_draft
from channels_app.actions.essentials import write_essential
from channels_app.actions.removed_pages import remove_page
from channels_app.models import Page
from tests.cast import ONE_DAY, Cast
from tests.channels_app.page_hands import PRICES, change, checked_on, section, write
from tests.e2e.desk import Desk, mistakes

pytestmark = pytest.mark.django_db(transaction=True)

BODY = """<p>Avaimet haetaan <strong>vahtimestarilta</strong>, ks. <a href="https://www.tyosuojelu.fi">ohje</a>.</p>
<h2>Missä avaimet ovat</h2><ul><li>Hämeenkatu 12: aulan kaappi</li><li>Keskuskortteli: vartiointi</li></ul>
<h3>Yhteystiedot</h3><table><thead><tr><th>Kohde</th><th>Puhelin</th></tr></thead>
<tbody><tr><td>Hämeenkatu 12</td><td>040 123 4567</td></tr></tbody></table>"""


def a_page(company: Cast) -> Page:
    page = write(company.alice, company.pankki, "Avaimet ja kulkuluvat kiinteistönhoitokohteissa", BODY)
    change(company.aaro, page, BODY.replace("vahtimestarilta", "vartijalta"), note="uusi paikka")
    write_essential(actor=company.matti, page=page, text="Avaimet vartijalta.\n\nKuittaus aina.", number=1)
    return page


def test_pages_as_they_are_read(desk: Desk, company: Cast) -> None:
    number, page = company.pankki.customer_number, a_page(company)
    contract = company.pankki.contracts.get()
    limited = write(company.alice, company.pankki, "Hinnat", BODY, key="contracts", contract=contract, limit=PRICES)
    removed = write(company.alice, company.pankki, "Vanha")
    remove_page(actor=company.alice, page=removed)
    empty = checked_on(write(company.alice, company.pankki, "Vielä tyhjä", ""), company.day - 400 * ONE_DAY)
    desk.look(company.ines, "page", number, page.pk)
    desk.look(company.alice, "page", number, page.pk, then=opens_remove)
    desk.look(company.matti, "page", number, limited.pk)
    desk.look(company.alice, "page", number, removed.pk)
    desk.look(company.alice, "page", number, empty.pk)
    desk.look(company.alice, "page_history", number, page.pk)
    desk.look(company.ines, "page_revision", number, page.pk, 1)
    desk.look(company.alice, "page_differences", number, page.pk, query="?from=1&to=2")
    desk.look(company.ines, "page_print", number, page.pk)
    desk.look(company.ines, "section_print", number, section().pk)
    desk.look(company.ines, "section_print", number, section("induction").pk, languages=("fi",))
    desk.look(company.alice, "channel_print", number)
    assert desk.found == []


def opens_remove(page: BrowserPage) -> None:
    page.locator(".page-remove > summary").click()


def test_pages_as_they_are_written(desk: Desk, company: Cast) -> None:
    number, page, alice = company.pankki.customer_number, a_page(company), company.alice
    here = f"?section={section('contracts').pk}"
    desk.look(alice, "page_new", number, query=here)
    desk.look(alice, "page_new", number, query=here, then=mistakes("form.page-form"))
    desk.look(alice, "page_new", number, query=here, then=chooses_kinds, languages=("en",))  # which is kept as a draft
    desk.look(alice, "page_edit", number, page.pk)
    desk.look(alice, "page_limit", number, page.pk, then=chooses_kinds)
    desk.look(company.matti, "page_essential", number, page.pk)
    desk.look(company.matti, "page_essential", number, page.pk, then=mistakes())
    keep_draft(
        person=alice,
        account=company.pankki,
        section_id=page.section_id,
        page=page,
        title=page.title,
        body=BODY.replace("aulan", "pihan"),
        based_on=1,
    )
    desk.look(alice, "page_edit", number, page.pk)
    desk.look(alice, "page_edit", number, page.pk, query="?draft=continue")
    assert desk.found == []


def chooses_kinds(page: BrowserPage) -> None:
    page.locator("input[name=who][value=chosen]").check()


def test_pages_to_check(desk: Desk, company: Cast) -> None:
    desk.look(company.alice, "freshness")
    for title, age in (("Avaimet", 400), ("Työvaatteet ja henkilökohtaiset suojaimet", 200), ("Hygienia", 70)):
        checked_on(write(company.alice, company.pankki, title), company.day - age * ONE_DAY)
    desk.look(company.alice, "freshness", then=marks_one_right)
    assert desk.found == []


def marks_one_right(page: BrowserPage) -> None:
    page.locator("main details > summary").last.click()
    page.locator(".rows form button").first.click()
    page.locator("[role=status] .st.ok").wait_for()
