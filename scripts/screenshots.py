"""`make screenshots`: renews the pictures of docs/screenshots from the demo company, in a database of its own.

The story is the system's own: people, accounts and October are imported, an administrator reads November's forecast in
the browser and applies it, then everybody's pages are looked at. Pictures differ from run to run in times alone.
"""

import io
import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from kam import translations
from kam.embedded import provide
from scripts import run
from scripts.pictures import (
    ADMINISTRATION,
    ADMINISTRATOR,
    CHANNEL,
    DESK,
    DIRECTOR,
    FACTS,
    FORECAST,
    GUARD,
    KEYS,
    MESSAGES,
    PHONE,
    READERS,
    SIGNED_OUT,
    Picture,
)

BASE_DIR = Path(__file__).resolve().parent.parent
PICTURES = BASE_DIR / "docs" / "screenshots"
VAR = BASE_DIR / "var" / "screenshots"
PORT = 8765
ADDRESS = f"http://127.0.0.1:{PORT}"
TALLEST = {DESK: 1700, PHONE: 1900}
NOVEMBER = BASE_DIR / "demo" / "kohdevastuut-2026-11.csv"
BEFORE_NOVEMBER = "from kam import demo_company as d; d.FILES = d.FILES[:3]; d.build_company(print)"
# The channels are filled by the people of November; the worker then draws the small pictures of their files.
CHANNELS = """
import time
from channels_app.models import FileVersion
from kam.demo_channel import fill
fill(print)
for _ in range(120):
    if not FileVersion.objects.filter(preview="waiting").exists():
        break
    time.sleep(1)
"""
# The deputy saves a page while the director has it open.
MEANWHILE = """
from accounts.models import Person
from channels_app.actions.pages import save_page
from channels_app.models import Page
page = Page.objects.select_related("account").get(pk={page})
body = page.body.replace("<h2>Käyttö</h2>", "<h2>Käyttö</h2><p>Avain on henkilökohtainen.</p>")
save_page(actor=Person.objects.get(employee_number="{deputy}"), page=page, title=page.title, body=body,
          based_on=page.number, note="Avaimen lainaaminen")
"""


def main() -> int:
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    with demo() as facts, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=sandbox())
        take(browser, SIGNED_OUT, facts)
        upload(browser, facts, NOVEMBER, "2026-11-16")
        facts |= told()
        take(browser, FORECAST, facts)
        confirm(browser, facts)
        facts |= told()
        run.say("Filling the channels")
        run.manage("shell", "--verbosity", "0", "-c", CHANNELS)
        facts |= told()
        take(browser, [*READERS, *ADMINISTRATION, *CHANNEL, *MESSAGES], facts)
        preview_of_contents(browser, facts)
        conflict(browser, facts)
        upload(browser, facts, torn_file(), "2026-11-17")
        facts |= told()
        take(browser, GUARD, facts)
        browser.close()
    size = sum(picture.stat().st_size for picture in PICTURES.iterdir())
    run.say(f"{len(list(PICTURES.iterdir()))} pictures, {size / 1e6:.1f} MB, in {PICTURES}")
    return 0


# --- the system ------------------------------------------------------------------------------------------------------
@contextmanager
def demo() -> Iterator[dict[str, Any]]:
    """Run the system with the demo company as it stands before November's import; yields what is known of it."""
    shutil.rmtree(VAR, ignore_errors=True)
    os.environ.pop("DATABASE_URL", None)
    os.environ |= {"VAR_DIR": str(VAR), "DEMO": "1", "SITE_URL": ADDRESS, "REDIS_URL": ""}
    var = run.prepare_environment(PORT)
    children: list[run.Child] = []
    try:
        run.check_machine(PORT)
        provide()
        translations.compile_all()
        run.manage("migrate", "--verbosity", "0")
        run.say("Building the demo company")
        run.manage("shell", "--verbosity", "0", "-c", BEFORE_NOVEMBER)
        run.start_web(PORT, var, children)
        run.start_background(var, children)
        run.wait_for_health(PORT, children)
        yield told()
    finally:
        run.stop_all(children)


def told() -> dict[str, Any]:
    return dict(json.loads(run.manage("shell", "--verbosity", "0", "-c", FACTS).splitlines()[-1]))


def chromium() -> str | None:
    """Return the system's Chromium, None for the one that Playwright brought."""
    names = ("chromium", "chromium-browser", "google-chrome", "chromium-headless-shell")
    return next(filter(None, map(shutil.which, names)), None)


def sandbox() -> list[str]:
    return ["--no-sandbox"] if os.geteuid() == 0 else []


# --- the browser -----------------------------------------------------------------------------------------------------
def take(browser: Browser, pictures: list[Picture], facts: dict[str, Any]) -> None:
    """Take the pictures, those of one person's browser after each other."""
    by_browser: dict[tuple[Any, ...], list[Picture]] = {}
    for one in pictures:
        by_browser.setdefault((one.who, one.size, one.language, one.theme), []).append(one)
    for (who, size, language, theme), theirs in by_browser.items():
        with opened(browser, who, facts, size, language, theme) as page:
            for one in theirs:
                page.set_viewport_size({"width": size[0], "height": size[1]})
                page.goto(ADDRESS + one.path.format_map(facts))
                shoot(page, one.name, size)


