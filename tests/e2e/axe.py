"""Looks at a page as axe does, in both themes, on a phone and at a desk; and at what the browser itself minds."""

import re

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, expect

# Every pair of language and theme, of language and width, of theme and width is looked at, in half the time of all.
LOOKS = {"fi": [(1280, "light"), (360, "dark")], "en": [(1280, "dark"), (360, "light")]}
RUN = """() => axe.run(document, {resultTypes: ["violations"]}).then(found => found.violations.flatMap(
    one => one.nodes.map(node => `${one.id}: ${node.html.slice(0, 200)} ${node.failureSummary}`)))"""
# Elements that reach past the right edge, outside of what scrolls by itself.
SIDEWAYS = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
    [...document.querySelectorAll("body *")].filter(one => one.getBoundingClientRect().right > innerWidth + 1
        && one.checkVisibility() && !one.closest(".table-wrap")).slice(0, 3).map(one => one.outerHTML.slice(0, 120))"""
OWN_STATUS = re.compile(r"Failed to load resource: the server responded with a status of [45]\d\d")


def watch(page: Page, found: list[str]) -> None:
    """Note in `found` whatever the console says: errors of scripts, breaches of the content policy, files not there.

    A page that is itself a refusal (a form with errors, a missing page) is none of these.
    """

    def hear(message: ConsoleMessage) -> None:
        itself = OWN_STATUS.match(message.text) and message.location.get("url", "") == page.url
        if message.type in {"error", "warning"} and not itself:
            found.append(f"{page.url} console: {message.text}")

    page.on("console", hear)
    page.on("pageerror", lambda error: found.append(f"{page.url} script: {error}"))


def faults(page: Page, what: str = "") -> list[str]:
    """Return what axe finds on the page as it stands, wide and narrow, and what sticks out on a phone."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    found: list[str] = []
    language = page.locator("html").get_attribute("lang") or ""
    for width, theme in LOOKS[language]:
        page.set_viewport_size({"width": width, "height": 800})
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        expect(page.locator("html")).to_have_attribute("data-bs-theme", theme)
        where = f"{page.url} {what} [{language}, {theme}, {width}]"
        found += [f"{where} {one}" for one in page.evaluate(RUN)]
        if width < 1000:
            found += [f"{where} sticks out: {one}" for one in page.evaluate(SIDEWAYS)]
    return found
