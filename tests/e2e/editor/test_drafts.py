"""What the editor keeps of a text that is not saved yet."""

import re

import pytest
from playwright.sync_api import expect

from channels_app.models import Draft
from tests.conftest import wait_until
from tests.e2e.editor.hands import TEXT, Open

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_draft_is_kept_through_a_lost_connection(write_new: Open) -> None:
    page = write_new()
    line = page.locator("[data-draft]")
    page.click(TEXT)
    page.keyboard.type("Ensimmäinen")
    expect(line).to_have_attribute("data-state", "saved")
    assert re.search(r"\d\d?[.:]\d\d", line.inner_text())
    page.context.set_offline(True)
    page.keyboard.type(" toinen")
    expect(line).to_have_attribute("data-state", "failed")
    page.keyboard.type(" kolmas")
    page.context.set_offline(False)
    expect(line).to_have_attribute("data-state", "saved")
    wait_until(lambda: "toinen kolmas" in Draft.objects.get().body, what="the draft with all of it")


def test_a_page_that_is_left_keeps_the_last_words(write_new: Open) -> None:
    page = write_new()
    page.click(TEXT)
    page.keyboard.type("Viimeiset sanat")
    page.goto("/")
    wait_until(lambda: Draft.objects.filter(body="<p>Viimeiset sanat</p>").exists(), what="the draft")


def test_a_draft_that_is_no_longer_taken_says_so(write_new: Open) -> None:
    page = write_new()
    page.route("**/draft/**", lambda route: route.fulfill(status=404))
    page.click(TEXT)
    page.keyboard.type("a")
    expect(page.locator("[data-draft]")).to_have_attribute("data-state", "failed")
    page.unroute("**/draft/**")
    page.route("**/draft/**", lambda route: route.fulfill(status=409, json={"conflict": True}))
    expect(page.locator("[data-draft]")).to_have_attribute("data-state", "conflict")
