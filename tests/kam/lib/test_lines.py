"""The line that steps up: where its corners lie."""

import pytest

from kam.lib.lines import Frame, step_line


@pytest.mark.parametrize(
    ("points", "path"),
    [
        ([], "M0 100H200"),
        ([(0, 5)], "M0 100H0V50H200"),
        ([(0.25, 2), (0.5, 10)], "M0 100H50V80H100V0H200"),
        ([(1.5, 3), (-1, 12)], "M0 100H200V70H0V0H200"),  # what lies outside stays at the edge
        ([(1 / 3, 1)], "M0 100H66.67V90H200"),
    ],
)
def test_steps(points: list[tuple[float, float]], path: str) -> None:
    assert step_line(Frame(200, 100, 10), points) == path


def test_of_nobody_it_lies_at_the_bottom() -> None:
    assert step_line(Frame(200, 100, 0), [(0.5, 0)]) == "M0 100H100V100H200"
