"""Axes have round numbers, no peak is lost where points are thinned, and what is not finite is not drawn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nnstudio.report.plots import MOST_POINTS, Axis, Plot, Series, array, axis, shares, spark, thinned

FINITE = st.floats(-1e9, 1e9)


def words(along: Axis) -> list[str]:
    return [tick.words for tick in along.ticks]


@pytest.mark.parametrize(
    ("low", "high", "whole", "said"),
    [
        (0, 1, False, ["0", "0.2", "0.4", "0.6", "0.8", "1"]),
        (1, 42, True, ["10", "20", "30", "40"]),
        (1, 3, True, ["1", "2", "3"]),
        (-0.13, 0.3, False, ["−0.1", "0", "0.1", "0.2", "0.3"]),
        (0, 2_500_000, False, ["0", "500,000", "1e6", "1.5e6", "2e6", "2.5e6"]),
        (7, 7, False, ["6.6", "6.8", "7", "7.2", "7.4"]),
    ],
)
def test_ticks_are_round_numbers(low: float, high: float, whole: bool, said: list[str]) -> None:
    assert words(Axis("", low, high, whole=whole)) == said


@given(FINITE, FINITE)
def test_ticks_lie_on_the_axis(one: float, other: float) -> None:
    ticks = Axis("", min(one, other), max(one, other)).ticks
    assert 2 <= len(ticks) <= 12
    assert all(-0.01 <= tick.percent <= 100.01 for tick in ticks)


@pytest.mark.parametrize("value", [0.0, 7.0, -1e18, 1e30])
def test_an_axis_for_a_single_number_has_it_in_its_middle(value: float) -> None:
    along = axis("", [np.array([value])])
    assert along.place(np.array([value])) == pytest.approx(0.5)
    assert 2 <= len(along.ticks) <= 12


def test_losses_over_many_powers_are_drawn_by_their_logarithm() -> None:
    along = axis("Loss", [np.array([10.0, 0.001, np.nan])], log=True)
    assert along.log
    assert words(along) == ["0.001", "0.01", "0.1", "1", "10"]
    assert along.place(np.array([0.1])) == pytest.approx(0.5)
    assert not axis("Loss", [np.array([1.0, 0.5])], log=True).log
    assert not axis("Loss", [np.array([1.0, 0.0])], log=True).log


def test_an_axis_without_numbers_is_an_axis() -> None:
    assert words(axis("", [np.array([]), np.array([np.nan])])) == ["0", "0.2", "0.4", "0.6", "0.8", "1"]


@given(st.lists(st.floats(allow_infinity=False), min_size=1, max_size=3_000))
def test_thinning_keeps_both_ends_and_the_extremes(values: list[float]) -> None:
    y = np.array(values)
    kept = thinned(y, 50)
    assert len(kept) <= 54
    assert (kept[0], kept[-1]) == (0, len(y) - 1)
    if np.isfinite(y).any():
        assert np.nanmin(y[kept]) == np.nanmin(y)
        assert np.nanmax(y[kept]) == np.nanmax(y)


def plot(series: Series) -> Plot:
    return Plot("", Axis("", 0, 10), Axis("", 0, 10), (series,))


def test_a_line_has_gaps_where_nothing_is_known() -> None:
    series = Series("", np.array([0.0, 5.0, 7.0, 10.0]), array([0, None, 10, 5]))
    assert plot(series).path(series) == "M0 1000M700 0L1000 500"


def test_a_long_line_is_short() -> None:
    series = Series("", np.linspace(0, 10, 100_000), np.linspace(0, 10, 100_000))
    assert plot(series).path(series).count("L") <= MOST_POINTS + 2


def test_dots_and_bars() -> None:
    dots = Series("", np.array([5.0, np.nan]), np.array([5.0, 1.0]), look="dots")
    assert plot(dots).path(dots) == "M500 500h0"
    bars = Series("", np.array([5.0, 8.0]), np.array([10.0, 0.0]), look="bars", width=2.0)
    assert plot(bars).path(bars) == "M408 1000V0H592V1000Z"


def test_a_bin_with_a_single_row_is_seen() -> None:
    assert spark((1_000_000, 0, 1), 30, 24) == "M0.5 24V0H9.5V24ZM20.5 24V23H29.5V24Z"
    assert spark(()) == ""


def test_shares_are_of_all() -> None:
    assert shares((1, 3)) == [25.0, 75.0]
    assert shares((0, 0)) == [0.0, 0.0]
