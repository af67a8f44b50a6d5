"""The header Range of HTTP: RFC 9110, 14.1.2 and 14.2."""

import re

_BYTES = re.compile(r"bytes[ \t]*=[ \t]*(?P<ranges>.+)", re.IGNORECASE)
_RANGE = re.compile(r"(?P<first>\d*)-(?P<last>\d*)", re.ASCII)


class Unsatisfiable(Exception):
    """None of what was asked for lies within the content: answer 416."""


def byte_range(header: str, size: int) -> tuple[int, int] | None:
    """Return the first byte asked for and the one after the last.

    None means: answer with the whole. So it is for other units, for what cannot be read, and for several ranges at
    once, which a server may do (14.2) and which protects it from requests for a thousand small ones.
    Raises Unsatisfiable for a range that lies behind the end.
    """
    asked = _BYTES.fullmatch(header.strip())
    if asked is None:
        return None
    parts = [part.strip() for part in asked["ranges"].split(",")]
    found = _RANGE.fullmatch(parts[0]) if len(parts) == 1 else None
    if found is None or not (found["first"] or found["last"]) or len(parts[0]) > 40:
        return None
    if not found["first"]:
        return _suffix(int(found["last"]), size)
    first, last = int(found["first"]), int(found["last"] or size)
    if last < first and found["last"]:
        return None
    if first >= size:
        raise Unsatisfiable
    return first, min(last + 1, size)


def _suffix(length: int, size: int) -> tuple[int, int]:
    if length == 0 or size == 0:
        raise Unsatisfiable
    return max(0, size - length), size
