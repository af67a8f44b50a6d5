"""Memos in a real browser: on a phone in Finnish, at a desk in English."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from accounts.models import Person
from channels_app.models import Draft, Memo, Task
from tests.cast import ONE_DAY, Cast
from tests.channels_app.memos import task_line, write_memo
from tests.e2e.conftest import DESK, PHONE, listen
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


class Browsers:
    """Browsers of people at the test's server."""

    def __init__(self, browser: Browser, address: str, complaints: list[str]) -> None:
        self.browser, self.address, self.complaints = browser, address, complaints
        self.contexts: list[Any] = []

    def open(self, person: Person, size: dict[str, int], locale: str, **more: bool) -> Page:
        context = self.browser.new_context(viewport=size, locale=locale, base_url=self.address, **more)  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        session = sign_in(Client(), person).cookies[django_settings.SESSION_COOKIE_NAME].value
        context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": self.address}])
        self.contexts.append(context)
        page = context.new_page()
        listen(page, self.complaints)
        return page


@pytest.fixture
def browsers(browser: Browser, live_server: Any, complaints: list[str]) -> Iterator[Browsers]:
    made = Browsers(browser, live_server.url, complaints)
    yield made
    for context in made.contexts:
        context.close()


def at(cast: Cast, name: str, *args: int) -> str:
    return reverse(name, args=[cast.pankki.customer_number, *args])


def test_a_supervisor_writes_a_memo_on_a_phone(company: Cast, browsers: Browsers, complaints: list[str]) -> None:
    page = browsers.open(company.bob, PHONE, "fi-FI", has_touch=True, is_mobile=True)
    page.goto(at(company, "memos"))
    page.locator(f'a.btn-primary[href="{at(company, "memo_new")}"]').tap()
    page.wait_for_url("**/memos/new/")  # with its scripts: what is typed before them is not looked for
    page.fill("#id_title", "Viikkopalaveri")
    page.fill("#id_find", "ilola")
    page.locator("#participants label", has_text="Ines Ilola").tap()
    page.fill("#id_find", "salo")  # whoever was ticked stays while the next one is looked for
    page.locator("#participants label", has_text="Saara Salo").tap()
    page.locator(".ProseMirror").tap()
    page.keyboard.type("Avaimista sovittiin.")
    page.fill("#id_decisions-0-text", "Avaimet palautetaan perjantaisin.")
    page.locator("[data-adds=tasks]").tap()
    page.fill("#id_tasks-0-title", "Tilaa avaimet")
    page.fill("#id_tasks-1-title", "Vie lukot")
    page.fill("#id_tasks-1-person", "ilola")
    page.locator("#tasks-1-person-choices label").tap()
    page.locator("form.memo-form .btn-primary").tap()
    expect(page.locator("h1")).to_have_text("Viikkopalaveri")
    memo = Memo.objects.get()
    assert {one.person for one in memo.participants.all()} == {company.bob, company.ines, company.saara}
    assert "Avaimista sovittiin." in memo.page.body
    assert dict(memo.tasks.values_list("title", "person")) == {"Tilaa avaimet": None, "Vie lukot": company.ines.pk}
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints == []


def test_a_task_is_done_with_one_tap(company: Cast, browsers: Browsers, complaints: list[str]) -> None:
    write_memo(company, tasks=(task_line("Tilaa avaimet", company.bob),))
    task = Task.objects.get()
    page = browsers.open(company.bob, PHONE, "fi-FI", has_touch=True, is_mobile=True)
    page.goto(at(company, "tasks"))
    page.locator(f"#tick-{task.pk}").tap()
    expect(page.locator(f"#task-{task.pk}.done")).to_be_visible()
    task.refresh_from_db()
    assert task.done_by == company.bob
    page.locator(f"#tick-{task.pk}").tap()
    expect(page.locator(f"#task-{task.pk}:not(.done)")).to_be_visible()
    assert complaints == []


def test_a_draft_survives_a_closed_browser(company: Cast, browsers: Browsers) -> None:
    page = browsers.open(company.alice, DESK, "en-GB")
    page.goto(at(company, "memo_new"))
    with page.expect_response(lambda answer: "/memos/draft/" in answer.url and answer.ok):
        page.fill("#id_title", "Seurantapalaveri")
        page.fill("#id_decisions-0-text", "Ikkunat pestään keväällä.")
    page.context.close()
    assert Draft.objects.get().person == company.alice
    again = browsers.open(company.alice, DESK, "en-GB")
    again.goto(at(company, "memo_new"))
    again.get_by_role("link", name="Continue writing").click()
    expect(again.locator("#id_title")).to_have_value("Seurantapalaveri")
    expect(again.locator("#id_decisions-0-text")).to_have_value("Ikkunat pestään keväällä.")


def test_a_director_announces_and_everybody_reads_it(company: Cast, browsers: Browsers, complaints: list[str]) -> None:
    memo = write_memo(company, next_at=timezone.now() + ONE_DAY)
    page = browsers.open(company.alice, DESK, "en-GB")
    page.goto(at(company, "memo", memo.pk))
    with page.expect_download() as download:
        page.get_by_role("link", name="To my calendar").click()
    assert download.value.suggested_filename.endswith(".ics")
    page.get_by_role("button", name="Announce to the whole channel").click()
    expect(page.locator(".decisions .st.ok")).to_have_text("announced")
    reader = browsers.open(company.ines, DESK, "en-GB")
    reader.goto(at(company, "account"))
    expect(reader.get_by_text("Avaimet palautetaan perjantaisin.").first).to_be_visible()
    assert complaints == []


def test_filtering_the_list_as_one_types(company: Cast, browsers: Browsers, complaints: list[str]) -> None:
    write_memo(company, topic="Viikkopalaveri")
    write_memo(company, topic="Katselmus", meeting="site", decisions=())
    page = browsers.open(company.bob, DESK, "en-GB")
    page.goto(at(company, "memos"))
    page.fill("#memo-words", "perjantaisin")
    expect(page.locator("#memo-list .t")).to_have_text(["Viikkopalaveri"])
    page.fill("#memo-words", "")
    page.select_option("#memo-meeting", "site")
    expect(page.locator("#memo-list .t")).to_have_text(["Katselmus"])
    assert complaints == []
