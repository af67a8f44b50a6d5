"""docs/dependencies.md gives a reason for every direct dependency."""

import re
import tomllib
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parents[2]


def name(requirement: str) -> str:
    return re.split(r"[<>=\[ ;]", requirement)[0]


def test_every_direct_dependency_has_its_line() -> None:
    project = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())
    wanted = {name(each) for each in [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]}
    lines = re.findall(r"^\| ([a-z][^|]*?) \|", (BASE_DIR / "docs/dependencies.md").read_text(), re.MULTILINE)
    explained = {name(each) for line in lines if line != "package" for each in line.split(", ")}
    assert explained == wanted


def test_locks_are_hashed_and_name_no_address() -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        text = (BASE_DIR / lock).read_text()
        assert "--hash=sha256:" in text
        assert "://" not in text
        pinned = re.findall(r"^[a-z][^\n]*?==", text, re.MULTILINE)
        assert len(re.findall(r"^[a-z]", text, re.MULTILINE)) == len(pinned)
