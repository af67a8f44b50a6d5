"""axe finds nothing on the pages of the table of contents, the channel's home, sections, editors."""

import pytest
from playwright.sync_api import Page as BrowserPage

from accounts.models import Editor
from channels_app.actions import sections as actions
from channels_app.actions.contents import save_draft, token_of
from channels_app.models import Section
from channels_app.queries.definition import DefinitionLine, draft_version, lines_of, published_versions
from tests.cast import ONE_DAY, Cast
from tests.channels_app.things import make_memo, make_page, make_task
from tests.e2e.desk import Desk, mistakes

pytestmark = pytest.mark.django_db(transaction=True)


def fill(company: Cast) -> Section:
    """Write pages of every state, limit a section, leave one unused, add a local one and remove another."""
    alice, account = company.alice, company.pankki
    make_page(account, alice, "Avaimet")
    make_page(account, alice, "Hygienia", checked_on=company.day - 100 * ONE_DAY)
    make_page(account, alice, "Hinnat", limit=["sales"])
    make_page(account, alice, "Palvelukuvaus", key="contracts", contract=account.contracts.get())
    make_page(account, alice, "Asiakkuus lyhyesti", key="brief")
    make_task(account, alice, person=company.bob, due_on=company.day - ONE_DAY)
    memo = make_memo(account, alice)
    memo.decisions.create(position=1, text="Avaimet vaihdetaan", announced_at=memo.page.created_at, announced_by=alice)
    for key, limit, because in (("induction", ["sales"], ""), ("webinars", None, "asiakas pitää omansa")):
        section = Section.objects.get(key=key)
        actions.set_section(actor=alice, account=account, section=section, limit=limit, unused_because=because)
    own = actions.add_local_section(actor=alice, account=account, name="Turvaluokat")
    gone = actions.add_local_section(actor=alice, account=account, name="Vanha osio")
    make_page(account, alice, "Vanhat ohjeet", section=gone)
    actions.remove_local_section(actor=alice, section=gone)
    return own


def test_home_and_sections(desk: Desk, company: Cast) -> None:
    pankki = company.pankki.customer_number
    desk.look(company.bob, "account", pankki)
    desk.look(company.charlie, "account", company.koulut.customer_number)
    own = fill(company)
    for who in (company.alice, company.bob):
        desk.look(who, "account", pankki)
        desk.look(who, "account", pankki, then=opens_the_contents)
        desk.look(who, "removed_sections", pankki)
        for key in ("announcements", "working", "contracts", "webinars", "quality"):
            desk.look(who, "section", pankki, Section.objects.get(key=key).pk)
        desk.look(who, "section", pankki, own.pk)
    desk.look(company.bob, "section", pankki, Section.objects.get(local_name="Vanha osio").pk)
    desk.look(company.saara, "section", pankki, Section.objects.get(key="induction").pk)
    assert desk.found == []


def opens_the_contents(page: BrowserPage) -> None:
    summary = page.locator(".toc-sheet > summary")
    if summary.is_visible():
        summary.click()


def test_what_the_director_decides(desk: Desk, company: Cast) -> None:
    alice, pankki = company.alice, company.pankki.customer_number
    desk.look(alice, "local_section_new", pankki)
    desk.look(alice, "editors", pankki)
    own = fill(company)
    Editor.objects.create(account=company.pankki, person=company.bob, named_by=alice)
    Editor.objects.create(account=company.pankki, person=company.charlie, named_by=alice)
    working, sites = (Section.objects.get(key=key).pk for key in ("working", "sites"))
    desk.look(alice, "section_setting", pankki, working)
    desk.look(alice, "section_setting", pankki, working, then=limits_to_sales)
    desk.look(alice, "section_setting", pankki, sites)
    desk.look(alice, "local_section_new", pankki)
    desk.look(alice, "local_section_new", pankki, then=mistakes("main form.add-section"))
    desk.look(alice, "local_section", pankki, own.pk)
    desk.look(alice, "editors", pankki)
    desk.look(alice, "editors", pankki, then=mistakes("main form:has(#id_person)"))
    assert desk.found == []


def limits_to_sales(page: BrowserPage) -> None:
    page.check("input[name=sees][value=some]")
    page.check("input[name=kinds][value=sales]")
    with page.expect_navigation():
        page.click("main form .buttons .btn-primary")
    page.locator(".due summary").click()


def test_the_shared_definition(desk: Desk, company: Cast) -> None:
    alice = company.alice
    make_page(company.pankki, alice, "Avaimet")
    for name in ("contents", "contents_edit", "contents_preview"):
        desk.look(alice, name)
    desk.look(alice, "contents_version", 1)
    lines = list(lines_of(published_versions()[0]))
    new = DefinitionLine(0, lines[2].kind, "Varautuminen", "Preparedness")
    changed = [lines[1], lines[0], *(line for line in lines[2:] if line.name_en != "Working at the sites"), new]
    save_draft(
        actor=alice, token=token_of(draft_version(), published_versions()[0]), lines=changed, note="syksyn muutokset"
    )
    for name in ("contents", "contents_edit", "contents_preview"):
        desk.look(alice, name)
    desk.look(alice, "contents_edit", then=unfolds_and_sends_no_name)
    desk.look(alice, "contents_edit", then=is_overtaken)
    assert desk.found == []


def unfolds_and_sends_no_name(page: BrowserPage) -> None:
    for summary in page.locator("main summary").all():
        summary.click()
    page.locator("input[name$=-name_fi]").first.fill("")
    page.locator("form#draft").evaluate("form => { form.noValidate = true; }")
    with page.expect_navigation():
        page.locator("main button[value=save]").first.click()
    assert page.locator("main .error").count()


def is_overtaken(page: BrowserPage) -> None:
    page.locator("input[name=token]").first.evaluate("field => { field.value = 'of before'; }")
    with page.expect_navigation():
        page.locator("main button[value=save]").first.click()
    assert page.locator("#overtaken").count()
