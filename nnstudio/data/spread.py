"""How far numbers lie apart, as something to divide by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def mean_and_std(values: NDArray[np.float64]) -> tuple[float, float]:
    """Mean and population deviation; the deviation is 1 where all values are equal, or too close to tell apart."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        return low, 1.0
    return float(values.mean()), divisor(float(values.std()))


def divisor(spread: float, otherwise: float = 1.0) -> float:
    """``spread``, unless it is too small to divide float32 numbers by."""
    return spread if spread >= np.finfo(np.float32).tiny else otherwise
