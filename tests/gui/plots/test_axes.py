"""Where an axis ends that follows what is drawn."""

from __future__ import annotations

import pytest

from nnstudio.gui.plots.axes import following_end


@pytest.mark.parametrize(
    ("reached", "planned", "end"),
    [
        (0, 100, 1),
        (1, 100, 1),
        (1.5, 100, 2),
        (3, 500, 5),
        (6, 500, 10),
        (11, 500, 15),
        (41, 500, 60),
        (81, 100, 100),
        (99, 500, 100),
        (101, 500, 150),
        (401, 500, 500),
        (999_999, 10**6, 10**6),
        (7, 7, 7),
        (0, 0, 1),
    ],
)
def test_an_axis_follows_in_round_steps_up_to_the_plan(reached: float, planned: int, end: int) -> None:
    assert following_end(reached, planned) == end


def test_an_axis_moves_seldom_and_is_mostly_used() -> None:
    ends = [following_end(epoch, 10**6) for epoch in range(1, 10_001)]
    assert len(set(ends)) < 30
    assert all(epoch <= end <= 5 / 3 * epoch for epoch, end in enumerate(ends, start=1) if epoch > 2)
