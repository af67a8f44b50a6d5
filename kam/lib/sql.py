"""Runs SQL that lives in files beside the code that tells its story."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

import psycopg
from django.db import connection, models, transaction

Model = TypeVar("Model", bound=models.Model)
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


# --- statements that pages are read by ------------------------------------------------------------------------------
class _Planned(psycopg.Cursor[Any]):
    def execute(
        self, query: Any, params: Any = None, *, prepare: bool | None = True, binary: bool | None = None
    ) -> Any:
        return super().execute(query, params, prepare=prepare, binary=binary)


def planned_rows(sql: str, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement, which the database parses and plans once in the life of a connection.

    For the fixed texts behind the pages that are read most: planning joins of many tables takes longer than reading
    the few rows. Behind a pooler they are planned each time (settings.DATABASES, `prepare_threshold`). The values go
    to the database apart from the text: where that does not tell a value's type, it says so, as `%(day)s::date`.
    """
    connection.ensure_connection()
    wrapped = getattr(connection, "_prepare_cursor")  # noqa: B009  unknown to the type; counts queries, maps errors
    with wrapped(_Planned(connection.connection)) as cursor:
        cursor.execute(sql, values)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def columns_of(model: type[models.Model], table: str) -> str:
    """Return the columns of `model` for a SELECT from `table`, for `built` to make an object of."""
    return ", ".join(f'{table}."{field.column}"' for field in model._meta.concrete_fields)


def made(model: type[Model], values: Iterator[Any]) -> Model:
    """Take the values of the model's `columns_of` from a row; return its object.

    They are what the database gave: for models without JSON and whatever else a field converts.
    """
    names = [field.attname for field in model._meta.concrete_fields]
    return model.from_db(connection.alias, names, list(islice(values, len(names))))


def built(model: type[Model], values: Iterator[Any]) -> Model | None:
    """Return what `made` does, None where an outer join found none."""
    found = made(model, values)
    return None if found.pk is None else found


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
