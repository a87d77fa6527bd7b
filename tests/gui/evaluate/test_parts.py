"""The matrix with many classes and as a file, repeats."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.actions.board import Board
from nnstudio.gui.evaluate.confusion import ConfusionTable
from nnstudio.gui.evaluate.repeats import RepeatsPage
from nnstudio.gui.exporting import write_file
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.engines import Engines
from nnstudio.gui.theme import Theme
from nnstudio.spec.baselines import Baseline
from nnstudio.spec.events import FoldDone, Progress, RepeatDone, RepeatsStopped, RepeatStarted, Stop
from nnstudio.spec.requests import RepeatProject
from tests.gui.exported import exported
from tests.gui.fakes import FakeLink, open_iris


@pytest.fixture
def table(qtbot: QtBot, theme: Theme) -> ConfusionTable:
    table = ConfusionTable(theme, write_file)
    qtbot.addWidget(table)
    table.resize(600, 240)
    table.show()
    return table


def test_a_hundred_classes_scroll(table: ConfusionTable) -> None:
    names = [f"a class with a long name {number}" for number in range(100)]
    table.show_matrix(names, np.eye(100, dtype=np.int64) * 12)
    assert table.horizontalScrollBar().maximum() > 0
    assert table.verticalScrollBar().maximum() > 0
    assert table.verticalHeader().width() <= 150
    assert "long name 3: 12 rows are it" in str(table.confusion.headerData(3, Qt.Orientation.Vertical, 3))


def test_percent_is_that_of_the_true_class(table: ConfusionTable) -> None:
    table.show_matrix(["no", "yes"], np.array([[8, 2], [0, 0]]))
    table.show_percent(True)
    assert [table.confusion.index(0, place).data() for place in (0, 1)] == ["80.0", "20.0"]
    assert table.confusion.index(1, 0).data() == "0.0", "of a class without rows nothing is a share"
    tip = str(table.confusion.index(0, 1).data(Qt.ItemDataRole.ToolTipRole))
    assert "2 rows of “no” taken for “yes”, 20.0 % of them." in tip


def test_the_matrix_becomes_a_file(table: ConfusionTable, tmp_path: Path) -> None:
    table.show_matrix(["no", "yes"], np.array([[8, 2], [1, 9]]))
    assert exported(table, tmp_path)[:3] == [["true \\ predicted", "no", "yes"], ["no", "8", "2"], ["yes", "1", "9"]]


@pytest.fixture
def repeats(qtbot: QtBot, theme: Theme, studio: Studio) -> RepeatsPage:
    page = RepeatsPage(studio, theme, write_file)
    qtbot.addWidget(page)
    page.show()
    return page


def texts(page: RepeatsPage) -> list[list[str]]:
    return [[cell.text for cell in row] for row in page.table.content.cells]


def side_link(studio: Studio) -> FakeLink:
    engines: Engines = studio.engines
    side = engines._side.worker.link
    assert isinstance(side, FakeLink)
    return side


def test_seeds_are_trained_and_put_together(repeats: RepeatsPage, studio: Studio, qtbot: QtBot) -> None:
    assert not repeats.start.isEnabled(), "there is nothing to train on"
    open_iris(studio)
    assert repeats.start.isEnabled()
    repeats.count.setCurrentText("2 seeds")
    QTest.mouseClick(repeats.start, Qt.MouseButton.LeftButton)
    link = side_link(studio)
    (asked,) = link.asked(RepeatProject)
    assert (asked.count, asked.project) == (2, studio.state.project)
    link.answer(RepeatProject, RepeatStarted(1, 2, 0), Progress(3, 1, 0.5, 1e4, 9.0), done=False)
    qtbot.waitUntil(lambda: repeats.progress.text() == "Run 1 of 2, seed 0 · epoch 3 · 0:09 left in this run")
    assert repeats.stop.isVisible()
    always = Baseline("“setosa”", validation={"accuracy": 0.4}, test={"accuracy": 0.3})
    done = [RepeatDone(number, 2, number - 1, f"r{number}", {"accuracy": 0.9}, {"accuracy": score}, always)
            for number, score in ((1, 0.8), (2, 0.9))]  # fmt: skip
    link.answer(RepeatProject, *done)
    qtbot.waitUntil(lambda: not studio.repeater.is_busy)
    assert texts(repeats) == [
        ["seed 0", "0.900", "0.800"],
        ["seed 1", "0.900", "0.900"],
        ["mean ± deviation of 2 seeds", "0.900 ± 0.000", "0.850 ± 0.071"],
        ["always “setosa”", "0.400", "0.300"],
    ]
    assert [column.title for column in repeats.table.content.columns] == ["Run", "Validation accuracy", "Test accuracy"]


def test_a_stop_keeps_the_runs_that_are_done(repeats: RepeatsPage, studio: Studio, qtbot: QtBot) -> None:
    open_iris(studio)
    QTest.mouseClick(repeats.start, Qt.MouseButton.LeftButton)
    link = side_link(studio)
    link.answer(RepeatProject, RepeatDone(1, 5, 0, "r", {}, {"accuracy": 0.8}), RepeatStarted(2, 5, 1), done=False)
    qtbot.waitUntil(lambda: len(texts(repeats)) == 2)
    QTest.mouseClick(repeats.stop, Qt.MouseButton.LeftButton)
    assert [type(command) for _, command in link.commands] == [Stop]
    link.answer(RepeatProject, RepeatsStopped(2, 5))
    qtbot.waitUntil(lambda: not studio.repeater.is_busy)
    assert texts(repeats)[0] == ["seed 0", "0.800"]


def test_stop_ends_repeats_too(repeats: RepeatsPage, studio: Studio, board: Board, qtbot: QtBot) -> None:
    open_iris(studio)
    assert not board.actions["stop"].isEnabled()
    studio.repeater.repeat(5)
    link = side_link(studio)
    link.answer(RepeatProject, RepeatDone(1, 5, 0, "r", {}, {"accuracy": 0.8}), RepeatStarted(2, 5, 1), done=False)
    qtbot.waitUntil(lambda: len(texts(repeats)) == 2)
    board.actions["stop"].trigger()
    assert [type(command) for _, command in link.commands] == [Stop]
    assert not board.actions["stop"].isEnabled()
    assert not repeats.stop.isEnabled()
    link.answer(RepeatProject, RepeatsStopped(2, 5))
    qtbot.waitUntil(lambda: not studio.repeater.is_busy)
    what = "Training was stopped in run 2 of 5. The run before it is kept."
    assert studio.notices.all[-1].what == what
    assert texts(repeats)[0] == ["seed 0", "0.800"]
    assert studio.repeater.can_stop is False


def test_folds_stand_there_as_well(repeats: RepeatsPage, studio: Studio) -> None:
    studio.run.folds += [FoldDone(1, 2, {"loss": 0.1}), FoldDone(2, 2, {"loss": 0.3})]
    repeats.render_runs()
    assert [row[0] for row in texts(repeats)] == ["fold 1", "fold 2", "mean ± deviation of 2 folds"]
    assert texts(repeats)[-1][1] == "0.200 ± 0.141"
