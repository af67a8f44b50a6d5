"""The store of contents: random names under one prefix, on a disk that nobody serves or in a private bucket.

A content is written once, under a name that was never used, and not changed. It is written before the row that names
it, so a name without a row may be a transaction still open; only old ones are thrown away (actions/clean_files.py).
"""

import datetime as dt
import secrets
from collections.abc import Iterator
from typing import IO

from django.core.files.base import File
from django.core.files.storage import default_storage

PREFIX = "channel"


def put(content: File) -> str:
    """Store the content and return its name. A large upload on the same disk is moved, not copied."""
    token = secrets.token_hex(20)
    return default_storage.save(f"{PREFIX}/{token[:2]}/{token[2:]}", content)


def small(name: str) -> str:
    """Return the name of the smaller picture that is kept beside a preview."""
    return f"{name}.small"


def large(name: str) -> str:
    """Return the name of the large preview that a small one is kept beside; any other name as it is."""
    return name.removesuffix(".small")


def put_preview(picture: File, little: File) -> str:
    """Store a preview in its two sizes and return the name of the large one."""
    name = put(picture)
    default_storage.save(small(name), little)
    return name


def remove_preview(name: str) -> None:
    remove(name)
    remove(small(name))


def opened(name: str) -> IO[bytes]:
    """Return the content for reading; raises FileNotFoundError."""
    return default_storage.open(name, "rb")


def remove(name: str) -> None:
    """Throw the content away; one that is not there is gone already."""
    default_storage.delete(name)


def stored() -> Iterator[tuple[str, dt.datetime]]:
    """Yield every stored name with the time it was written."""
    for folder in _folders(PREFIX)[0]:
        for name in _folders(f"{PREFIX}/{folder}")[1]:
            path = f"{PREFIX}/{folder}/{name}"
            yield path, default_storage.get_modified_time(path)


def size(name: str) -> int:
    return default_storage.size(name)


def exists(name: str) -> bool:
    return default_storage.exists(name)


def _folders(path: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(path)
    except FileNotFoundError:
        return [], []
