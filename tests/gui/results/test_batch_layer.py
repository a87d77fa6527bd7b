"""The losses of the batches lie behind the curve of the epochs, can be hidden, and do not stretch the axis."""

from __future__ import annotations

from array import array

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from nnstudio.gui.plots.curve_plot import CurvePlot
from nnstudio.gui.results.batch_layer import BatchLayer, middles_of
from nnstudio.gui.theme import Theme
from nnstudio.session.batch_history import BatchHistory
from nnstudio.session.colours import DARK, LIGHT


def history(width: int, losses: list[float], batches: int = 0) -> BatchHistory:
    means, lows, highs = (array("d", [loss * factor for loss in losses]) for factor in (1.0, 0.5, 2.0))
    return BatchHistory(width, batches or width * len(losses), means, lows, highs)


@pytest.fixture
def plot(qtbot: QtBot, theme: Theme) -> CurvePlot:
    plot = CurvePlot(theme)
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.show_span(3)
    plot.show_curves(np.array([1.0, 2.0]), np.array([0.5, 0.25]), None)
    plot.show()
    return plot


@pytest.fixture
def layer(plot: CurvePlot, theme: Theme) -> BatchLayer:
    return BatchLayer(plot, theme)


def test_every_point_lies_in_the_middle_of_its_batches() -> None:
    told = history(2, [3.0, 2.0, 1.0], batches=5)
    assert middles_of(told, 2).tolist() == [0.5, 1.5, 2.25]


def test_batches_are_drawn_once_there_are_some(layer: BatchLayer) -> None:
    layer.show_batches(BatchHistory(), 4)
    assert not layer.legend.isVisible()
    layer.show_batches(history(1, [0.9, 0.8, 0.7]), 4)
    assert layer.legend.isVisible()
    assert layer._means.xData.tolist() == [0.125, 0.375, 0.625]
    assert layer._means.yData.tolist() == [0.9, 0.8, 0.7]
    assert layer._range.xData is None or not len(layer._range.xData), "one batch varies in nothing"
    layer.show_batches(history(2, [0.5, 0.25]), 4)
    assert layer._range.yData.tolist() == [0.25, 1.0, 0.125, 0.5]


def test_they_can_be_hidden(plot: CurvePlot, layer: BatchLayer) -> None:
    layer.show_batches(history(2, [0.5, 0.25]), 4)
    plot.graph.customContextMenuRequested.emit(QPoint(10, 10))
    (menu,) = [menu for menu in plot.findChildren(QMenu) if menu.isVisible()]
    (switch,) = [action for action in menu.actions() if action.text() == "Losses of the batches"]
    switch.trigger()
    assert not layer.legend.isVisible()
    assert not layer._means.isVisible()
    switch.trigger()
    assert layer._means.isVisible()


def test_a_rare_figure_does_not_stretch_the_axis(plot: CurvePlot, layer: BatchLayer) -> None:
    layer.show_batches(history(1, [1_000.0, *[0.5] * 999]), 500)
    plot.grab()
    low, high = plot._item.getViewBox().viewRange()[1]
    assert low < 0.25
    assert high < 1.0


def test_colours_follow_the_theme(layer: BatchLayer, theme: Theme) -> None:
    for choice, colours in (("dark", DARK), ("light", LIGHT)):
        theme.choose(choice)
        shade = layer._means.opts["pen"].color().name()
        assert shade not in (colours.train, colours.surface)
