"""docs/operations.md names every environment variable that the code reads, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

BASE_DIR = Path(__file__).resolve().parents[2]
READERS = ["kam/settings.py", "deploy/gunicorn.conf.py"]


def names_read(source: str) -> Iterator[str]:
    """Yield the first argument of every call `env.…("NAME")`, `env("NAME")`, `os.environ.get("NAME")`."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        called = ast.unparse(node.func)
        if called == "env" or called.startswith("env.") or called == "os.environ.get":
            yield str(node.args[0].value)


def rows() -> dict[str, list[str]]:
    """Return the cells of the settings table, by the variable's name."""
    section = (BASE_DIR / "docs/operations.md").read_text().split("## Settings")[1].split("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return {line[0].strip("`"): line for line in lines}


def test_reader_finds_every_form() -> None:
    source = 'A = env.str("ONE", default="x")\nB = env("TWO")\nC = int(os.environ.get("THREE", "4"))\nD = other("FOUR")'
    assert set(names_read(source)) == {"ONE", "TWO", "THREE"}


def test_every_variable_is_documented_and_none_has_vanished() -> None:
    read = {name for file in READERS for name in names_read((BASE_DIR / file).read_text())}
    assert read
    assert rows().keys() == read


@pytest.mark.parametrize("name", sorted(rows()))
def test_row_has_default_meaning_and_example(name: str) -> None:
    cells = rows()[name]
    assert len(cells) == 4, cells
    assert all(cell.strip() for cell in cells)


def test_example_file_sets_only_known_variables() -> None:
    text = (BASE_DIR / "deploy/.env.example").read_text()
    used_by_compose = {"POSTGRES_PASSWORD", "SITE_HOST"}
    assert set(re.findall(r"^#? ?([A-Z_]+)=", text, re.MULTILINE)) - used_by_compose <= rows().keys()


def test_compose_file_sets_only_known_variables() -> None:
    text = (BASE_DIR / "docker-compose.yml").read_text()
    shared = text.split("x-environment:")[1].split("\n\n")[0]
    assert set(re.findall(r"^  ([A-Z_]+):", shared, re.MULTILINE)) <= rows().keys()
