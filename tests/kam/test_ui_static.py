"""What is shipped: light enough, from here only, and within the content security policy."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from kam.templatetags.ui import icon_names

STATIC = settings.BASE_DIR / "static"
TEMPLATES = settings.BASE_DIR / "templates"
FIRST_VISIT = 150_000  # bytes on the wire, pictures apart
OUR_STYLES = sorted((STATIC / "css").glob("*.css"))
# Mails carry their own styles: mail programs know no others.
PAGES = sorted(path for path in TEMPLATES.rglob("*.html") if "email" not in path.parts)
ICON = re.compile(r'{% icon "([^"]+)" %}')
ASSET = re.compile(r'/static/([^"#?]+\.(?:css|js|svg|woff2))')


def text(path: Path) -> str:
    return path.read_text("utf-8")


def wire_size(path: Path) -> int:
    data = path.read_bytes()
    return len(data) if path.suffix == ".woff2" else len(gzip.compress(data, 6))


def test_first_visit_is_light() -> None:
    html = render_to_string("base.html")
    shipped = {*ASSET.findall(html), "vendor/bootstrap-icons/sprite.svg"}
    total = sum(wire_size(STATIC / name) for name in shipped) + len(gzip.compress(html.encode()))
    assert total < FIRST_VISIT - 20_000  # what is left is for the page's own text


def test_everything_the_frame_names_is_shipped() -> None:
    assert all(finders.find(name) for name in ASSET.findall(render_to_string("base.html")))


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_page_keeps_the_content_security_policy(path: Path) -> None:
    source = text(path)
    assert not re.search(r"\sstyle\s*=", source), "a style attribute"
    assert not re.search(r"<style", source), "a style element"
    assert not re.search(r"\son[a-z]+\s*=", source), "an event attribute"
    # JSON for a script to read is data; the policy lets it be.
    assert not re.search(r'<script(?![^>]*\s(?:src=|type="application/json"))[^>]*>', source), "an inline script"
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", source), "another host"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_icons_of_a_page_are_in_the_sprite(path: Path) -> None:
    assert set(ICON.findall(text(path))) <= icon_names()


def test_no_style_or_script_reaches_another_host_or_a_source_map() -> None:
    for path in [*STATIC.rglob("*.css"), *STATIC.rglob("*.js")]:
        source = text(path)
        assert "sourceMappingURL" not in source, path
        assert not re.search(r"""(?:url\(|@import)\s*["']?(?:https?:)?//""", source), path


def test_htmx_may_neither_evaluate_nor_style_nor_keep_pages() -> None:
    html = render_to_string("base.html")
    for setting in (
        '"allowEval": false',
        '"includeIndicatorStyles": false',
        '"historyCacheSize": 0',
        '"selfRequestsOnly": true',
    ):
        assert setting in html


def test_dark_changes_every_colour_that_light_names() -> None:
    tokens = text(STATIC / "css" / "tokens.css")
    light, dark = tokens.split('[data-bs-theme="dark"] {', 1)
    colours = set(re.findall(r"(--[a-z0-9-]+): #", light))
    assert colours <= set(re.findall(r"(--[a-z0-9-]+): #", dark.split("}", 1)[0]))


@pytest.mark.parametrize("path", OUR_STYLES, ids=lambda path: path.name)
def test_styles_use_only_tokens_that_exist(path: Path) -> None:
    known = {name for style in OUR_STYLES for name in re.findall(r"(--[a-z0-9-]+):", text(style))}
    assert set(re.findall(r"var\((--[a-z0-9-]+)", text(path))) <= known


def test_vendored_folders_name_their_version_and_carry_their_licence() -> None:
    manifest = text(STATIC / "vendor" / "MANIFEST.md")
    folders = [path for path in (STATIC / "vendor").iterdir() if path.is_dir()]
    assert folders
    for folder in folders:
        assert re.search(rf"^\| {folder.name} \| \S+ \| \d+\.\d+\.\d+ \|", manifest, re.MULTILINE), folder
        assert list(folder.glob("LICENSE*")), folder
