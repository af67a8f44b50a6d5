"""axe finds nothing on a file's page, nor where files are listed and added."""

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import Page as BrowserPage

from accounts.jobs import run_due
from channels_app.actions.files import add_version, remove_file
from channels_app.models import FileVersion
from tests.cast import Cast
from tests.channels_app.disguised import PDF, mp4, office, picture
from tests.channels_app.routes.files import make_file, section_id
from tests.e2e.desk import Desk, mistakes

pytestmark = pytest.mark.django_db(transaction=True)


def refuses(page: BrowserPage) -> None:
    """Choose a file that is refused, and wait for its sentence."""
    chosen = {
        "name": "sivu-jolla-on-pitkä-nimi-joka-ei-mahdu-riville.png",
        "mimeType": "image/png",
        "buffer": b"<svg/>",
    }
    page.locator("#upload-file").set_input_files(chosen)  # type: ignore[arg-type]
    page.locator("[data-state=failed]").wait_for()


def test_files(desk: Desk, company: Cast) -> None:
    number, alice = company.pankki.customer_number, company.alice
    shown = make_file(company.pankki, alice, picture("PNG", (900, 600)), "pohjapiirros.png")
    add_version(actor=company.aaro, file=shown, content=ContentFile(picture("JPEG", (800, 500))), name="pohja.jpg")
    paper = make_file(company.pankki, alice, PDF, "turvallisuusohje-kohteisiin-2026.pdf")
    office_file = make_file(company.pankki, alice, office(), "perehdytys.docx", contract=company.pankki.contracts.get())
    film = make_file(company.pankki, alice, mp4(), "perehdytys.mp4")
    removed = make_file(company.pankki, alice, name="vanha.txt")
    remove_file(actor=alice, file=removed)
    waiting = make_file(company.pankki, alice, picture(), "odottaa.png")
    desk.look(company.bob, "file_page", number, waiting.pk, languages=("fi",))
    run_due()
    FileVersion.objects.filter(file=waiting).update(preview="failed")
    for file in (shown, paper, office_file, removed):
        desk.look(alice, "file_page", number, file.pk)
    for file in (shown, film, waiting):
        desk.look(company.bob, "file_page", number, file.pk, languages=("en",))
    desk.look(alice, "file_page", number, paper.pk, then=mistakes("#new-version form"))
    desk.look(alice, "section", number, section_id())
    desk.look(alice, "section", number, section_id(), then=refuses)
    desk.found = [one for one in desk.found if "status of 422" not in one]  # the refusal itself, on a page that stays
    assert desk.found == []
