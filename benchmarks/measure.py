"""Times things against a baseline of the same run: machines differ and drift, ratios hold."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured thing: `value` against `limit` in the same unit; ok when it keeps to it."""

    name: str
    value: float
    limit: float
    unit: str
    at_least: bool = False
    note: str = ""

    @property
    def ok(self) -> bool:
        return self.value >= self.limit if self.at_least else self.value <= self.limit

    def __str__(self) -> str:
        bound = "≥" if self.at_least else "≤"
        mark = "ok  " if self.ok else "MISS"
        return f"{mark} {self.name:<58} {self.value:>10.3f} {bound} {self.limit:g} {self.unit}  {self.note}"


def seconds(work: Callable[[], Any]) -> float:
    """Return how long `work()` takes once."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def paired(work: Callable[[], Any], baseline: Callable[[], Any], *, rounds: int, warm: int = 1) -> tuple[float, float]:
    """Return the medians (work, baseline) in seconds, the two timed in turn so that a drifting machine hits both."""
    for _round in range(warm):
        work()
        baseline()
    pairs = [(seconds(work), seconds(baseline)) for _round in range(rounds)]
    return statistics.median(a for a, _ in pairs), statistics.median(b for _, b in pairs)
