"""Runs SQL that lives in files beside the code that tells its story."""

import re
from functools import cache
from pathlib import Path
from typing import Any

_COMMENT = re.compile(r"--[^\n]*")
_TEMP_TABLE = re.compile(r"\s*CREATE TEMP TABLE (\w+)")


def run_script(cursor: Any, path: Path, values: dict[str, Any] | None = None, **names: str) -> None:
    """Execute the statements of the file `path` in order, with `values` as parameters.

    `names` fill `{name}` in the text: identifiers chosen by the code, never anything from outside. `--` begins a
    comment and a semicolon ends a statement, wherever they stand. A temporary table is always made anew: one of an
    earlier run lives on until the outermost transaction ends.
    """
    for statement in _statements(path, **names):
        if made := _TEMP_TABLE.match(statement):
            cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{made[1]}")
        cursor.execute(statement, values or None)


@cache
def _statements(path: Path, **names: str) -> list[str]:
    text = path.read_text(encoding="utf-8")
    for key, name in names.items():
        text = text.replace("{" + key + "}", name)
    statements = _COMMENT.sub("", text).split(";")
    return [statement for statement in statements if statement.strip()]


def for_bulk_work(cursor: Any) -> None:
    """Until the transaction ends, let sorts and joins of whole tables stay in memory and skip compiling each plan."""
    cursor.execute("SET LOCAL work_mem = '64MB'")
    cursor.execute("SET LOCAL jit = off")