def shoot(page: Page, name: str, size: tuple[int, int]) -> None:
    """Take the page as it stands, as far down as pictures go."""
    page.evaluate("document.fonts.ready")
    page.evaluate("document.activeElement?.blur()")
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": size[0], "height": max(size[1], min(tall, TALLEST[size]))})
    keep(name, page.screenshot())


@contextmanager
def opened(
    browser: Browser, who: str, facts: dict[str, Any], size: tuple[int, int], language: str, theme: str
) -> Iterator[Page]:
    """Open a browser of that size, language and theme, and sign in as that person of the demo."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale={"fi": "fi-FI", "en": "en-GB"}[language],
        color_scheme=theme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page = context.new_page()
    if who:
        number = facts["people"].get(who) or facts[who]
        page.goto(f"{ADDRESS}/login/")
        cookies = {one["name"]: one["value"] for one in context.cookies()}
        sent = {"employee_number": number, "csrfmiddlewaretoken": cookies.get("csrftoken", "")}
        answer = context.request.post(f"{ADDRESS}/demo/", form=sent, headers={"Referer": f"{ADDRESS}/demo/"})
        if not answer.ok:
            raise RuntimeError(f"{who} ({number}) could not sign in: {answer.status}")
    yield page
    context.close()


def keep(name: str, png: bytes) -> None:
    """Write the picture with its 256 most frequent colours, about as many as a page has, at a third of the size.

    Pillow finds the nearest colour for the rest; of the frequent ones too it takes a near one, so they are set here.
    """
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    counted: Any = picture.getcolors(picture.width * picture.height) or []
    colours = [colour for _, colour in sorted(counted, reverse=True)[:256]]
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in colours for part in colour])
    near = picture.quantize(palette=palette, dither=Image.Dither.NONE)
    place = {colour: number for number, colour in enumerate(colours)}
    parts = picture.tobytes()
    pixels = zip(zip(parts[::3], parts[1::3], parts[2::3], strict=True), near.tobytes(), strict=True)
    near.frombytes(bytes(place.get(colour, nearest) for colour, nearest in pixels))
    near.save(PICTURES / f"{name}.png", optimize=True)


def torn_file() -> Path:
    """Return half of November's export with a few mistakes in it: what the guard is there for."""
    lines = NOVEMBER.read_text("utf-8-sig").splitlines(keepends=True)
    half = lines[: len(lines) // 2]
    for number in range(200, 204):
        half[number] = half[number].replace("esimies", "talonmies").replace("ohjaaja", "talonmies")
    torn = VAR / "kohdevastuut-2026-11-puolet.csv"
    torn.write_text("".join(half), "utf-8-sig")
    return torn


def upload(browser: Browser, facts: dict[str, Any], file: Path, exported_on: str) -> None:
    """Upload the file and wait for its forecast."""
    with opened(browser, ADMINISTRATOR, facts, DESK, "fi", "light") as page:
        page.goto(f"{ADDRESS}/admin/imports/")
        page.set_input_files("input[name=file]", file)
        page.fill("input[name=exported_on]", exported_on)
        page.fill("input[name=source_name]", "Laskutusjärjestelmä")
        page.click("main .btn-primary")
        page.locator("form#apply").wait_for(state="attached", timeout=120_000)


def preview_of_contents(browser: Browser, facts: dict[str, Any]) -> None:
    """Let the director rename a section and have it checked more often, and look at what that changes."""
    with opened(browser, DIRECTOR, facts, DESK, "fi", "light") as page:
        page.goto(f"{ADDRESS}/contents/edit/")
        line = page.locator(f"#s{facts['section']['working']}")
        line.locator("details").evaluate("it => it.open = true")
        line.locator("input[name$=name_fi]").fill("Työskentely kohteissa")
        line.locator("input[name$=review_days]").fill("60")
        page.click("button[form=draft][value=save]")
        page.goto(f"{ADDRESS}/contents/preview/")
        shoot(page, "contents-preview", DESK)


def conflict(browser: Browser, facts: dict[str, Any]) -> None:
    """Let the director and the deputy write the same page, and show the director what the second to save sees."""
    title = "Avaimet ja kulkuluvat"
    with opened(browser, DIRECTOR, facts, DESK, "fi", "light") as page:
        page.goto(ADDRESS + KEYS.format_map(facts) + "edit/")
        page.fill("input[name=title]", f"{title}: ohje kaikille")
        values = {"page": facts["page_of"][title], "deputy": facts["deputy"]}
        run.manage("shell", "--verbosity", "0", "-c", MEANWHILE.format_map(values))
        page.click(".page-form button[type=submit]")
        page.wait_for_load_state()
        shoot(page, "page-conflict", DESK)


def confirm(browser: Browser, facts: dict[str, Any]) -> None:
    """Apply the forecast, with the number that the guard wants typed where it asks, and wait until it is applied."""
    with opened(browser, ADMINISTRATOR, facts, DESK, "fi", "light") as page:
        page.goto(f"{ADDRESS}/admin/imports/{facts['import']}/")
        typed = page.locator("#apply input[name=typed]")
        if typed.count():
            lost = page.locator("ul.figures strong").nth(1).inner_text()
            typed.fill("".join(filter(str.isdigit, lost)))
        page.click("button[form=apply]")
        page.locator("main .note.ok").wait_for(timeout=120_000)


if __name__ == "__main__":
    sys.exit(main())
