"""The loss over the batches of a run as columns for a plot, put together from what the engine tells."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field

from nnstudio.spec.events import BatchLosses


def _floats() -> array[float]:
    return array("d")


@dataclass(slots=True)
class BatchHistory:
    """Point ``i`` stands for ``width`` batches behind batch ``i * width``; the last one may stand for fewer."""

    width: int = 0
    batches: int = 0
    means: array[float] = field(default_factory=_floats)
    lows: array[float] = field(default_factory=_floats)
    highs: array[float] = field(default_factory=_floats)

    def take(self, told: BatchLosses) -> None:
        """Let what was told replace what it is about."""
        self.width, self.batches = told.width, told.batches
        for column, values in ((self.means, told.means), (self.lows, told.lows), (self.highs, told.highs)):
            column[told.first :] = array("d", values)
