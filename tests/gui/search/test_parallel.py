"""Axes place values between the ends of their fields; lines are broken where a field does not count."""

from __future__ import annotations

import math

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from nnstudio.gui.search.axes import Axis, axes_of
from nnstudio.gui.search.parallel import ParallelPlot
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.spec.events import TrialDone
from nnstudio.spec.search import Value, Values
from tests.gui.search.searches import KIND, RATE, SIZE, began, ended, going_on, search_iris, trial


@pytest.fixture
def plot(qtbot: QtBot, theme: Theme, studio: Studio) -> ParallelPlot:
    search_iris(studio)
    studio.searcher.search.receive([*going_on(studio), *ended()])
    plot = ParallelPlot(theme)
    qtbot.addWidget(plot)
    plot.resize(560, 240)
    plot.show_search(studio.searcher.search, studio.state.project)
    plot.show()
    return plot


@pytest.mark.parametrize(
    ("axis", "value", "place"),
    [
        (Axis("a", "A", 0.0, 10.0), 2.5, 0.25),
        (Axis("a", "A", 0.0, 10.0), 99, 1.0),
        (Axis("a", "A", -4.0, -2.0, log=True), 0.001, 0.5),
        (Axis("a", "A", -4.0, -2.0, log=True), 0.0, math.nan),
        (Axis("a", "A", 0.0, 10.0), None, math.nan),
        (Axis("a", "A", 0.0, 10.0, turned=True), 2.5, 0.75),
        (Axis("a", "A", stops=("sgd", "adam", "adamw")), "adam", 0.5),
        (Axis("a", "A", stops=("sgd",)), "sgd", 0.5),
        (Axis("a", "A", stops=("sgd", "adam")), "gone", math.nan),
        (Axis("a", "A", stops=(False, True)), True, 1.0),
    ],
)
def test_where_a_value_lies(axis: Axis, value: Value | None, place: float) -> None:
    assert axis.place(value) == pytest.approx(place, nan_ok=True)


def test_there_is_an_axis_for_each_field_and_one_for_the_score(studio: Studio) -> None:
    search_iris(studio)
    studio.searcher.search.receive([*going_on(studio), *ended()])
    rate, size, kind, score = axes_of(studio.searcher.search, studio.state.project)
    assert rate.labels() == [(0.0, "1e-5"), (1.0, "0.1")]
    assert (size.path, size.log) == (SIZE, True)
    assert [label for _, label in kind.labels()][:2] == ["SGD with momentum", "Adam"]
    assert score.labels() == [(0.0, "0.300"), (1.0, "0.200")], "the best is above"
    studio.searcher.search.clear()
    assert axes_of(studio.searcher.search, studio.state.project) == []


def test_scores_far_apart_have_a_log_axis(studio: Studio) -> None:
    search_iris(studio)
    values: Values = {RATE: 0.1, SIZE: 8, KIND: "adam"}
    done = [TrialDone("s1", number, "completed", values, value) for number, value in enumerate((0.001, 1.0), start=1)]
    studio.searcher.search.receive([began(studio), *done])
    score = axes_of(studio.searcher.search, studio.state.project)[-1]
    assert score.log
    assert [label for _, label in score.labels()] == ["1.000", "0.001"]


def test_a_line_is_broken_where_a_field_does_not_count(plot: ParallelPlot, studio: Studio) -> None:
    studio.searcher.search.receive([TrialDone("s1", 4, "completed", {RATE: 0.1, KIND: "adam"}, 0.25)])
    plot.show_search(studio.searcher.search, studio.state.project)
    assert [len(piece) for piece in plot._points(0)] == [4]
    assert [len(piece) for piece in plot._points(3)] == [1, 2]
    plot.grab()


def test_a_pruned_trial_has_no_score(plot: ParallelPlot) -> None:
    assert [len(piece) for piece in plot._points(2)] == [3]


def test_the_pointer_finds_a_line_and_its_tooltip_says_the_values(plot: ParallelPlot) -> None:
    where = QPointF(plot._x(0), plot._y(float(plot._places[1][0])))
    found = plot.trial_at(where)
    assert found is not None
    assert found.number == 2
    QTest.mouseMove(plot, where.toPoint())
    assert plot._pointed == 2
    plot.grab()
    QApplication.sendEvent(plot, QHelpEvent(QEvent.Type.ToolTip, where.toPoint(), plot.mapToGlobal(where.toPoint())))
    assert QToolTip.text().splitlines() == [
        "Trial 2 (best): 0.200, completed.",
        "Learning rate: 0.0001",
        "Batch size: 8",
        "Optimiser: SGD with momentum",
    ]
    QToolTip.hideText()
    assert plot._told(None, QPointF(plot._x(3), 2)) == "Validation loss"
    assert plot.trial_at(QPointF(2.0, 239.0)) is None
    QApplication.sendEvent(plot, QEvent(QEvent.Type.Leave))
    assert plot._pointed == 0


def test_the_arrow_keys_go_from_trial_to_trial(plot: ParallelPlot, qtbot: QtBot) -> None:
    with qtbot.waitSignal(plot.chosen) as chosen:
        QTest.keyClick(plot, Qt.Key.Key_Down)
    assert chosen.args == [2], "the best comes first"
    QTest.keyClick(plot, Qt.Key.Key_Down)
    assert plot._chosen == 1
    QTest.keyClick(plot, Qt.Key.Key_Down)
    assert plot._chosen == 1
    QTest.keyClick(plot, Qt.Key.Key_Left)
    assert plot._chosen == 1


def test_an_empty_plot_stays_quiet(qtbot: QtBot, theme: Theme, studio: Studio) -> None:
    plot = ParallelPlot(theme)
    qtbot.addWidget(plot)
    plot.show_search(studio.searcher.search, studio.state.project)
    plot.grab()
    QTest.keyClick(plot, Qt.Key.Key_Up)
    assert plot.trial_at(QPointF(50, 50)) is None


def test_colours_follow_the_theme(plot: ParallelPlot, theme: Theme) -> None:
    ground = plot.grab().toImage().pixelColor(QPoint(3, 3))
    theme.choose("dark")
    assert plot.grab().toImage().pixelColor(QPoint(3, 3)) != ground


def test_the_best_of_higher_scores_is_above(studio: Studio) -> None:
    search_iris(studio)
    started = began(studio)
    higher = type(started)(
        "s1", "iris", started.fields, "validation accuracy", "higher", 2, 0.0, started.project, (trial(1), trial(2))
    )
    studio.searcher.search.receive([higher])
    score = axes_of(studio.searcher.search, studio.state.project)[-1]
    assert score.labels() == [(0.0, "0.200"), (1.0, "0.300")]
    assert score.title == "Validation accuracy"
