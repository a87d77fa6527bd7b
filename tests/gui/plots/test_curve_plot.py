"""A plot is looked at closely, is logarithmic where wanted, follows the theme, and stays quick with many epochs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from nnstudio.gui.exporting import export
from nnstudio.gui.plots.curve_plot import MANY, TRAINING, VALIDATION, CurvePlot
from nnstudio.gui.theme import Theme
from tests.gui.plots.wheel import place_of, turn_wheel

EPOCHS = np.arange(1.0, 11.0)


@pytest.fixture
def plot(qtbot: QtBot, theme: Theme) -> CurvePlot:
    plot = CurvePlot(theme)
    qtbot.addWidget(plot)
    plot.resize(600, 300)
    plot.show_title("Loss")
    plot.show_span(10)
    plot.show_curves(EPOCHS, 1 / EPOCHS, 1.2 / EPOCHS)
    plot.show()
    return plot


def x_range(plot: CurvePlot) -> tuple[float, float]:
    low, high = plot._item.getViewBox().viewRange()[0]
    return round(low, 3), round(high, 3)


def test_pointing_finds_the_nearest_epoch(plot: CurvePlot, qtbot: QtBot) -> None:
    with qtbot.waitSignal(plot.pointed) as pointed:
        QTest.mouseMove(plot.graph.viewport(), place_of(plot, 3.8))
    assert pointed.args == [4]
    assert plot.epoch_at(QPointF(place_of(plot, 0))) == 1
    assert plot.epoch_at(QPointF(place_of(plot, 99))) == 10
    with qtbot.waitSignal(plot.pointed) as pointed:
        QCoreApplication.sendEvent(plot.graph.viewport(), QEvent(QEvent.Type.Leave))
    assert pointed.args == [None]


def test_pointing_at_an_empty_plot_finds_nothing(plot: CurvePlot) -> None:
    plot.show_curves(np.empty(0), np.empty(0), None)
    assert plot.epoch_at(QPointF(100, 100)) is None
    plot.show_epoch(3)
    assert plot.epoch.text() == ""


def test_wheel_looks_closer_and_reset_goes_back(plot: CurvePlot) -> None:
    assert x_range(plot) == (0, 10)
    turn_wheel(plot)
    low, high = x_range(plot)
    assert 0 < low < 5 < high < 10
    assert plot.back.isVisible()
    plot.show_curves(np.append(EPOCHS, 11.0), 1 / np.append(EPOCHS, 11.0), None)
    plot.show_span(10)
    assert x_range(plot) == (low, high), "new epochs do not take the view away"
    QTest.mouseClick(plot.back, Qt.MouseButton.LeftButton)
    assert x_range(plot) == (0, 10)
    assert not plot.back.isVisible()


def test_axis_ends_where_the_epochs_end(plot: CurvePlot) -> None:
    plot.show_span(500)
    assert x_range(plot) == (0, 500)
    plot.show_span(62)
    assert x_range(plot) == (0, 62)
    plot.show_span(1)
    assert x_range(plot) == (0, 1)


def test_context_menu_has_a_logarithmic_axis(plot: CurvePlot) -> None:
    plot.graph.customContextMenuRequested.emit(QPoint(10, 10))
    (menu,) = [menu for menu in plot.findChildren(QMenu) if menu.isVisible()]
    actions = {action.text(): action for action in menu.actions()}
    actions["Logarithmic axis"].trigger()
    assert plot._curves[TRAINING].getData()[1][-1] == pytest.approx(-1)
    plot.logarithmic.trigger()
    assert plot._curves[TRAINING].getData()[1][-1] == pytest.approx(0.1)


def test_zero_and_nan_do_not_trouble_a_logarithmic_axis(plot: CurvePlot) -> None:
    plot.logarithmic.trigger()
    figures = 1 / EPOCHS
    figures[-1], figures[-2] = 0.0, np.nan
    plot.show_curves(EPOCHS, figures, None)
    plot.grab()
    low, high = plot._item.getViewBox().viewRange()[1]
    assert np.isfinite([low, high]).all()


def test_a_single_epoch_is_a_dot(plot: CurvePlot) -> None:
    plot.show_curves(EPOCHS[:1], np.array([0.7]), None)
    assert plot._curves[TRAINING].opts["symbol"] == "o"
    plot.show_curves(EPOCHS, 1 / EPOCHS, None)
    assert plot._curves[TRAINING].opts["symbol"] is None


def test_best_epoch_is_marked_once_there_is_one(plot: CurvePlot) -> None:
    plot.show_best(0)
    assert not plot._best.isVisible()
    plot.show_best(7)
    assert plot._best.isVisible()
    assert plot._best.value() == 7


def test_colours_follow_the_theme(plot: CurvePlot, theme: Theme) -> None:
    for choice in ("light", "dark"):
        theme.choose(choice)
        colours = theme.colours
        assert plot._curves[TRAINING].opts["pen"].color().name() == colours.train
        assert plot._curves[VALIDATION].opts["pen"].color().name() == colours.validation
        assert plot._best.pen.color().name() == colours.good
        image = plot.graph.grab().toImage()
        assert image.pixelColor(image.width() - 3, 3).name() == colours.surface


def test_many_epochs_are_drawn_with_thin_lines(plot: CurvePlot) -> None:
    many = np.arange(1.0, 300_001.0)
    noise = np.random.default_rng(0).normal(0, 0.01, len(many))
    plot.show_span(len(many))
    plot.show_curves(many, np.exp(-many / 1e5) + noise, np.exp(-many / 1e5) + 0.1 + noise)
    plot.grab()
    for _ in range(3):
        plot.show_curves(many, np.exp(-many / 1e5) + noise, np.exp(-many / 1e5) + 0.1 + noise)
        plot.grab()
    assert plot._curves[TRAINING].opts["pen"].width() == 1
    plot.show_curves(EPOCHS, 1 / EPOCHS, None)
    assert plot._curves[TRAINING].opts["pen"].width() == 2
    assert len(EPOCHS) < MANY


def test_the_curves_become_a_file(plot: CurvePlot, tmp_path: Path) -> None:
    plot.show_title("Loss")
    plot.show_curves(np.array([1.0, 2.0]), np.array([0.5, 0.25]), np.array([0.75]))
    export(plot, tmp_path / "loss.csv")
    assert (tmp_path / "loss.csv").read_text().split() == ["epoch,training,validation", "1.0,0.5,0.75", "2.0,0.25,"]
    export(plot, tmp_path / "loss.svg")
    assert "<svg" in (tmp_path / "loss.svg").read_text()
    assert plot.export_title() == "Loss"
