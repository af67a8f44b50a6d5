"""How long work takes as its input grows, in seconds of the processor: other programs on the machine don't count."""

from collections.abc import Callable
from time import process_time

TRIES = 3
# Four times the input takes a little over four times as long when time grows with the length, sixteen times when it
# grows with its square.
MOST_GROWTH = 8
# Below this a clock and a collection of garbage say more than the work.
TOO_SHORT = 0.05


def seconds(work: Callable[[], object]) -> float:
    begun = process_time()
    work()
    return process_time() - begun


def assert_bounded(work: Callable[[int], object], *, longest: int, within: float) -> None:
    """Assert that `work(length)` at `longest` takes no longer than `within` seconds, without ever going so far.

    A quarter of the length must be done in a quarter of the time, and time must grow with the length. The quickest of
    a few tries counts: what disturbs a measure only makes it longer.
    """
    short = long = float("inf")
    for _ in range(TRIES):
        short = min(short, seconds(lambda: work(longest // 16)))
        long = min(long, seconds(lambda: work(longest // 4)))
        if long <= within / 4 and long <= MOST_GROWTH * max(short, TOO_SHORT):
            return
    raise AssertionError(
        f"{short:.2f} s for a sixteenth of {longest}, {long:.2f} s for a quarter; {within:g} s for all"
    )
