"""One small plot of a few series, with its name above, what its axes are, and a menu that exports it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from nnstudio.gui.exporting import Rows, WriteFile, export_menu
from nnstudio.gui.painting import between
from nnstudio.gui.panel import Button, ElidedLabel
from nnstudio.gui.plots.axes import AXIS_WIDTH, dress_axes, name_axis, quiet_axes
from nnstudio.gui.plots.legend import LegendEntry
from nnstudio.gui.plots.series import Series
from nnstudio.gui.theme import GRID, Theme, scaled
from nnstudio.session.colours import Colours


class Chart(QWidget):
    """Draws series; the wheel zooms, the context menu exports."""

    def __init__(
        self, theme: Theme, title: str, axes: tuple[str, str], write_file: WriteFile, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme, self._axes, self._write_file = theme, axes, write_file
        self._series: Sequence[Series] = ()
        self.title = ElidedLabel(title, role="strong")
        self.graph = pg.PlotWidget()
        self.back = Button("Reset view", "link", self.reset_view, "Show everything again.")
        self.back.hide()
        self._legend = QHBoxLayout()
        self._legend.setSpacing(2 * GRID)
        self._entries: list[LegendEntry] = []
        quiet_axes(self.graph)
        item = self.graph.getPlotItem()
        item.showGrid(x=False, y=True, alpha=1.0)
        item.layout.setContentsMargins(0, 4, 2 * GRID, 0)
        item.getViewBox().sigRangeChangedManually.connect(lambda _: self.back.show())
        self.graph.customContextMenuRequested.connect(self._menu)
        self._lay_out()
        theme.changed.connect(self._dress)
        self._dress(theme.colours)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(AXIS_WIDTH, 0, GRID, 0)
        head.setSpacing(GRID)
        head.addWidget(self.title)
        head.addWidget(self.back)
        head.addStretch(1)
        head.addLayout(self._legend)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addLayout(head)
        layout.addWidget(self.graph, 1)
        self.setMinimumSize(18 * GRID, 15 * GRID)

    # rendering

    def name(self, title: str, x: str = "", y: str = "") -> None:
        """Call the plot and its axes otherwise."""
        self.title.setText(title)
        self._axes = x or self._axes[0], y or self._axes[1]
        self._dress(self._theme.colours)

    def show_series(self, series: Sequence[Series]) -> None:
        """Draw these and nothing else."""
        self._series = series
        self._draw()

    def set_square(self, low: float = 0.0, high: float = 1.0) -> None:
        """Let both axes go from ``low`` to ``high``, and no further."""
        box = self.graph.getPlotItem().getViewBox()
        edge = 0.02 * (high - low)  # so that a line along it is seen whole
        box.setLimits(xMin=low - edge, xMax=high + edge, yMin=low, yMax=high + edge)
        box.setRange(xRange=(low - edge, high + edge), yRange=(low, high + edge), padding=0)

    def reset_view(self) -> None:
        """Show everything again."""
        self.back.hide()
        self.graph.getPlotItem().getViewBox().autoRange(padding=0.02)

    def _dress(self, colours: Colours) -> None:
        dress_axes(self.graph, colours)
        for side, words in zip(("bottom", "left"), self._axes, strict=True):
            name_axis(self.graph, side, words, colours)
        self.graph.getPlotItem().getAxis("left").setWidth(scaled(AXIS_WIDTH + 2 * GRID))
        self.graph.setAccessibleName(f"{self.title.text()}: {self._axes[1]} over {self._axes[0]}")
        self._draw()

    def _draw(self) -> None:
        item, colours = self.graph.getPlotItem(), self._theme.colours
        item.clear()
        for series in self._series:
            item.addItem(_drawn(series, colours))
        named = [series for series in self._series if series.name]
        while len(self._entries) < len(named):
            self._entries.append(LegendEntry(""))
            self._legend.addWidget(self._entries[-1])
        for place, entry in enumerate(self._entries):
            entry.setVisible(place < len(named))
        for series, entry in zip(named, self._entries, strict=False):
            entry.rename(series.name)
            entry.dress(getattr(colours, series.role), colours.muted)

    # exporting

    def drawn(self) -> QWidget:
        return self

    def export_title(self) -> str:
        return self.title.text().partition(",")[0]

    def figures(self) -> Rows:
        """The points of every series side by side."""
        x, y = self._axes
        names = [series.name or self.title.text() for series in self._series]
        yield [title for name in names for title in (f"{name}: {x}", f"{name}: {y}")]
        yield from zip_longest(*self._columns(), fillvalue="")

    def _columns(self) -> Iterator[list[float]]:
        for series in self._series:
            yield series.x.tolist()
            yield series.y.tolist()

    def _menu(self, place: Any) -> None:
        menu = export_menu(self, self, self._write_file)
        menu.addSeparator()
        menu.addAction("Reset view", self.reset_view)
        menu.popup(self.graph.mapToGlobal(place))


def _drawn(series: Series, colours: Colours) -> Any:
    """The item of pyqtgraph's that draws a series."""
    colour = QColor(getattr(colours, series.role))
    match series.look:
        case "bars":
            ground = between(colours.surface, colour.name(), 0.75)
            line = pg.mkPen(colours.surface)
            return pg.BarGraphItem(x=series.x, height=series.y, width=series.width, brush=ground, pen=line)
        case "dots":
            colour.setAlpha(170)
            return pg.ScatterPlotItem(series.x, series.y, size=5, brush=colour, pen=None)
        case "marks":
            return pg.ScatterPlotItem(series.x, series.y, size=11, brush=colour, pen=pg.mkPen(colours.surface, width=2))
        case "dashes":
            pen = pg.mkPen(colour, width=1, style=Qt.PenStyle.DashLine)
            return pg.PlotDataItem(series.x, series.y, pen=pen, antialias=True)
    symbol = {"symbol": "o", "symbolSize": 6, "symbolBrush": colour, "symbolPen": None} if len(series.x) <= 30 else {}
    return pg.PlotDataItem(series.x, series.y, pen=pg.mkPen(colour, width=2), antialias=True, **symbol)
