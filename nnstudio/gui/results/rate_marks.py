"""Where a run was given another learning rate or weight decay, as thin lines across a plot over the epochs."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import Qt

from nnstudio.gui.plots.curve_plot import CurvePlot
from nnstudio.gui.theme import Theme
from nnstudio.session.colours import Colours
from nnstudio.spec.events import RatesChanged

MOST = 8
"""As many changes are marked, the newest ones: more could not be told apart."""
HEIGHT = 0.72
"""Where the words stand, as a share of the height: below those of the best epoch."""


class RateMarks:
    """A dotted line for each change, with the new rate (or the new decay) beside it."""

    def __init__(self, plot: CurvePlot, theme: Theme) -> None:
        self._plot, self._theme = plot, theme
        self.lines: list[pg.InfiniteLine] = []
        self._shown: tuple[RatesChanged, ...] = ()
        theme.changed.connect(self._dress)

    def show_changes(self, changes: Sequence[RatesChanged], batches: int) -> None:
        """Mark these changes of a run whose epochs have so many batches."""
        if (shown := tuple(changes)) == self._shown:
            return
        for line in self.lines:
            self._plot.graph.getPlotItem().removeItem(line)
        before = [None, *shown]
        newest = list(zip(before, shown, strict=False))[-MOST:]
        self.lines = [self._line(change, batches, old) for old, change in newest]
        self._shown = shown
        self._dress(self._theme.colours)

    def _line(self, change: RatesChanged, batches: int, old: RatesChanged | None) -> pg.InfiniteLine:
        line = pg.InfiniteLine(
            change.epoch - 1 + change.batch / max(batches, 1),
            angle=90,
            label=words(change, old),
            labelOpts={"position": HEIGHT, "anchors": [(0, 0.5), (1, 0.5)]},
        )
        self._plot.graph.getPlotItem().addItem(line, ignoreBounds=True)
        return line

    def _dress(self, colours: Colours) -> None:
        for line in self.lines:
            line.setPen(pg.mkPen(colours.muted, width=1, style=Qt.PenStyle.DotLine))
            line.label.setColor(colours.muted)


def words(change: RatesChanged, old: RatesChanged | None) -> str:
    """The rate, or the decay where that alone is another than before."""
    if old is not None and old.learning_rate == change.learning_rate:
        return f"decay {change.weight_decay:.3g}"
    return f"rate {change.learning_rate:.3g}"
