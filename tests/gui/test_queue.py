"""While a run goes on, Train lets the project as it is now wait for it; what waits is trained, whatever comes of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from nnstudio.gui.actions.board import Board
from nnstudio.gui.panel import ElidedLabel
from nnstudio.gui.runs.queue_list import QueueList
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.gui.toolbar.bar import Toolbar
from nnstudio.session import edits
from nnstudio.session.live import Status
from nnstudio.spec.errors import EngineLost, NotFiniteError
from nnstudio.spec.events import Event, Failed, FoldsStopped
from nnstudio.spec.requests import TrainProject
from tests.gui.fakes import FINISHED, FakeLink, open_iris, started


@pytest.fixture
def busy(studio: Studio) -> Studio:
    """A studio in which a run goes on."""
    open_iris(studio)
    studio.train()
    studio.run.receive([started()])
    return studio


def for_epochs(studio: Studio, epochs: int) -> None:
    """Edit the project."""
    training = replace(studio.state.project.training, epochs=epochs)
    studio.apply("Change epochs", edits.set_training(studio.state.project, training))


def queued(studio: Studio) -> list[int]:
    return [run.project.training.epochs for run in studio.trainer.queue.waiting]


def test_the_project_waits_as_it_is_now(busy: Studio, link: FakeLink) -> None:
    for epochs in (7, 8):
        for_epochs(busy, epochs)
        busy.train()
    for_epochs(busy, 9)
    assert queued(busy) == [7, 8]
    assert len(link.asked(TrainProject)) == 1
    assert busy.notices.all[-1].what.startswith("This project, as it is now, waits behind 1 other")


@pytest.mark.parametrize(
    "end",
    [
        FINISHED,
        Failed(NotFiniteError("The loss became NaN.")),
        Failed(EngineLost("The engine stopped unexpectedly.")),
        FoldsStopped(1, 5),
    ],
    ids=["finished", "failed", "lost", "folds stopped"],
)
def test_the_next_run_begins_when_one_is_over(end: Event, busy: Studio, link: FakeLink) -> None:
    for_epochs(busy, 7)
    busy.train()
    busy.trainer._hear([end])
    assert busy.run.status is Status.STARTING
    assert busy.run.project is not None
    assert busy.run.project.training.epochs == 7
    assert queued(busy) == []
    assert [request.project.training.epochs for request in link.asked(TrainProject)][1:] == [7]
    busy.run.receive([started()])
    busy.trainer._hear([FINISHED])
    assert not busy.run.status.is_busy, "then it is quiet"


def test_what_cannot_be_trained_does_not_wait(busy: Studio) -> None:
    busy.apply("Clear", edits.with_rows(busy.state.project, []))
    told: list[object] = []
    busy.blocked.listen(told.append)
    busy.train()
    assert queued(busy) == []
    assert told


def test_a_run_that_only_begins_is_not_waited_for(studio: Studio) -> None:
    open_iris(studio)
    studio.train()
    studio.train()
    assert queued(studio) == []


def test_the_toolbar_offers_it_and_counts(qtbot: QtBot, studio: Studio, board: Board, theme: Theme) -> None:
    bar = Toolbar(studio, board, theme)
    qtbot.addWidget(bar)
    bar.show()
    open_iris(studio)
    assert bar.buttons["fit_batch"].isVisible()
    assert not bar.buttons["train"].isVisible()
    studio.train()
    studio.run.receive([started()])
    assert not bar.buttons["fit_batch"].isVisible()
    bar.buttons["train"].click()
    assert bar.buttons["train"].text() == "Add to queue · 1"
    studio.trainer.queue.clear()
    assert bar.buttons["train"].text() == "Add to queue"


@pytest.fixture
def listed(qtbot: QtBot, busy: Studio, theme: Theme) -> QueueList:
    """The list with three runs of 7, 8 and 8 epochs."""
    view = QueueList(busy, theme)
    qtbot.addWidget(view)
    for epochs in (7, 8, 8):
        for_epochs(busy, epochs)
        busy.train()
    view.show()
    return view


def words(view: QueueList) -> list[str]:
    QCoreApplication.processEvents()  # Qt shows what is put into a layout a moment later
    return [label.text() for label in view.rows.findChildren(ElidedLabel) if label.isVisibleTo(view)][1::2]


def press(view: QueueList, name: str) -> None:
    QCoreApplication.processEvents()  # as above
    (button,) = (
        button for button in view.findChildren(QPushButton) if button.accessibleName() == name and not button.isHidden()
    )
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


def test_the_list_says_what_each_changes(listed: QueueList) -> None:
    assert listed.title.text() == "3 runs in the queue"
    assert words(listed) == ["Epochs 7", "Epochs 8", "the same as the run before it"]


def test_runs_are_moved_and_removed(listed: QueueList, busy: Studio) -> None:
    press(listed, "Move up: iris, 2")
    assert queued(busy) == [8, 7, 8]
    press(listed, "Move down: iris, 1")
    assert queued(busy) == [7, 8, 8]
    press(listed, "Remove: iris, 2")
    assert queued(busy) == [7, 8]
    QTest.mouseClick(listed.clear, Qt.MouseButton.LeftButton)
    assert queued(busy) == []
    assert not listed.isVisible()


def test_the_first_is_held_against_the_run_that_goes_on(listed: QueueList, busy: Studio) -> None:
    busy.trainer._hear([FINISHED])
    busy.run.receive([started()])
    assert words(listed) == ["Epochs 8", "the same as the run before it"]
