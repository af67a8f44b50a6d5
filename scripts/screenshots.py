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
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from kam import translations
from kam.embedded import provide
from scripts import run

BASE_DIR = Path(__file__).resolve().parent.parent
PICTURES = BASE_DIR / "docs" / "screenshots"
VAR = BASE_DIR / "var" / "screenshots"
PORT = 8765
ADDRESS = f"http://127.0.0.1:{PORT}"
DESK, PHONE = (1280, 860), (390, 844)
TALLEST = {DESK: 1700, PHONE: 1900}
NOVEMBER = BASE_DIR / "demo" / "kohdevastuut-2026-11.csv"
BEFORE_NOVEMBER = "from kam import demo_company as d; d.FILES = d.FILES[:3]; d.build(print)"
FACTS = """
import json
from django.utils import translation
from accounts.models import AccessGrant, Barrier, RosterImport, Stay
from kam.demo import PILOT, cast
with translation.override("en"):
    people = {str(one.role_label): one.employee_number for one in cast()}
torn = AccessGrant.objects.filter(blocked=True).select_related("person").order_by("person__name_key").first()
came = Stay.objects.filter(announced=True, ended_on=None).exclude(person__invitations__isnull=False)
stay = came.order_by("account__name_key", "person__name_key").first()
print(json.dumps({
    "people": people, "pilot": PILOT, "import": RosterImport.objects.latest("pk").pk,
    "barrier": Barrier.objects.earliest("pk").pk, "torn": torn.person.employee_number if torn else "",
    "newcomer": stay.person.employee_number if stay else "",
    "new_account": stay.account.customer_number if stay else "",
}))
"""


@dataclass(frozen=True)
class Picture:
    """A page as somebody sees it; `who` is a role of the demo, or a fact's name, or nobody."""

    name: str
    who: str
    path: str
    size: tuple[int, int] = DESK
    language: str = "fi"
    theme: str = "light"


SUPERVISOR, DIRECTOR, ADMINISTRATOR = "Supervisor", "Key account director", "Administrator"
SIGNED_OUT = [
    Picture("sign-in", "", "/login/"),
    Picture("sign-in-phone", "", "/login/", PHONE),
    Picture("demo", "", "/demo/"),
]
READERS = [
    Picture("home", DIRECTOR, "/"),
    Picture("home-phone", SUPERVISOR, "/", PHONE),
    Picture("accounts", DIRECTOR, "/accounts/"),
    Picture("accounts-phone", SUPERVISOR, "/accounts/", PHONE),
    Picture("account", DIRECTOR, "/accounts/{pilot}/"),
    Picture("account-dark", DIRECTOR, "/accounts/{pilot}/", theme="dark"),
    Picture("account-english", DIRECTOR, "/accounts/{pilot}/", language="en"),
    Picture("account-phone", SUPERVISOR, "/accounts/{pilot}/", PHONE),
    Picture("account-phone-dark", SUPERVISOR, "/accounts/{pilot}/", PHONE, theme="dark"),
    Picture("sites", DIRECTOR, "/accounts/{pilot}/sites/"),
    Picture("sites-phone", SUPERVISOR, "/accounts/{pilot}/sites/", PHONE),
    Picture("sites-for-paper", DIRECTOR, "/accounts/{pilot}/sites/print/"),
    Picture("why-phone", SUPERVISOR, "/accounts/{pilot}/why/", PHONE),
    Picture("who-sees", DIRECTOR, "/accounts/{pilot}/who/"),
    Picture("invitations", DIRECTOR, "/accounts/{pilot}/invitations/"),
    Picture("arrivals", DIRECTOR, "/accounts/{pilot}/arrivals/"),
    Picture("substitutions", "Manager", "/substitutions/"),
    Picture("accounts-phone-dark", SUPERVISOR, "/accounts/", PHONE, theme="dark"),
    Picture("substitutions-phone", SUPERVISOR, "/substitutions/", PHONE),
    Picture("handover-phone", "newcomer", "/accounts/{new_account}/handover/", PHONE),
    Picture("me-phone", SUPERVISOR, "/me/", PHONE),
    Picture("missing-phone", SUPERVISOR, "/accounts/000000/", PHONE),
]
FORECAST = [
    Picture("forecast", ADMINISTRATOR, "/admin/imports/{import}/"),
    Picture("forecast-dark", ADMINISTRATOR, "/admin/imports/{import}/", theme="dark"),
    Picture("forecast-english", ADMINISTRATOR, "/admin/imports/{import}/", language="en"),
    Picture("forecast-phone", ADMINISTRATOR, "/admin/imports/{import}/", PHONE),
]
ADMINISTRATION = [
    Picture("administration", ADMINISTRATOR, "/admin/"),
    Picture("imports", ADMINISTRATOR, "/admin/imports/"),
    Picture("import-applied", ADMINISTRATOR, "/admin/imports/{import}/"),
    Picture("import-undo", ADMINISTRATOR, "/admin/imports/{import}/undo/"),
    Picture("conflicts", ADMINISTRATOR, "/admin/conflicts/"),
    Picture("conflicts-phone", ADMINISTRATOR, "/admin/conflicts/", PHONE),
    Picture("barriers", ADMINISTRATOR, "/admin/barriers/"),
    Picture("barrier", ADMINISTRATOR, "/admin/barriers/{barrier}/"),
    Picture("people", ADMINISTRATOR, "/admin/people/"),
    Picture("person", ADMINISTRATOR, "/admin/people/{torn}/"),
    Picture("titles", ADMINISTRATOR, "/admin/titles/"),
    Picture("accounts-administered", ADMINISTRATOR, "/admin/accounts/"),
    Picture("account-administered", ADMINISTRATOR, "/admin/accounts/{pilot}/"),
    Picture("access-on-a-day", ADMINISTRATOR, "/admin/access/?account={pilot}&on=2026-11-20&compared_with=2026-10-15"),
    Picture("ledger", ADMINISTRATOR, "/admin/ledger/"),
    Picture("ledger-english", ADMINISTRATOR, "/admin/ledger/", language="en"),
    Picture("jobs", ADMINISTRATOR, "/jobs/"),
]
GUARD = [
    Picture("forecast-guard", ADMINISTRATOR, "/admin/imports/{import}/"),
    Picture("forecast-guard-phone", ADMINISTRATOR, "/admin/imports/{import}/", PHONE),
    Picture("problems", ADMINISTRATOR, "/admin/imports/{import}/problems/"),
]


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
        take(browser, [*READERS, *ADMINISTRATION], facts)
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
    return next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


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
                page.evaluate("document.fonts.ready")
                page.evaluate("document.activeElement?.blur()")
                tall = page.evaluate("document.documentElement.scrollHeight")
                page.set_viewport_size({"width": size[0], "height": max(size[1], min(tall, TALLEST[size]))})
                keep(one.name, page.screenshot())


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
