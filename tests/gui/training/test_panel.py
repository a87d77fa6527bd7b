"""The training panel shows the settings of the project and edits them, each edit by its name."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from nnstudio.gui.forms import Form
from nnstudio.gui.forms.editors import ChoiceEdit, NumberEdit
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.gui.training.panel import TrainingPanel
from nnstudio.session import edits
from nnstudio.spec.losses import NLL, CrossEntropy
from nnstudio.spec.optimizers import SGD, Adam
from nnstudio.spec.schedules import Cosine, OneCycle, Steps
from nnstudio.spec.training import Training
from tests.gui.fakes import iris_source, open_iris, started


@pytest.fixture
def panel(qtbot: QtBot, studio: Studio, theme: Theme) -> TrainingPanel:
    panel = TrainingPanel(studio, theme)
    qtbot.addWidget(panel)
    panel.resize(400, 400)
    panel.show()
    return panel


def choice(form: Form, name: str) -> ChoiceEdit:
    editor = form.editor(name)
    assert isinstance(editor, ChoiceEdit)
    return editor


def number(form: Form, name: str) -> NumberEdit:
    editor = form.editor(name)
    assert isinstance(editor, NumberEdit)
    return editor


def choose(editor: ChoiceEdit, value: str) -> None:
    """Go to a choice with the arrow keys, as a user does."""
    while editor.currentData() != value:
        QTest.keyClick(editor, Qt.Key.Key_Down if editor.findData(value) > editor.currentIndex() else Qt.Key.Key_Up)


def retype(editor: NumberEdit, text: str) -> None:
    editor.selectAll()
    QTest.keyClicks(editor, text)


def test_teaches_while_there_is_no_data(studio: Studio, panel: TrainingPanel) -> None:
    assert panel.empty.isVisible()
    assert not panel.settings.isVisible()
    open_iris(studio)
    assert not panel.empty.isVisible()
    assert panel.settings.isVisible()


def test_offers_the_losses_of_the_task(studio: Studio, panel: TrainingPanel) -> None:
    open_iris(studio)
    loss = choice(panel.loss.choice, "kind")
    assert [loss.itemText(index) for index in range(loss.count())] == [
        "Cross-entropy",
        "Negative log-likelihood",
        "Multi-class hinge",
        "Kullback–Leibler divergence",
    ]
    studio.apply("Predict a number", edits.set_target(studio.state.project, iris_source(), "petal_width"))
    assert loss.currentText() == "Mean squared error"
    assert loss.count() == 6


def test_explains_the_loss(studio: Studio, panel: TrainingPanel) -> None:
    open_iris(studio)
    loss = choice(panel.loss.choice, "kind")
    assert "How surprised the network is" in loss.toolTip()
    assert loss.hint.label.text() == "for 3 classes"


def test_choosing_a_loss_is_an_edit(studio: Studio, panel: TrainingPanel) -> None:
    open_iris(studio)
    choose(choice(panel.loss.choice, "kind"), "nll")
    assert studio.state.project.training.loss == NLL()
    assert studio.document.undo_name == "Use negative log-likelihood"


def test_each_optimiser_brings_its_own_fields(studio: Studio, panel: TrainingPanel) -> None:
    open_iris(studio)
    assert number(panel.optimizer.settings, "lr").text() == "0.003"
    choose(choice(panel.optimizer.choice, "kind"), "sgd")
    assert studio.state.project.training == replace(Training(), optimizer=SGD())
    assert number(panel.optimizer.settings, "momentum").text() == "0.9"


def test_undo_brings_the_other_optimiser_back(studio: Studio, panel: TrainingPanel) -> None:
    open_iris(studio)
    choose(choice(panel.optimizer.choice, "kind"), "sgd")
    studio.document.undo()
    assert studio.state.project.training.optimizer == Adam(lr=0.003)
    assert number(panel.optimizer.settings, "lr").text() == "0.003"


def test_typing_is_undone_together(studio: Studio, panel: TrainingPanel) -> None:
    open_iris(studio)
    retype(number(panel.length, "epochs"), "250")
    assert studio.state.project.training.epochs == 250
    assert studio.document.undo_name == "Change epochs"
    studio.document.undo()
    assert studio.state.project.training.epochs == 100
    assert number(panel.length, "epochs").text() == "100"


def test_the_learning_rate_is_set_as_typed(studio: Studio, panel: TrainingPanel) -> None:
    open_iris(studio)
    retype(number(panel.optimizer.settings, "lr"), "2e-4")
    assert studio.state.project.training.optimizer == Adam(lr=0.0002)
    assert number(panel.optimizer.settings, "lr").text() == "2e-4"


def test_a_rate_that_cannot_be_changes_nothing(studio: Studio, panel: TrainingPanel) -> None:
    open_iris(studio)
    retype(number(panel.optimizer.settings, "lr"), "-1")
    assert studio.state.project.training.optimizer == Adam(lr=0.003)
    assert panel.optimizer.settings.problem("lr") == "Learning rate must be greater than 0, not -1.0."


def test_says_that_an_edit_counts_later(studio: Studio, panel: TrainingPanel) -> None:
    open_iris(studio)
    studio.run.start(studio.state.project)
    studio.run.receive([started()])
    assert panel.header.note.text() == ""
    retype(number(panel.length, "seed"), "7")
    assert panel.header.note.text() == "counts from the next run on"


def test_a_loss_brings_its_own_fields(studio: Studio, panel: TrainingPanel) -> None:
    open_iris(studio)
    retype(number(panel.loss.settings, "label_smoothing"), "0.1")
    assert studio.state.project.training.loss == CrossEntropy(label_smoothing=0.1)
    assert studio.document.undo_name == "Change smoothing"
    choose(choice(panel.loss.choice, "kind"), "nll")
    assert not panel.loss.settings.isVisible()
    studio.document.undo()
    assert number(panel.loss.settings, "label_smoothing").text() == "0.1"


def test_nesterov_without_momentum_is_refused_where_it_is_asked_for(studio: Studio, panel: TrainingPanel) -> None:
    open_iris(studio)
    without = SGD(momentum=0)
    studio.apply("Use SGD", edits.set_optimizer(studio.state.project, without))
    nesterov = panel.optimizer.settings.editor("nesterov")
    QTest.keyClick(nesterov, Qt.Key.Key_Space)
    assert "Nesterov needs momentum" in panel.optimizer.settings.problem("nesterov")
    assert studio.state.project.training.optimizer == without


def test_the_curve_of_the_learning_rate_is_there_before_training(studio: Studio, panel: TrainingPanel) -> None:
    open_iris(studio)
    assert not panel.curve.isVisible()
    choose(choice(panel.schedule.choice, "kind"), "cosine")
    assert studio.state.project.training.schedule == Cosine()
    assert panel.curve.isVisible()
    assert panel.curve.rates[0] == 0.003
    assert panel.curve.rates == sorted(panel.curve.rates, reverse=True)
    assert "over 100 epochs" in panel.curve.toolTip()
    retype(number(panel.optimizer.settings, "lr"), "0.1")
    assert panel.curve.rates[0] == 0.1
    choose(choice(panel.schedule.choice, "kind"), "constant")
    assert not panel.curve.isVisible()


def test_a_rate_that_follows_the_losses_is_drawn_as_a_bound(studio: Studio, panel: TrainingPanel) -> None:
    open_iris(studio)
    choose(choice(panel.schedule.choice, "kind"), "plateau")
    assert panel.curve.isVisible()
    assert "At most 0.003" in panel.curve.toolTip()
    panel.curve.grab()


def test_a_schedule_brings_its_own_fields(studio: Studio, panel: TrainingPanel) -> None:
    open_iris(studio)
    choose(choice(panel.schedule.choice, "kind"), "step")
    retype(number(panel.schedule.settings, "every"), "10")
    assert studio.state.project.training.schedule == Steps(every=10)
    assert studio.document.undo_name == "Change every"


def test_a_curve_of_very_many_epochs_has_few_points(studio: Studio, panel: TrainingPanel) -> None:
    open_iris(studio)
    training = replace(studio.state.project.training, schedule=OneCycle(), epochs=1_000_000)
    studio.apply("Train for long", edits.set_training(studio.state.project, training))
    assert len(panel.curve.rates) <= 240
    panel.curve.grab()


def test_a_setting_that_no_network_learns_with_is_said_with_its_remedy(studio: Studio, panel: TrainingPanel) -> None:
    open_iris(studio)
    assert not panel.advice.isVisible()
    bold = replace(studio.state.project.training, optimizer=SGD(lr=100))
    studio.apply("Rate", edits.set_training(studio.state.project, bold))
    assert panel.advice.title == "A learning rate of 100 is far too large for SGD with momentum."
    (use,) = panel.advice.buttons
    QTest.mouseClick(use, Qt.MouseButton.LeftButton)
    assert studio.state.project.training.optimizer == SGD()
    assert not panel.advice.isVisible()
    studio.document.undo()
    assert panel.advice.isVisible()
