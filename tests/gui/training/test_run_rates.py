"""While a run trains, the fields of rate and decay are the project’s, and the run takes them over when it is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.forms.editors import NumberEdit
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.gui.training.panel import TrainingPanel
from nnstudio.session import edits
from nnstudio.spec.events import ChangeRates, FoldStarted, RatesChanged
from nnstudio.spec.optimizers import SGD, Adam
from tests.gui.fakes import FakeLink, open_iris, started


@pytest.fixture
def panel(qtbot: QtBot, studio: Studio, theme: Theme) -> TrainingPanel:
    """The panel while a run of the iris project trains, by Adam."""
    panel = TrainingPanel(studio, theme)
    qtbot.addWidget(panel)
    panel.show()
    open_iris(studio)
    training = replace(studio.state.project.training, optimizer=Adam(lr=0.01))
    studio.apply("Use Adam", edits.set_training(studio.state.project, training))
    studio.train()
    studio.run.receive([started()])
    return panel


def type_rate(panel: TrainingPanel, text: str) -> NumberEdit:
    editor = panel.optimizer.settings.editor("lr")
    assert isinstance(editor, NumberEdit)
    editor.selectAll()
    QTest.keyClicks(editor, text)
    return editor


def test_nothing_is_said_while_both_agree(panel: TrainingPanel) -> None:
    assert not panel.rates.isVisible()
    assert panel.header.note.text() == ""


def test_typing_changes_the_project_and_says_what_the_run_goes_by(
    studio: Studio, link: FakeLink, panel: TrainingPanel
) -> None:
    type_rate(panel, "0.05")
    assert studio.state.project.training.optimizer.lr == 0.05
    assert panel.rates.isVisible()
    assert panel.rates.words.text() == "This run goes by learning rate 0.01, weight decay 0."
    assert link.commands == []


@pytest.mark.parametrize("how", ["enter", "button"])
def test_the_run_takes_them_over(how: str, studio: Studio, link: FakeLink, panel: TrainingPanel) -> None:
    editor = type_rate(panel, "0.05")
    if how == "enter":
        QTest.keyClick(editor, Qt.Key.Key_Return)
    else:
        QTest.mouseClick(panel.rates.use, Qt.MouseButton.LeftButton)
    assert [command for _, command in link.commands] == [ChangeRates(0.05, 0.0)]
    studio.run.receive([RatesChanged(1, 3, 0.05, 0.0)])
    assert not panel.rates.isVisible()
    assert panel.header.note.text() == "", "nothing differs any more"


def test_undo_is_about_the_project_alone(studio: Studio, link: FakeLink, panel: TrainingPanel) -> None:
    editor = type_rate(panel, "0.05")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    studio.run.receive([RatesChanged(1, 3, 0.05, 0.0)])
    studio.document.undo()
    assert studio.state.project.training.optimizer.lr == 0.01
    assert panel.rates.words.text().startswith("This run goes by learning rate 0.05")
    assert len(link.commands) == 1
    studio.trainer.use_rates()
    assert link.commands[-1][1] == ChangeRates(0.01, 0.0)


def test_another_optimiser_has_nothing_to_hand_over(studio: Studio, panel: TrainingPanel) -> None:
    studio.apply("Use SGD", edits.set_optimizer(studio.state.project, SGD()))
    assert not panel.rates.isVisible()
    assert panel.header.note.text() == "counts from the next run on"


def test_folds_are_all_trained_alike(studio: Studio, panel: TrainingPanel) -> None:
    studio.run.receive([FoldStarted(1, 5)])
    type_rate(panel, "0.05")
    assert not panel.rates.isVisible()
    assert studio.trainer.rates_to_use is None


def test_a_value_that_is_not_allowed_is_not_handed_over(link: FakeLink, panel: TrainingPanel) -> None:
    editor = type_rate(panel, "0.05x")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    assert link.commands == []
