"""The loss of the batches behind the epochs' curve: how much it varies, and how it goes within a long epoch."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtGui import QAction

from nnstudio.gui.painting import between
from nnstudio.gui.plots.curve_plot import MANY, CurvePlot
from nnstudio.gui.plots.legend import LegendEntry
from nnstudio.gui.plots.series import Numbers
from nnstudio.gui.theme import Theme
from nnstudio.session.batch_history import BatchHistory
from nnstudio.session.colours import Colours

NAME = "batches"
MOST = 0.98
"""The share of the points that the axis goes by: the first batches would make it far too long."""


class BatchLayer:
    """Adds a faint line to a plot, its means, and a fainter one from the least to the largest loss of each point."""

    def __init__(self, plot: CurvePlot, theme: Theme) -> None:
        self._plot = plot
        self._range, self._means = _Behind(), _Behind()
        for curve in (self._range, self._means):
            curve.setDownsampling(auto=True, method="peak")
            curve.setClipToView(True)
            curve.setZValue(-0.5)  # between the grid and the curves of the epochs
            plot.graph.getPlotItem().addItem(curve)
        self.legend = LegendEntry(NAME)
        self.legend.setToolTip("The mean loss of a few batches each, and faintly the least and the largest.")
        self.legend.hide()
        self.shown = QAction("Losses of the batches", plot, checkable=True, checked=True)
        self.shown.toggled.connect(self._render)
        plot.add_layer(self.legend, self.shown)
        theme.changed.connect(self._dress)
        self._dress(theme.colours)

    def _dress(self, colours: Colours) -> None:
        faint, fainter = (between(colours.surface, colours.train, share) for share in (0.45, 0.16))
        self._means.setPen(pg.mkPen(faint, width=1))
        self._range.setPen(pg.mkPen(fainter, width=1))
        self.legend.dress(faint.name(), colours.muted)

    def show_batches(self, history: BatchHistory, batches: int) -> None:
        """Draw the losses of a run whose epochs have so many batches; nothing where there are none."""
        middles = middles_of(history, batches)
        is_single = history.width == 1
        self._means.setData(middles, np.array(history.means), antialias=len(middles) < MANY)
        range_ = np.array([history.lows, history.highs]).T.reshape(-1)
        self._range.setData(*((np.empty(0),) * 2 if is_single else (np.repeat(middles, 2), range_)))
        self._render()

    def _render(self) -> None:
        there_are = self._means.xData is not None and len(self._means.xData) > 0
        self.legend.setVisible(there_are and self.shown.isChecked())
        for curve in (self._range, self._means):
            curve.setVisible(self.shown.isChecked())


def middles_of(history: BatchHistory, batches: int) -> Numbers:
    """Where the middle of every point lies ``(N,)``, in epochs of ``batches`` batches."""
    starts = history.width * np.arange(len(history.means), dtype=np.float64)
    middles: Numbers = (starts + np.minimum(starts + history.width, history.batches)) / 2 / max(1, batches)
    return middles


class _Behind(pg.PlotDataItem):  # type: ignore[misc]  # pyqtgraph has no types
    """A curve whose rarest figures the axis does not go by."""

    def dataBounds(self, ax: int, frac: float = 1.0, **rest: Any) -> Any:
        return super().dataBounds(ax, frac if ax == 0 else min(frac, MOST), **rest)
