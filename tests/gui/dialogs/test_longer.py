"""Training for longer is asked for in one dialog, which says what it comes to."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from nnstudio.gui.actions.board import Board
from nnstudio.gui.dialogs.longer import LongerDialog, ask_longer
from nnstudio.gui.studio import Studio
from nnstudio.runs.course import ENDING
from nnstudio.session import edits
from nnstudio.session.live import Status
from nnstudio.spec.requests import ContinueRun
from nnstudio.spec.sources import TableSource
from tests.gui.fakes import FINISHED, FakeLink, open_iris, started


@pytest.fixture
def ended(studio: Studio, tmp_path: Path) -> Studio:
    """A studio whose run has ended behind two of ten epochs, and left what it takes to go on."""
    (tmp_path / ENDING).touch()
    open_iris(studio)
    training = replace(studio.state.project.training, epochs=10)
    studio.apply("Change epochs", edits.set_training(studio.state.project, training))
    studio.train()
    studio.run.receive([started(10), replace(FINISHED, last_weights=str(tmp_path / "last.pth"))])
    return studio


@pytest.fixture
def dialog(ended: Studio, plain_window: QWidget) -> LongerDialog:
    assert ended.run.finished
    assert ended.run.project
    return ask_longer(ended, ended.run.finished, ended.run.project, plain_window)


def test_it_is_offered_only_where_a_run_can_go_on(ended: Studio, board: Board, tmp_path: Path) -> None:
    assert board.actions["train_longer"].isEnabled()
    (tmp_path / ENDING).unlink()
    board.refresh()
    assert not board.actions["train_longer"].isEnabled()
    (tmp_path / ENDING).touch()
    ended.train()
    assert not board.actions["train_longer"].isEnabled()


def test_it_proposes_what_is_left_of_the_plan(dialog: LongerDialog) -> None:
    assert dialog.wanted.epochs == 8
    assert "goes on after epoch 2 as if it had not ended there, to epoch 10." in dialog.said.text()


def test_enter_trains(ended: Studio, link: FakeLink, dialog: LongerDialog) -> None:
    editor = dialog.form.editor("epochs")
    QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, "5")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert link.asked(ContinueRun) == [ContinueRun("run-1", 5, "last")]
    assert ended.run.status is Status.STARTING


def test_from_the_best_weights(link: FakeLink, dialog: LongerDialog) -> None:
    QTest.keyClick(dialog.form.editor("weights"), Qt.Key.Key_Down)
    assert "with an optimiser that begins anew, to epoch 10." in dialog.said.text()
    QTest.mouseClick(dialog.train, Qt.MouseButton.LeftButton)
    assert link.asked(ContinueRun) == [ContinueRun("run-1", 8, "best")]


def test_a_number_that_is_not_allowed_trains_nothing(link: FakeLink, dialog: LongerDialog) -> None:
    editor = dialog.form.editor("epochs")
    QTest.keyClick(editor, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClicks(editor, "0")
    QTest.mouseClick(dialog.train, Qt.MouseButton.LeftButton)
    assert link.asked(ContinueRun) == []
    assert dialog.isVisible()


def test_a_run_without_a_best_epoch_has_its_end_alone(ended: Studio, plain_window: QWidget) -> None:
    assert ended.run.project
    dialog = ask_longer(ended, replace(FINISHED, best_epoch=0), ended.run.project, plain_window)
    with pytest.raises(KeyError):
        dialog.form.editor("weights")


def test_a_run_about_other_data_brings_its_project(ended: Studio, link: FakeLink) -> None:
    before = ended.state.project
    other = edits.set_source(before, TableSource("/data/other.csv"))
    ended.train_longer(ContinueRun("run-2", 3), other)
    assert ended.state.project == other
    assert ended.run.project == other
    ended.document.undo()
    assert ended.state.project == before, "undo leads back to what was not saved"
    assert link.asked(ContinueRun) == [ContinueRun("run-2", 3)]
