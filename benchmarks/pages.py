"""Pages against their bare view: the same middleware, session and user, the same template from ready-made objects."""

from collections.abc import Iterator

from benchmarks.measure import Figure


def figures() -> Iterator[Figure]:
    yield from ()
