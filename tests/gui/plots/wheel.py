"""The wheel of the mouse over a plot."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent

from nnstudio.gui.plots.curve_plot import CurvePlot


def place_of(plot: CurvePlot, epoch: float) -> QPoint:
    """The pixel in the graph where an epoch is drawn."""
    scene = plot._item.getViewBox().mapViewToScene(QPointF(epoch, 0.5))
    return plot.graph.mapFromScene(scene)  # type: ignore[no-any-return]


def turn_wheel(plot: CurvePlot, epoch: float = 5, by: int = 240) -> None:
    """Turn the wheel over an epoch: up looks closer, down looks further."""
    place = QPointF(place_of(plot, epoch))
    no_keys, no_buttons = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.NoButton
    where = plot.graph.viewport().mapToGlobal(place)
    event = QWheelEvent(place, where, QPoint(), QPoint(0, by), no_buttons, no_keys, Qt.ScrollPhase.NoScrollPhase, False)
    QCoreApplication.sendEvent(plot.graph.viewport(), event)
