"""Questions in a browser: asked on a phone beside what was asked before, answered, marked right, kept as a page."""

import pytest
from playwright.sync_api import Route, expect

from accounts.models import Approval
from channels_app.aims import Aim
from channels_app.models import Message, MessageKind, Page
from tests.cast import Cast
from tests.channels_app.message_hands import write_urgent
from tests.channels_app.question_hands import KEYS, answered
from tests.e2e.conftest import DESK, PHONE
from tests.e2e.test_memos import Browsers, at
from tests.e2e.test_memos import browsers as browsers  # a fixture

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_question_is_asked_answered_and_kept(company: Cast, browsers: Browsers, complaints: list[str]) -> None:
    earlier = answered(company)
    supervisor = browsers.open(company.bob, PHONE, "fi-FI", has_touch=True, is_mobile=True)
    supervisor.goto(at(company, "questions"))
    supervisor.locator(f'a.btn-primary[href="{at(company, "question_new")}"]').tap()
    supervisor.locator("#id_title").press_sequentially("Kuka vaihtaa avainten")
    similar = supervisor.locator("#similar li")
    expect(similar).to_have_count(1)
    expect(similar).to_contain_text(KEYS)
    expect(similar).to_contain_text("Avainkaappiin")
    # It is not that: what is typed further looks like nothing that was asked before.
    supervisor.fill("#id_title", "Kuka vaihtaa lamput porraskäytävässä?")
    expect(similar).to_have_count(0)
    supervisor.fill("#id_body", "Kaksi on pimeänä.")
    supervisor.locator("form[enctype] .btn-primary").tap()
    expect(supervisor.locator("h1")).to_have_text("Kuka vaihtaa lamput porraskäytävässä?")
    assert supervisor.evaluate("document.documentElement.scrollWidth <= innerWidth")
    question = Message.objects.exclude(pk=earlier.pk).get()

    colleague = browsers.open(company.ines, PHONE, "fi-FI", has_touch=True, is_mobile=True)
    colleague.goto(at(company, "questions") + "?which=unanswered")
    colleague.locator(".questions a.t").tap()
    colleague.fill("#id_body", "Kiinteistöhuolto, numero on ovessa.")
    colleague.locator(".reply-form .btn-primary").tap()
    expect(colleague.locator(".replies .rich")).to_have_text("Kiinteistöhuolto, numero on ovessa.")
    expect(colleague.locator(".answer-mark")).to_have_count(0)  # nobody marks their own

    director = browsers.open(company.alice, DESK, "en-GB")
    director.goto(at(company, "question", question.pk))
    director.get_by_role("button", name="This is the right answer").click()
    expect(director.locator(".right-answer")).to_contain_text("Kiinteistöhuolto")
    director.locator(".question-tools summary").click()
    director.get_by_label("Section").select_option(label="Working at the sites")
    director.get_by_role("button", name="Make it a page").click()
    expect(director.locator("h1")).to_have_text("Kuka vaihtaa lamput porraskäytävässä?")
    page = Page.objects.get()
    assert "Kiinteistöhuolto" in page.body
    assert "Kaksi on pimeänä." in page.body
    director.locator("footer a", has_text="a question").click()
    expect(director.locator(".note.ok a")).to_have_attribute("href", at(company, "page", page.pk))
    assert complaints == []


def test_one_writes_to_the_director_from_any_page(company: Cast, browsers: Browsers, complaints: list[str]) -> None:
    page = browsers.open(company.stina, PHONE, "fi-FI", has_touch=True, is_mobile=True)
    page.goto(at(company, "memos"))
    expect(page.locator("#to-director-text")).to_be_hidden()
    page.locator(".to-director > summary").tap()
    page.fill("#to-director-text", "Ovi ei mene lukkoon.")
    page.locator(".to-director button").tap()
    expect(page.locator("#notices")).not_to_be_empty()
    assert page.url.endswith(at(company, "memos"))
    assert Message.objects.get().kind == MessageKind.FEEDBACK

    director = browsers.open(company.alice, DESK, "en-GB")
    director.goto(at(company, "feedback"))
    director.get_by_role("link", name="Ovi ei mene lukkoon.").click()
    director.fill("#id_body", "Lähetän huollon.")
    director.locator(".reply-form .btn-primary").click()
    page.goto(at(company, "feedback"))
    page.get_by_role("link", name="Ovi ei mene lukkoon.").tap()
    expect(page.locator(".replies .rich")).to_have_text("Lähetän huollon.")
    assert complaints == []


def test_without_javascript_one_is_shown_what_was_asked_before(company: Cast, browsers: Browsers) -> None:
    answered(company)
    page = browsers.open(company.stina, PHONE, "en-GB", java_script_enabled=False)
    page.goto(at(company, "question_new"))
    page.fill("#id_title", "Minne avaimet?")
    page.fill("#id_body", "Lauantaina.")
    page.locator("form[enctype] .btn-primary").click()
    expect(page.locator("#similar a.t")).to_have_text(KEYS)
    expect(page.locator("#id_body")).to_have_value("Lauantaina.")
    page.locator("form[enctype] .btn-primary").click()
    expect(page.locator("h1")).to_have_text("Minne avaimet?")


def test_a_search_that_fails_leaves_what_was_typed(company: Cast, browsers: Browsers) -> None:
    page = browsers.open(company.stina, PHONE, "en-GB")
    page.goto(at(company, "question_new"))

    def broken(route: Route) -> None:
        route.fulfill(status=500)

    page.route("**/questions/similar/**", broken)
    with page.expect_response("**/questions/similar/**"):
        page.fill("#id_title", "Minne avaimet?")
    page.locator("form[enctype] .btn-primary").click()
    expect(page.locator("h1")).to_have_text("Minne avaimet?")


def test_second_eyes_publish_exactly_what_they_read(company: Cast, browsers: Browsers, complaints: list[str]) -> None:
    message = write_urgent(company, aim=Aim(), body="<p>Sähköt katkeavat kello 9.</p>")
    deputy = browsers.open(company.aaro, PHONE, "en-GB", has_touch=True, is_mobile=True)
    deputy.goto("/eyes/")
    deputy.get_by_role("link", name="Sähkökatko").tap()
    expect(deputy.locator(".exact .rich")).to_have_text("Sähköt katkeavat kello 9.")
    deputy.get_by_role("button", name="Approve and publish").tap()
    expect(deputy.locator("#notices")).to_contain_text("Approved and published: Sähkökatko")
    message.refresh_from_db()
    assert message.is_published
    assert Approval.objects.get().decided_by == company.aaro
    assert complaints == []
