"""Writing in the editor: text, tables and links, and what office programs leave in a paste."""

import pytest
from playwright.sync_api import expect

from tests.e2e.editor.hands import TEXT, Open, in_the_form, saved, tool
from tests.e2e.test_hostile_html import EMPTY, PASTE

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_written_is_what_is_saved_and_read(write_new: Open, complaints: list[str]) -> None:
    page = write_new()
    page.click(TEXT)
    tool(page, "heading").click()
    page.keyboard.type("Avaimet")
    page.keyboard.press("Enter")
    page.keyboard.type("Hae ")
    page.keyboard.press("Control+b")
    expect(tool(page, "strong")).to_have_attribute("aria-pressed", "true")
    page.keyboard.type("aina")
    page.keyboard.press("Control+b")
    page.keyboard.type(" itse.")
    page.keyboard.press("Enter")
    tool(page, "bullets").click()
    page.keyboard.type("ovi")
    page.keyboard.press("Enter")
    page.keyboard.press("Control+]")
    page.keyboard.type("etuovi")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.type("Loppu")
    expected = (
        "<h2>Avaimet</h2><p>Hae <strong>aina</strong> itse.</p>"
        "<ul><li><p>ovi</p><ul><li>etuovi</li></ul></li></ul><p>Loppu</p>"
    )
    assert saved(page) == expected
    assert page.locator(".rich").inner_html().strip() == expected
    page.goto(page.url + "edit/")
    expect(page.locator(TEXT)).to_contain_text("etuovi")
    page.keyboard.press("Tab")
    assert complaints == []


def test_a_table_grows_and_shrinks(write_new: Open) -> None:
    page = write_new()
    page.click(TEXT)
    tool(page, "table").click()
    expect(tool(page, "table")).to_have_attribute("aria-disabled", "true")
    for word in ("Tila", "Kerrat", "Kuka", "Aula", "2", "Maija"):
        page.keyboard.type(word)
        page.keyboard.press("Tab")
    tool(page, "row-add").click()
    tool(page, "column-add").click()
    expect(page.locator(f"{TEXT} tr")).to_have_count(4)
    expect(page.locator(f"{TEXT} th")).to_have_count(4)
    page.locator(f"{TEXT} tr").last.locator("td").first.click()
    tool(page, "row-remove").click()
    page.locator(f"{TEXT} th").nth(1).click()
    tool(page, "column-remove").click()
    expect(tool(page, "header-row")).to_have_attribute("aria-pressed", "true")
    tool(page, "header-row").click()
    expect(page.locator(f"{TEXT} th")).to_have_count(0)
    tool(page, "header-row").click()
    expect(page.locator(f"{TEXT} th")).to_have_count(3)
    body = saved(page)
    assert body.startswith('<table><tbody><tr><th scope="col">Tila</th><th scope="col">Kerrat</th>')
    assert "<td>Aula</td><td>2</td><td>Maija</td>" in body
    frame = page.locator(".rich .table-wrap")
    expect(frame).to_have_attribute("tabindex", "0")
    page.goto(page.url + "edit/")
    page.locator(f"{TEXT} td").first.click()
    tool(page, "table-remove").click()
    expect(page.locator(f"{TEXT} table")).to_have_count(0)
    tool(page, "undo").click()
    expect(page.locator(f"{TEXT} table")).to_have_count(1)


@pytest.mark.parametrize(
    ("written", "leads_to"),
    [
        ("yritysx.example/ohje", "https://yritysx.example/ohje"),
        ("https://yritysx.example", "https://yritysx.example"),
        ("maija@yritysx.example", "mailto:maija@yritysx.example"),
        ("040 123 4567", "tel:0401234567"),
    ],
)
def test_a_link_takes_plain_addresses(write_new: Open, written: str, leads_to: str) -> None:
    page = write_new()
    page.click(TEXT)
    page.keyboard.press("Control+k")
    dialog = page.locator("dialog[open]")
    dialog.locator("[name=address]").fill("tämä ei ole osoite")
    page.keyboard.press("Enter")
    expect(dialog.locator("[role=alert]")).to_be_visible()
    dialog.locator("[name=address]").fill(written)
    dialog.locator("[name=words]").fill("Ohje")
    page.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    assert saved(page) == f'<p><a href="{leads_to}" rel="noopener noreferrer nofollow">Ohje</a></p>'


