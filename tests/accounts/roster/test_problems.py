"""Every code that reading or checking can give has a sentence, filled in with what the problem carries."""

import ast
import re
from pathlib import Path

import pytest
from django.utils.translation import override

from accounts.roster import check, columns, pipeline, read, values
from accounts.roster.problems import FILE_TEXTS, ROW_TEXTS, problem_text
from kam.lib import spreadsheets


def _sources() -> list[str]:
    files = [Path(module.__file__ or "") for module in (check, columns, pipeline, read, values)]
    return [file.read_text() for file in (*files, *Path(spreadsheets.__file__ or "").parent.glob("*.py"))]


def _emitted() -> dict[str, set[str]]:
    """Code → names of the parameters given with it, as the calls in the sources have them."""
    found: dict[str, set[str]] = {}
    for call in (node for source in _sources() for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        if name in {"Unreadable", "error", "warning"} and call.args and isinstance(call.args[0], ast.Constant):
            found.setdefault(call.args[0].value, set()).update(keyword.arg or "" for keyword in call.keywords)
    return found


def test_every_code_of_the_sources_has_a_text() -> None:
    emitted = _emitted()
    assert len(emitted) > 35
    assert emitted.keys() <= FILE_TEXTS.keys() | ROW_TEXTS.keys()


def test_texts_ask_only_for_what_their_problems_carry() -> None:
    emitted = _emitted()
    for code, text in (FILE_TEXTS | ROW_TEXTS).items():
        assert set(re.findall(r"%\((\w+)\)s", text)) <= emitted.get(code, set()), code


def test_no_text_is_left_without_its_code() -> None:
    sources = "".join(_sources())
    assert [code for code in FILE_TEXTS | ROW_TEXTS if f'"{code}"' not in sources] == []


def test_text_is_one_or_two_sentences_that_end() -> None:
    for code, text in (FILE_TEXTS | ROW_TEXTS).items():
        assert text.endswith("."), code
        assert 20 < len(text) < 200, code


def test_text_is_filled_in() -> None:
    with override("en"):
        assert problem_text("number_too_long", {"digits": "6", "width": "5"}) == (
            "The number has 6 digits; the billing system's have 5. Correct it."
        )
        assert problem_text("other_kind", {"kind": "roster", "other": "people"}) == (
            "This looks like another kind of file: list of people. Import it as that, or choose another file."
        )
        assert problem_text("columns_missing", {"columns": "Alkaa", "sheet": "Taul1"}).endswith("Sheet: Taul1.")


@pytest.mark.parametrize(("code", "params"), [("of_another_time", {}), ("number_too_long", {})])
def test_text_of_an_old_record_still_reads(code: str, params: dict[str, str]) -> None:
    with override("en"):
        assert problem_text(code, params) == f"The value can't be used ({code})."
