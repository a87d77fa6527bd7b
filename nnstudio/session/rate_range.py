"""What a learning-rate range test tries, and which rate follows from it."""

from __future__ import annotations

import math
from collections.abc import Sequence

LOWEST, HIGHEST = 1e-6, 10.0
STEPS = 140
"""Batches: twenty for each power of ten."""
MEMORY = 0.9
"""Share of the smoothed loss that each batch keeps."""
BURST = 4.0
"""Times the lowest smoothed loss, from which on the test has seen enough."""
SAFETY = 10.0
"""How far below the rate of the lowest loss a good one lies: where it is lowest, steps are about to be too large."""


def rates() -> list[float]:
    """The learning rates to try, each a little larger than the one before."""
    growth = (HIGHEST / LOWEST) ** (1 / (STEPS - 1))
    return [LOWEST * growth**step for step in range(STEPS)]


def smoothed(losses: Sequence[float]) -> list[float]:
    """The losses as a running mean, so that single batches do not decide; unbiased at the beginning."""
    mean, found = 0.0, []
    for step, loss in enumerate(losses, start=1):
        mean = MEMORY * mean + (1 - MEMORY) * loss
        found.append(mean / (1 - MEMORY**step))
    return found


def has_burst(losses: Sequence[float]) -> bool:
    """Whether the loss has become so large that larger rates need not be tried."""
    means = smoothed(losses)
    return not math.isfinite(losses[-1]) or (len(means) > STEPS // 10 and means[-1] > BURST * min(means))


def suggested(tried: Sequence[float], losses: Sequence[float]) -> float | None:
    """A rate to use, in one digit: a tenth of that with the lowest smoothed loss; None where the loss never fell."""
    means = [loss if math.isfinite(loss) else math.inf for loss in smoothed(losses)]
    lowest = min(range(len(means)), key=means.__getitem__, default=0)
    if not means or means[lowest] > 0.98 * means[0]:
        return None
    return float(f"{tried[lowest] / SAFETY:.0e}")
