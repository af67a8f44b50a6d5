"""How a cadence or a rule for a day is written to a JSON field and read back: an object with its kind and its parts."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

Kinds = Mapping[str, type[Any]]


def written(value: Any, kinds: Kinds) -> dict[str, Any]:
    """Return `value` as an object of JSON; parts that are as usual are left out."""
    kind = next(name for name, of in kinds.items() if of is type(value))
    parts = {field.name: getattr(value, field.name) for field in fields(value) if _unusual(value, field)}
    return {"kind": kind, **{name: _plain(part) for name, part in parts.items()}}


def read(data: object, kinds: Kinds, what: str, parts: Mapping[str, Callable[[Any], Any]] | None = None) -> Any:
    """Return what `written` wrote. `parts` reads parts that are no number, text or list. Raises ValueError."""
    if not isinstance(data, dict) or not isinstance(data.get("kind"), str):
        raise ValueError(f"A {what} is an object with a kind, not {data!r}.")
    kind = data["kind"]
    if kind not in kinds:
        raise ValueError(f"{kind!r} is no kind of {what}: there are {', '.join(kinds)}.")
    given = {name: part for name, part in data.items() if name != "kind"}
    known = {field.name: field for field in fields(kinds[kind])}
    if unknown := sorted(map(str, given.keys() - known.keys())):
        raise ValueError(f"{kind} has no {', '.join(unknown)}.")
    if missing := [name for name, field in known.items() if field.default is MISSING and name not in given]:
        raise ValueError(f"{kind} lacks {', '.join(missing)}.")
    return kinds[kind](**{name: _read_part(name, part, parts or {}) for name, part in given.items()})


def day_from_text(text: object) -> dt.date:
    """Read a day written as 2027-05-31. Raises ValueError."""
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        raise ValueError(f"A day is written as 2027-05-31, not {text!r}.")
    return dt.date.fromisoformat(text)


def _unusual(value: Any, field: "Field[Any]") -> bool:
    return field.default is MISSING or getattr(value, field.name) != field.default


def _plain(part: Any) -> Any:
    if isinstance(part, dt.date):
        return part.isoformat()
    if isinstance(part, tuple):
        return [str(one) if isinstance(one, str) else one for one in part]
    return part.to_dict() if hasattr(part, "to_dict") else part


def _read_part(name: str, part: Any, parts: Mapping[str, Callable[[Any], Any]]) -> Any:
    if name in parts:
        return parts[name](part)
    return tuple(part) if isinstance(part, list) else part
