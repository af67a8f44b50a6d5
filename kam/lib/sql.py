"""Runs SQL that lives in files beside the code that tells its story."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction

_COMMENT = re.compile(r"--[^\n]*")
_TEMP_TABLE = re.compile(r"\s*CREATE TEMP TABLE (\w+)")


def run_script(cursor: Any, path: Path, values: dict[str, Any] | None = None, **names: str) -> None:
    """Execute the statements of the file `path` in order, with `values` as parameters.

    `names` fill `{name}` in the text: identifiers chosen by the code, never anything from outside. `--` begins a
    comment and a semicolon ends a statement, wherever they stand. A temporary table is always made anew: one of an
    earlier run lives on until the outermost transaction ends.
    """
    cursor.execute("SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema() AND relkind = 'r'")
    left_over = {name for (name,) in cursor.fetchall()}
    for statement in _statements(path, **names):
        if (made := _TEMP_TABLE.match(statement)) and made[1] in left_over:
            cursor.execute(f"DROP TABLE pg_temp.{made[1]}")
        cursor.execute(statement, values or None)


@cache
def _statements(path: Path, **names: str) -> list[str]:
    text = path.read_text(encoding="utf-8")
    for key, name in names.items():
        text = text.replace("{" + key + "}", name)
    statements = _COMMENT.sub("", text).split(";")
    return [statement for statement in statements if statement.strip()]


@contextmanager
def unhurried() -> Iterator[None]:
    """A transaction that need not have reached the disk when it ends: for progress and for what can be made again.

    Should the server lose it in a crash, it loses what came after it as well, so that nothing half is left.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        yield


def for_bulk_work(cursor: Any) -> None:
    """Until the transaction ends, let sorts and joins of whole tables stay in memory, skip compiling each plan, and be
    content with a small sample where a temporary table is analysed: its size is what matters.
    """
    cursor.execute("SET LOCAL work_mem = '64MB'")
    cursor.execute("SET LOCAL jit = off")
    cursor.execute("SET LOCAL default_statistics_target = 20")
