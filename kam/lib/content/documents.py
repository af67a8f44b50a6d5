"""PDF, as far as it can be told without running any of it: it is only ever handed out to be saved."""

from typing import IO

from kam.lib.content.kinds import Found, Unwelcome
from kam.lib.content.reading import size_of

# Within the last so many bytes a PDF says where it ends; what stands further behind belongs to another file.
_TAIL = 2048


def pdf(file: IO[bytes]) -> Found:
    """Return the type of a PDF; raises Unwelcome for one that is cut short or followed by something else."""
    size = size_of(file)
    file.seek(max(0, size - _TAIL))
    tail = file.read()
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise Unwelcome("broken")
    return Found("application/pdf")
