"""How long the gradients of the layers were in the course of a run, as far as a small curve needs it."""

from __future__ import annotations

from array import array

from nnstudio.spec.events import GradientsSeen

MOST = 512


class GradientHistory:
    """A column of norms for each layer, by its prefix, at moments that lie equally far apart; long runs are thinned."""

    def __init__(self) -> None:
        self.columns: dict[str, array[float]] = {}
        self._told, self._stride = 0, 1

    def take(self, seen: GradientsSeen) -> None:
        """Take in what was told."""
        if self._told % self._stride == 0:
            for prefix, norm in seen.norms.items():
                self.columns.setdefault(prefix, array("d")).append(norm)
        self._told += 1
        if any(len(column) >= MOST for column in self.columns.values()):
            self.columns = {prefix: column[::2] for prefix, column in self.columns.items()}
            self._stride *= 2
