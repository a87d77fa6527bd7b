"""Training in slow motion in the window: what is asked, what is shown, and how steps are made and taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from nnstudio.gui.forms.editors import ChoiceEdit, NumberEdit
from nnstudio.gui.inspect.lines import COURSE, INPUT, LOSS, LinesModel
from nnstudio.gui.inspect.view import WAIT, InspectView
from nnstudio.gui.studio import Studio
from nnstudio.gui.theme import Theme
from nnstudio.spec.errors import TrainingError
from nnstudio.spec.events import Failed, GradientsSeen, RunFinished, StepWatched
from nnstudio.spec.facts import SeenTensor
from nnstudio.spec.layers import Conv2d
from nnstudio.spec.model import Model, new_row
from nnstudio.spec.optimizers import SGD
from nnstudio.spec.requests import WatchStep
from nnstudio.spec.watched import AnswerTerm, Buffer, MovedWeight, Neuron, Passed, Term, WatchedLayer, WatchedStep
from tests.gui.fakes import FakeLink, open_iris, started

Shown = Callable[[WatchedStep], None]
NAMES = ("sepal_length", "sepal_width", "petal_length", "petal_width")
ANSWERS = (
    AnswerTerm("setosa", -0.2, 0.0, 0.3, 0.0),
    AnswerTerm("versicolor", 0.1, 1.0, 0.4, 0.9163),
    AnswerTerm("virginica", -0.2, 0.0, 0.3, 0.0),
)


@pytest.fixture
def view(qtbot: QtBot, theme: Theme, studio: Studio) -> InspectView:
    view = InspectView(studio, theme)
    qtbot.addWidget(view)
    view.resize(760, 800)
    return view


@pytest.fixture
def opened(view: InspectView, studio: Studio) -> InspectView:
    open_iris(studio)
    view.show()
    return view


@pytest.fixture
def show(link: FakeLink, view: InspectView, qtbot: QtBot) -> Shown:
    """Lets the engine answer, and waits until that is seen."""

    def answer(watched: WatchedStep) -> None:
        link.answer(WatchStep, StepWatched(watched))
        qtbot.waitUntil(lambda: view._watched is watched)

    return answer


def step(studio: Studio, line: str = "", **more: object) -> WatchedStep:
    """The third step on iris; with the layer that is looked at, where it has a neuron and a curve."""
    rows = studio.state.project.model.rows
    passed = tuple(
        Passed(row.id, str(place), (16, 8), "float32", (0.5, -1.0, 0.0), 0.4, 1.0, None if place % 2 else 0.2)
        for place, row in enumerate(rows)
    )
    buffers = Buffer("exp_avg", 0.0, 0.01), Buffer("exp_avg_sq", 0.0, 0.001)
    moved = (MovedWeight("0.weight[3, 1]", 0.5, 0.1, buffers, 0.497),)
    neuron = Neuron(3, 4, (Term("sepal_length", 2.0, 0.5),), 0.25, -0.1, 1.15)
    gradients = (SeenTensor("0.weight", (16, 4), -0.5, 0.5, 0.0, 0.1, (3, 30, 31)),)
    layer = WatchedLayer(line, (2.0, 0.1), (1.15, 0.3), (16, 4), (16, 8), neuron, (), moved, gradients)
    known = WatchedStep(
        2, 1, 3, 8, (4, 9), 1, (0.5, 1.0), (16, 4), passed, ANSWERS, 0.9163, 1.1, 1.05, 0.003, 0.3, layer, NAMES
    )
    return replace(known, **more)  # type: ignore[arg-type]  # names fields


def titles(model: LinesModel) -> list[str]:
    return [str(model.index(row, 0).data()) for row in range(model.rowCount())]


def table_of(view: InspectView) -> list[list[str]]:
    return [[cell.text for cell in row] for row in view.details.values.content.cells]


def test_an_empty_studio_says_what_will_be_here(view: InspectView, link: FakeLink) -> None:
    view.show()
    assert view.empty.isVisible()
    assert link.requests == {}


def test_nothing_is_asked_while_nobody_looks(view: InspectView, studio: Studio, link: FakeLink) -> None:
    open_iris(studio)
    assert link.asked(WatchStep) == []
    view.show()
    (request,) = link.asked(WatchStep)
    assert request == WatchStep(studio.state.project)


def test_the_way_of_the_batch_is_listed(opened: InspectView, studio: Studio, show: Shown) -> None:
    show(step(studio))
    rows = studio.state.project.model.rows
    model = opened.lines.lines
    assert titles(model)[:2] == ["Input", f"0  {rows[0].title}"]
    assert titles(model)[-1] == "Cross-entropy"
    assert model.rowCount() == len(rows) + 2
    assert model.index(1, 1).data() == "float32 [16, 8]"
    assert model.index(1, 3).data() == "0.2"
    assert [model.index(model.rowCount() - 1, column).data() for column in (1, 2)] == ["0.9163", "batch 1.1"]
    assert opened.place.text() == "Epoch 1 · batch 3 of 8 · row 10"
    assert opened.said.text().startswith("Loss 1.1. One step with learning rate 0.003")


def test_the_loss_is_shown_number_by_number(opened: InspectView, studio: Studio, show: Shown) -> None:
    show(step(studio))
    assert opened.look.line == LOSS
    assert [column.title for column in opened.details.values.content.columns] == [
        "Class",
        "Logit",
        "Probability",
        "One-hot",
        "Adds",
    ]
    assert table_of(opened)[1] == ["versicolor", "0.1", "0.4", "1", "0.9163"]
    assert "−ln 0.4 = 0.9163" in opened.details.said.text()


def test_a_step_forward_and_back_with_the_keyboard(opened: InspectView, studio: Studio, link: FakeLink) -> None:
    assert not opened.back.isEnabled()
    opened.forth.click()
    opened.forth.click()
    assert link.asked(WatchStep)[-1].steps == 2
    opened.back.click()
    assert link.asked(WatchStep)[-1].steps == 1
    editor = opened.fields.editor("steps")
    assert isinstance(editor, NumberEdit)
    assert editor.text() == "1"
    opened.over.click()
    assert link.asked(WatchStep)[-1].steps == 0
    assert studio.document.undo_name  # of what was done before: steps are no edits
    assert not opened.over.isEnabled()


def test_a_layer_that_is_chosen_is_chosen_everywhere(
    opened: InspectView, studio: Studio, link: FakeLink, show: Shown
) -> None:
    show(step(studio))
    rows = studio.state.project.model.rows
    opened.lines.selectRow(1)
    assert studio.choice.rows == (rows[0].id,)
    assert link.asked(WatchStep)[-1].layer == rows[0].id
    studio.choice.choose([rows[2].id])
    assert link.asked(WatchStep)[-1].layer == rows[2].id
    assert opened.look.line == rows[2].id


def test_a_neuron_is_calculated_by_hand(opened: InspectView, studio: Studio, link: FakeLink, show: Shown) -> None:
    row_id = studio.state.project.model.rows[0].id
    studio.choice.choose([row_id])
    show(step(studio, row_id))
    assert table_of(opened) == [
        ["sepal_length", "2", "0.5", "1"],
        ["3 others", "", "", "0.25"],
        ["bias", "", "", "−0.1"],
        ["sum: y[3]", "", "", "1.15"],
    ]
    unit = opened.details.unit.editor("unit")
    assert isinstance(unit, NumberEdit)
    assert (unit.text(), opened.details.unit.isVisible()) == ("3", True)
    unit.edited.emit(5)
    assert link.asked(WatchStep)[-1].unit == 5


def test_weights_are_shown_before_and_after_the_step(opened: InspectView, studio: Studio, show: Shown) -> None:
    row_id = studio.state.project.model.rows[0].id
    studio.choice.choose([row_id])
    show(step(studio, row_id))
    moves = opened.details.moves.content
    assert [column.title for column in moves.columns] == [
        "Weight",
        "w",
        "grad",
        "exp_avg before",
        "exp_avg",
        "exp_avg_sq before",
        "exp_avg_sq",
        "new w",
    ]
    assert [cell.text for cell in moves.cells[0]] == [
        "0.weight[3, 1]",
        "0.5",
        "0.1",
        "0",
        "0.01",
        "0",
        "0.001",
        "0.497",
    ]
    assert "0.9^3" in opened.details.formula.text()
    assert opened.details.titles[0].text() == "Gradient of 0.weight"
    assert opened.details.plots[0].isVisible()


def test_an_activation_is_a_curve_with_the_numbers_of_the_row(opened: InspectView, studio: Studio, show: Shown) -> None:
    row_id = studio.state.project.model.rows[1].id
    studio.choice.choose([row_id])
    layer = WatchedLayer(row_id, (-1.0, 2.0), (0.0, 2.0), (16, 8), (16, 8), None, ((-3.0, 0.0), (0.0, 0.0), (3.0, 3.0)))
    show(step(studio, layer=layer))
    assert opened.details.curve.isVisible()
    assert opened.details.curve.dots == ((-1.0, 0.0), (2.0, 2.0))
    assert opened.details.said.text().startswith("y = max(0, x). The dots are the numbers of the row.")
    assert table_of(opened) == [["[0]", "−1", "0"], ["[1]", "2", "2"]]
    assert not opened.details.moves.isVisible()
    assert opened.grab().width() == opened.width()  # it draws without a word on standard error


def test_the_input_is_listed_by_its_names(opened: InspectView, studio: Studio, show: Shown) -> None:
    show(step(studio))
    opened.lines.selectRow(0)
    assert opened.look.line == INPUT
    assert table_of(opened) == [["sepal_length", "0.5"], ["sepal_width", "1"]]


def test_mode_and_row_are_asked_for(opened: InspectView, studio: Studio, link: FakeLink, show: Shown) -> None:
    show(step(studio))
    mode = opened.fields.editor("mode")
    assert isinstance(mode, ChoiceEdit)
    mode.edited.emit("eval")
    opened.fields.editor("place").edited.emit(2)
    request = link.asked(WatchStep)[-1]
    assert (request.in_training, request.place) == (False, 1)


def test_an_edit_shows_the_same_step_anew(opened: InspectView, studio: Studio, link: FakeLink, show: Shown) -> None:
    opened.forth.click()
    show(step(studio))
    project = studio.state.project
    faster = replace(project.training, optimizer=SGD(lr=0.1))
    studio.apply("Learning rate", replace(project, training=faster))
    request = link.asked(WatchStep)[-1]
    assert (request.steps, request.project.training.optimizer.lr) == (1, 0.1)


def test_weights_of_a_run_can_be_begun_with(opened: InspectView, studio: Studio, link: FakeLink) -> None:
    assert not opened.weights.isVisible()
    studio.run.start(studio.state.project)
    ended = RunFinished("r", "completed", 9, 7, {}, {}, {}, 1.0, 1.0, "/runs/best.pth", "/runs/last.pth")
    studio.run.receive([started(), ended])
    assert opened.weights.isVisible()
    opened.forth.click()
    opened.weights.editor("weights").edited.emit("best")
    request = link.asked(WatchStep)[-1]
    assert (request.file, request.steps) == ("/runs/best.pth", 0)
    studio.run.start(studio.state.project)
    assert opened.look.weights == "start"


def test_what_speaks_against_a_step_is_said(
    opened: InspectView, studio: Studio, link: FakeLink, qtbot: QtBot, show: Shown
) -> None:
    error = TrainingError("There is nothing to train.", "All is locked.", "Unlock a layer.")
    link.answer(WatchStep, Failed(error))
    qtbot.waitUntil(opened.problem.isVisible)
    assert not opened.sides.isVisible()
    opened.forth.click()
    show(step(studio))
    assert opened.sides.isVisible()
    assert not opened.problem.isVisible()


def test_a_network_that_does_not_fit_waits(opened: InspectView, studio: Studio, link: FakeLink, show: Shown) -> None:
    show(step(studio))
    before = link.asked(WatchStep)
    project = studio.state.project
    studio.apply("Flip", replace(project, model=Model((new_row(Conv2d(3)), *project.model.rows))))
    assert link.asked(WatchStep) == before
    assert opened.said.text() == WAIT
    assert not opened.sides.isVisible()


def test_who_leaves_waits_for_nothing(opened: InspectView, link: FakeLink) -> None:
    assert link.asked(WatchStep)
    opened.hide()
    assert not opened._latest.is_waiting
    opened.show()
    assert len(link.asked(WatchStep)) == 2


def test_alt_and_the_arrows_step(view: InspectView) -> None:
    assert (view.back.shortcut().toString(), view.forth.shortcut().toString()) == ("Alt+Left", "Alt+Right")


def test_gradients_of_the_run_are_drawn_while_it_trains(
    opened: InspectView, studio: Studio, show: Shown, qtbot: QtBot
) -> None:
    show(step(studio))
    assert opened.lines.isColumnHidden(COURSE)
    studio.run.start(studio.state.project)
    studio.run.receive([started(), GradientsSeen(1, {"0": 0.1, "2": 0.001}), GradientsSeen(2, {"0": 1.0, "2": 0.002})])
    qtbot.waitUntil(lambda: not opened.lines.isColumnHidden(COURSE))
    model = opened.lines.lines
    assert model.powers == (-3.0, 0.0)
    assert model.index(1, COURSE).data() == "0.1 to 1"
    assert opened.grab().height() == opened.height()
    studio.run.start(studio.state.project)
    studio.run.receive([started()])
    qtbot.waitUntil(lambda: opened.lines.isColumnHidden(COURSE))
