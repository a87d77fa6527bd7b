"""What judging gives, and what its parts share."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nnstudio.data.judging.files import Figure
from nnstudio.spec.scores import ClassScore, Score

CONFIDENCE = 0.95
"""Share of the resamples that an interval holds."""


@dataclass(frozen=True, slots=True)
class Resampling:
    """How many bootstrap samples of the rows are drawn, and from which seed; it also chooses the rows of curves."""

    count: int = 1_000
    seed: int = 0


@dataclass(frozen=True, eq=False, slots=True)
class Judgement:
    """Scores, those of each class, and the figures; the curves were drawn from ``curve_rows`` rows."""

    scores: tuple[Score, ...]
    figures: tuple[Figure, ...]
    class_scores: tuple[ClassScore, ...] = ()
    curve_rows: int = 0


def interval(resampled: NDArray[np.float64]) -> tuple[float, float]:
    """The percentile bootstrap interval of a measure, given its value in each resample ``(R,)``."""
    outside = (1 - CONFIDENCE) / 2
    low, high = np.quantile(resampled, (outside, 1 - outside))
    return float(low), float(high)


def thinned(x: NDArray[np.float64], y: NDArray[np.float64], most: int) -> NDArray[np.int64]:
    """At most so many places of a curve ``(N,)``, evenly along its length; both ends are among them."""
    if len(x) <= most:
        return np.arange(len(x))
    length = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(x)) + np.abs(np.diff(y)))])
    places = np.searchsorted(length, np.linspace(0, length[-1], most))
    chosen: NDArray[np.int64] = np.unique(np.concatenate([[0], places.clip(0, len(x) - 1), [len(x) - 1]]))
    return chosen
