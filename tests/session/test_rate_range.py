"""Which learning rate follows from a range test."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from nnstudio.session.rate_range import HIGHEST, LOWEST, STEPS, has_burst, rates, smoothed, suggested


def test_the_rates_grow_evenly_over_the_powers_of_ten() -> None:
    tried = rates()
    assert (tried[0], len(tried)) == (LOWEST, STEPS)
    assert tried[-1] == pytest.approx(HIGHEST)
    growth = [after / before for before, after in pairwise(tried)]
    assert growth == pytest.approx([growth[0]] * len(growth))


def test_what_stays_is_not_changed_by_smoothing() -> None:
    assert smoothed([2.0] * 5) == pytest.approx([2.0] * 5)


def test_the_suggestion_is_a_tenth_of_the_rate_of_the_lowest_loss() -> None:
    tried = rates()
    losses = [1.0 if rate < 1e-3 else 0.1 if rate < 0.5 else 3.0 for rate in tried]
    found = suggested(tried, losses)
    assert found is not None
    assert 0.03 <= found <= 0.06
    assert suggested(tried, [*losses[:-1], math.nan]) == found


def test_a_loss_that_never_falls_suggests_nothing() -> None:
    assert suggested(rates(), [1.0] * STEPS) is None
    assert suggested([], []) is None


def test_the_test_has_seen_enough_when_the_loss_bursts() -> None:
    assert not has_burst([1.0] * 30)
    assert has_burst([1.0] * 30 + [500.0])
    assert has_burst([math.inf])
