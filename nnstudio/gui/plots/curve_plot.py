"""One plot over the epochs: training and validation, the best epoch, and the figures under the pointer."""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QVBoxLayout, QWidget

from nnstudio.gui.exporting import Rows, WriteFile, export_actions, write_file
from nnstudio.gui.painting import small_figures
from nnstudio.gui.panel import Button
from nnstudio.gui.plots.axes import AXIS_WIDTH, dress_axes, quiet_axes
from nnstudio.gui.plots.legend import LegendEntry
from nnstudio.gui.plots.series import Numbers
from nnstudio.gui.theme import GRID, Theme
from nnstudio.session.colours import Colours

MANY = 1_000
"""From so many points on, thin lines of only what a pixel can show: wide ones of 20,000 noisy points take 140 ms."""
DENSE = 20_000
"""From so many points on, lines are not smoothed: of a million noisy points that halves the 26 ms of a frame."""
LEAST_HEIGHT = 15 * GRID
TRAINING, VALIDATION = "training", "validation"


class CurvePlot(QWidget):
    """Two curves over the epochs, of training and validation unless they have other ``names``.

    The wheel zooms into epochs, the context menu has a logarithmic axis.

    Signals
    -------
    pointed(object)
        The pointer is over this epoch (int), or left the plot (None).
    """

    pointed = Signal(object)

    def __init__(
        self,
        theme: Theme,
        label_height: float = 0.94,
        parent: QWidget | None = None,
        names: tuple[str, str] = (TRAINING, VALIDATION),
        write_file: WriteFile = write_file,
    ) -> None:
        super().__init__(parent)
        self._write_file = write_file
        self._names = names
        self._epochs: Numbers = np.empty(0)
        self._figures: dict[str, Numbers] = {}
        self._last, self._planned, self._many = 1, 0, False
        self._switches: list[QAction] = []
        self.title = QLabel()
        self.title.setProperty("role", "strong")
        self.epoch = QLabel()
        self.epoch.setProperty("role", "small")
        self.legend = {name: LegendEntry(name) for name in names}
        self.back = Button("Reset view", "link", self.reset_view, "Show all epochs again, and follow those that come.")
        self.back.hide()
        self.graph = pg.PlotWidget()
        self._item = self.graph.getPlotItem()
        self._curves = {name: self._item.plot(antialias=True) for name in names}
        self._best = pg.InfiniteLine(angle=90, label="best", labelOpts={"position": label_height, "anchors": _BESIDE})
        self._cursor = pg.InfiniteLine(angle=90)
        self._actions()
        self._set_up_graph()
        self._lay_out()
        theme.changed.connect(self._dress)
        self._dress(theme.colours)

    def _actions(self) -> None:
        self.logarithmic = QAction("Logarithmic axis", self, checkable=True)
        self.logarithmic.toggled.connect(self._set_logarithmic)
        self.whole = QAction("Reset view", self)
        self.whole.triggered.connect(self.reset_view)

    def _set_up_graph(self) -> None:
        quiet_axes(self.graph)
        self.graph.customContextMenuRequested.connect(self._menu)
        self.graph.viewport().installEventFilter(self)
        self._item.setMouseEnabled(x=True, y=False)
        box = self._item.getViewBox()
        box.setAutoVisible(y=True)
        box.enableAutoRange(y=True)
        box.sigRangeChangedManually.connect(lambda _: self.back.show())
        for line in (self._best, self._cursor):
            line.setVisible(False)
            self._item.addItem(line, ignoreBounds=True)
        self._set_logarithmic(False)
        self._item.getAxis("bottom").setStyle(hideOverlappingLabels=False)
        self._item.layout.setContentsMargins(0, 4, 2 * GRID, 0)

    def _lay_out(self) -> None:
        head = self._head = QHBoxLayout()
        head.setContentsMargins(AXIS_WIDTH, 0, GRID, 0)
        head.setSpacing(GRID + GRID // 4)
        head.addWidget(self.title)
        head.addWidget(self.back)
        head.addStretch(1)
        for widget in (self.epoch, *self.legend.values()):
            head.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addLayout(head)
        layout.addWidget(self.graph, 1)
        self.setMinimumHeight(LEAST_HEIGHT)

    def sizeHint(self) -> QSize:
        """It takes what there is: the page that it stands on is scrolled only where that is less than it needs."""
        return QSize(super().sizeHint().width(), LEAST_HEIGHT)

    def _dress(self, colours: Colours) -> None:
        """Take the colours of the theme."""
        dress_axes(self.graph, colours)
        shades = dict(zip(self._names, (colours.train, colours.validation), strict=True))
        for name, shade in shades.items():
            self._curves[name].setSymbolBrush(shade)
            self._curves[name].setSymbolPen(None)
            self.legend[name].dress(shade, colours.muted)
        self._shades = shades
        self._set_pens()
        self._best.setPen(pg.mkPen(colours.good, width=1, style=Qt.PenStyle.DashLine))
        self._best.label.setColor(colours.good)
        self._best.label.setFont(small_figures(QGuiApplication.font()))
        self._cursor.setPen(pg.mkPen(colours.faint, width=1))

    def _set_pens(self) -> None:
        width = 1 if self._many else 2
        for name, shade in self._shades.items():
            self._curves[name].setPen(pg.mkPen(shade, width=width))

    def add_layer(self, legend: LegendEntry, switch: QAction) -> None:
        """Make room for what explains and hides something else that is drawn."""
        self._head.addWidget(legend)
        self._switches.append(switch)

    # rendering

    def show_title(self, title: str) -> None:
        """Say what is drawn."""
        self.title.setText(title)
        self.graph.setAccessibleName(f"{title} over the epochs")

    def show_curves(self, epochs: Numbers, train: Numbers, validation: Numbers | None) -> None:
        """Draw both curves ``(N,)``; there may be no validation."""
        self._epochs = epochs
        first, second = self._names
        self._figures = {first: train} | ({} if validation is None else {second: validation})
        many = len(epochs) >= MANY
        if many is not self._many:
            self._many = many
            self._set_pens()
        for name, curve in self._curves.items():
            figures = self._figures.get(name, _NONE)
            curve.setDownsampling(auto=many, method="peak")
            curve.setClipToView(many)
            curve.opts["autoDownsampleFactor"] = 1.0
            curve.opts["antialias"] = len(epochs) < DENSE
            curve.setData(epochs[: len(figures)], figures, symbol="o" if len(figures) == 1 else None, symbolSize=6)
        self.legend[second].setVisible(validation is not None)

    def show_span(self, last: int, planned: int = 0) -> None:
        """Let the epochs go from 0 to ``last``, unless the user looks closer, or further: as far as is ``planned``."""
        planned = max(last, planned)
        if (last, planned) != (self._last, self._planned):
            self._last, self._planned = last, planned
            self._item.getViewBox().setLimits(xMin=0, xMax=planned, minXRange=min(4, last))
        if self.back.isHidden():
            self._item.setXRange(0, last, padding=0)

    def show_best(self, epoch: int) -> None:
        """Mark the best epoch; 0 when there is none yet."""
        self._best.setVisible(epoch > 0)
        self._best.setValue(epoch)

    def show_epoch(self, epoch: int | None) -> None:
        """Show the figures of one epoch, or none."""
        place = int(np.searchsorted(self._epochs, epoch)) if epoch is not None else -1
        found = 0 <= place < len(self._epochs) and bool(self._epochs[place] == epoch)
        self._cursor.setVisible(found)
        self.epoch.setText(f"epoch {epoch:,}" if found else "")
        if found:
            self._cursor.setValue(epoch)
        for name, entry in self.legend.items():
            figures = self._figures.get(name)
            entry.show_figure(float(figures[place]) if found and figures is not None else None)

    def _set_logarithmic(self, on: bool) -> None:
        self._item.setLogMode(x=False, y=on)
        self._item.getAxis("left").setTickDensity(1.0 if on else 1.5)

    # what the user asks for

    def reset_view(self) -> None:
        """Show all epochs again."""
        self.back.hide()
        self._item.setXRange(0, self._last, padding=0)
        self._item.getViewBox().enableAutoRange(y=True)

    def epoch_at(self, place: QPointF) -> int | None:
        """The finished epoch that is nearest to a place in the graph, or None."""
        if not len(self._epochs):
            return None
        x = self._item.getViewBox().mapSceneToView(self.graph.mapToScene(place.toPoint())).x()
        right = int(np.clip(np.searchsorted(self._epochs, x), 0, len(self._epochs) - 1))
        left = max(0, right - 1)
        nearest = left if abs(self._epochs[left] - x) < abs(self._epochs[right] - x) else right
        return int(self._epochs[nearest])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() is QEvent.Type.MouseMove and isinstance(event, QMouseEvent):
            self.pointed.emit(self.epoch_at(event.position()))
        elif event.type() is QEvent.Type.Leave:
            self.pointed.emit(None)
        return super().eventFilter(watched, event)

    # exporting

    def drawn(self) -> QWidget:
        return self

    def export_title(self) -> str:
        return self.title.text() or "Curve"

    def figures(self) -> Rows:
        """The epochs with both curves beside them."""
        yield ["epoch", *self._figures]
        columns = [self._epochs.tolist(), *(figures.tolist() for figures in self._figures.values())]
        yield from zip_longest(*columns, fillvalue="")

    def _menu(self, place: Any) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions([self.logarithmic, *self._switches, self.whole])
        menu.addSeparator()
        menu.addActions(export_actions(self, menu, self._write_file))
        menu.popup(self.graph.mapToGlobal(place))


_NONE: Numbers = np.empty(0)
_BESIDE = [(0, 0.5), (1, 0.5)]
"""The label of the best epoch stands right of its line, or left of it at the right edge."""
