"""The geometry of a line that steps up as things happen: pure, drawn by the templates as SVG."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Frame:
    """The room of a picture in its own units: x grows with time, y falls from `height` (nothing) to 0 (`most`)."""

    width: float
    height: float
    most: float

    def x(self, share: float) -> float:
        """Return where a moment lies that is `share` of the time away from its beginning, from 0 to 1."""
        return round(self.width * min(max(share, 0), 1), 2)

    def y(self, value: float) -> float:
        return round(self.height * (1 - min(value / self.most, 1)), 2) if self.most else self.height


def step_line(frame: Frame, points: Iterable[tuple[float, float]]) -> str:
    """Return the SVG path of a line that begins at nothing and steps to each value at its share of the time.

    `points` are (share of the time, value) in the order of time. The last value lasts until the end.
    """
    path = f"M0 {frame.y(0):g}"
    for share, value in points:
        path += f"H{frame.x(share):g}V{frame.y(value):g}"
    return f"{path}H{frame.width:g}"
