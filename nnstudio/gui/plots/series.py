"""What is drawn in a plot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Look = Literal["line", "dots", "bars", "dashes", "marks"]


@dataclass(frozen=True, eq=False, slots=True)
class Series:
    """One series: its name in the legend (empty: none), its points ``(N,)``, its colour role and how it is drawn."""

    name: str
    x: Numbers
    y: Numbers
    role: str = "accent"
    look: Look = "line"
    width: float = 1.0
    """Of bars, in units of x."""