def test_a_link_is_changed_and_removed(write_new: Open) -> None:
    page = write_new()
    page.evaluate(PASTE, '<p>Katso <a href="https://a.example/">ohje</a> heti</p>')
    page.locator(f"{TEXT} a").click()
    expect(tool(page, "link")).to_have_attribute("aria-pressed", "true")
    tool(page, "link").click()
    page.fill("dialog[open] [name=address]", "b.example")
    page.keyboard.press("Enter")
    assert in_the_form(page) == '<p>Katso <a href="https://b.example">ohje</a> heti</p>'
    tool(page, "link").click()
    page.click("dialog[open] [data-remove]")
    assert in_the_form(page) == "<p>Katso ohje heti</p>"


# --- pastes ---------------------------------------------------------------------------------------------------------
WORD_ITEM = (
    "<p class=MsoListParagraph style='margin-left:36pt;mso-list:l0 level{level} lfo1'><![if !supportLists]>"
    "<span style='font-family:Symbol'><span style='mso-list:Ignore'>{sign}<span>&nbsp; </span></span></span>"
    "<![endif]>{text}<o:p></o:p></p>"
)


@pytest.mark.parametrize(
    ("pasted", "kept"),
    [
        pytest.param(
            "<html xmlns:o='urn:x'><head><style>p.MsoNormal{color:red}</style></head><body><!--StartFragment-->"
            "<h1>Avaimet<o:p></o:p></h1><p class=MsoNormal><b><span style='color:red'>Hae</span></b> aina</p>"
            "<p class=MsoNormal><o:p>&nbsp;</o:p></p>"
            + WORD_ITEM.format(level=1, sign="·", text="yksi")
            + WORD_ITEM.format(level=2, sign="o", text="sisempi")
            + WORD_ITEM.format(level=1, sign="·", text="kaksi")
            + "<!--EndFragment--></body></html>",
            "<h2>Avaimet</h2><p><strong>Hae</strong> aina</p>"
            "<ul><li><p>yksi</p><ul><li>sisempi</li></ul></li><li>kaksi</li></ul>",
            id="word",
        ),
        pytest.param(
            WORD_ITEM.format(level=1, sign="1.", text="eka") + WORD_ITEM.format(level=1, sign="2.", text="toka"),
            "<ol><li>eka</li><li>toka</li></ol>",
            id="word-numbers",
        ),
        pytest.param(
            "<div class=WordSection1><table class=MsoNormalTable border=1 style='border:solid'><tr><td width=200 "
            "style='padding:1px'><p class=MsoNormal>Aula</p></td><td><p class=MsoNormal>2</p></td></tr></table></div>",
            "<table><tbody><tr><td>Aula</td><td>2</td></tr></tbody></table>",
            id="outlook-table",
        ),
        pytest.param(
            "<meta charset='utf-8'><b style='font-weight:normal' id='docs-internal-guid-1'><p dir=ltr><span "
            "style='font-weight:700'>Lihava</span><span style='font-style:italic'> vino</span></p></b>",
            "<p><strong>Lihava</strong><em> vino</em></p>",
            id="google-docs",
        ),
        pytest.param(
            "<div style='font-size:14px'>Hei<br>kaikki</div><div><a href='https://a.example/?x'>linkki</a></div>",
            '<p>Hei<br>kaikki</p><p><a href="https://a.example/?x" rel="noopener noreferrer nofollow">linkki</a></p>',
            id="teams",
        ),
        pytest.param(
            "<article><h4 class=x>Alaotsikko</h4><p onclick='x()'>Teksti <img src='https://a.example/x.png'></p></article>",
            "<h3>Alaotsikko</h3><p>Teksti</p>",
            id="web",
        ),
    ],
)
def test_what_is_pasted_becomes_what_a_page_has(write_new: Open, pasted: str, kept: str) -> None:
    page = write_new()
    page.evaluate(EMPTY)
    page.evaluate(PASTE, pasted)
    assert saved(page) == kept


def test_an_address_that_is_pasted_is_a_link(write_new: Open) -> None:
    page = write_new()
    page.evaluate("""() => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", "https://yritysx.example/ohje");
        const shared = { clipboardData, bubbles: true, cancelable: true };
        document.querySelector(".ProseMirror").dispatchEvent(new ClipboardEvent("paste", shared));
    }""")
    expect(page.locator(f"{TEXT} a")).to_have_attribute("href", "https://yritysx.example/ohje")
