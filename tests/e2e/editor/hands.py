"""Hands that write in the editor, for its tests in a real browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.urls import reverse
from playwright.sync_api import Page, expect

from channels_app.models import Page as ChannelPage
from channels_app.models import Section
from tests.cast import Cast

ICONS = Path(__file__).resolve().parents[3] / "static" / "icons"
TEXT = ".ProseMirror"
Open = Callable[..., Page]


def address(company: Cast) -> str:
    section = Section.objects.get(key="working")
    return reverse("page_new", args=[company.pankki.customer_number]) + f"?section={section.pk}"


def tool(page: Page, name: str) -> Any:
    return page.locator(f"[data-tool={name}]")


def in_the_form(page: Page) -> str:
    """Return what the form would send, once the textarea has it."""
    page.wait_for_timeout(300)
    return page.locator("textarea[name=body]").input_value()


def saved(page: Page, title: str = "Avaimet") -> str:
    page.fill("[name=title]", title)
    with page.expect_navigation():
        page.locator("form.page-form button[type=submit]").click()
    expect(page.locator("h1")).to_have_text(title)
    return ChannelPage.objects.get(title=title).body
