"""Reading files piece by piece."""

from collections.abc import Iterable, Iterator
from typing import IO

from kam.lib.content.kinds import Unwelcome

CHUNK = 256 * 1024
# EICAR's test file, which every virus scanner takes for a virus; in two halves, so that none takes this module for it.
HARMLESS_VIRUS = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STAND" + rb"ARD-ANTIVIRUS-TEST-FILE!$H+H*"


def chunks(file: IO[bytes], length: int | None = None) -> Iterator[bytes]:
    """Yield what follows in `file`, `length` bytes of it or all; ends early where the file does."""
    while length is None or length > 0:
        chunk = file.read(CHUNK if length is None else min(CHUNK, length))
        if not chunk:
            return
        if length is not None:
            length -= len(chunk)
        yield chunk


def holds(pieces: Iterable[bytes], searched: bytes) -> bool:
    """Say whether the pieces, put together, hold the bytes `searched`."""
    end = b""
    for piece in pieces:
        if searched in end + piece:
            return True
        end = (end + piece)[-len(searched) + 1 :]
    return False


def exactly(file: IO[bytes], length: int) -> bytes:
    """Return the next `length` bytes; raises Unwelcome when the file is cut short. For short pieces."""
    data = file.read(length)
    if len(data) != length:
        raise Unwelcome("broken")
    return data


def size_of(file: IO[bytes]) -> int:
    """Return the size in bytes; the position moves to the end."""
    return file.seek(0, 2)
