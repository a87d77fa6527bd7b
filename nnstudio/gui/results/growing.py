"""Figures of epochs as arrays that grow with them, so that a redraw copies only what is new."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nnstudio.gui.plots.series import Numbers


class GrowingArray:
    """Follows a list that only grows."""

    def __init__(self) -> None:
        self._values: Numbers = np.empty(1_024)
        self._length = 0

    def follow(self, figures: Sequence[float]) -> Numbers:
        """All of ``figures`` as an array ``(N,)`` that is a view; only those that are new are read."""
        length = len(figures)
        if length > len(self._values):
            grown = np.empty(2 * length)
            grown[: self._length] = self._values[: self._length]
            self._values = grown
        if length > self._length:
            self._values[self._length : length] = figures[self._length :]
        self._length = length
        return self._values[:length]


class GrowingTable:
    """Follows the columns of one history by their names."""

    def __init__(self) -> None:
        self._series: dict[str, GrowingArray] = {}

    def follow(self, name: str, figures: Sequence[float]) -> Numbers:
        """The column ``name`` as an array."""
        return self._series.setdefault(name, GrowingArray()).follow(figures)
