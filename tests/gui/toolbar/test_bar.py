"""The toolbar offers the one thing to do next, and says how far it is and where it runs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from nnstudio.gui.actions.board import Board
from nnstudio.gui.studio import Studio
from nnstudio.gui.studio.how_far import Where, where
from nnstudio.gui.theme import Theme
from nnstudio.gui.toolbar.bar import Toolbar
from nnstudio.gui.toolbar.device import DeviceBadge, device_name
from nnstudio.session.live import LiveRun
from nnstudio.spec.diagnosis import CardFacts
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import (
    ComputedOnce,
    EngineReady,
    Event,
    Failed,
    FoldsStopped,
    FoldStarted,
    NumericPlan,
    Paused,
    PlanChanged,
    Progress,
    RepeatsStopped,
    RepeatStarted,
    RunFinished,
)
from nnstudio.spec.project import Project
from nnstudio.spec.requests import TrainProject
from tests.gui.fakes import FakeLink, open_iris, started
from tests.gui.stand_in import RecordingShell

PROGRESS = Progress(62, 4, 0.1, 214_300.0, 4.2)
FINISHED = RunFinished("run-1", "completed", 100, 55, {}, {}, {}, 8.0, 210_000.0, "/best.pth", "/last.pth")


@pytest.fixture
def bar(qtbot: QtBot, studio: Studio, board: Board, theme: Theme) -> Toolbar:
    bar = Toolbar(studio, board, theme)
    qtbot.addWidget(bar)
    bar.show()
    return bar


def run_with(*events: Event) -> LiveRun:
    run = LiveRun()
    run.start(Project())
    run.receive(events)
    return run


def test_repeats_are_followed_and_can_be_stopped(studio: Studio, bar: Toolbar) -> None:
    open_iris(studio)
    assert bar.progress.isHidden()
    studio.repeater.repeat(4)
    assert bar.buttons["stop"].isVisible()
    assert bar.buttons["stop"].isEnabled()
    studio.repeater._hear([RepeatStarted(3, 4, 7), PROGRESS])
    assert bar.progress.isVisible()
    assert bar.progress.left.text() == "Run 3 of 4, seed 7 · epoch 62"
    assert 500 < bar.progress.bar.value() < 750
    QTest.mouseClick(bar.buttons["stop"], Qt.MouseButton.LeftButton)
    assert bar.progress.right.text() == "stopping…"
    studio.repeater._hear([RepeatsStopped(3, 4)])
    assert bar.progress.isHidden()


def test_train_waits_for_data(studio: Studio, bar: Toolbar) -> None:
    assert bar.go.text() == "Train"
    assert not bar.go.isEnabled()
    open_iris(studio)
    assert bar.go.isEnabled()


def test_train_becomes_pause_and_resume(qtbot: QtBot, studio: Studio, link: FakeLink, bar: Toolbar) -> None:
    open_iris(studio)
    QTest.mouseClick(bar.go, Qt.MouseButton.LeftButton)
    link.answer(TrainProject, started(), done=False)
    qtbot.waitUntil(lambda: bar.go.text() == "Pause")
    link.answer(TrainProject, Paused(), done=False)
    qtbot.waitUntil(lambda: bar.go.text() == "Resume")
    link.answer(TrainProject, FINISHED)
    qtbot.waitUntil(lambda: bar.go.text() == "Train")
    assert bar.go.isEnabled()


def test_progress_appears_with_the_run(studio: Studio, bar: Toolbar) -> None:
    assert bar.progress.isHidden()
    open_iris(studio)
    studio.train()
    assert not bar.progress.isHidden()
    assert bar.progress.bar.maximum() == 0  # busy, and nobody knows how long
    studio.run.receive([started(), PROGRESS])
    assert bar.progress.bar.value() == 615
    assert bar.progress.left.text() == "Epoch 62 of 100"


def test_where_a_run_is_in_words() -> None:
    assert where(run_with(started(), PROGRESS)).right == "214,300 samples/s · 0:04 left"
    assert where(run_with(started(), PROGRESS, Paused())).left == "Epoch 62 of 100 · paused"
    assert where(run_with(started(), PROGRESS, FINISHED)).left == "Done: 100 epochs"
    assert where(run_with(started(), PROGRESS, Failed(TrainingError("No.")))).left == "Failed in epoch 62"
    assert where(run_with(Failed(TrainingError("No.")))).left == "Failed"


def test_rows_that_pass_frozen_layers_are_counted_before_the_first_epoch() -> None:
    run = LiveRun()
    run.start(Project())
    run.receive([ComputedOnce(300, 1_200, 9.0)])
    assert where(run) == Where("Frozen layers, once: 300 of 1,200 rows", "0:09 left", 0.25)


def test_where_a_cross_validation_is() -> None:
    fold = FoldStarted(2, 3)
    run = run_with(fold)
    assert (where(run).left, where(run).share) == ("Fold 2 of 3", 0.25)
    run = run_with(fold, Progress(51, 1, 0.5, 100.0, 65.0))
    assert where(run).left == "Fold 2 of 3 · epoch 51"
    assert where(run).right == "100 samples/s · 1:05 left"
    assert where(run).share == pytest.approx(0.375)
    run.stopping()
    assert where(run).left == "Fold 2 of 3 · epoch 51 · stopping…"
    assert where(run_with(fold, Progress(51, 1, 0.5, 100.0, 65.0), Paused())).left.endswith("paused")
    assert where(run_with(fold, FoldsStopped(2, 3))) == where(LiveRun())
    assert where(run_with(fold, started(), PROGRESS)).left == "Epoch 62 of 100"


def test_stopping_is_said() -> None:
    run = run_with(started(), PROGRESS)
    run.stopping()
    assert where(run).left == "Epoch 62 of 100 · stopping…"


def test_undo_is_an_icon_with_a_name(studio: Studio, bar: Toolbar) -> None:
    open_iris(studio)
    undo = bar.buttons["undo"]
    assert undo.text() == ""
    assert undo.accessibleName() == "Undo open iris.csv"
    assert undo.isEnabled()


def test_buttons_trigger_their_actions(shell: RecordingShell, bar: Toolbar) -> None:
    QTest.mouseClick(bar.buttons["open"], Qt.MouseButton.LeftButton)
    QTest.mouseClick(bar.search, Qt.MouseButton.LeftButton)
    assert shell.files.asked == ["open"]
    assert shell.asked == ["show_palette"]


def test_icons_follow_the_theme(studio: Studio, bar: Toolbar, theme: Theme) -> None:
    open_iris(studio)
    bar.draw_icons()
    before = bar.go.icon().pixmap(16, 16).toImage()
    theme.choose("dark")
    assert bar.go.icon().pixmap(16, 16).toImage() != before


def test_the_badge_claims_nothing_before_the_engine_is_there(qtbot: QtBot) -> None:
    badge = DeviceBadge()
    qtbot.addWidget(badge)
    assert badge.text() == "starting engine…"
    badge.show_run(LiveRun())
    assert badge.text() == "starting engine…"


def test_the_badge_says_what_a_kernel_ran_on(studio: Studio, bar: Toolbar) -> None:
    studio.engines.ready.emit(EngineReady("2.13.0", "cpu", 1.0))
    assert bar.device.text() == "CPU · checked"
    assert bar.device.toolTip() == "PyTorch 2.13.0.\nA step of training ran on this device."
    studio.run.start(Project())
    studio.run.receive([started()])
    assert bar.device.text() == "CPU · 1 thread · checked"
    studio.run.receive([PlanChanged(3, NumericPlan(threads=2))])
    assert bar.device.text() == "CPU · 2 threads · checked"


def test_the_badge_says_why_no_card_is_used(studio: Studio, bar: Toolbar) -> None:
    cards = CardFacts(torch="2.13.0+cpu", vendors=("NVIDIA",), cards=("GeForce RTX 3060",), driver="550.54")
    studio.engines.ready.emit(EngineReady("2.13.0+cpu", "cpu", 1.0, cards))
    told = "No graphics card is used. GeForce RTX 3060 is there, but this PyTorch (2.13.0+cpu) was built without CUDA."
    assert told in bar.device.toolTip()
    studio.run.start(Project())
    studio.run.receive([started()])
    assert told in bar.device.toolTip()


@pytest.mark.parametrize(("device", "name"), [("cpu", "CPU"), ("cuda:1", "CUDA GPU 1"), ("mps", "Apple GPU")])
def test_devices_have_names(device: str, name: str) -> None:
    assert device_name(device) == name


def test_a_narrow_bar_drops_what_is_needed_least(studio: Studio, bar: Toolbar, plain_window: QWidget) -> None:
    bar.setParent(plain_window)  # which lets it be as narrow as it may
    plain_window.show()
    bar.show()
    studio.engines.ready.emit(EngineReady("2.13.0", "cpu", 1.0))
    open_iris(studio)
    studio.train()
    studio.run.receive([started(), PROGRESS])
    bar.resize(1280, 44)
    QApplication.processEvents()
    room = bar.minimumSizeHint().width()

    def dropped(width: int) -> list[bool]:
        bar.resize(width, 44)
        QApplication.processEvents()
        assert bar.minimumSizeHint().width() <= width
        return [bar.progress.left.isHidden(), bar.search.text() == "", bar.device.text() == "CPU"]

    assert dropped(room) == [False, False, False]
    assert dropped(room - 1) == [True, False, False]
    assert dropped(room - 150) == [True, True, False]
    assert dropped(room - 300) == [True, True, True]
    assert bar.progress.toolTip() == "Epoch 62 of 100 · 214,300 samples/s · 0:04 left"
    assert dropped(1280) == [False, False, False]


def test_train_keeps_the_keyboard_while_it_cannot_be_pressed(
    qtbot: QtBot, studio: Studio, link: FakeLink, bar: Toolbar
) -> None:
    open_iris(studio)
    with qtbot.waitActive(bar):
        bar.activateWindow()
    bar.go.setFocus()
    QTest.keyClick(bar.go, Qt.Key.Key_Space)
    assert not bar.go.isEnabled()
    link.answer(TrainProject, started(), done=False)
    qtbot.waitUntil(bar.go.isEnabled)
    assert bar.go.hasFocus()
