"""Axes that keep quiet, in the colours of the theme: what all plots have in common."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from nnstudio.gui.painting import small_figures
from nnstudio.gui.theme import scaled
from nnstudio.session.colours import Colours

AXIS_WIDTH = 52
SIDES = ("left", "bottom")


STEPS = (1, 1.5, 2, 3, 4, 6, 8)
"""Times a power of ten: where an axis may end that follows what is drawn."""
FIRST_STEPS = (1, 2, 5)


def following_end(reached: float, planned: int) -> int:
    """Where an axis ends that follows epochs as they come: at a round number beyond them, but never beyond the plan.

    It stays until the epochs are there, so that the curve moves seldom, and uses three fifths of the axis or more.
    """
    power = int(10 ** max(1, len(str(int(reached))) - 1))
    ends = (*FIRST_STEPS, *(int(step * power) for step in STEPS), 10 * power)
    return max(1, min(planned, next(end for end in ends if end >= reached)))


def name_axis(graph: Any, side: str, words: str, colours: Colours) -> None:
    """Say what is on an axis."""
    graph.getPlotItem().getAxis(side).setLabel(words, **{"color": colours.muted, "font-size": f"{scaled(12)}px"})


def quiet_axes(graph: Any) -> None:
    """No frame, no buttons, no menu of pyqtgraph's; small figures and only as many lines as are needed."""
    item = graph.getPlotItem()
    graph.setFrameShape(pg.PlotWidget.Shape.NoFrame)
    graph.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    item.setMenuEnabled(False)
    item.hideButtons()
    item.showGrid(y=True, alpha=1.0)
    for side in SIDES:
        axis = item.getAxis(side)
        axis.enableAutoSIPrefix(False)
        axis.setStyle(tickFont=small_figures(QGuiApplication.font()), tickLength=0, tickTextOffset=6, maxTickLevel=0)
        axis.setZValue(-1)  # the grid belongs behind the curves
    item.getAxis("left").setWidth(scaled(AXIS_WIDTH))


def dress_axes(graph: Any, colours: Colours) -> None:
    """Take the colours of the theme and the size of its text."""
    graph.setBackground(colours.surface)
    graph.getPlotItem().getAxis("left").setWidth(scaled(AXIS_WIDTH))
    for side in SIDES:
        axis = graph.getPlotItem().getAxis(side)
        axis.setStyle(tickFont=small_figures(QGuiApplication.font()))
        axis.setPen(colours.line)
        axis.setTextPen(colours.muted)
