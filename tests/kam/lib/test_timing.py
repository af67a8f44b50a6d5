"""The measure itself: it sees time that grows with the square of the length, and work that is slow throughout."""

from collections.abc import Callable

import pytest

from tests.kam.lib import timing
from tests.kam.lib.timing import assert_bounded


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let so many seconds of the processor pass, in no time."""
    now = 0.0

    def work(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(timing, "process_time", lambda: now)
    return work


def test_time_that_grows_with_the_length_passes(work: Callable[[float], None]) -> None:
    assert_bounded(lambda length: work(length * 1e-3), longest=4_000, within=4.1)


def test_time_that_grows_with_the_square_does_not(work: Callable[[float], None]) -> None:
    with pytest.raises(AssertionError, match="for a quarter"):
        assert_bounded(lambda length: work(length**2 * 1e-6), longest=4_000, within=8)


def test_slow_work_does_not(work: Callable[[float], None]) -> None:
    with pytest.raises(AssertionError, match="for a quarter"):
        assert_bounded(lambda length: work(length * 1e-3), longest=4_000, within=3.9)
