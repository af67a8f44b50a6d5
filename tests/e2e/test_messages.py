"""Messages in a browser: a director announces, a supervisor on a phone reads and replies, the director mends it."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from accounts.models import Notice
from channels_app.models import Draft, File, Mention, Message, MessageRecipient, Reply
from tests.cast import Cast
from tests.channels_app.message_hands import write_discussion
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.test_memos import Browsers, at
from tests.e2e.test_memos import browsers as browsers  # a fixture

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_announcement_is_aimed_read_answered_and_mended(
    company: Cast, browsers: Browsers, complaints: list[str], tmp_path: Path
) -> None:
    paper = tmp_path / "avaimet.txt"
    paper.write_text("Avainlista", "utf-8")
    director = browsers.open(company.alice, DESK, "en-GB")
    director.goto(at(company, "messages"))
    director.get_by_role("link", name="Announce", exact=True).click()
    director.fill("#id_subject", "Avaimet vaihtuvat")
    director.locator(".ProseMirror").click()
    director.keyboard.type("Uudet avaimet antaa @ilol")
    director.locator(".mention-list li", has_text="Ines Ilola").click()
    director.keyboard.type("maanantaina.")
    expect(director.locator(".ProseMirror")).to_have_text("Uudet avaimet antaa @Ines Ilola maanantaina.")
    director.set_input_files("#id_new_files", paper)
    director.check('input[name="to"][value="chosen"]')
    director.get_by_role("checkbox", name="Uusimaa").check()
    director.get_by_role("checkbox", name="Supervisor").check()
    expect(director.locator("#reach strong")).not_to_have_text("Reaches 8 people")
    director.get_by_role("button", name="Publish").click()
    expect(director.locator("h1")).to_have_text("Avaimet vaihtuvat")
    message = Message.objects.get()
    assert (message.aim_roles, message.aim_areas) == (["supervisor"], [company.area.pk])
    assert Mention.objects.get().person == company.ines
    assert File.objects.get().message == message
    assert not Draft.objects.exists()

    supervisor = browsers.open(company.ines, PHONE, "fi-FI", has_touch=True, is_mobile=True)
    supervisor.goto(at(company, "messages"))
    supervisor.locator(".messages a.t").tap()
    expect(supervisor.locator(".message-files a.t")).to_have_text("avaimet.txt")
    supervisor.fill("#id_body", "Selvä, tulen maanantaina.")
    supervisor.locator(".reply-form .btn-primary").tap()
    expect(supervisor.locator(".replies .rich")).to_have_text("Selvä, tulen maanantaina.")
    assert supervisor.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Notice.objects.get(person=company.alice, kind="reply").path.endswith(f"#reply-{Reply.objects.get().pk}")
    assert not Notice.objects.unread().filter(person=company.ines).exists()

    director.get_by_role("link", name="Edit", exact=True).click()
    director.locator(".ProseMirror").click()
    director.keyboard.press("Control+End")
    director.keyboard.type(" Kello 9.")
    director.get_by_role("button", name="Save").click()
    director.get_by_role("link", name="mended").first.click()
    expect(director.locator("ins").first).to_contain_text("Kello 9.")
    assert complaints == []


def test_a_name_is_offered_behind_the_at_on_a_phone(company: Cast, browsers: Browsers, complaints: list[str]) -> None:
    message = write_discussion(company)
    page = browsers.open(company.bob, PHONE, "fi-FI", has_touch=True, is_mobile=True)
    page.goto(at(company, "message", message.pk))
    assert not MessageRecipient.objects.filter(message=message, person=company.bob).exists()
    page.locator("#id_body").press_sequentially("Kysy @salo")
    page.keyboard.press("ArrowDown")
    page.locator(".mention-list li", has_text="Saara Salo").tap()
    expect(page.locator("#id_body")).to_have_value("Kysy @Saara Salo ")
    page.locator("#id_body").press_sequentially("@eskola")
    page.wait_for_timeout(600)
    expect(page.locator(".mention-list")).to_have_count(0)
    assert complaints == []


def test_a_draft_survives_a_closed_browser(company: Cast, browsers: Browsers) -> None:
    page = browsers.open(company.alice, DESK, "en-GB")
    page.goto(at(company, "message_new") + "?kind=announcement")
    with page.expect_response(lambda answer: "/messages/draft/" in answer.url and answer.ok):
        page.fill("#id_subject", "Kesken jäi")
    page.context.close()
    again = browsers.open(company.alice, DESK, "en-GB")
    again.goto(at(company, "message_new") + "?kind=announcement")
    again.get_by_role("link", name="Continue writing").click()
    expect(again.locator("#id_subject")).to_have_value("Kesken jäi")
